package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.junit.jupiter.api.Test;

/** What a provider must do for key exchange, for every method that it claims. */
public interface KeyExchangeContract extends ProviderUnderTest {
  /** Whether private values come from the given generator, so that a seed repeats them. */
  default boolean drawsFromGivenSource() {
    return true;
  }

  /** The methods that the provider claims. */
  default List<KeyExchangeMethod> claimedMethods() {
    List<KeyExchangeMethod> claimed = new ArrayList<>();
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      if (provider().supports(method)) {
        claimed.add(method);
      }
    }
    assertTrue(!claimed.isEmpty(), "the provider claims no key exchange");
    return claimed;
  }

  /** Both sides get the same secret, and another one the next time. */
  @Test
  default void bothSidesAgree() throws CryptoException {
    for (KeyExchangeMethod method : claimedMethods()) {
      KeyExchange exchange = provider().keyExchange(method, provider().random());
      assertEquals(method, exchange.method());
      KeyExchange.Initiation initiation = exchange.initiate();
      assertEquals(method.publicLength(), initiation.publicValue().length(), method.toString());
      KeyExchange.Answer answer = exchange.respond(initiation.publicValue());
      assertEquals(method.answerLength(), answer.publicValue().length(), method.toString());
      assertEquals(
          answer.sharedSecret(), initiation.complete(answer.publicValue()), method.toString());
      KeyExchange.Answer other = exchange.respond(initiation.publicValue());
      assertNotEquals(answer.publicValue(), other.publicValue(), method + " uses fresh values");
      assertNotEquals(answer.sharedSecret(), other.sharedSecret(), method.toString());
      assertEquals(secretLength(method), answer.sharedSecret().length(), method.toString());
      initiation.destroy();
      initiation.destroy();
      assertThrows(
          CryptoException.class, () -> initiation.complete(answer.publicValue()), method + "");
    }
  }

  private static int secretLength(KeyExchangeMethod method) {
    if (method.isKem()) {
      return 32;
    }
    // Of curves over prime fields, x alone.
    return isCurve(method) ? method.publicLength() / 2 : method.publicLength();
  }

  private static boolean isCurve(KeyExchangeMethod method) {
    return method.name().startsWith("ECP_") || method.name().startsWith("BRAINPOOL_");
  }

  /** Equal seeds give equal values, other seeds others. */
  @Test
  default void seedsRepeatARun() throws CryptoException {
    if (!drawsFromGivenSource()) {
      return;
    }
    for (KeyExchangeMethod method : claimedMethods()) {
      if (method.publicLength() > 512 && !method.isKem()) {
        continue;
      }
      Bytes first = provider().keyExchange(method, TestOctets.seeded(1)).initiate().publicValue();
      Bytes again = provider().keyExchange(method, TestOctets.seeded(1)).initiate().publicValue();
      Bytes other = provider().keyExchange(method, TestOctets.seeded(2)).initiate().publicValue();
      assertEquals(first, again, method.toString());
      assertNotEquals(first, other, method.toString());
    }
  }

  /** Values that fail the tests of RFC 6989 are refused, by both sides, and blamed on the peer. */
  @Test
  default void badPublicValuesAreRefused() throws CryptoException {
    for (KeyExchangeMethod method : claimedMethods()) {
      if (method.isKem()) {
        continue;
      }
      KeyExchange exchange = provider().keyExchange(method, provider().random());
      KeyExchange.Initiation initiation = exchange.initiate();
      for (Bytes bad : badValues(method, initiation.publicValue())) {
        String what = method + " with " + bad.slice(0, Math.min(8, bad.length()));
        CryptoException byResponder =
            assertThrows(CryptoException.class, () -> exchange.respond(bad), what);
        assertEquals(Culprit.PEER_VALUE, byResponder.culprit(), what);
        CryptoException byInitiator =
            assertThrows(CryptoException.class, () -> initiation.complete(bad), what);
        assertEquals(Culprit.PEER_VALUE, byInitiator.culprit(), what);
      }
    }
  }

  /**
   * Keys that fail the test of FIPS 203 7.2 and ciphertexts of another length are refused and
   * blamed on the peer; another ciphertext leads to another secret (6.3).
   */
  @Test
  default void badEncapsulationsAreRefused() throws CryptoException {
    for (KeyExchangeMethod method : claimedMethods()) {
      if (!method.isKem()) {
        continue;
      }
      KeyExchange exchange = provider().keyExchange(method, provider().random());
      KeyExchange.Initiation initiation = exchange.initiate();
      Bytes key = initiation.publicValue();
      KeyExchange.Answer answer = exchange.respond(key);
      // One coefficient of 3329 is one too many.
      Bytes above = Bytes.concat(Bytes.ofHex("010d00"), key.slice(3, key.length() - 3));
      for (Bytes bad : List.of(filled(key.length(), 0xff), above)) {
        blamed(method, () -> exchange.respond(bad));
      }
      otherLengths(key).forEach(bad -> blamed(method, () -> exchange.respond(bad)));
      Bytes ciphertext = answer.publicValue();
      otherLengths(ciphertext).forEach(bad -> blamed(method, () -> initiation.complete(bad)));
      byte[] changed = ciphertext.toArray();
      changed[7] ^= 1;
      assertNotEquals(answer.sharedSecret(), initiation.complete(Bytes.copyOf(changed)));
      assertEquals(answer.sharedSecret(), initiation.complete(ciphertext), "still itself");
    }
  }

  private static List<Bytes> otherLengths(Bytes good) {
    return List.of(
        Bytes.EMPTY, good.slice(0, good.length() - 1), Bytes.concat(good, Bytes.ofHex("00")));
  }

  private static void blamed(
      KeyExchangeMethod method, org.junit.jupiter.api.function.Executable step) {
    CryptoException refusal = assertThrows(CryptoException.class, step, method.toString());
    assertEquals(Culprit.PEER_VALUE, refusal.culprit(), method.toString());
  }

  private static List<Bytes> badValues(KeyExchangeMethod method, Bytes good) {
    int length = method.publicLength();
    List<Bytes> bad = new ArrayList<>();
    bad.add(Bytes.EMPTY);
    bad.add(good.slice(0, length - 1));
    bad.add(Bytes.concat(good, Bytes.ofHex("00")));
    bad.add(Bytes.copyOf(new byte[length]));
    if (method.name().startsWith("MODP_")) {
      BigInteger prime = ModpReference.prime(length * 8);
      BigInteger one = BigInteger.ONE;
      for (BigInteger value : List.of(one, prime.subtract(one), prime, prime.add(one))) {
        bad.add(number(value, length));
      }
      bad.add(filled(length, 0xff));
    } else if (isCurve(method)) {
      byte[] beside = good.toArray();
      beside[length - 1] ^= 1;
      bad.add(Bytes.copyOf(beside));
      bad.add(filled(length, 0xff));
      bad.add(Bytes.concat(good.slice(length / 2, length / 2), good.slice(0, length / 2)));
    } else {
      // Points of small order: u = 0 is above, u = 1.
      byte[] one = new byte[length];
      one[0] = 1;
      bad.add(Bytes.copyOf(one));
    }
    return bad;
  }

  private static Bytes filled(int length, int octet) {
    byte[] value = new byte[length];
    Arrays.fill(value, (byte) octet);
    return Bytes.copyOf(value);
  }

  private static Bytes number(BigInteger value, int length) {
    byte[] octets = value.toByteArray();
    byte[] fixed = new byte[length];
    int copied = Math.min(length, octets.length);
    System.arraycopy(octets, octets.length - copied, fixed, length - copied, copied);
    return Bytes.copyOf(fixed);
  }

  /** Factories refuse what the provider does not claim. */
  @Test
  default void unclaimedMethodsAreRefused() {
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      if (!provider().supports(method)) {
        assertThrows(
            CryptoException.class, () -> provider().keyExchange(method, provider().random()));
      }
    }
  }
}
