package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SelfTest;
import org.junit.jupiter.api.Test;

/**
 * All contracts of a {@link org.ipsec4j.api.crypto.CryptoProvider}. A provider's test class
 * implements this and nothing more than {@link #provider()}.
 */
public interface CryptoProviderContract
    extends PacketContract,
        NeighboursContract,
        IkeCipherContract,
        PrfContract,
        KeyExchangeContract,
        SignatureContract,
        SigningContract {
  /** Its own known answers are right, and there are some. */
  @Test
  default void itsSelfTestPasses() {
    SelfTest outcome = provider().selfTest();
    assertTrue(outcome.passed(), () -> String.join("\n", outcome.failures()));
  }

  /** Monitors show the name. */
  @Test
  default void itHasAName() {
    assertFalse(provider().name().isBlank());
  }

  /** SHA-1 of NAT detection is that of the platform. */
  @Test
  default void sha1IsTheStandardOne() throws NoSuchAlgorithmException {
    for (int length : new int[] {0, 1, 18, 20, 63, 64, 65, 1000}) {
      byte[] data = TestOctets.of("sha1", length);
      assertEquals(
          Bytes.copyOf(MessageDigest.getInstance("SHA-1").digest(data)),
          provider().sha1(Bytes.copyOf(data)));
    }
  }

  /** Random octets are not constant. */
  @Test
  default void randomOctetsDiffer() {
    RandomSource random = provider().random();
    byte[] first = new byte[32];
    byte[] second = new byte[32];
    random.nextBytes(first);
    random.nextBytes(second);
    assertNotEquals(Bytes.copyOf(first), Bytes.copyOf(second));
    assertNotEquals(Bytes.copyOf(new byte[32]), Bytes.copyOf(first));
  }
}
