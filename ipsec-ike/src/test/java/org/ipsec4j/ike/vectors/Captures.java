package org.ipsec4j.ike.vectors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The IKE messages in a capture (pcap, or pcapng with one interface), for tests. */
public final class Captures {
  private static final int ETHERNET = 1;
  private static final int LINUX_SLL = 113;
  private static final int NULL_LOOPBACK = 0;

  private Captures() {}

  /** UDP payloads from or to port 500, and those of port 4500 behind their non-ESP marker. */
  public static List<byte[]> messages(byte[] capture) {
    List<byte[]> messages = new ArrayList<>();
    for (byte[] packet : packets(capture)) {
      addMessage(packet, messages);
    }
    return messages;
  }

  private static void addMessage(byte[] ip, List<byte[]> messages) {
    if (ip.length < 28 || (ip[0] & 0xf0) != 0x40 || ip[9] != 17) {
      return;
    }
    ByteBuffer in = ByteBuffer.wrap(ip);
    int udp = (ip[0] & 0x0f) * 4;
    int source = in.getShort(udp) & 0xffff;
    int target = in.getShort(udp + 2) & 0xffff;
    int end = Math.min(ip.length, udp + (in.getShort(udp + 4) & 0xffff));
    int start = udp + 8;
    if ((source == 4500 || target == 4500) && start + 4 <= end && in.getInt(start) == 0) {
      start += 4;
    } else if (source != 500 && target != 500) {
      return;
    }
    messages.add(Arrays.copyOfRange(ip, start, Math.max(start, end)));
  }

  private static List<byte[]> packets(byte[] capture) {
    return ByteBuffer.wrap(capture).getInt(0) == 0x0a0d0d0a ? pcapng(capture) : pcap(capture);
  }

  private static List<byte[]> pcap(byte[] capture) {
    ByteBuffer in = ByteBuffer.wrap(capture);
    int magic = in.getInt(0);
    if (magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1) {
      in.order(ByteOrder.LITTLE_ENDIAN);
    }
    int link = in.getInt(20);
    List<byte[]> packets = new ArrayList<>();
    for (int at = 24; at + 16 <= capture.length; ) {
      int length = in.getInt(at + 8);
      int end = (int) Math.min(capture.length, at + 16L + length);
      packets.add(network(link, Arrays.copyOfRange(capture, at + 16, end)));
      at = end;
    }
    return packets;
  }

  private static List<byte[]> pcapng(byte[] capture) {
    ByteBuffer in = ByteBuffer.wrap(capture);
    in.order(in.getInt(8) == 0x1a2b3c4d ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int link = ETHERNET;
    List<byte[]> packets = new ArrayList<>();
    for (int at = 0; at + 12 <= capture.length; at += in.getInt(at + 4)) {
      switch (in.getInt(at)) {
        case 1 -> link = in.getShort(at + 8) & 0xffff;
        case 6 -> {
          int length = in.getInt(at + 20);
          packets.add(network(link, Arrays.copyOfRange(capture, at + 28, at + 28 + length)));
        }
        default -> {
          // Sections, statistics and names say nothing about packets.
        }
      }
    }
    return packets;
  }

  private static byte[] network(int link, byte[] frame) {
    int header =
        switch (link) {
          case ETHERNET -> 14;
          case LINUX_SLL -> 16;
          case NULL_LOOPBACK -> 4;
          default -> 0;
        };
    return Arrays.copyOfRange(frame, Math.min(header, frame.length), frame.length);
  }
}
