package org.ipsec4j.esp.frag;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;

/** Builds packets and cuts them, slowly, on arrays: the twin of the fragmenter. */
@NullUnmarked
final class Packets {
  static final int UDP = 17;
  static final int MORE = 0x2000;
  static final int DF = 0x4000;

  private Packets() {}

  static byte[] octets(int seed, int length) {
    byte[] octets = new byte[length];
    new Random(seed).nextBytes(octets);
    return octets;
  }

  static byte[] v4(int id, int flagsAndOffset, int tos, byte[] options, byte[] data) {
    return v4("10.1.0.1", "10.2.0.2", UDP, id, flagsAndOffset, tos, options, data);
  }

  static byte[] v4(
      String source,
      String destination,
      int protocol,
      int id,
      int flagsAndOffset,
      int tos,
      byte[] options,
      byte[] data) {
    int header = 20 + options.length;
    ByteBuffer packet = ByteBuffer.allocate(header + data.length);
    packet.put((byte) (0x40 | header / 4)).put((byte) tos).putShort((short) packet.capacity());
    packet.putShort((short) id).putShort((short) flagsAndOffset).put((byte) 61);
    packet.put((byte) protocol).putShort((short) 0);
    packet.put(IpAddress.parse(source).octets()).put(IpAddress.parse(destination).octets());
    packet.put(options).put(data);
    packet.putShort(10, (short) checksum(packet.array(), 0, header));
    return packet.array();
  }

  /** {@code extensions} stand in front of the data and are named by {@code next}. */
  static byte[] v6(int trafficClass, int next, byte[] extensions, byte[] data) {
    return v6("fd00:1::1", "fd00:2::2", trafficClass, next, extensions, data);
  }

  static byte[] v6(
      String source,
      String destination,
      int trafficClass,
      int next,
      byte[] extensions,
      byte[] data) {
    ByteBuffer packet = ByteBuffer.allocate(40 + extensions.length + data.length);
    packet.putInt(6 << 28 | trafficClass << 20 | 0x1abcd);
    packet.putShort((short) (extensions.length + data.length)).put((byte) next).put((byte) 60);
    packet.put(IpAddress.parse(source).octets()).put(IpAddress.parse(destination).octets());
    packet.put(extensions).put(data);
    return packet.array();
  }

  static byte[] fragmentHeader(int next, int offset, boolean more, int id) {
    return ByteBuffer.allocate(8)
        .put((byte) next)
        .put((byte) 0)
        .putShort((short) (offset | (more ? 1 : 0)))
        .putInt(id)
        .array();
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] slice(byte[] octets, int from, int to) {
    return java.util.Arrays.copyOfRange(octets, from, to);
  }

  /** A v4 packet without options in fragments of {@code each} octets of data. */
  static List<byte[]> cutV4(int id, int tos, byte[] data, int each) {
    List<byte[]> parts = new ArrayList<>();
    for (int at = 0; at < data.length; at += each) {
      int end = Math.min(data.length, at + each);
      int flags = at / 8 | (end < data.length ? MORE : 0);
      parts.add(v4(id, flags, tos, new byte[0], slice(data, at, end)));
    }
    return parts;
  }

  /** A v6 packet whose fragmentable part is {@code data}. */
  static List<byte[]> cutV6(int id, int trafficClass, int next, byte[] data, int each) {
    List<byte[]> parts = new ArrayList<>();
    for (int at = 0; at < data.length; at += each) {
      int end = Math.min(data.length, at + each);
      byte[] header = fragmentHeader(next, at, end < data.length, id);
      parts.add(v6(trafficClass, 44, header, slice(data, at, end)));
    }
    return parts;
  }

  static PacketBurst burst(List<byte[]> packets, int room) {
    PacketBurst burst = new PacketBurst(Math.max(1, packets.size()), 64, room, 0);
    for (byte[] packet : packets) {
      if (burst.add(ByteBuffer.wrap(packet)) < 0) {
        throw new AssertionError("no room for " + packet.length);
      }
    }
    return burst;
  }

  static byte[] window(PacketBurst burst, int index) {
    byte[] copy = new byte[burst.length(index)];
    burst.slab().get(burst.offset(index), copy);
    return copy;
  }

  static List<byte[]> windows(PacketBurst burst) {
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < burst.size(); i++) {
      if (burst.isAlive(i)) {
        all.add(window(burst, i));
      }
    }
    return all;
  }

  static int checksum(byte[] octets, int offset, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      int octet = octets[offset + i] & 0xff;
      sum += i % 2 == 0 ? octet << 8 : octet;
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return ~sum & 0xffff;
  }
}
