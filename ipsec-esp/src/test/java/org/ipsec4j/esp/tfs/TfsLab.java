package org.ipsec4j.esp.tfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;

/** Inner packets, and one call for what a node does with bursts. */
@NullUnmarked
final class TfsLab {
  static final InnerCheck ANY = (packet, now) -> DropReason.NONE;
  static final int LONGEST = AggfragView.MAX_BLOCK;

  // making direct memory is slow, and some tests need many bursts
  private static final ThreadLocal<PacketBurst> IN =
      ThreadLocal.withInitial(() -> burst(1, LONGEST));
  private static final ThreadLocal<PacketBurst> OUT =
      ThreadLocal.withInitial(() -> burst(2, LONGEST));

  private TfsLab() {}

  /** A packet of a length, with a valid header and content that nothing else has. */
  static byte[] packet(boolean v4, int length, int id) {
    byte[] octets = new byte[length];
    new Random(id).nextBytes(octets);
    ByteBuffer packet = ByteBuffer.wrap(octets);
    if (v4) {
      packet.put(0, (byte) 0x45).putShort(2, (short) length);
      packet.putShort(6, (short) 0).put(9, (byte) 253);
    } else {
      packet.put(0, (byte) 0x60).putShort(4, (short) (length - 40)).put(6, (byte) 253);
    }
    return octets;
  }

  static PacketBurst burst(int capacity, int largest) {
    return new PacketBurst(capacity, 0, largest, 0);
  }

  static byte[] window(PacketBurst burst, int index) {
    byte[] copy = new byte[burst.length(index)];
    burst.slab().get(burst.offset(index), copy);
    return copy;
  }

  static DropReason offer(AggfragSender sender, long now, byte[] packet) {
    PacketBurst burst = IN.get();
    burst.clear();
    burst.add(ByteBuffer.wrap(packet));
    sender.offer(now, burst, 0);
    return burst.dropReason(0);
  }

  /** All payloads that are due. */
  static List<byte[]> poll(AggfragSender sender, long now) {
    PacketBurst burst = OUT.get();
    burst.clear();
    List<byte[]> payloads = new ArrayList<>();
    while (sender.poll(now, burst) > 0) {
      for (int i = 0; i < burst.size(); i++) {
        payloads.add(window(burst, i));
      }
      burst.clear();
    }
    return payloads;
  }

  /** Polls at each timeout until nothing waits. */
  static List<byte[]> pollAll(AggfragSender sender, long from) {
    List<byte[]> payloads = new ArrayList<>();
    long now = from;
    while (sender.waiting() > 0) {
      now = Math.max(now, sender.nextTimeout());
      payloads.addAll(poll(sender, now));
    }
    return payloads;
  }

  /** Hands one payload over and takes what comes out. */
  static List<byte[]> receive(AggfragReceiver receiver, long now, long number, byte[] payload) {
    return receive(receiver, now, number, payload, DropReason.AGGFRAG_CONSUMED);
  }

  static List<byte[]> receive(
      AggfragReceiver receiver, long now, long number, byte[] payload, DropReason expected) {
    PacketBurst burst = IN.get();
    burst.clear();
    burst.add(ByteBuffer.wrap(payload));
    receiver.receive(now, burst, 0, number, false);
    assertEquals(expected, burst.dropReason(0));
    return drain(receiver, now);
  }

  static List<byte[]> drain(AggfragReceiver receiver, long now) {
    // a small burst, so that a payload seldom fits into one
    PacketBurst out = OUT.get();
    out.clear();
    List<byte[]> packets = new ArrayList<>();
    boolean more = true;
    while (more) {
      more = receiver.drain(now, out);
      for (int i = 0; i < out.size(); i++) {
        if (out.isAlive(i)) {
          packets.add(window(out, i));
        }
      }
      out.clear();
    }
    return packets;
  }

  /** An inner packet and the payloads, by number, that bear a part of it. */
  record Span(Bytes content, TreeSet<Long> numbers) {
    byte[] packet() {
      return content.toArray();
    }
  }

  /** The slow twin of a receiver: all payloads, in order, from 1 on. */
  static List<Span> decode(List<byte[]> payloads) {
    List<Span> spans = new ArrayList<>();
    byte[] open = new byte[0];
    TreeSet<Long> numbers = new TreeSet<>();
    for (int i = 0; i < payloads.size(); i++) {
      byte[] payload = payloads.get(i);
      int at = payload[0] == 0 ? 4 : 24;
      if (open.length == 0) {
        assertEquals(0, ByteBuffer.wrap(payload).getShort(2), "BlockOffset of a new block");
      }
      while (at < payload.length && (open.length > 0 || payload[at] >> 4 != 0)) {
        int whole = length(open.length > 0 ? open : Arrays.copyOfRange(payload, at, at + 6));
        int part = Math.min(whole - open.length, payload.length - at);
        int had = open.length;
        open = Arrays.copyOf(open, had + part);
        System.arraycopy(payload, at, open, had, part);
        numbers.add(i + 1L);
        at += part;
        if (open.length == whole) {
          spans.add(new Span(Bytes.copyOf(open), numbers));
          open = new byte[0];
          numbers = new TreeSet<>();
        }
      }
    }
    assertEquals(0, open.length, "the last packet is whole");
    return spans;
  }

  static void assertNear(long expected, long actual, long within) {
    assertTrue(Math.abs(expected - actual) <= within, actual + " is not about " + expected);
  }

  private static int length(byte[] start) {
    ByteBuffer header = ByteBuffer.wrap(start);
    return start[0] >> 4 == 4 ? header.getShort(2) & 0xffff : 40 + (header.getShort(4) & 0xffff);
  }

  static void assertSame(List<byte[]> expected, List<byte[]> actual) {
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      if (!Arrays.equals(expected.get(i), actual.get(i))) {
        throw new AssertionError(
            "packet "
                + i
                + " differs: "
                + expected.get(i).length
                + " and "
                + actual.get(i).length
                + " octets");
      }
    }
    assertEquals(expected.size(), actual.size(), "packets");
  }
}
