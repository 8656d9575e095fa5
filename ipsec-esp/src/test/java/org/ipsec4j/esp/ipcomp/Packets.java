package org.ipsec4j.esp.ipcomp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.Deflater;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;

/** Packets and associations for the tests of this package, built octet by octet. */
@NullUnmarked
final class Packets {
  static final IpAddress A4 = IpAddress.parse("192.0.2.1");
  static final IpAddress B4 = IpAddress.parse("198.51.100.2");
  static final IpAddress A6 = IpAddress.parse("2001:db8::1");
  static final IpAddress B6 = IpAddress.parse("2001:db8:ffff::2");

  private Packets() {}

  static byte[] v4(int protocol, int fragment, byte[] options, byte[] payload) {
    int header = 20 + options.length;
    ByteBuffer packet = ByteBuffer.allocate(header + payload.length);
    packet.put((byte) (0x40 | header / 4)).put((byte) 0x28).putShort((short) packet.capacity());
    packet.putShort((short) 0x1234).putShort((short) fragment);
    packet.put((byte) 63).put((byte) protocol).putShort((short) 0);
    packet.put(A4.octets()).put(B4.octets()).put(options).put(payload);
    packet.putShort(10, checksum(packet.array(), header));
    return packet.array();
  }

  static byte[] v4(int protocol, byte[] payload) {
    return v4(protocol, 0x4000, new byte[0], payload);
  }

  static byte[] v6(int next, byte[] payload) {
    ByteBuffer packet = ByteBuffer.allocate(40 + payload.length);
    packet.putInt(6 << 28 | 0x28 << 20 | 0x1abcd).putShort((short) payload.length);
    packet.put((byte) next).put((byte) 62).put(A6.octets()).put(B6.octets()).put(payload);
    return packet.array();
  }

  /** A packet of either version with any payload. */
  static byte[] of(boolean v4, int protocol, byte[] payload) {
    return v4 ? v4(protocol, payload) : v6(protocol, payload);
  }

  static short checksum(byte[] octets, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (octets[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (short) ~sum;
  }

  static byte[] concat(byte[]... parts) {
    ByteBuffer all =
        ByteBuffer.allocate(java.util.Arrays.stream(parts).mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  static byte[] ipcompHeader(int next, int cpi) {
    return new byte[] {(byte) next, 0, (byte) (cpi >> 8), (byte) cpi};
  }

  static byte[] deflate(byte[] plain) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(plain);
    deflater.finish();
    byte[] packed = new byte[plain.length + 64];
    int length = deflater.deflate(packed);
    deflater.end();
    return java.util.Arrays.copyOf(packed, length);
  }

  /** Octets that compress about as well as {@code symbols} different ones do. */
  static byte[] octets(long seed, int length, int symbols) {
    Random random = new Random(seed);
    byte[] octets = new byte[length];
    for (int i = 0; i < length; i++) {
      octets[i] = (byte) random.nextInt(symbols);
    }
    return octets;
  }

  static IpcompSettings settings(boolean v4, SaMode mode) {
    return IpcompSettings.of(0x1234, mode, v4 ? A4 : A6, v4 ? B4 : B6).withThreshold(0);
  }

  static PacketBurst burst(int capacity, int most) {
    return new PacketBurst(capacity, 64, most, 16);
  }

  static byte[] window(PacketBurst burst, int index) {
    byte[] copy = new byte[burst.length(index)];
    burst.slab().get(burst.offset(index), copy);
    return copy;
  }

  static PacketBurst of(int most, byte[]... packets) {
    PacketBurst burst = burst(packets.length, most);
    for (byte[] packet : packets) {
      assertEquals(burst.size(), burst.add(ByteBuffer.wrap(packet)));
    }
    return burst;
  }

  /** The same association for all packets. */
  static IpcompAssociation[] all(int count, IpcompAssociation association) {
    IpcompAssociation[] all = new IpcompAssociation[count];
    java.util.Arrays.fill(all, association);
    return all;
  }

  static IpcompTable table(IpcompSettings... settings) {
    IpcompTable table = new IpcompTable();
    for (IpcompSettings one : settings) {
      table.install(IpcompAssociation.of(one));
    }
    return table;
  }
}
