package org.ipsec4j.crypto.jca;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.jspecify.annotations.Nullable;

/** Verifies signatures with keys that came from a peer's certificate. Thread-safe. */
final class SignatureVerifier {
  /** A key of 16384 bits fits; whatever is longer is not worth the time it would take. */
  private static final int MAX_KEY_OCTETS = 4096;

  private static final int MIN_RSA_BITS = 1024;
  private static final int MAX_RSA_BITS = 16384;
  private static final int MAX_RSA_EXPONENT_BITS = 64;
  private static final List<String> CURVES =
      List.of(
          "secp256r1",
          "secp384r1",
          "secp521r1",
          "brainpoolP256r1",
          "brainpoolP384r1",
          "brainpoolP512r1");

  private final JcaServices services;

  SignatureVerifier(JcaServices services) {
    this.services = services;
  }

  boolean does(SignatureAlgorithm algorithm) {
    return services
        .providerOf(
            algorithm.name(),
            provider -> {
              KeyFactory.getInstance(keyFactory(algorithm), provider);
              return signature(algorithm, provider);
            })
        .isPresent();
  }

  boolean verify(SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signatureValue)
      throws CryptoException {
    if (!does(algorithm)) {
      throw new CryptoException(Culprit.PROVIDER, "no JCA provider does " + algorithm);
    }
    if (publicKey.length() > MAX_KEY_OCTETS) {
      throw new CryptoException(Culprit.PEER_VALUE, "the public key is too long");
    }
    Provider provider =
        services
            .chosen(algorithm.name())
            .orElseThrow(() -> new CryptoException(Culprit.PROVIDER, "nobody does " + algorithm));
    PublicKey key = key(algorithm, publicKey, provider);
    KeyExchangeMethod brainpool = key instanceof ECPublicKey ec ? brainpool(ec, provider) : null;
    if (brainpool != null) {
      // The JDK reads such keys and does no arithmetic with them.
      provider = providerOf(brainpool);
      key = key(algorithm, publicKey, provider);
    }
    if (algorithm.keyType() == SignatureAlgorithm.KeyType.EC
        && !EcdsaEncoding.isDer(signatureValue)) {
      return false;
    }
    try {
      Signature signature = signature(algorithm, provider);
      signature.initVerify(key);
      signature.update(message.toArray());
      return signature.verify(signatureValue.toArray());
    } catch (InvalidKeyException e) {
      throw new CryptoException(Culprit.PEER_VALUE, "the public key does not do " + algorithm);
    } catch (SignatureException e) {
      // Not even the shape of a signature.
      return false;
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new CryptoException(
          Culprit.PROVIDER, algorithm + " failed with " + e.getClass().getSimpleName());
    }
  }

  private Provider providerOf(KeyExchangeMethod brainpool) throws CryptoException {
    return services
        .providerOf(brainpool.name(), provider -> Group.of(brainpool, provider))
        .orElseThrow(
            () -> new CryptoException(Culprit.PROVIDER, "no JCA provider does " + brainpool));
  }

  /** The curve of the key when it is one of Brainpool. */
  private static @Nullable KeyExchangeMethod brainpool(ECPublicKey key, Provider provider) {
    String curve = knownCurve(key, provider);
    if (curve == null) {
      return null;
    }
    return switch (curve) {
      case "brainpoolP256r1" -> KeyExchangeMethod.BRAINPOOL_256;
      case "brainpoolP384r1" -> KeyExchangeMethod.BRAINPOOL_384;
      case "brainpoolP512r1" -> KeyExchangeMethod.BRAINPOOL_512;
      default -> null;
    };
  }

  private static PublicKey key(SignatureAlgorithm algorithm, Bytes der, Provider provider)
      throws CryptoException {
    try {
      PublicKey key =
          KeyFactory.getInstance(keyFactory(algorithm), provider)
              .generatePublic(new X509EncodedKeySpec(der.toArray()));
      String why = unfit(key, provider);
      if (why != null) {
        throw new CryptoException(Culprit.PEER_VALUE, why);
      }
      return key;
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new CryptoException(Culprit.PEER_VALUE, "the public key is no key for " + algorithm);
    }
  }

