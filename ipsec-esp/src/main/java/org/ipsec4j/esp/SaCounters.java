package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.ipsec4j.api.packet.DropReason;

/**
 * What one SA, or a path as a whole, has carried and dropped. Counts are exact with any number of
 * packet threads; one counter read beside another may be a burst ahead of it.
 */
public final class SaCounters {
  private static final VarHandle PACKETS;
  private static final VarHandle BYTES;
  private static final VarHandle DROPS = MethodHandles.arrayElementVarHandle(long[].class);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PACKETS = lookup.findVarHandle(SaCounters.class, "packets", long.class);
      BYTES = lookup.findVarHandle(SaCounters.class, "bytes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long packets;
  private volatile long bytes;
  private final long[] drops = new long[DropReason.values().length];

  SaCounters() {}

  /** Packets that were protected, or opened and found good. */
  public long packets() {
    return packets;
  }

  /** Octets of the inner packets among {@link #packets()}. */
  public long bytes() {
    return bytes;
  }

  /** Packets dropped for one reason. */
  public long drops(DropReason reason) {
    return (long) DROPS.getVolatile(drops, index(reason));
  }

  /** Packets dropped for any reason. */
  public long drops() {
    long sum = 0;
    for (int i = 0; i < drops.length; i++) {
      sum += (long) DROPS.getVolatile(drops, i);
    }
    return sum;
  }

  void passed(long morePackets, long moreBytes) {
    PACKETS.getAndAdd(this, morePackets);
    BYTES.getAndAdd(this, moreBytes);
  }

  void dropped(DropReason reason) {
    DROPS.getAndAdd(drops, index(reason), 1L);
  }

  /** An index for the life of the process, never stored. */
  @SuppressWarnings("EnumOrdinal")
  private static int index(DropReason reason) {
    return reason.ordinal();
  }
}
