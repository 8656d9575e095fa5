package org.ipsec4j.crypto.jca;

/**
 * An algorithm for which a JCA provider was passed over although it lists it. For monitors.
 *
 * @param provider name of the JCA provider
 * @param algorithm as our algorithms are called, such as {@code AES_GCM_16}
 * @param reason why; never with key material
 */
public record SkippedAlgorithm(String provider, String algorithm, String reason) {
  /** Names of mechanisms and error codes are what an operator needs of an exception. */
  static String cause(Throwable thrown) {
    StringBuilder text = new StringBuilder(thrown.getClass().getSimpleName());
    Throwable cause = thrown.getCause();
    // SunPKCS11 wraps the code of the token, such as CKR_KEY_SIZE_RANGE.
    if (cause != null && cause.getClass().getSimpleName().equals("PKCS11Exception")) {
      String code = String.valueOf(cause.getMessage());
      text.append(' ').append(code.startsWith("CKR_") ? code : "of the token");
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return provider + " does not do " + algorithm + ": " + reason;
  }
}
