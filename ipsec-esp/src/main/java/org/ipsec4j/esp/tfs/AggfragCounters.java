package org.ipsec4j.esp.tfs;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.ipsec4j.api.packet.DropReason;

/**
 * What one end of an AGGFRAG tunnel has carried and dropped. Written by the one thread that the end
 * belongs to; may be read by any thread, where one counter may be a packet ahead of another.
 */
public final class AggfragCounters {
  private final AtomicLong packets = new AtomicLong();
  private final AtomicLong octets = new AtomicLong();
  private final AtomicLong payloads = new AtomicLong();
  private final AtomicLong padOctets = new AtomicLong();
  private final AtomicLong lostPayloads = new AtomicLong();
  private final AtomicLong skippedSlots = new AtomicLong();
  private final AtomicLongArray drops = new AtomicLongArray(DropReason.values().length);

  AggfragCounters() {}

  /** Inner packets: wholly sent, or delivered. */
  public long packets() {
    return packets.get();
  }

  /** Octets of {@link #packets}. */
  public long octets() {
    return octets.get();
  }

  /** Payloads made, or taken in order. */
  public long payloads() {
    return payloads.get();
  }

  /** Sender: octets of padding in {@link #payloads}. */
  public long padOctets() {
    return padOctets.get();
  }

  /** Receiver: payloads that did not come in time. */
  public long lostPayloads() {
    return lostPayloads.get();
  }

  /** Sender: payloads that a constant rate asked for and that were left out, as nobody polled. */
  public long skippedSlots() {
    return skippedSlots.get();
  }

  /** Packets or payloads dropped for one reason. */
  public long drops(DropReason reason) {
    return drops.get(index(reason));
  }

  /** Packets and payloads dropped for any reason. */
  public long drops() {
    long sum = 0;
    for (int i = 0; i < drops.length(); i++) {
      sum += drops.get(i);
    }
    return sum;
  }

  void passed(long moreOctets) {
    add(packets, 1);
    add(octets, moreOctets);
  }

  void payload(long pad) {
    add(payloads, 1);
    add(padOctets, pad);
  }

  void lost(long more) {
    add(lostPayloads, more);
  }

  void skipped(long more) {
    add(skippedSlots, more);
  }

  void dropped(DropReason reason) {
    int at = index(reason);
    drops.setRelease(at, drops.getPlain(at) + 1);
  }

  /** One thread writes, so that no atomic addition is needed. */
  private static void add(AtomicLong counter, long more) {
    counter.setRelease(counter.getPlain() + more);
  }

  /** An index for the life of the process, never stored. */
  private static int index(DropReason reason) {
    return reason.ordinal();
  }
}
