package org.ipsec4j.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;

/**
 * A UDP datagram in an IPv4 packet, as an application without an operating system's network builds
 * and reads it. All numbers are in network order (RFC 791, RFC 768).
 *
 * @param from source
 * @param to destination
 * @param text payload
 */
record Udp(Endpoint from, Endpoint to, String text) {
  private static final int IP_HEADER = 20;
  private static final int UDP_HEADER = 8;
  private static final int PROTOCOL = 17;

  /** A datagram between {@code address:port} and {@code address:port}. */
  static Udp of(String from, int fromPort, String to, int toPort, String text) {
    return new Udp(
        new Endpoint(IpAddress.parse(from), fromPort),
        new Endpoint(IpAddress.parse(to), toPort),
        text);
  }

  /** The same way back, with another text. */
  Udp reply(String answer) {
    return new Udp(to, from, answer);
  }

  /** The whole packet, from position 0 to the limit. */
  ByteBuffer packet() {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    int udpLength = UDP_HEADER + payload.length;
    ByteBuffer packet = ByteBuffer.allocate(IP_HEADER + udpLength);
    packet.putShort((short) 0x4500).putShort((short) packet.capacity()).putInt(0);
    packet.put((byte) 64).put((byte) PROTOCOL).putShort((short) 0);
    packet.put(from.address().octets()).put(to.address().octets());
    packet.putShort((short) from.port()).putShort((short) to.port());
    packet.putShort((short) udpLength).putShort((short) 0).put(payload).flip();
    packet.putShort(10, checksum(sum(packet, 0, IP_HEADER)));
    int pseudo = sum(packet, 12, 8) + PROTOCOL + udpLength;
    short check = checksum(pseudo + sum(packet, IP_HEADER, udpLength));
    // Zero would say that there is none.
    packet.putShort(IP_HEADER + 6, check == 0 ? (short) 0xffff : check);
    return packet;
  }

  /**
   * Reads a packet that {@link #packet} may have built.
   *
   * @throws IllegalArgumentException when it is something else
   */
  static Udp read(ByteBuffer packet) {
    int length = packet.remaining();
    if (length < IP_HEADER + UDP_HEADER
        || packet.get(0) != 0x45
        || packet.get(9) != PROTOCOL
        || (packet.getShort(2) & 0xffff) != length
        || (packet.getShort(IP_HEADER + 4) & 0xffff) != length - IP_HEADER) {
      throw new IllegalArgumentException("no UDP datagram in a plain IPv4 packet");
    }
    byte[] payload = new byte[length - IP_HEADER - UDP_HEADER];
    packet.get(IP_HEADER + UDP_HEADER, payload);
    return new Udp(
        new Endpoint(IpAddress.v4(packet.getInt(12)), packet.getShort(IP_HEADER) & 0xffff),
        new Endpoint(IpAddress.v4(packet.getInt(16)), packet.getShort(IP_HEADER + 2) & 0xffff),
        new String(payload, StandardCharsets.UTF_8));
  }

  /** The sum of 16-bit words that the Internet checksum is made of (RFC 1071). */
  static int sum(ByteBuffer of, int offset, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      int octet = of.get(offset + i) & 0xff;
      sum += i % 2 == 0 ? octet << 8 : octet;
    }
    return sum;
  }

  /** The checksum of a sum. */
  static short checksum(int sum) {
    int folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (short) ~folded;
  }
}
