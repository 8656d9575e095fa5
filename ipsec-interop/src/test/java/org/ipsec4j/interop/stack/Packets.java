package org.ipsec4j.interop.stack;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.IpAddress;

/** Makes whole IP packets out of nothing, in the plainest way (RFC 791, 8200, 792, 4443, 768). */
final class Packets {
  static final int ICMP = 1;
  static final int UDP = 17;
  static final int ICMP_V6 = 58;
  static final int HOP_LIMIT = 64;

  private static final int V4_HEADER = 20;
  private static final int V6_HEADER = 40;

  private Packets() {}

  /**
   * What the IP header says.
   *
   * @param trafficClass DSCP and ECN
   * @param dontFragment of IPv4
   * @param identification of IPv4
   */
  record Head(
      IpAddress source,
      IpAddress destination,
      int trafficClass,
      boolean dontFragment,
      int identification) {}

  /** A packet around a payload; the payload's checksum is already right. */
  static byte[] packet(Head head, int protocol, byte[] payload) {
    boolean v4 = head.source.isV4();
    ByteBuffer packet = ByteBuffer.allocate((v4 ? V4_HEADER : V6_HEADER) + payload.length);
    if (v4) {
      packet.put((byte) 0x45).put((byte) head.trafficClass).putShort((short) packet.capacity());
      packet.putShort((short) head.identification);
      packet.putShort((short) (head.dontFragment ? 0x4000 : 0));
      packet.put((byte) HOP_LIMIT).put((byte) protocol).putShort((short) 0);
      packet.put(head.source.octets()).put(head.destination.octets());
      packet.putShort(10, (short) checksum(0, packet.array(), 0, V4_HEADER));
    } else {
      packet.putInt(6 << 28 | head.trafficClass << 20).putShort((short) payload.length);
      packet.put((byte) protocol).put((byte) HOP_LIMIT);
      packet.put(head.source.octets()).put(head.destination.octets());
    }
    return packet.put(payload).array();
  }

  /** An ICMP or ICMPv6 echo message in its packet. */
  static byte[] echo(Head head, boolean request, int identifier, int number, byte[] data) {
    boolean v4 = head.source.isV4();
    ByteBuffer message = ByteBuffer.allocate(8 + data.length);
    int type = v4 ? (request ? 8 : 0) : request ? 128 : 129;
    message.put((byte) type).put((byte) 0).putShort((short) 0);
    message.putShort((short) identifier).putShort((short) number).put(data);
    return upper(head, v4 ? ICMP : ICMP_V6, message, 2);
  }

  /** A UDP datagram in its packet. */
  static byte[] udp(Head head, int sourcePort, int destinationPort, byte[] data) {
    ByteBuffer message = ByteBuffer.allocate(8 + data.length);
    message.putShort((short) sourcePort).putShort((short) destinationPort);
    message.putShort((short) message.capacity()).putShort((short) 0).put(data);
    return upper(head, UDP, message, 6);
  }

  private static byte[] upper(Head head, int protocol, ByteBuffer message, int checksumAt) {
    byte[] octets = new byte[message.capacity()];
    message.get(0, octets);
    int sum = protocol == ICMP ? 0 : pseudo(head, protocol, octets.length);
    int checksum = checksum(sum, octets, 0, octets.length);
    if (checksum == 0 && protocol == UDP) {
      checksum = 0xffff;
    }
    octets[checksumAt] = (byte) (checksum >>> 8);
    octets[checksumAt + 1] = (byte) checksum;
    return packet(head, protocol, octets);
  }

  private static int pseudo(Head head, int protocol, int length) {
    byte[] source = head.source.octets();
    byte[] destination = head.destination.octets();
    return sum(source, 0, source.length)
        + sum(destination, 0, destination.length)
        + protocol
        + length;
  }

  /** Whether the checksum of an ICMP, ICMPv6 or UDP message is right. */
  static boolean isIntact(IpAddress source, IpAddress destination, int protocol, byte[] message) {
    Head head = new Head(source, destination, 0, false, 0);
    int sum = protocol == ICMP ? 0 : pseudo(head, protocol, message.length);
    return checksum(sum, message, 0, message.length) == 0;
  }

  private static int checksum(int start, byte[] octets, int from, int to) {
    int sum = start + sum(octets, from, to);
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return ~sum & 0xffff;
  }

  private static int sum(byte[] octets, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += (octets[i] & 0xff) << ((i - from & 1) == 0 ? 8 : 0);
    }
    return sum;
  }
}
