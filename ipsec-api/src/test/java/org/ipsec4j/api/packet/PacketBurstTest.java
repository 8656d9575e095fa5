package org.ipsec4j.api.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Windows, slots, and the room around packets. */
final class PacketBurstTest {
  private static final int HEAD = 40;
  private static final int MAX = 100;
  private static final int TAIL = 30;
  private static final byte CANARY = 0x5a;

  private final PacketBurst burst = new PacketBurst(3, HEAD, MAX, TAIL);

  private static ByteBuffer packet(int length, int value) {
    ByteBuffer packet = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      packet.put(i, (byte) value);
    }
    return packet;
  }

  private void plantCanaries() {
    for (int i = 0; i < burst.slab().capacity(); i++) {
      burst.slab().put(i, CANARY);
    }
  }

  @Test
  void freshPacketHasTheRoomThatWasAskedFor() {
    for (int i = 0; i < 3; i++) {
      assertEquals(i, burst.add(packet(MAX, i)));
      assertEquals(HEAD, burst.headroom(i));
      assertTrue(burst.tailroom(i) >= TAIL);
      assertEquals(MAX, burst.length(i));
      assertTrue(burst.isAlive(i));
      assertEquals(DropReason.NONE, burst.dropReason(i));
    }
    assertTrue(burst.slab().isDirect());
    assertEquals(ByteOrder.BIG_ENDIAN, burst.slab().order());
  }

  @Test
  void fullBurstTakesNoMore() {
    for (int i = 0; i < 3; i++) {
      burst.add(packet(1, i));
    }
    ByteBuffer late = packet(5, 9);
    assertEquals(-1, burst.add(late));
    assertEquals(0, late.position(), "what was not taken was not read");
    assertEquals(-1, burst.add());
    assertThrows(IndexOutOfBoundsException.class, burst::freeSlot);
    assertEquals(3, burst.size());
    burst.clear();
    assertEquals(0, burst.size());
    assertEquals(3, burst.capacity());
    assertEquals(0, burst.add(late));
    assertEquals(5, late.position());
  }

  @Test
  void packetThatIsTooLongIsNotTaken() {
    int room = burst.freeSlot().capacity();
    assertEquals(room, burst.room());
    assertEquals(-1, burst.add(packet(room + 1, 1)));
    assertEquals(0, burst.size());
    assertEquals(0, burst.add(packet(room, 1)), "all that lies behind the headroom may be used");
    assertEquals(0, burst.tailroom(0));
  }

  @Test
  void onlyTheWindowIsWritten() {
    plantCanaries();
    ByteBuffer framed = packet(20, 7);
    framed.position(5).limit(15);
    burst.add(packet(MAX, 1));
    int index = burst.add(framed);
    burst.add(packet(MAX, 3));
    assertEquals(15, framed.position());
    int start = burst.offset(index) - burst.headroom(index);
    int end = burst.offset(index) + burst.length(index) + burst.tailroom(index);
    for (int i = start; i < end; i++) {
      boolean inside = i >= burst.offset(index) && i < burst.offset(index) + 10;
      assertEquals(inside ? 7 : CANARY, burst.slab().get(i), "octet " + (i - start));
    }
  }

  @Test
  void slotsDoNotOverlap() {
    Set<Integer> octets = new HashSet<>();
    int all = 0;
    for (int i = 0; i < 3; i++) {
      burst.add();
      int start = burst.offset(i) - burst.headroom(i);
      int end = burst.offset(i) + burst.length(i) + burst.tailroom(i);
      for (int at = start; at < end; at++) {
        octets.add(at);
        all++;
      }
    }
    assertEquals(all, octets.size());
    assertEquals(burst.slab().capacity(), all);
  }

  @Test
  void windowMovesWithinItsSlotOnly() {
    burst.add();
    int index = burst.add(packet(MAX, 1));
    int offset = burst.offset(index);
    int start = offset - burst.headroom(index);
    int slot = burst.headroom(index) + burst.length(index) + burst.tailroom(index);
    burst.window(index, start, slot);
    assertEquals(0, burst.headroom(index));
    assertEquals(0, burst.tailroom(index));
    burst.window(index, start + slot, 0);
    assertEquals(slot, burst.headroom(index));
    burst.window(index, offset - 8, MAX + 16);
    assertEquals(HEAD - 8, burst.headroom(index));
    int[][] outside = {
      {start - 1, 1},
      {start, slot + 1},
      {start + slot, 1},
      {start + slot + 1, 0},
      {offset, -1},
      {offset, Integer.MAX_VALUE},
      {Integer.MAX_VALUE, 1},
      {-1, 0}
    };
    for (int[] window : outside) {
      assertThrows(
          IndexOutOfBoundsException.class, () -> burst.window(index, window[0], window[1]));
    }
    assertEquals(offset - 8, burst.offset(index), "a refused window changes nothing");
    assertEquals(MAX + 16, burst.length(index));
  }

  @Test
  void firstReasonStays() {
    int index = burst.add(packet(1, 1));
    burst.drop(index, DropReason.REPLAY);
    burst.drop(index, DropReason.ICV_MISMATCH);
    assertEquals(DropReason.REPLAY, burst.dropReason(index));
    assertFalse(burst.isAlive(index));
    burst.clear();
    assertTrue(burst.isAlive(burst.add()), "a reused slot lives");
  }

  @Test
  void readerFillsAFreeSlotInPlace() {
    burst.add();
    ByteBuffer slot = burst.freeSlot();
    slot.put(packet(MAX, 4));
    int index = burst.add();
    assertEquals(0, burst.length(index));
    burst.window(index, burst.offset(index), slot.position());
    ByteBuffer copy = ByteBuffer.allocate(MAX + 2).position(1);
    burst.copyTo(index, copy);
    assertEquals(MAX + 1, copy.position());
    assertEquals(4, copy.get(MAX));
    assertEquals(0, copy.get(MAX + 1));
  }

  @Test
  void everyReasonHasASentence() {
    Set<String> sentences = new HashSet<>();
    for (DropReason reason : DropReason.values()) {
      assertTrue(sentences.add(reason.sentence()), reason.name());
      assertFalse(reason.sentence().endsWith("."), reason.name());
    }
  }
}