  /** Why the key may not be used; null when it may. */
  private static @Nullable String unfit(PublicKey key, Provider provider) {
    return switch (key) {
      case RSAPublicKey rsa -> unfitRsa(rsa);
      case ECPublicKey ec ->
          knownCurve(ec, provider) == null ? "the curve of the key is unknown" : null;
      default -> null;
    };
  }

  private static @Nullable String unfitRsa(RSAPublicKey rsa) {
    int bits = rsa.getModulus().bitLength();
    BigInteger exponent = rsa.getPublicExponent();
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      return "an RSA key of " + bits + " bits is not accepted";
    }
    return exponent.compareTo(BigInteger.TWO) <= 0
            || !exponent.testBit(0)
            || exponent.bitLength() > MAX_RSA_EXPONENT_BITS
        ? "the exponent of the RSA key is not accepted"
        : null;
  }

  /**
   * The name of the key's curve; null when it is none of ours. Keys may carry curve parameters of
   * their own making, down to the generator.
   */
  private static @Nullable String knownCurve(ECPublicKey key, Provider provider) {
    for (String name : CURVES) {
      ECParameterSpec known;
      try {
        known = EcpGroup.curve(new ECGenParameterSpec(name), provider);
      } catch (GeneralSecurityException e) {
        continue;
      }
      ECParameterSpec used = key.getParams();
      if (known.getCurve().getField().equals(used.getCurve().getField())
          && known.getCurve().getA().equals(used.getCurve().getA())
          && known.getCurve().getB().equals(used.getCurve().getB())
          && known.getGenerator().equals(used.getGenerator())
          && known.getOrder().equals(used.getOrder())) {
        return name;
      }
    }
    return null;
  }

  static String keyFactory(SignatureAlgorithm algorithm) {
    return switch (algorithm.keyType()) {
      case RSA -> "RSA";
      case EC -> "EC";
      case ED25519 -> "Ed25519";
      case ED448 -> "Ed448";
    };
  }

  static Signature signature(SignatureAlgorithm algorithm, Provider provider)
      throws GeneralSecurityException {
    return switch (algorithm) {
      case RSA_PKCS1_SHA1 -> Signature.getInstance("SHA1withRSA", provider);
      case RSA_PKCS1_SHA256 -> Signature.getInstance("SHA256withRSA", provider);
      case RSA_PKCS1_SHA384 -> Signature.getInstance("SHA384withRSA", provider);
      case RSA_PKCS1_SHA512 -> Signature.getInstance("SHA512withRSA", provider);
      case RSA_PSS_SHA256 -> pss(provider, MGF1ParameterSpec.SHA256, 32);
      case RSA_PSS_SHA384 -> pss(provider, MGF1ParameterSpec.SHA384, 48);
      case RSA_PSS_SHA512 -> pss(provider, MGF1ParameterSpec.SHA512, 64);
      case ECDSA_SHA1 -> Signature.getInstance("SHA1withECDSA", provider);
      case ECDSA_SHA256 -> Signature.getInstance("SHA256withECDSA", provider);
      case ECDSA_SHA384 -> Signature.getInstance("SHA384withECDSA", provider);
      case ECDSA_SHA512 -> Signature.getInstance("SHA512withECDSA", provider);
      case ED25519 -> Signature.getInstance("Ed25519", provider);
      case ED448 -> Signature.getInstance("Ed448", provider);
    };
  }

  private static Signature pss(Provider provider, MGF1ParameterSpec hash, int saltLength)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance("RSASSA-PSS", provider);
    signature.setParameter(
        new PSSParameterSpec(
            hash.getDigestAlgorithm(),
            "MGF1",
            hash,
            saltLength,
            PSSParameterSpec.TRAILER_FIELD_BC));
    return signature;
  }
}
