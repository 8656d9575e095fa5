package org.ipsec4j.esp.tfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Payloads that came before their turn, in slots of fixed size, and the number whose turn it is.
 *
 * <p>A payload first lies in the slot that is always kept free for it. It takes its place in the
 * window as soon as the window reaches so far; until then no other is taken. Numbers are ESP
 * sequence numbers, which begin at 1.
 */
final class ReorderBuffer {
  /** No slot. */
  static final int NONE = -1;

  private static final long NO_NUMBER = Long.MAX_VALUE;
  private static final int BAD_LENGTH = -1;

  private final int window;
  private final int mask;

  /** By number: the slot of a payload in the window, or {@link #NONE}. */
  private final int[] places;

  private final ByteBuffer[] memory;
  private final int[] length;
  private final long[] number;
  private final long[] arrival;
  private final boolean[] congested;
  private final int[] free;
  private int freeCount;

  private long expected = 1;
  private int incoming = NONE;
  private int held;
  private long firstHeld = NO_NUMBER;

  /** When it was first known that the expected one is missing; means something while it is. */
  private long gapSince;

  private boolean gapKnown;

  ReorderBuffer(int window, int maxPayload) {
    this.window = window;
    int size = Integer.highestOneBit(Math.max(1, window)) * 2;
    mask = size - 1;
    places = new int[size];
    Arrays.fill(places, NONE);
    int slots = window + 2;
    memory = new ByteBuffer[slots];
    for (int i = 0; i < slots; i++) {
      memory[i] = ByteBuffer.allocateDirect(maxPayload).order(ByteOrder.BIG_ENDIAN);
    }
    length = new int[slots];
    number = new long[slots];
    arrival = new long[slots];
    congested = new boolean[slots];
    free = new int[slots];
    for (int i = 0; i < slots; i++) {
      free[freeCount++] = i;
    }
  }

  int maxPayload() {
    return memory[0].capacity();
  }

  /** The number whose turn it is. */
  long expected() {
    return expected;
  }

  /** Whether a payload waits for the window to reach it, so that none can be added. */
  boolean isFull() {
    return incoming != NONE;
  }

  /** Whether the payload of this number is here already. */
  boolean holds(long wanted) {
    return wanted >= expected && wanted - expected <= window && places[(int) wanted & mask] != NONE;
  }

  /**
   * Copies a payload in. Not when {@link #isFull}, its number has passed, or it {@link #holds} it.
   */
  void add(long itsNumber, ByteBuffer source, int offset, int octets, boolean mark, long now) {
    int slot = free[--freeCount];
    memory[slot].put(0, source, offset, octets);
    place(slot, itsNumber, octets, mark, now);
  }

  /** Notes that the payload of a number came and cannot be used. */
  void addBad(long itsNumber, boolean mark, long now) {
    place(free[--freeCount], itsNumber, BAD_LENGTH, mark, now);
  }

  private void place(int slot, long itsNumber, int octets, boolean mark, long now) {
    length[slot] = octets;
    number[slot] = itsNumber;
    arrival[slot] = now;
    congested[slot] = mark;
    incoming = slot;
    settle();
  }

  /** The slot of the payload whose turn it is, or {@link #NONE} when it is not here. */
  int head() {
    return places[(int) expected & mask];
  }

  /** Forgets the payload at the head; the next number's turn comes. */
  void pass() {
    int at = (int) expected & mask;
    free[freeCount++] = places[at];
    places[at] = NONE;
    held--;
    moveTo(expected + 1);
  }

  /**
   * How many numbers from the expected one on are lost: the window has moved past them, or they
   * have been waited for long enough.
   *
   * @return 0 when none is given up
   */
  long lost(long now, long timeout) {
    long next = nextHeld();
    if (incoming != NONE) {
      return Math.min(next, number[incoming] - window) - expected;
    }
    return next != NO_NUMBER && now - gapSince() >= timeout ? next - expected : 0;
  }

  /** Gives numbers up. */
  void skip(long count) {
    moveTo(expected + count);
  }

  /** The moment from which on {@link #lost} gives up what is missing, if something is. */
  long deadline(long timeout, long never) {
    if (incoming != NONE) {
      return gapSince();
    }
    return head() != NONE || held == 0 ? never : gapSince() + timeout;
  }

  /** The slot of the lowest number that is here, or {@link #NONE}. */
  int nextSlot() {
    long next = nextHeld();
    return next == NO_NUMBER ? incoming : places[(int) next & mask];
  }

  ByteBuffer memory(int slot) {
    return memory[slot];
  }

  int length(int slot) {
    return length[slot];
  }

  boolean isBad(int slot) {
    return length[slot] == BAD_LENGTH;
  }

  long number(int slot) {
    return number[slot];
  }

  long arrival(int slot) {
    return arrival[slot];
  }

  boolean isCongested(int slot) {
    return congested[slot];
  }

  /** Overwrites all payloads. */
  void wipe() {
    for (ByteBuffer slot : memory) {
      for (int i = 0; i < slot.capacity(); i++) {
        slot.put(i, (byte) 0);
      }
    }
  }

  private void moveTo(long turn) {
    expected = turn;
    gapKnown = false;
    settle();
  }

  private void settle() {
    if (incoming != NONE && number[incoming] - expected <= window) {
      places[(int) number[incoming] & mask] = incoming;
      held++;
      firstHeld = firstHeld < expected ? firstHeld : Math.min(firstHeld, number[incoming]);
      incoming = NONE;
    }
  }

  /** The lowest number in the window that is here. Each number is looked at once for a gap. */
  private long nextHeld() {
    if (held == 0) {
      firstHeld = NO_NUMBER;
    } else if (firstHeld < expected || firstHeld == NO_NUMBER) {
      long at = expected;
      while (places[(int) at & mask] == NONE) {
        at++;
      }
      firstHeld = at;
    }
    return firstHeld;
  }

  private long gapSince() {
    if (!gapKnown) {
      gapKnown = true;
      gapSince = arrival[nextSlot()];
    }
    return gapSince;
  }
}
