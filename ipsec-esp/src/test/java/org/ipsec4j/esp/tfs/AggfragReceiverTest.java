package org.ipsec4j.esp.tfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is delivered, when, and what is counted when something is missing or wrong. */
@NullUnmarked
class AggfragReceiverTest {
  private static final long TIMEOUT = 1000;

  private final AggfragReceiver receiver =
      new AggfragReceiver(new ReceiverSettings(3, TIMEOUT, 2000), null, TfsLab.ANY);
  private final List<byte[]> packets = new ArrayList<>();

  /** Eight payloads with room for 500 octets; the packets are 700 octets long. */
  private List<byte[]> payloads;

  @BeforeEach
  void send() {
    AggfragSender sender = new AggfragSender(SenderSettings.constantRate(504, 1), null, 0);
    for (int i = 0; i < 6; i++) {
      packets.add(TfsLab.packet(i % 2 == 0, 700, i));
      TfsLab.offer(sender, 0, packets.get(i));
    }
    payloads = TfsLab.pollAll(sender, 0);
    assertEquals(9, payloads.size());
  }

  private List<byte[]> receive(long now, int... numbers) {
    List<byte[]> delivered = new ArrayList<>();
    for (int number : numbers) {
      delivered.addAll(TfsLab.receive(receiver, now, number, payloads.get(number - 1)));
    }
    return delivered;
  }

  private long drops(DropReason reason) {
    return receiver.counters().drops(reason);
  }

