package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.PacketTransform;
import org.junit.jupiter.api.Test;

/**
 * A forged packet costs itself alone. A library that wipes what it could not authenticate may take
 * the beginning of the slab for the beginning of the packet, and erase what others wait for.
 */
public interface NeighboursContract extends ProviderUnderTest {
  /** In direct slabs, for every transform that the provider claims. */
  @Test
  default void forgedPacketsTouchNobodyInDirectSlabs() throws CryptoException {
    forged(true);
  }

  /** In slabs on the heap, which a provider may refuse as a whole. */
  @Test
  default void forgedPacketsTouchNobodyInHeapSlabs() throws CryptoException {
    forged(false);
  }

  private void forged(boolean direct) throws CryptoException {
    List<PacketTransform> claimed = Transforms.claimed(provider());
    assertFalse(claimed.isEmpty(), "the provider claims no packet transform");
    for (PacketTransform transform : claimed) {
      for (int first : new int[] {0, 61}) {
        ForgedNeighbours.check(provider(), transform, direct, first, octetsBehind(transform));
      }
    }
  }
}
