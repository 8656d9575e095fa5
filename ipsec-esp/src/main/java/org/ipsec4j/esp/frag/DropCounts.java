package org.ipsec4j.esp.frag;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.ipsec4j.api.packet.DropReason;

/**
 * Drops by reason of one thread-confined worker. Written by its thread only; any thread may read,
 * and may be a burst behind.
 */
public final class DropCounts {
  private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] counts = new long[DropReason.values().length];

  DropCounts() {}

  /** Packets or fragments dropped for one reason. */
  public long of(DropReason reason) {
    return (long) COUNTS.getOpaque(counts, index(reason));
  }

  /** Packets or fragments dropped for any reason. */
  public long total() {
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += (long) COUNTS.getOpaque(counts, i);
    }
    return sum;
  }

  void add(DropReason reason, int more) {
    int index = index(reason);
    COUNTS.setOpaque(counts, index, counts[index] + more);
  }

  /** An index for the life of the process, never stored. */
  @SuppressWarnings("EnumOrdinal")
  private static int index(DropReason reason) {
    return reason.ordinal();
  }
}
