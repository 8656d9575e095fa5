package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.PacketWorker;
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

  /** A detail that it does not know is refused, and the message says which. */
  @Test
  default void unknownDetailsAreRefused() {
    CryptoException refusal =
        assertThrows(CryptoException.class, () -> provider().configured("there is no such thing"));
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("there is no such thing"),
        refusal::toString);
  }

  /** Slow steps that come together have all run when they come back, each once. */
  @Test
  default void workThatComesTogetherRunsOnce() {
    int most = provider().preferredWork();
    assertTrue(most >= 1, "preferred work " + most);
    AtomicInteger ran = new AtomicInteger();
    provider().runWork(Collections.nCopies(most, ran::incrementAndGet));
    assertEquals(most, ran.get());
    provider().runWork(List.of());
    assertEquals(most, ran.get());
  }

  /** A worker takes something, and may be closed more than once. */
  @Test
  default void workersCloseMoreThanOnce() {
    PacketWorker worker = provider().packetWorker();
    assertTrue(worker.preferredBurst() >= 1, "preferred burst");
    assertTrue(worker.depth() >= 1, "depth");
    assertNull(worker.poll());
    worker.close();
    worker.close();
  }
}
