package org.ipsec4j.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm.KeyType;
import org.ipsec4j.api.crypto.Signer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two nodes with different providers come to the same secrets and believe each other. */
class KeysAcrossProvidersTest {
  private static final Bytes MESSAGE = Bytes.ofHex("6d657373616765");

  @ParameterizedTest
  @CsvSource({"jca, openssl", "openssl, jca"})
  void exchangesAgree(String initiator, String responder) throws CryptoException {
    CryptoProvider one = Providers.usable(initiator);
    CryptoProvider other = Providers.usable(responder);
    int agreed = 0;
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      if (!one.supports(method) || !other.supports(method)) {
        continue;
      }
      KeyExchange.Initiation initiation = one.keyExchange(method, one.random()).initiate();
      KeyExchange.Answer answer =
          other.keyExchange(method, other.random()).respond(initiation.publicValue());
      assertEquals(
          answer.sharedSecret(), initiation.complete(answer.publicValue()), method.toString());
      initiation.destroy();
      agreed++;
    }
    assertTrue(agreed >= 14, agreed + " methods");
  }

  @ParameterizedTest
  @CsvSource({"jca, openssl", "openssl, jca"})
  void signaturesAreBelieved(String signing, String verifying)
      throws CryptoException, GeneralSecurityException {
    CryptoProvider one = Providers.usable(signing);
    CryptoProvider other = Providers.usable(verifying);
    Map<KeyType, KeyPair> keys = keys();
    int believed = 0;
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (!one.supportsSigning(algorithm) || !other.supports(algorithm)) {
        continue;
      }
      KeyPair pair = Objects.requireNonNull(keys.get(algorithm.keyType()));
      Signer signer = one.signer(Secret.adopt(pair.getPrivate().getEncoded()), algorithm);
      Bytes signature = signer.sign(MESSAGE);
      signer.destroy();
      Bytes key = Bytes.copyOf(pair.getPublic().getEncoded());
      assertTrue(other.verify(algorithm, key, MESSAGE, signature), algorithm.toString());
      assertFalse(other.verify(algorithm, key, Bytes.EMPTY, signature), algorithm.toString());
      believed++;
    }
    assertTrue(believed >= 9, believed + " algorithms");
  }

  private static Map<KeyType, KeyPair> keys() throws GeneralSecurityException {
    Map<KeyType, KeyPair> keys = new EnumMap<>(KeyType.class);
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    keys.put(KeyType.RSA, rsa.generateKeyPair());
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    ec.initialize(new ECGenParameterSpec("secp256r1"));
    keys.put(KeyType.EC, ec.generateKeyPair());
    keys.put(KeyType.ED25519, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    keys.put(KeyType.ED448, KeyPairGenerator.getInstance("Ed448").generateKeyPair());
    return keys;
  }
}
