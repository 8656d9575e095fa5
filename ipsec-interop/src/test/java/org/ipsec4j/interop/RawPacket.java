package org.ipsec4j.interop;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Writes IP packets without options, as hexadecimal text. */
final class RawPacket {
  private static final int V4_HEADER = 20;
  private static final int V6_HEADER = 40;
  private static final int HOP_LIMIT = 64;

  private RawPacket() {}

  /**
   * A packet between two addresses of one family.
   *
   * @param payload hexadecimal
   */
  static String of(String source, String destination, int protocol, String payload) {
    byte[] data = HexFormat.of().parseHex(payload);
    byte[] from = octets(source);
    byte[] to = octets(destination);
    boolean v4 = from.length == 4;
    ByteBuffer packet = ByteBuffer.allocate((v4 ? V4_HEADER : V6_HEADER) + data.length);
    if (v4) {
      packet.put((byte) 0x45).put((byte) 0).putShort((short) packet.capacity());
      packet.putShort((short) 0x1234).putShort((short) 0);
      packet.put((byte) HOP_LIMIT).put((byte) protocol).putShort((short) 0).put(from).put(to);
      packet.putShort(10, checksum(packet));
    } else {
      packet.putInt(6 << 28).putShort((short) data.length);
      packet.put((byte) protocol).put((byte) HOP_LIMIT).put(from).put(to);
    }
    return HexFormat.of().formatHex(packet.put(data).array());
  }

  private static short checksum(ByteBuffer packet) {
    int sum = 0;
    for (int at = 0; at < V4_HEADER; at += 2) {
      sum += packet.getShort(at) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    return (short) ~((sum & 0xffff) + (sum >>> 16));
  }

  /** Literal addresses only: nothing is looked up. */
  private static byte[] octets(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }
}
