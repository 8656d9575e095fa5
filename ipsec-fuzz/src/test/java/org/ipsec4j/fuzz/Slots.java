package org.ipsec4j.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;

/** A burst between two dead slots full of canaries, and what must be true of it afterwards. */
final class Slots {
  static final int MOST_PACKETS = 3;
  static final int MOST_OCTETS = 2000;
  private static final int CAPACITY = MOST_PACKETS + 2;
  private static final byte CANARY = (byte) 0xa5;

  private final PacketBurst burst = new PacketBurst(CAPACITY, 160, MOST_OCTETS, 80);
  private final byte[] paint = new byte[burst.slab().capacity()];
  private final IpHeaderView view = new IpHeaderView();

  Slots() {
    Arrays.fill(paint, CANARY);
  }

  /** The packets of an input; slots before and behind them are dead. */
  PacketBurst fill(Input input) {
    burst.slab().put(0, paint);
    burst.clear();
    kill(burst.add());
    for (int n = 0; n < MOST_PACKETS && input.hasMore(); n++) {
      burst.add(ByteBuffer.wrap(input.packet(MOST_OCTETS)));
    }
    kill(burst.add());
    return burst;
  }

  private void kill(int index) {
    burst.drop(index, DropReason.STOPPING);
  }

  /** First packet of the input. */
  int first() {
    return 1;
  }

  /** Behind the last packet of the input. */
  int end() {
    return burst.size() - 1;
  }

  void assertDeadSlotsUntouched() {
    int slot = burst.slab().capacity() / CAPACITY;
    for (int index : new int[] {0, burst.size() - 1}) {
      check(burst.dropReason(index) == DropReason.STOPPING, "a dead packet rose");
      ByteBuffer expected = ByteBuffer.wrap(paint, 0, slot);
      ByteBuffer found = burst.slab().slice(index * slot, slot);
      check(expected.equals(found), "octets of another slot changed");
    }
    check(burst.slab().position() == 0, "position moved");
    check(burst.slab().limit() == burst.slab().capacity(), "limit moved");
  }

  /** Packets of the input that live. */
  int alive() {
    int alive = 0;
    for (int i = first(); i < end(); i++) {
      alive += burst.isAlive(i) ? 1 : 0;
    }
    return alive;
  }

  void assertWholePacket(int index) {
    boolean valid = view.parse(burst.slab(), burst.offset(index), burst.length(index));
    check(valid && view.totalLength() == burst.length(index), "no whole packet");
  }

  void assertZero(int offset, int length) {
    for (int i = 0; i < length; i++) {
      check(burst.slab().get(offset + i) == 0, "a failed window is not wiped");
    }
  }

  /** Fails without JUnit, which Jazzer does not have. */
  static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }
}
