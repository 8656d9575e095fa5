package org.ipsec4j.cli.demo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Finds every run of {@link #RUN} octets that occurs both in what went into a tunnel and in what
 * came out of it on the wire, at any alignment, exactly and in bounded memory.
 *
 * <p>Runs of inner packets go into a Bloom filter; runs of outer packets that the filter may have
 * seen are suspects. A second look at the inner packets convicts the suspects or clears them.
 */
final class RunIndex {
  /** Octets in a run. */
  static final int RUN = 16;

  /** Most suspects that are kept; more than that is no accident. */
  private static final int MOST_SUSPECTS = 1_000_000;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int HASHES = 5;

  /** A run, and whether it was found inside too. */
  private record Run(long first, long second) {}

  private final long[] filter;
  private final long mask;
  private final Map<Run, Integer> suspects = new HashMap<>();
  private final Set<Run> convicted = new HashSet<>();
  private boolean overflow;

  /**
   * @param innerOctets octets of inner packets to come; more than that makes the filter only slower
   */
  RunIndex(long innerOctets) {
    long bits = Math.min(1L << 31, Long.highestOneBit(Math.max(1 << 16, innerOctets * 24)) << 1);
    filter = new long[(int) (bits >>> 6)];
    mask = bits - 1;
  }

  /** An inner packet goes in; before its outer packet is looked at. */
  void inner(byte[] packet) {
    for (int i = 0; i + RUN <= packet.length; i++) {
      long hash = hash(packet, i);
      long step = hash >>> 32 | 1;
      for (int k = 0; k < HASHES; k++) {
        long bit = hash & mask;
        filter[(int) (bit >>> 6)] |= 1L << bit;
        hash += step * 0x9e3779b97f4a7c15L;
      }
    }
  }

  /** An outer payload went out. */
  void outer(byte[] payload) {
    for (int i = 0; i + RUN <= payload.length; i++) {
      if (maybe(payload, i)) {
        if (suspects.size() < MOST_SUSPECTS) {
          suspects.merge(run(payload, i), 1, Integer::sum);
        } else {
          overflow = true;
        }
      }
    }
  }

  private boolean maybe(byte[] bytes, int at) {
    long hash = hash(bytes, at);
    long step = hash >>> 32 | 1;
    for (int k = 0; k < HASHES; k++) {
      long bit = hash & mask;
      if ((filter[(int) (bit >>> 6)] & 1L << bit) == 0) {
        return false;
      }
      hash += step * 0x9e3779b97f4a7c15L;
    }
    return true;
  }

  private static long hash(byte[] bytes, int at) {
    long first = (long) LONG.get(bytes, at);
    long second = (long) LONG.get(bytes, at + 8);
    long hash = first * 0xff51afd7ed558ccdL ^ Long.rotateLeft(second * 0xc4ceb9fe1a85ec53L, 31);
    hash ^= hash >>> 33;
    hash *= 0xff51afd7ed558ccdL;
    return hash ^ hash >>> 29;
  }

  private static Run run(byte[] bytes, int at) {
    return new Run((long) LONG.get(bytes, at), (long) LONG.get(bytes, at + 8));
  }

  /** Whether anything is left to be convicted or cleared. */
  boolean hasSuspects() {
    return !suspects.isEmpty();
  }

  /** An inner packet again, after the last outer one. */
  void judge(byte[] packet) {
    for (int i = 0; i + RUN <= packet.length; i++) {
      Run run = run(packet, i);
      if (suspects.containsKey(run)) {
        convicted.add(run);
      }
    }
  }

  /** How often convicted runs occurred outside. */
  long leaks() {
    long leaks = overflow ? 1 : 0;
    for (Run run : convicted) {
      leaks += suspects.getOrDefault(run, 0);
    }
    return leaks;
  }
}
