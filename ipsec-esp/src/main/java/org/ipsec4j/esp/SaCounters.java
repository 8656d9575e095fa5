package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.ipsec4j.api.packet.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * What one SA, or a path as a whole, has carried and dropped. Counts are exact with any number of
 * packet threads; one counter read beside another may be a burst ahead of it.
 *
 * <p>An SA is its own counters: a packet that is counted finds them where it has found the rest.
 */
public sealed class SaCounters permits SecurityAssociation {
  private static final VarHandle PACKETS;
  private static final VarHandle BYTES;
  private static final VarHandle ARRAY;
  private static final VarHandle DROPS = MethodHandles.arrayElementVarHandle(long[].class);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PACKETS = lookup.findVarHandle(SaCounters.class, "packets", long.class);
      BYTES = lookup.findVarHandle(SaCounters.class, "bytes", long.class);
      ARRAY = lookup.findVarHandle(SaCounters.class, "drops", long[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long packets;
  private volatile long bytes;

  /** Null until something is dropped: most SAs never drop, and there may be a million. */
  private volatile long @Nullable [] drops;

  SaCounters() {}

  /** Packets that were protected, or opened and found good. */
  public final long packets() {
    return packets;
  }

  /** Octets of the inner packets among {@link #packets()}. */
  public final long bytes() {
    return bytes;
  }

  /** Packets dropped for one reason. */
  public final long drops(DropReason reason) {
    long[] counts = drops;
    return counts == null ? 0 : (long) DROPS.getVolatile(counts, index(reason));
  }

  /** Packets dropped for any reason. */
  public final long drops() {
    long[] counts = drops;
    long sum = 0;
    for (int i = 0; counts != null && i < counts.length; i++) {
      sum += (long) DROPS.getVolatile(counts, i);
    }
    return sum;
  }

  final void passed(long morePackets, long moreBytes) {
    PACKETS.getAndAdd(this, morePackets);
    BYTES.getAndAdd(this, moreBytes);
  }

  final void dropped(DropReason reason) {
    DROPS.getAndAdd(dropCounts(), index(reason), 1L);
  }

  private long[] dropCounts() {
    long[] counts = drops;
    if (counts != null) {
      return counts;
    }
    // the only allocation of a packet's way: once in the life of an SA
    long[] fresh = new long[DropReason.values().length];
    return ARRAY.compareAndSet(this, null, fresh) ? fresh : Objects.requireNonNull(drops);
  }

  /** An index for the life of the process, never stored. */
  @SuppressWarnings("EnumOrdinal")
  private static int index(DropReason reason) {
    return reason.ordinal();
  }
}
