package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.IpAddress;

/** Builds inner packets octet by octet, with checksums computed the slow way. */
final class IpPackets {
  static final String A4 = "10.1.0.1";
  static final String B4 = "10.2.0.2";
  static final String A6 = "fd00:1::1";
  static final String B6 = "fd00:2::2";

  private IpPackets() {}

  static byte[] v4(String source, String destination, int protocol, byte[] payload) {
    return v4(source, destination, protocol, payload, 0, 0x4000, new byte[0]);
  }

  static byte[] v4(
      String source,
      String destination,
      int protocol,
      byte[] payload,
      int trafficClass,
      int flagsAndOffset,
      byte[] options) {
    int headerLength = 20 + options.length;
    ByteBuffer packet = ByteBuffer.allocate(headerLength + payload.length);
    packet.put((byte) (0x40 | headerLength / 4)).put((byte) trafficClass);
    packet.putShort((short) packet.capacity()).putShort((short) 0x1234);
    packet.putShort((short) flagsAndOffset).put((byte) 63).put((byte) protocol);
    packet.putShort((short) 0);
    packet.put(IpAddress.parse(source).octets()).put(IpAddress.parse(destination).octets());
    packet.put(options).put(payload);
    packet.putShort(10, (short) checksum(packet.array(), 0, headerLength));
    return packet.array();
  }

  static byte[] v6(String source, String destination, int next, byte[] payload) {
    return v6(source, destination, next, payload, 0);
  }

  static byte[] v6(String source, String destination, int next, byte[] payload, int trafficClass) {
    ByteBuffer packet = ByteBuffer.allocate(40 + payload.length);
    packet.putInt(6 << 28 | trafficClass << 20 | 0x1abcd);
    packet.putShort((short) payload.length).put((byte) next).put((byte) 62);
    packet.put(IpAddress.parse(source).octets()).put(IpAddress.parse(destination).octets());
    packet.put(payload);
    return packet.array();
  }

  /** UDP with a right checksum, over either version. */
  static byte[] udp(boolean v4, int sourcePort, int destinationPort, byte[] data) {
    return udp(v4 ? A4 : A6, v4 ? B4 : B6, sourcePort, destinationPort, data);
  }

  static byte[] udp(
      String source, String destination, int sourcePort, int destinationPort, byte[] data) {
    ByteBuffer udp = ByteBuffer.allocate(8 + data.length);
    udp.putShort((short) sourcePort).putShort((short) destinationPort);
    udp.putShort((short) udp.capacity()).putShort((short) 0).put(data);
    int checksum = upperChecksum(source, destination, 17, udp.array());
    udp.putShort(6, (short) (checksum == 0 ? 0xffff : checksum));
    return source.contains(":")
        ? v6(source, destination, 17, udp.array())
        : v4(source, destination, 17, udp.array());
  }

  static byte[] tcp(String source, String destination, byte[] data) {
    ByteBuffer tcp = ByteBuffer.allocate(20 + data.length);
    tcp.putShort((short) 1234).putShort((short) 80).putInt(1).putInt(2);
    tcp.putShort((short) 0x5018).putShort((short) 1000).putShort((short) 0).putShort((short) 0);
    tcp.put(data);
    tcp.putShort(16, (short) upperChecksum(source, destination, 6, tcp.array()));
    return source.contains(":")
        ? v6(source, destination, 6, tcp.array())
        : v4(source, destination, 6, tcp.array());
  }

  static byte[] icmp(boolean v4, int type, int code) {
    byte[] message = {(byte) type, (byte) code, 0, 0, 0, 1, 0, 2};
    return v4 ? v4(A4, B4, 1, message) : v6(A6, B6, 58, message);
  }

  static int upperChecksum(String source, String destination, int protocol, byte[] upper) {
    byte[] from = IpAddress.parse(source).octets();
    byte[] to = IpAddress.parse(destination).octets();
    ByteBuffer pseudo = ByteBuffer.allocate(from.length + to.length + 8 + upper.length);
    pseudo.put(from).put(to).putInt(upper.length).putInt(protocol).put(upper);
    return checksum(pseudo.array(), 0, pseudo.capacity());
  }

  /** RFC 1071, word by word. */
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
