package org.ipsec4j.api.policy;

/**
 * One transform of a proposal as it stands on the wire (RFC 7296 3.3.2), known or not.
 *
 * @param type transform type: 1 ENCR, 2 PRF, 3 INTEG, 4 KE, 5 ESN
 * @param id transform ID
 * @param keyBits Key Length attribute, 0 when absent
 * @param unknownAttribute whether an attribute other than Key Length stood there, which makes the
 *     transform unacceptable (RFC 7296 3.3.6)
 */
public record Transform(int type, int id, int keyBits, boolean unknownAttribute) {
  /** Encryption. */
  public static final int ENCR = 1;

  /** Pseudo-random function. */
  public static final int PRF = 2;

  /** Integrity. */
  public static final int INTEG = 3;

  /** Key exchange method. */
  public static final int KE = 4;

  /** Extended sequence numbers. */
  public static final int ESN = 5;

  /** A transform without unknown attributes. */
  public static Transform of(int type, int id, int keyBits) {
    return new Transform(type, id, keyBits, false);
  }
}
