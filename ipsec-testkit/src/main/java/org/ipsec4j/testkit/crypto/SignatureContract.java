package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm.KeyType;
import org.junit.jupiter.api.Test;

/** What a provider must do with signatures, judged by those that the JDK makes. */
public interface SignatureContract extends ProviderUnderTest {
  /** Right signatures are accepted; with one wrong bit in message or signature they are not. */
  @Test
  default void signaturesAreVerified() throws GeneralSecurityException, CryptoException {
    Map<KeyType, KeyPair> keys = Keys.MADE;
    Bytes message = Bytes.copyOf(TestOctets.of("message", 300));
    int claimed = 0;
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (!provider().supports(algorithm)) {
        assertThrows(
            CryptoException.class,
            () -> provider().verify(algorithm, Bytes.EMPTY, message, message));
        continue;
      }
      claimed++;
      KeyPair pair = Objects.requireNonNull(keys.get(algorithm.keyType()));
      Bytes key = Bytes.copyOf(pair.getPublic().getEncoded());
      Signature signer = Keys.jdk(algorithm);
      signer.initSign(pair.getPrivate());
      signer.update(message.toArray());
      Bytes signature = Bytes.copyOf(signer.sign());
      assertTrue(provider().verify(algorithm, key, message, signature), algorithm.toString());
      for (int at = 0; at < signature.length(); at += 7) {
        assertFalse(
            provider().verify(algorithm, key, message, flipped(signature, at)),
            algorithm + " signature octet " + at);
      }
      assertFalse(provider().verify(algorithm, key, flipped(message, 5), signature));
      assertFalse(provider().verify(algorithm, key, message, Bytes.EMPTY));
      assertFalse(provider().verify(algorithm, key, message, Bytes.copyOf(new byte[2000])));
    }
    assertTrue(claimed > 0, "the provider claims no signature");
  }

  /** Keys of another kind, and what is no key, are blamed on the peer. */
  @Test
  default void unfitKeysAreRefused() {
    Bytes message = Bytes.ofHex("00");
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (!provider().supports(algorithm)) {
        continue;
      }
      for (Map.Entry<KeyType, KeyPair> entry : Keys.MADE.entrySet()) {
        Bytes key = Bytes.copyOf(entry.getValue().getPublic().getEncoded());
        if (entry.getKey() != algorithm.keyType()) {
          refused(algorithm, key, message, "a key of " + entry.getKey());
        } else {
          refused(algorithm, key.slice(0, key.length() - 1), message, "a cut key");
        }
      }
      refused(algorithm, Bytes.EMPTY, message, "no key");
      refused(algorithm, Bytes.copyOf(new byte[100_000]), message, "a huge key");
      refused(algorithm, Bytes.copyOf(TestOctets.of("noise", 200)), message, "noise");
    }
  }

  private void refused(SignatureAlgorithm algorithm, Bytes key, Bytes message, String what) {
    CryptoException refusal =
        assertThrows(
            CryptoException.class,
            () -> provider().verify(algorithm, key, message, message),
            algorithm + " with " + what);
    assertEquals(Culprit.PEER_VALUE, refusal.culprit(), algorithm + " with " + what);
  }

  private static Bytes flipped(Bytes octets, int at) {
    byte[] copy = octets.toArray();
    copy[at] ^= 1;
    return Bytes.copyOf(copy);
  }

  /** Keys made once; RSA keys take their time. */
  final class Keys {
    /** One pair of each kind. */
    static final Map<KeyType, KeyPair> MADE = make();

    private Keys() {}

    /** Signs and verifies as the JDK does. */
    static Signature jdk(SignatureAlgorithm algorithm) throws GeneralSecurityException {
      return switch (algorithm) {
        case RSA_PKCS1_SHA1 -> Signature.getInstance("SHA1withRSA");
        case RSA_PKCS1_SHA256 -> Signature.getInstance("SHA256withRSA");
        case RSA_PKCS1_SHA384 -> Signature.getInstance("SHA384withRSA");
        case RSA_PKCS1_SHA512 -> Signature.getInstance("SHA512withRSA");
        case RSA_PSS_SHA256 -> pss(MGF1ParameterSpec.SHA256, 32);
        case RSA_PSS_SHA384 -> pss(MGF1ParameterSpec.SHA384, 48);
        case RSA_PSS_SHA512 -> pss(MGF1ParameterSpec.SHA512, 64);
        case ECDSA_SHA1 -> Signature.getInstance("SHA1withECDSA");
        case ECDSA_SHA256 -> Signature.getInstance("SHA256withECDSA");
        case ECDSA_SHA384 -> Signature.getInstance("SHA384withECDSA");
        case ECDSA_SHA512 -> Signature.getInstance("SHA512withECDSA");
        case ED25519 -> Signature.getInstance("Ed25519");
        case ED448 -> Signature.getInstance("Ed448");
      };
    }

    private static Signature pss(MGF1ParameterSpec hash, int salt) throws GeneralSecurityException {
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(
          new PSSParameterSpec(hash.getDigestAlgorithm(), "MGF1", hash, salt, 1));
      return signature;
    }

    private static Map<KeyType, KeyPair> make() {
      try {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp384r1"));
        Map<KeyType, KeyPair> made = new EnumMap<>(KeyType.class);
        made.put(KeyType.RSA, rsa.generateKeyPair());
        made.put(KeyType.EC, ec.generateKeyPair());
        made.put(KeyType.ED25519, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        made.put(KeyType.ED448, KeyPairGenerator.getInstance("Ed448").generateKeyPair());
        return made;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
