package org.ipsec4j.crypto.openssl.pk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.testkit.crypto.KeyExchangeContract;
import org.ipsec4j.testkit.crypto.ModpReference;
import org.ipsec4j.testkit.crypto.SignatureContract;
import org.ipsec4j.testkit.crypto.SigningContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contracts, and what they do not ask. */
class PublicKeyCryptoTest implements KeyExchangeContract, SignatureContract, SigningContract {
  @Override
  public CryptoProvider provider() {
    return KeysOnly.get();
  }

  @Test
  void knownAnswersAreRight() {
    SelfTest outcome = provider().selfTest();
    assertTrue(outcome.passed(), () -> String.join("\n", outcome.failures()));
    assertTrue(outcome.vectorsRun() >= 30, () -> outcome.vectorsRun() + " vectors");
  }

  @Test
  void aWrongKnownAnswerWouldBeNoticed() throws CryptoException {
    PublicKeyCrypto crypto = KeysOnly.get().crypto();
    for (KnownAnswers.Vector vector : KnownAnswers.vectors()) {
      if (vector.kind().equals("exchange")) {
        Bytes other = Bytes.concat(vector.octets("private"), Bytes.ofHex("01"));
        KeyExchangeMethod method = KeyExchangeMethod.valueOf(vector.names().getFirst());
        assertTrue(
            !crypto
                .agree(method, other.slice(1, other.length() - 1), vector.octets("public"))
                .equals(Secret.ofPublic(vector.octets("secret"))),
            method.toString());
      }
    }
  }

  /** The numbers of the library are those of the RFCs, and the reckoning is that of a slow twin. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "MODP_.*")
  void modpIsPowersOfTwoModuloThePrime(KeyExchangeMethod method) throws CryptoException {
    int length = method.publicLength();
    BigInteger prime = ModpReference.prime(length * 8);
    byte[] exponent = new byte[ModpGroup.exponentBits(method) / 8];
    new java.util.Random(7).nextBytes(exponent);
    BigInteger base = prime.subtract(BigInteger.TWO);
    Secret secret =
        KeysOnly.get().crypto().agree(method, Bytes.copyOf(exponent), number(base, length));
    BigInteger expected = base.modPow(new BigInteger(1, exponent), prime);
    assertEquals(Secret.ofPublic(number(expected, length)), secret);
  }

  private static Bytes number(BigInteger value, int length) {
    byte[] octets = value.toByteArray();
    byte[] fixed = new byte[length];
    int copied = Math.min(length, octets.length);
    System.arraycopy(octets, octets.length - copied, fixed, length - copied, copied);
    return Bytes.copyOf(fixed);
  }

  @Test
  void exponentsAreTwiceTheStrengthOfTheGroup() {
    // RFC 7919 A: 225, 275, 325, 375, 400 bits at least.
    assertTrue(ModpGroup.exponentBits(KeyExchangeMethod.MODP_2048) >= 225);
    assertTrue(ModpGroup.exponentBits(KeyExchangeMethod.MODP_3072) >= 275);
    assertTrue(ModpGroup.exponentBits(KeyExchangeMethod.MODP_4096) >= 325);
    assertTrue(ModpGroup.exponentBits(KeyExchangeMethod.MODP_6144) >= 375);
    assertTrue(ModpGroup.exponentBits(KeyExchangeMethod.MODP_8192) >= 400);
  }

  @Test
  void aBrokenRandomSourceMakesNoKey() {
    PublicKeyCrypto crypto = KeysOnly.get().crypto();
    for (KeyExchangeMethod method :
        new KeyExchangeMethod[] {KeyExchangeMethod.ECP_256, KeyExchangeMethod.MODP_2048}) {
      CryptoException zeros =
          assertThrows(
              CryptoException.class,
              () -> crypto.keyExchange(method, java.util.Objects::requireNonNull).initiate());
      assertEquals(Culprit.PROVIDER, zeros.culprit());
    }
    // All ones is above the order of P-256 and never in range.
    assertThrows(
        CryptoException.class,
        () ->
            crypto
                .keyExchange(
                    KeyExchangeMethod.ECP_256, target -> java.util.Arrays.fill(target, (byte) -1))
                .initiate());
  }

  /** Points of small order of Curve25519 and their other spellings (RFC 7748 6.1, 7). */
  @Test
  void pointsOfSmallOrderAreRefused() throws CryptoException {
    String[] small = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
    };
    KeyExchange exchange = provider().keyExchange(KeyExchangeMethod.X25519, provider().random());
    for (String hex : small) {
      CryptoException refusal =
          assertThrows(CryptoException.class, () -> exchange.respond(Bytes.ofHex(hex)), hex);
      assertEquals(Culprit.PEER_VALUE, refusal.culprit(), hex);
    }
  }

  /** Groups and curves are shared by all threads, and so is the library. */
  @Test
  void threadsDoNotDisturbOneAnother() throws InterruptedException {
    PublicKeyCrypto crypto = KeysOnly.get().crypto();
    KeyExchangeMethod[] methods = {
      KeyExchangeMethod.ECP_256,
      KeyExchangeMethod.BRAINPOOL_256,
      KeyExchangeMethod.X25519,
      KeyExchangeMethod.MODP_1024
    };
    AtomicInteger agreed = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int round = 0; round < 40; round++) {
                      agreed.addAndGet(agreements(crypto, methods));
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(4 * 40 * methods.length, agreed.get());
  }

  private int agreements(PublicKeyCrypto crypto, KeyExchangeMethod[] methods) {
    int agreements = 0;
    for (KeyExchangeMethod method : methods) {
      try {
        KeyExchange exchange = crypto.keyExchange(method, provider().random());
        KeyExchange.Initiation initiation = exchange.initiate();
        KeyExchange.Answer answer = exchange.respond(initiation.publicValue());
        boolean same = initiation.complete(answer.publicValue()).equals(answer.sharedSecret());
        agreements += same ? 1 : 0;
      } catch (CryptoException e) {
        // Counts as none.
      }
    }
    return agreements;
  }

  @Test
  void nothingIsToldOfKeys() throws CryptoException {
    KeyExchange.Initiation initiation =
        provider().keyExchange(KeyExchangeMethod.X25519, target -> target[0] = 1).initiate();
    assertTrue(!initiation.toString().contains("01"), initiation.toString());
  }
}