  private static byte[] payload(int blockOffset, byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0, 0, (byte) (blockOffset >> 8), (byte) blockOffset});
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] part(byte[] packet, int from, int to) {
    return Arrays.copyOfRange(packet, from, to);
  }

  @Test
  void inOrder() {
    TfsLab.assertSame(packets, receive(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    assertEquals(6, receiver.counters().packets());
    assertEquals(4200, receiver.counters().octets());
    assertEquals(9, receiver.counters().payloads());
    assertEquals(0, receiver.counters().drops());
    assertEquals(10, receiver.expected());
    assertFalse(receiver.isPartial());
    assertEquals(AggfragReceiver.NEVER, receiver.nextTimeout());
  }

  @Test
  void reorderedWithinTheWindow() {
    assertTrue(receive(0, 4, 3, 2).isEmpty());
    TfsLab.assertSame(packets.subList(0, 2), receive(0, 1));
    TfsLab.assertSame(packets.subList(2, 6), receive(0, 8, 6, 5, 7, 9));
    assertEquals(0, receiver.counters().drops());
  }

  @Test
  void theWindowMovesPastWhatIsMissing() {
    assertEquals(0, receive(0, 1, 3, 4, 5).size(), "2 may still come");
    // 6 is more than 3 beyond 2
    TfsLab.assertSame(packets.subList(2, 4), receive(0, 6));
    assertEquals(1, receiver.counters().lostPayloads());
    // parts of the packets 1 and 2 were in payload 2
    assertEquals(2, drops(DropReason.AGGFRAG_INCOMPLETE));
    List<byte[]> late = TfsLab.receive(receiver, 0, 2, payloads.get(1), DropReason.AGGFRAG_LATE);
    assertTrue(late.isEmpty());
    assertEquals(1, drops(DropReason.AGGFRAG_LATE));
  }

  @Test
  void whatIsMissingIsWaitedForInTime() {
    assertEquals(AggfragReceiver.NEVER, receiver.nextTimeout());
    receive(5, 1);
    assertEquals(AggfragReceiver.NEVER, receiver.nextTimeout());
    receive(10, 3);
    assertEquals(10 + TIMEOUT, receiver.nextTimeout());
    receive(20, 4);
    assertEquals(10 + TIMEOUT, receiver.nextTimeout(), "a later payload lengthens nothing");
    assertTrue(TfsLab.drain(receiver, 9 + TIMEOUT).isEmpty());
    assertEquals(0, TfsLab.drain(receiver, 10 + TIMEOUT).size());
    assertEquals(1, receiver.counters().lostPayloads());
    TfsLab.assertSame(packets.subList(2, 3), receive(10 + TIMEOUT, 5));
  }

  @Test
  void eachGapHasItsOwnTime() {
    receive(0, 1);
    receive(10, 3);
    receive(50, 5);
    TfsLab.drain(receiver, 10 + TIMEOUT);
    assertEquals(4, receiver.expected());
    assertEquals(50 + TIMEOUT, receiver.nextTimeout());
    receive(60, 4);
    assertEquals(AggfragReceiver.NEVER, receiver.nextTimeout());
    assertEquals(6, receiver.expected());
  }

  @Test
  void windowOfZeroTakesEveryGapForALoss() {
    AggfragReceiver strict =
        new AggfragReceiver(new ReceiverSettings(0, TIMEOUT, 2000), null, TfsLab.ANY);
    List<byte[]> delivered = new ArrayList<>();
    for (int number : new int[] {1, 2, 4, 5, 6, 7, 8, 9}) {
      delivered.addAll(TfsLab.receive(strict, 0, number, payloads.get(number - 1)));
    }
    // 1,001 to 1,500 lay in payload 3: packets 1 (700..1399) and 2 (1400..2099)
    List<byte[]> expected = new ArrayList<>(packets);
    expected.remove(2);
    expected.remove(1);
    TfsLab.assertSame(expected, delivered);
    TfsLab.receive(strict, 0, 3, payloads.get(2), DropReason.AGGFRAG_LATE);
  }

  /** A packet over many payloads, of which one in the middle is lost, is one incomplete packet. */
  @Test
  void aLostPacketIsCountedOnce() {
    byte[] large = TfsLab.packet(false, 4000, 77);
    byte[] after = TfsLab.packet(true, 60, 78);
    AggfragSender sender = new AggfragSender(SenderSettings.constantRate(504, 1), null, 0);
    TfsLab.offer(sender, 0, large);
    TfsLab.offer(sender, 0, after);
    List<byte[]> sent = TfsLab.pollAll(sender, 0);
    assertEquals(9, sent.size());
    for (int lost = 1; lost <= 8; lost++) {
      AggfragReceiver fresh =
          new AggfragReceiver(new ReceiverSettings(0, TIMEOUT, 2000), null, TfsLab.ANY);
      List<byte[]> delivered = new ArrayList<>();
      for (int number = 1; number <= 9; number++) {
        if (number != lost) {
          delivered.addAll(TfsLab.receive(fresh, 0, number, sent.get(number - 1)));
        }
      }
      TfsLab.assertSame(List.of(after), delivered);
      assertEquals(1, fresh.counters().drops(DropReason.AGGFRAG_INCOMPLETE), "without " + lost);
      assertEquals(1, fresh.counters().drops());
    }
  }

  /** "The sender is allowed to insert all-pad payloads in between." */
  @Test
  void allPadPayloadsStandBetweenParts() {
    byte[] packet = packets.get(0);
    byte[] pad = payload(0, new byte[30]);
    byte[] empty = payload(0);
    TfsLab.receive(receiver, 0, 1, payload(0, part(packet, 0, 300)));
    TfsLab.receive(receiver, 0, 2, pad);
    TfsLab.receive(receiver, 0, 3, payload(400, part(packet, 300, 600)));
    TfsLab.receive(receiver, 0, 4, pad);
    TfsLab.receive(receiver, 0, 5, empty);
    TfsLab.assertSame(
        List.of(packet), TfsLab.receive(receiver, 0, 6, payload(100, part(packet, 600, 700))));
    assertEquals(0, receiver.counters().drops());
    assertEquals(6, receiver.counters().payloads());
  }

  /** Other senders may cut a packet before its length can be read. */
  @Test
  void firstPartsWithoutALength() {
    long number = 1;
    for (int cut = 1; cut <= 6; cut++) {
      for (byte[] packet : packets.subList(0, 2)) {
        byte[] first = payload(0, packet, part(packet, 0, cut));
        TfsLab.assertSame(List.of(packet), TfsLab.receive(receiver, 0, number++, first));
        assertTrue(receiver.isPartial());
        byte[] one = payload(700 - cut, part(packet, cut, cut + 1));
        assertEquals(0, TfsLab.receive(receiver, 0, number++, one).size());
        byte[] rest = payload(699 - cut, part(packet, cut + 1, 700), packet);
        TfsLab.assertSame(List.of(packet, packet), TfsLab.receive(receiver, 0, number++, rest));
      }
    }
    assertEquals(0, receiver.counters().drops());
  }

  /** "A receiver SHOULD gracefully handle the case where BlockOffset ... do not agree." */
  @Test
  void blockOffsetThatContradictsThePacket() {
    byte[] packet = packets.get(0);
    byte[] whole = packets.get(1);
    int[] wrong = {399, 401, 1, 65535, 0};
    long number = 1;
    for (int i = 0; i < wrong.length; i++) {
      TfsLab.receive(receiver, 0, number++, payload(0, part(packet, 0, 300)));
      byte[] rest = new byte[Math.min(wrong[i], 400)];
      List<byte[]> delivered =
          TfsLab.receive(
              receiver,
              0,
              number++,
              wrong[i] > 401 ? payload(wrong[i], rest) : payload(wrong[i], fill(wrong[i]), whole));
      TfsLab.assertSame(wrong[i] > 401 ? List.of() : List.of(whole), delivered);
      assertEquals(i + 1, drops(DropReason.MALFORMED_AGGFRAG));
    }
    assertEquals(wrong.length, receiver.counters().drops());
  }

  private static byte[] fill(int length) {
    return new byte[length];
  }

  @Test
  void lengthThatComesLateAndContradicts() {
    byte[] packet = packets.get(0);
    TfsLab.receive(receiver, 0, 1, payload(0, part(packet, 0, 2)));
    assertTrue(receiver.isPartial());
    TfsLab.receive(receiver, 0, 2, payload(697, part(packet, 2, 300)));
    assertFalse(receiver.isPartial());
    // a packet that would end before its length is told
    TfsLab.receive(receiver, 0, 3, payload(0, part(packet, 0, 1)));
    TfsLab.receive(receiver, 0, 4, payload(1, part(packet, 1, 2)));
    // a header that turns out to be none
    TfsLab.receive(receiver, 0, 5, payload(0, new byte[] {0x45}));
    TfsLab.receive(receiver, 0, 6, payload(19, new byte[] {0, 0, 19}));
    assertEquals(3, drops(DropReason.MALFORMED_AGGFRAG));
    assertEquals(3, receiver.counters().drops());
  }

  @Test
  void malformedPayloadsAreDroppedAsAWholeAndDelayNobody() {
    byte[] packet = packets.get(0);
    byte[] half = payload(0, packet, new byte[] {0x50});
    receive(0, 1);
    assertTrue(
        TfsLab.receive(receiver, 0, 2, half, DropReason.MALFORMED_AGGFRAG).isEmpty(),
        "nothing of it is used");
    // the packet whose rest was to come
    assertEquals(1, drops(DropReason.AGGFRAG_INCOMPLETE));
    TfsLab.assertSame(List.of(packet), TfsLab.receive(receiver, 0, 3, payload(0, packet)));
    assertEquals(1, drops(DropReason.MALFORMED_AGGFRAG));
    assertEquals(0, receiver.counters().lostPayloads());
  }

  @Test
  void payloadsBeyondTheSettings() {
    byte[] large = payload(0, new byte[1997]);
    TfsLab.receive(receiver, 0, 1, large, DropReason.TOO_LONG);
    TfsLab.receive(receiver, 0, 2, payload(0, new byte[1996]));
    assertEquals(3, receiver.expected());
    assertEquals(1, drops(DropReason.TOO_LONG));
  }

  @Test
  void theSameNumberTwice() {
    receive(0, 3);
    TfsLab.receive(receiver, 0, 3, payloads.get(2), DropReason.REPLAY);
    receive(0, 1);
    TfsLab.receive(receiver, 0, 1, payloads.get(0), DropReason.AGGFRAG_LATE);
  }

  @Test
  void eachInnerPacketIsChecked() {
    AggfragReceiver choosy =
        new AggfragReceiver(
            ReceiverSettings.DEFAULT,
            null,
            (inner, now) -> inner.isV4() ? DropReason.NONE : DropReason.SELECTOR_MISMATCH);
    List<byte[]> delivered = new ArrayList<>();
    for (int i = 0; i < payloads.size(); i++) {
      delivered.addAll(TfsLab.receive(choosy, 0, i + 1, payloads.get(i)));
    }
    TfsLab.assertSame(List.of(packets.get(0), packets.get(2), packets.get(4)), delivered);
    assertEquals(3, choosy.counters().packets());
    assertEquals(3, choosy.counters().drops(DropReason.SELECTOR_MISMATCH));
  }

  /** What was decrypted does not stay in the burst, whether it was taken or refused. */
  @Test
  void theWindowOfEachPayloadIsWiped() {
    byte[] malformed = payload(0, new byte[] {0x45, 0, 0, 3, 9, 9, 9, 9});
    byte[] tooLong = payload(0, TfsLab.packet(true, 2100, 3));
    PacketBurst carriers = TfsLab.burst(5, 2200);
    byte[][] wire = {payloads.get(0), payloads.get(0), payloads.get(2), payloads.get(2), malformed};
    int[] numbers = {1, 1, 3, 3, 4};
    assertWiped(carriers, wire, numbers, true);
    assertEquals(DropReason.AGGFRAG_CONSUMED, carriers.dropReason(0));
    assertEquals(DropReason.AGGFRAG_LATE, carriers.dropReason(1));
    assertEquals(DropReason.AGGFRAG_CONSUMED, carriers.dropReason(2));
    assertEquals(DropReason.REPLAY, carriers.dropReason(3));
    assertEquals(DropReason.MALFORMED_AGGFRAG, carriers.dropReason(4));
    carriers.clear();
    // behind the window: the second finds the first not drained
    assertWiped(carriers, new byte[][] {tooLong, payloads.get(5)}, new int[] {50, 51}, false);
    assertEquals(DropReason.TOO_LONG, carriers.dropReason(0));
    assertEquals(DropReason.DELIVERY_FAILED, carriers.dropReason(1));
  }

  private void assertWiped(PacketBurst carriers, byte[][] wire, int[] numbers, boolean drains) {
    for (int i = 0; i < wire.length; i++) {
      carriers.add(ByteBuffer.wrap(wire[i]));
    }
    for (int i = 0; i < wire.length; i++) {
      receiver.receive(0, carriers, i, numbers[i], false);
      assertTrue(Arrays.equals(new byte[wire[i].length], TfsLab.window(carriers, i)), "at " + i);
      if (i + 1 < wire.length) {
        assertTrue(Arrays.equals(wire[i + 1], TfsLab.window(carriers, i + 1)), "not yet");
      }
      if (drains) {
        TfsLab.drain(receiver, 0);
      }
    }
  }

  /** A payload may wait for others: the lifetime may be over when its packets' turn comes. */
  @Test
  void theCheckIsToldTheTimeOfTheDelivery() {
    AggfragReceiver limited =
        new AggfragReceiver(
            ReceiverSettings.DEFAULT,
            null,
            (inner, now) -> now < 9 ? DropReason.NONE : DropReason.LIFETIME_EXPIRED);
    assertTrue(TfsLab.receive(limited, 1, 2, payload(0, packets.get(1))).isEmpty());
    List<byte[]> delivered = TfsLab.receive(limited, 8, 1, payload(0, packets.get(0)));
    TfsLab.assertSame(packets.subList(0, 2), delivered);
    assertTrue(TfsLab.receive(limited, 8, 4, payload(0, packets.get(3))).isEmpty());
    assertTrue(TfsLab.receive(limited, 9, 3, payload(0, packets.get(2))).isEmpty());
    assertEquals(2, limited.counters().drops(DropReason.LIFETIME_EXPIRED));
  }

  @Test
  void packetsLongerThanTheSlotsOfTheBurst() {
    PacketBurst carriers = TfsLab.burst(1, 2000);
    carriers.add(ByteBuffer.wrap(payload(0, packets.get(0), TfsLab.packet(true, 64, 1))));
    receiver.receive(0, carriers, 0, 1, false);
    PacketBurst out = TfsLab.burst(4, 640);
    assertFalse(receiver.drain(0, out));
    assertEquals(2, out.size());
    assertEquals(DropReason.TOO_LONG, out.dropReason(0));
    assertEquals(64, out.length(1));
    assertEquals(1, drops(DropReason.TOO_LONG));
  }

  /** Many small packets and a small burst: nothing is lost between calls. */
  @Test
  void aFullBurstInterrupts() {
    byte[] small = TfsLab.packet(true, 20, 1);
    PacketBurst carriers = TfsLab.burst(1, 2000);
    carriers.add(ByteBuffer.wrap(payload(0, small, small, small, small, small)));
    receiver.receive(0, carriers, 0, 1, false);
    PacketBurst out = TfsLab.burst(2, 64);
    int delivered = 0;
    while (receiver.drain(0, out)) {
      delivered += out.size();
      out.clear();
    }
    assertEquals(5, delivered + out.size());
  }

  @Test
  void whoDoesNotDrainLosesWhatDoesNotFit() {
    PacketBurst carriers = TfsLab.burst(3, 2000);
    for (int i = 0; i < 3; i++) {
      carriers.add(ByteBuffer.wrap(payload(0, packets.get(i))));
    }
    receiver.receive(0, carriers, 0, 2, false);
    receiver.receive(0, carriers, 1, 100, false);
    receiver.receive(0, carriers, 2, 101, false);
    assertEquals(DropReason.AGGFRAG_CONSUMED, carriers.dropReason(1));
    assertEquals(DropReason.DELIVERY_FAILED, carriers.dropReason(2));
    TfsLab.assertSame(packets.subList(0, 1), TfsLab.drain(receiver, 0));
    TfsLab.assertSame(packets.subList(1, 2), TfsLab.drain(receiver, TIMEOUT));
  }

  /** A number far away costs as much as any other. */
  @Test
  void aLeapOfTheNumbers() {
    receive(0, 1, 3);
    List<byte[]> none = TfsLab.receive(receiver, 0, 1L << 40, payload(0, packets.get(5)));
    assertEquals(0, none.size());
    assertEquals((1L << 40) - 3, receiver.expected());
    TfsLab.assertSame(List.of(packets.get(5)), TfsLab.drain(receiver, TIMEOUT));
    assertEquals((1L << 40) - 3, receiver.counters().lostPayloads());
  }

  @Test
  void settingsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new ReceiverSettings(-1, 1, 2000));
    assertThrows(IllegalArgumentException.class, () -> new ReceiverSettings(4097, 1, 2000));
    assertThrows(IllegalArgumentException.class, () -> new ReceiverSettings(3, -1, 2000));
    assertThrows(IllegalArgumentException.class, () -> new ReceiverSettings(3, 1, 63));
    assertThrows(IllegalArgumentException.class, () -> new ReceiverSettings(3, 1, 65536));
  }
}
