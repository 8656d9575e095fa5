package org.ipsec4j.node.capture;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** IP packets and frames around them. */
final class IpBytes {
  private IpBytes() {}

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  /** An IPv4 packet of protocol 253 with {@code payload} counted-up bytes and a right checksum. */
  static byte[] v4(int payload) {
    byte[] packet = new byte[20 + payload];
    ByteBuffer b = ByteBuffer.wrap(packet);
    b.put(hex("45 00")).putShort((short) packet.length).put(hex("0001 4000 40 fd 0000"));
    b.put(hex("0a010001 0a020001"));
    fill(b);
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += b.getShort(i) & 0xffff;
    }
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    b.putShort(10, (short) ~sum);
    return packet;
  }

  /** An IPv6 packet of next header 253. */
  static byte[] v6(int payload) {
    byte[] packet = new byte[40 + payload];
    ByteBuffer b = ByteBuffer.wrap(packet);
    b.putInt(0x60000000).putShort((short) payload).put(hex("fd 40"));
    b.put(hex("fd000001000000000000000000000001 fd000002000000000000000000000001"));
    fill(b);
    return packet;
  }

  private static void fill(ByteBuffer b) {
    for (int i = 1; b.hasRemaining(); i++) {
      b.put((byte) i);
    }
  }

  static byte[] ethernet(int type, byte[] payload) {
    return concat(
        hex("02000000020b 02000000010a"), new byte[] {(byte) (type >> 8), (byte) type}, payload);
  }

  static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
