package org.ipsec4j.ike.engine;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.jspecify.annotations.Nullable;

/** Signing keys whose "certificate" is {@code length (2) | SubjectPublicKeyInfo | padding}. */
final class TestKeys {
  private TestKeys() {}

  private record Key(SignatureAlgorithm algorithm, KeyPair pair, Bytes certificate)
      implements SigningKey {
    @Override
    public List<SignatureAlgorithm> algorithms() {
      return List.of(algorithm);
    }

    @Override
    public List<Bytes> certificateChain() {
      return List.of(certificate);
    }

    @Override
    public Bytes sign(SignatureAlgorithm with, Bytes message) {
      try {
        Signature signature = Signature.getInstance(jca(with));
        AlgorithmParameterSpec parameters = parameters(with);
        if (parameters != null) {
          signature.setParameter(parameters);
        }
        signature.initSign(pair.getPrivate());
        signature.update(message.toArray());
        return Bytes.copyOf(signature.sign());
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static String jca(SignatureAlgorithm algorithm) {
    return switch (algorithm) {
      case ED25519 -> "Ed25519";
      case ECDSA_SHA256 -> "SHA256withECDSA";
      case RSA_PSS_SHA256 -> "RSASSA-PSS";
      case RSA_PKCS1_SHA256 -> "SHA256withRSA";
      default -> throw new AssertionError(algorithm);
    };
  }

  private static @Nullable AlgorithmParameterSpec parameters(SignatureAlgorithm algorithm) {
    return algorithm == SignatureAlgorithm.RSA_PSS_SHA256
        ? new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1)
        : null;
  }

  private static KeyPair generate(SignatureAlgorithm algorithm) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(
              switch (algorithm.keyType()) {
                case ED25519 -> "Ed25519";
                case EC -> "EC";
                case RSA -> "RSA";
                case ED448 -> "Ed448";
              });
      switch (algorithm.keyType()) {
        case EC -> generator.initialize(new ECGenParameterSpec("secp256r1"));
        case RSA -> generator.initialize(2048);
        case ED25519, ED448 -> {}
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * A fresh key.
   *
   * @param padding octets that make the certificate longer
   */
  static SigningKey signing(SignatureAlgorithm algorithm, int padding) {
    KeyPair pair = generate(algorithm);
    return new Key(algorithm, pair, certificate(pair, padding));
  }

  /** A key that does not belong to its certificate. */
  static SigningKey mixedUp() {
    return new Key(
        SignatureAlgorithm.ED25519,
        generate(SignatureAlgorithm.ED25519),
        certificate(generate(SignatureAlgorithm.ED25519), 0));
  }

  private static Bytes certificate(KeyPair pair, int padding) {
    byte[] key = pair.getPublic().getEncoded();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(key.length >>> 8);
    out.write(key.length);
    out.writeBytes(key);
    out.writeBytes(new byte[padding]);
    return Bytes.copyOf(out.toByteArray());
  }
}
