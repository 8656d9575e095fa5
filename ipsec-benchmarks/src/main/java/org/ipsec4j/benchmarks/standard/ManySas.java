package org.ipsec4j.benchmarks.standard;

import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.benchmarks.harness.Loop;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;
import org.ipsec4j.ffm.NativeMemory;
import org.jspecify.annotations.Nullable;

/** So many SAs, both halves, with the engines that use them; and what they weigh. */
final class ManySas implements AutoCloseable {
  private final PacketKey[] keys;
  private final FlowTable flows;
  private final Sad sad = new Sad();
  private final EspOutbound outbound;
  private final EspInbound inbound;
  private final @Nullable OutboundSa[] found = new OutboundSa[AeadRows.BURST];
  private final double keyHeap;
  private final double outboundHeap;
  private final double inboundHeap;
  private final double nativeOctets;
  private long now;

  /**
   * @param weigh whether to ask the garbage collector what the SAs weigh
   */
  ManySas(CryptoProvider provider, TestSas made, int count, boolean weigh) throws CryptoException {
    keys = new PacketKey[count];
    flows = new FlowTable(count);
    OutboundSa[] all = new OutboundSa[count];
    long nativeBefore = NativeMemory.inUse();
    long start = weigh ? heap() : 0;
    for (int i = 0; i < count; i++) {
      keys[i] = made.key(provider, i);
    }
    nativeOctets = (double) (NativeMemory.inUse() - nativeBefore) / count;
    long withKeys = weigh ? heap() : 0;
    for (int i = 0; i < count; i++) {
      all[i] = made.outbound(keys[i], i);
    }
    long withOutbound = weigh ? heap() : 0;
    for (int i = 0; i < count; i++) {
      sad.install(made.inbound(keys[i], i));
    }
    long withInbound = weigh ? heap() : 0;
    keyHeap = (double) (withKeys - start) / count;
    outboundHeap = (double) (withOutbound - withKeys) / count;
    inboundHeap = (double) (withInbound - withOutbound) / count;
    for (int i = 0; i < count; i++) {
      flows.put(TestSas.REMOTE_INNER + i, all[i]);
    }
    outbound = new EspOutbound(List.of(provider), AeadRows.BURST);
    inbound = new EspInbound(sad, List.of(provider), AeadRows.BURST);
  }

  /** Octets of heap that live, after a collection. */
  private static long heap() {
    System.gc();
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Octets of heap for an outbound SA and its key. */
  double outboundHeap() {
    return keyHeap + outboundHeap;
  }

  /** Octets of heap for an inbound SA, its key and its place in the table. */
  double inboundHeap() {
    return keyHeap + inboundHeap;
  }

  /** Octets of native memory for a key. */
  double nativeOctets() {
    return nativeOctets;
  }

  /**
   * Lookup and seal, or lookup and open, over the ring.
   *
   * @param ring has an order of its own
   */
  Loop loop(PacketRing ring, boolean inward) {
    return new Loop() {
      @Override
      public void prepare() {
        ring.reset();
        now++;
        if (inward) {
          protect(ring);
        }
      }

      @Override
      public int run() {
        return inward ? open(ring) : protect(ring);
      }

      @Override
      public int expected() {
        return ring.packets();
      }
    };
  }

  private int protect(PacketRing ring) {
    int done = 0;
    for (PacketBurst burst : ring.bursts()) {
      for (int i = 0; i < burst.size(); i++) {
        found[i] = flows.find(burst.slab().getInt(burst.offset(i) + 16));
      }
      outbound.protect(burst, found, PacketForm.FULL_IP, now);
      done += PathLoop.alive(burst);
    }
    return done;
  }

  private int open(PacketRing ring) {
    int done = 0;
    for (PacketBurst burst : ring.bursts()) {
      inbound.open(burst, PacketForm.FULL_IP, now);
      done += PathLoop.alive(burst);
    }
    return done;
  }

  @Override
  public void close() {
    outbound.close();
    inbound.close();
    for (PacketKey key : keys) {
      key.destroy();
    }
  }
}
