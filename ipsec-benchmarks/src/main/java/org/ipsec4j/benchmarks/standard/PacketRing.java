package org.ipsec4j.benchmarks.standard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.benchmarks.anchor.AnchorLoop;
import org.ipsec4j.esp.EspOutbound;

/**
 * Bursts of inner packets, enough for a round of some ten microseconds and few enough for the
 * second-level cache. The C loop works in the same memory.
 */
final class PacketRing {
  private static final int HEAD = 32;

  private final int size;
  private final int burstSize;
  private final PacketBurst[] bursts;
  private final long[] head = new long[HEAD / 8];
  private final int headroom;
  private final int slot;
  private int[] order = {0};
  private int at;

  /**
   * @param size octets of an inner packet, 64 or more
   * @param burst packets in a burst
   */
  PacketRing(int size, int burst) {
    this(size, burst, Math.max(2, packetsFor(size) / burst));
  }

  PacketRing(int size, int burst, int count) {
    this.size = size;
    this.burstSize = burst;
    bursts = new PacketBurst[count];
    for (int i = 0; i < count; i++) {
      bursts[i] =
          new PacketBurst(burst, EspOutbound.MAX_HEADROOM, size, EspOutbound.MAX_TAILROOM + 32);
    }
    headroom = bursts[0].offset(bursts[0].add());
    slot = burst == 1 ? bursts[0].slab().capacity() : bursts[0].offset(bursts[0].add()) - headroom;
    ByteBuffer packet = ByteBuffer.allocate(HEAD);
    packet.putShort((short) 0x4500).putShort((short) size).putShort((short) 0);
    packet.putShort((short) 0x4000).put((byte) 64).put((byte) 17).putShort((short) 0);
    packet.putInt(0x0a010007).putInt(TestSas.REMOTE_INNER);
    packet.putShort((short) 4000).putShort((short) 5000).putShort((short) (size - 20));
    for (int i = 0; i < head.length; i++) {
      head[i] = packet.getLong(i * 8);
    }
  }

  /** About 600 kB of packets, a thousand at most. */
  static int packetsFor(int size) {
    return size <= 128 ? 1024 : size <= 600 ? 512 : size <= 1500 ? 256 : size <= 4500 ? 128 : 64;
  }

  /** Which SA each packet belongs to, over and over. */
  void order(int[] newOrder) {
    order = newOrder.clone();
    at = 0;
  }

  int size() {
    return size;
  }

  int burstSize() {
    return burstSize;
  }

  int headroom() {
    return headroom;
  }

  int slot() {
    return slot;
  }

  PacketBurst[] bursts() {
    return bursts;
  }

  int packets() {
    return bursts.length * burstSize;
  }

  /** Fresh inner packets in all slots: the headers, as what is behind them does not matter. */
  void reset() {
    for (PacketBurst burst : bursts) {
      ByteBuffer slab = burst.slab();
      burst.clear();
      for (int i = 0; i < burstSize; i++) {
        int index = burst.add();
        int offset = burst.offset(index);
        burst.window(index, offset, size);
        slab.putLong(offset, head[0]);
        slab.putLong(offset + 8, head[1]);
        slab.putLong(offset + 16, head[2] + ((long) next() << 32));
        slab.putLong(offset + 24, head[3]);
      }
    }
  }

  private int next() {
    int sa = order[at];
    at = at + 1 == order.length ? 0 : at + 1;
    return sa;
  }

  /** For the C loop. */
  AnchorLoop.Memory memory() {
    List<ByteBuffer> slabs = new ArrayList<>();
    for (PacketBurst burst : bursts) {
      slabs.add(burst.slab());
    }
    return new AnchorLoop.Memory(size, burstSize, slot, headroom, slabs);
  }
}
