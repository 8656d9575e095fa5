package org.ipsec4j.node;

import java.nio.ByteBuffer;

/** Inner packets of scenarios: IPv4 and UDP, with a number and a filling that follows from it. */
final class InnerPackets {
  /** IPv4 header, UDP header, number. */
  static final int SMALLEST = 20 + 8 + 4;

  private static final int NUMBER_AT = 28;

  private InnerPackets() {}

  /**
   * A packet between the two networks.
   *
   * @param fromLeft whether it goes from 10.1/16 to 10.2/16 or back
   * @param length octets, {@link #SMALLEST} or more
   */
  static byte[] numbered(int number, boolean fromLeft, int length) {
    int left = 0x0a010000 | (number >>> 8 & 0xff);
    int right = 0x0a020000 | (number & 0xff);
    ByteBuffer packet = ByteBuffer.allocate(length);
    packet.put((byte) 0x45).put((byte) 0).putShort((short) length);
    packet.putShort((short) number).putShort((short) 0);
    packet.put((byte) 64).put((byte) 17).putShort((short) 0);
    packet.putInt(fromLeft ? left : right).putInt(fromLeft ? right : left);
    packet.putShort(10, headerChecksum(packet));
    packet.putShort((short) 4000).putShort((short) 5000);
    packet.putShort((short) (length - 20)).putShort((short) 0);
    packet.putInt(number);
    int filling = number;
    while (packet.hasRemaining()) {
      filling = filling * 1664525 + 1013904223;
      packet.put((byte) (filling >>> 24));
    }
    return packet.array();
  }

  private static short headerChecksum(ByteBuffer packet) {
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += packet.getShort(i) & 0xffff;
    }
    while (sum > 0xffff) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }

  /** The number that a packet carries; -1 when it is too short to carry one. */
  static int number(byte[] packet) {
    return packet.length < SMALLEST ? -1 : ByteBuffer.wrap(packet).getInt(NUMBER_AT);
  }
}
