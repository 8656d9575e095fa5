package org.ipsec4j.policy;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ranges that may hold an address: the boundaries of all ranges cut the addresses into
 * slots, and each slot has the list of its ranges in their order.
 */
final class AddressIndex {
  /** Overlapping ranges can make the lists long: beyond this many per range one list does. */
  private static final int MOST_PER_RANGE = 32;

  private record Boundary(long high, long low) {}

  private final long[] boundaryHigh;
  private final long[] boundaryLow;
  // Null when one list does for all slots: every range in order.
  private final int @Nullable [] starts;
  private final int @Nullable [] entries;
  private final int size;

  AddressIndex(SpdTable.Ranges ranges) {
    TreeSet<Boundary> boundaries =
        new TreeSet<>(
            Comparator.comparing(Boundary::high, Long::compareUnsigned)
                .thenComparing(Boundary::low, Long::compareUnsigned));
    boundaries.add(new Boundary(0, 0));
    for (int i = 0; i < ranges.size(); i++) {
      boundaries.add(new Boundary(ranges.firstHigh(i), ranges.firstLow(i)));
      long low = ranges.lastLow(i) + 1;
      long high = ranges.lastHigh(i) + (low == 0 ? 1 : 0);
      if (low != 0 || high != 0) {
        boundaries.add(new Boundary(high, low));
      }
    }
    boundaryHigh = boundaries.stream().mapToLong(Boundary::high).toArray();
    boundaryLow = boundaries.stream().mapToLong(Boundary::low).toArray();
    int[] firstSlot = new int[ranges.size()];
    int[] lastSlot = new int[ranges.size()];
    long total = 0;
    for (int i = 0; i < ranges.size(); i++) {
      firstSlot[i] = slot(ranges.firstHigh(i), ranges.firstLow(i));
      lastSlot[i] = slot(ranges.lastHigh(i), ranges.lastLow(i));
      total += lastSlot[i] - firstSlot[i] + 1;
    }
    if (total > (long) MOST_PER_RANGE * ranges.size()) {
      starts = null;
      entries = null;
      size = ranges.size();
      return;
    }
    size = (int) total;
    starts = new int[boundaryHigh.length + 1];
    for (int i = 0; i < ranges.size(); i++) {
      for (int slot = firstSlot[i]; slot <= lastSlot[i]; slot++) {
        starts[slot + 1]++;
      }
    }
    for (int slot = 0; slot < boundaryHigh.length; slot++) {
      starts[slot + 1] += starts[slot];
    }
    int[] next = starts.clone();
    entries = new int[size];
    for (int i = 0; i < ranges.size(); i++) {
      for (int slot = firstSlot[i]; slot <= lastSlot[i]; slot++) {
        entries[next[slot]++] = i;
      }
    }
  }

  /** Whether {@code a <= b} as unsigned 128-bit numbers. */
  static boolean notAbove(long aHigh, long aLow, long bHigh, long bLow) {
    int byHigh = Long.compareUnsigned(aHigh, bHigh);
    return byHigh < 0 || (byHigh == 0 && Long.compareUnsigned(aLow, bLow) <= 0);
  }

  /** The most candidates that an address can have. */
  int longestList() {
    if (starts == null) {
      return size;
    }
    int longest = 0;
    for (int slot = 0; slot + 1 < starts.length; slot++) {
      longest = Math.max(longest, starts[slot + 1] - starts[slot]);
    }
    return longest;
  }

  /** The slot of an address: the last one that does not begin above it. */
  int slot(long high, long low) {
    int from = 0;
    int to = boundaryHigh.length - 1;
    while (from < to) {
      int middle = (from + to + 1) >>> 1;
      if (notAbove(boundaryHigh[middle], boundaryLow[middle], high, low)) {
        from = middle;
      } else {
        to = middle - 1;
      }
    }
    return from;
  }

  /** Where the list of a slot begins. */
  int start(int slot) {
    return starts == null ? 0 : starts[slot];
  }

  /** Behind the end of the list of a slot. */
  int end(int slot) {
    return starts == null ? size : starts[slot + 1];
  }

  /** The index of a range, at a position of a list. */
  int entry(int at) {
    return entries == null ? at : entries[at];
  }
}
