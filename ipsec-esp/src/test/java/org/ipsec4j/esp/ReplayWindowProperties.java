package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.packet.DropReason;

/** The ring against a slow twin that remembers every number in a set (RFC 4303 3.4.3, A2). */
class ReplayWindowProperties {
  private static final long SUBSPACE = 1L << 32;

  /** The words of RFC 4303, nothing clever. */
  private static final class Twin {
    final int width;
    final boolean extended;
    final Set<Long> seen = new HashSet<>();
    long top;

    Twin(int width, boolean extended, long top) {
      this.width = width;
      this.extended = extended;
      this.top = top;
    }

    /** The only number with these lower bits in the 2^32 from the window's lower edge on. */
    long recover(long low) {
      if (!extended) {
        return low;
      }
      long bottom = top - width + 1;
      for (long high = (top >>> 32) - 1; ; high++) {
        long candidate = high * SUBSPACE + low;
        if (candidate >= bottom && candidate < bottom + SUBSPACE) {
          return candidate;
        }
      }
    }

    DropReason check(long number) {
      if (number == 0) {
        return DropReason.SEQUENCE_ZERO;
      }
      if (number < 0 || number <= top - width) {
        return DropReason.REPLAY_OLD;
      }
      return seen.contains(number) ? DropReason.REPLAY : DropReason.NONE;
    }

    boolean commit(long number) {
      if (check(number) != DropReason.NONE) {
        return false;
      }
      seen.add(number);
      top = Math.max(top, number);
      return true;
    }
  }

  @Property(tries = 300)
  void agreesWithTheTwin(
      @ForAll long seed, @ForAll @IntRange(min = 64, max = 4096) int width, @ForAll boolean esn) {
    Random random = new Random(seed);
    ReplayWindow window = new ReplayWindow(width, esn);
    Twin twin = new Twin(width, esn, 0);
    // begin anywhere, the edge between two subspaces among others
    long start = random.nextInt(3) == 0 ? 0 : random.nextLong(esn ? 5 * SUBSPACE : SUBSPACE);
    if (esn && random.nextBoolean()) {
      start = (1 + random.nextInt(3)) * SUBSPACE - random.nextInt(2 * width);
    }
    if (start > 0) {
      reach(window, twin, start);
    }
    for (int i = 0; i < 2000; i++) {
      long next = twin.top + step(random, width);
      if (next < 0 || (!esn && next >= SUBSPACE)) {
        continue;
      }
      int low = (int) next;
      long number = window.recover(low);
      assertEquals(twin.recover(low & 0xffffffffL), number, "recovered");
      assertEquals(twin.check(number), window.check(number), "checked " + number);
      if (random.nextInt(8) > 0) {
        assertEquals(twin.commit(number), window.commit(number), "committed " + number);
        assertEquals(twin.top, window.top());
      }
    }
  }

  /** Not enforced: nothing that may exist is refused, and the upper half is recovered alike. */
  @Property(tries = 100)
  void notEnforcedItOnlyRemembersTheHighest(@ForAll long seed, @ForAll boolean esn) {
    Random random = new Random(seed);
    ReplayWindow window = new ReplayWindow(128, esn, false);
    Twin twin = new Twin(128, esn, 0);
    for (int i = 0; i < 500; i++) {
      long next = twin.top + step(random, 128) + (random.nextInt(50) == 0 ? SUBSPACE / 3 : 0);
      if (next < 0 || (!esn && next >= SUBSPACE)) {
        continue;
      }
      long number = window.recover((int) next);
      assertEquals(twin.recover((int) next & 0xffffffffL), number);
      assertEquals(number < 0 ? DropReason.REPLAY_OLD : DropReason.NONE, window.check(number));
      assertEquals(number >= 0, window.commit(number));
      twin.top = Math.max(twin.top, number);
      assertEquals(twin.top, window.top());
    }
  }

  /** Moves both to a number, in steps that recovery can follow. */
  private static void reach(ReplayWindow window, Twin twin, long start) {
    for (long at = Math.min(start, SUBSPACE / 2); ; at = Math.min(start, at + SUBSPACE / 2)) {
      long number = window.recover((int) at);
      assertEquals(at, number);
      assertEquals(true, window.commit(number));
      twin.commit(number);
      if (at == start) {
        return;
      }
    }
  }

  private static long step(Random random, int width) {
    return switch (random.nextInt(10)) {
      case 0 -> -random.nextInt(3 * width);
      case 1 -> -random.nextInt(width);
      case 2 -> -width + random.nextInt(4) - 2;
      case 3 -> random.nextInt(5 * width);
      case 4 -> random.nextInt(20) == 0 ? random.nextInt(Integer.MAX_VALUE) : 64;
      case 5 -> 0;
      default -> 1 + random.nextInt(3);
    };
  }
}
