package org.ipsec4j.node;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.IpAddress;

/** IP packets for tests, built octet by octet. */
final class Packets {
  private Packets() {}

  /** An IPv4 packet with a UDP datagram; its UDP checksum is left out (RFC 768 allows it). */
  static ByteBuffer udp(String from, String to, int fromPort, int toPort, byte[] data) {
    ByteBuffer datagram = ByteBuffer.allocate(8 + data.length);
    datagram.putShort((short) fromPort).putShort((short) toPort);
    datagram.putShort((short) (8 + data.length)).putShort((short) 0).put(data).flip();
    return v4(from, to, 17, 0, datagram);
  }

  /** An ICMP echo request of four octets of data. */
  static ByteBuffer ping(String from, String to) {
    ByteBuffer echo = ByteBuffer.allocate(12).put((byte) 8).put((byte) 0);
    echo.position(4).putInt(0x00010002).putInt(0xcafebabe).flip();
    echo.putShort(2, checksum(echo, 0, echo.remaining()));
    return v4(from, to, 1, 0, echo);
  }

  /**
   * An IPv4 packet.
   *
   * @param fragment flags and fragment offset as they stand in the header
   */
  static ByteBuffer v4(String from, String to, int protocol, int fragment, ByteBuffer payload) {
    ByteBuffer packet = ByteBuffer.allocate(20 + payload.remaining());
    packet.putShort((short) 0x4500).putShort((short) packet.capacity());
    packet.putShort((short) 0x1234).putShort((short) fragment);
    packet.put((byte) 64).put((byte) protocol).putShort((short) 0);
    packet.put(IpAddress.parse(from).octets()).put(IpAddress.parse(to).octets());
    packet.putShort(10, checksum(packet, 0, 20));
    packet.put(payload.duplicate()).flip();
    return packet;
  }

  /** The Internet checksum (RFC 1071). */
  static short checksum(ByteBuffer of, int offset, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      int octet = of.get(offset + i) & 0xff;
      sum += i % 2 == 0 ? octet << 8 : octet;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }
}
