package org.ipsec4j.crypto.openssl.pk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.ffm.NativeLibrary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every native object that a handshake makes is freed, whether it goes well, is refused or
 * abandoned. Counted between us and the library.
 */
class NativeFootprintTest {
  private final RandomSource random = new java.security.SecureRandom()::nextBytes;
  private CountingSymbols symbols;
  private PublicKeyCrypto crypto;

  @BeforeEach
  void bind() throws NativeLibrary.MissingException {
    KeysOnly.get();
    symbols = new CountingSymbols(LibCrypto.get());
    crypto = new PublicKeyCrypto(new LibPk(symbols), false);
  }

  @Test
  void exchangesLeaveNothingBehind() throws CryptoException {
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      if (!crypto.supports(method)) {
        continue;
      }
      // What belongs to a group stays.
      Map<String, Long> before = symbols.alive();
      long madeBefore = symbols.made();
      KeyExchange exchange = crypto.keyExchange(method, random);
      for (int i = 0; i < (method.publicLength() > 256 ? 1 : 20); i++) {
        KeyExchange.Initiation initiation = exchange.initiate();
        KeyExchange.Answer answer = exchange.respond(initiation.publicValue());
        initiation.complete(answer.publicValue()).destroy();
        for (int octet : new int[] {0, 1, 255}) {
          byte[] bad = new byte[method.publicLength()];
          java.util.Arrays.fill(bad, (byte) octet);
          respondOrRefuse(exchange, Bytes.copyOf(bad));
        }
        initiation.destroy();
        exchange.initiate();
      }
      assertEquals(before, symbols.alive(), method.toString());
      assertTrue(symbols.made() > madeBefore + 10, "objects were counted");
    }
  }

  private static void respondOrRefuse(KeyExchange exchange, Bytes value) {
    try {
      exchange.respond(value);
    } catch (CryptoException e) {
      assertEquals(CryptoException.Culprit.PEER_VALUE, e.culprit());
    }
  }

  @Test
  void signaturesLeaveNothingBehind() throws GeneralSecurityException, CryptoException {
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    ec.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    check(SignatureAlgorithm.ECDSA_SHA256, ec.generateKeyPair());
    check(SignatureAlgorithm.RSA_PSS_SHA256, rsa.generateKeyPair());
    check(SignatureAlgorithm.RSA_PKCS1_SHA512, rsa.generateKeyPair());
    check(SignatureAlgorithm.ED25519, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    check(SignatureAlgorithm.ED448, KeyPairGenerator.getInstance("Ed448").generateKeyPair());
  }

  private void check(SignatureAlgorithm algorithm, KeyPair pair) throws CryptoException {
    crypto.supports(algorithm);
    Bytes key = Bytes.copyOf(pair.getPublic().getEncoded());
    Secret own = Secret.adopt(pair.getPrivate().getEncoded());
    Map<String, Long> before = symbols.alive();
    for (int i = 0; i < 10; i++) {
      Signer signer = crypto.signer(own, algorithm);
      Bytes signature = signer.sign(key);
      assertTrue(crypto.verify(algorithm, key, key, signature));
      assertTrue(!crypto.verify(algorithm, key, Bytes.EMPTY, signature));
      assertTrue(!crypto.verify(algorithm, key, key, Bytes.EMPTY));
      byte[] broken = key.toArray();
      broken[broken.length - 1] ^= 1;
      try {
        crypto.verify(algorithm, Bytes.copyOf(broken), key, signature);
      } catch (CryptoException e) {
        // No point of the curve: refused, or no key at all.
      }
      signer.destroy();
      signer.destroy();
      assertThrows(CryptoException.class, () -> signer.sign(key));
      Secret cut = own.slice(0, own.length() - 1);
      assertThrows(CryptoException.class, () -> crypto.signer(cut, algorithm));
      SignatureAlgorithm other =
          algorithm == SignatureAlgorithm.ED25519
              ? SignatureAlgorithm.ECDSA_SHA256
              : SignatureAlgorithm.ED25519;
      assertThrows(CryptoException.class, () -> crypto.signer(own, other));
    }
    assertEquals(before, symbols.alive(), algorithm.toString());
  }

  /** A signer that nobody destroys goes with the collector. */
  @Test
  void forgottenSignersAreFreed()
      throws GeneralSecurityException, CryptoException, InterruptedException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Secret own = Secret.adopt(pair.getPrivate().getEncoded());
    crypto.supports(SignatureAlgorithm.ED25519);
    long before = symbols.alive().getOrDefault("EVP_PKEY", 0L);
    for (int i = 0; i < 50; i++) {
      crypto.signer(own, SignatureAlgorithm.ED25519).sign(Bytes.EMPTY);
    }
    for (int i = 0; i < 200; i++) {
      if (symbols.alive().getOrDefault("EVP_PKEY", 0L) - before <= 1) {
        return;
      }
      System.gc();
      Thread.sleep(20);
    }
    assertEquals(before, symbols.alive().get("EVP_PKEY"), "keys alive");
  }
}
