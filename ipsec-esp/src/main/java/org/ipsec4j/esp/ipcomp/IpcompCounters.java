package org.ipsec4j.esp.ipcomp;

import java.util.concurrent.atomic.AtomicLongArray;
import org.ipsec4j.api.packet.DropReason;

/**
 * What one association has carried. Counts are exact with any number of packet threads; one read
 * beside another may be a packet ahead of it.
 */
public final class IpcompCounters {
  private static final int CHANGED = 0;
  private static final int UNCHANGED = 1;
  private static final int PLAIN_OCTETS = 2;
  private static final int PACKED_OCTETS = 3;
  private static final int FIRST_REASON = 4;

  private final AtomicLongArray counts =
      new AtomicLongArray(FIRST_REASON + DropReason.values().length);

  IpcompCounters() {}

  /** Packets that were compressed, or expanded. */
  public long changed() {
    return counts.get(CHANGED);
  }

  /** Packets that went on without compression: too small, or they would not have shrunk. */
  public long unchanged() {
    return counts.get(UNCHANGED);
  }

  /** Octets of the payloads among {@link #changed()} as they are outside of IPComp. */
  public long plainOctets() {
    return counts.get(PLAIN_OCTETS);
  }

  /** Octets of the same payloads compressed, with the IPComp header. */
  public long packedOctets() {
    return counts.get(PACKED_OCTETS);
  }

  /** Packets dropped for one reason. */
  public long drops(DropReason reason) {
    return counts.get(index(reason));
  }

  /** Packets dropped for any reason. */
  public long drops() {
    long sum = 0;
    for (int i = FIRST_REASON; i < counts.length(); i++) {
      sum += counts.get(i);
    }
    return sum;
  }

  void countChanged(int plain, int packed) {
    counts.getAndIncrement(CHANGED);
    counts.getAndAdd(PLAIN_OCTETS, plain);
    counts.getAndAdd(PACKED_OCTETS, packed);
  }

  void countUnchanged() {
    counts.getAndIncrement(UNCHANGED);
  }

  void dropped(DropReason reason) {
    counts.getAndIncrement(index(reason));
  }

  /** An index for the life of the process, never stored. */
  @SuppressWarnings("EnumOrdinal")
  private static int index(DropReason reason) {
    return FIRST_REASON + reason.ordinal();
  }
}
