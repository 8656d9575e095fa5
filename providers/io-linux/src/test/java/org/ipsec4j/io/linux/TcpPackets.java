package org.ipsec4j.io.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.packet.PacketBurst;

/** Packets of tests, built and judged octet by octet: the slow and obvious twin. */
final class TcpPackets {
  static final int ACK = 0x10;
  static final int PSH = 8;
  static final int FIN = 1;
  static final int CWR = 0x80;

  private TcpPackets() {}

  /** A TCP packet; checksums are right when {@code sealed}, else only that of the pseudo-header. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Tcp(
      boolean v4, int id, int sequence, int flags, byte[] options, byte[] payload, boolean sealed) {
    byte[] octets() {
      int ip = v4 ? 20 : 40;
      int tcp = 20 + options.length;
      byte[] made = new byte[ip + tcp + payload.length];
      ByteBuffer packet = ByteBuffer.wrap(made);
      writeIp(made, v4, id, 6, tcp + payload.length);
      packet.putShort(ip, (short) 1000).putShort(ip + 2, (short) 2000);
      packet.putInt(ip + 4, sequence).putInt(ip + 8, 77);
      packet.put(ip + 12, (byte) (tcp << 2)).put(ip + 13, (byte) flags);
      packet.putShort(ip + 14, (short) 500);
      packet.put(ip + 20, options).put(ip + tcp, payload);
      seal(made, ip, 16, sealed);
      return made;
    }
  }

  static byte[] udp(boolean v4, int id, byte[] payload) {
    int ip = v4 ? 20 : 40;
    byte[] made = new byte[ip + 8 + payload.length];
    ByteBuffer packet = ByteBuffer.wrap(made);
    writeIp(made, v4, id, 17, 8 + payload.length);
    packet.putShort(ip, (short) 1000).putShort(ip + 2, (short) 2000);
    packet.putShort(ip + 4, (short) (8 + payload.length));
    packet.put(ip + 8, payload);
    seal(made, ip, 6, false);
    return made;
  }

  private static void writeIp(byte[] made, boolean v4, int id, int protocol, int octets) {
    ByteBuffer packet = ByteBuffer.wrap(made);
    if (v4) {
      packet.putShort(0, (short) 0x4500).putShort(2, (short) (20 + octets));
      packet.putShort(4, (short) id).put(8, (byte) 64).put(9, (byte) protocol);
      packet.putInt(12, 0x0a010001).putInt(16, 0x0a02ff01);
      packet.putShort(10, (short) ~sum(made, 0, 20, 0));
    } else {
      packet.putInt(0, 0x60012345).putShort(4, (short) octets);
      packet.put(6, (byte) protocol).put(7, (byte) 64);
      packet.putLong(8, 0xfd00_0000_0000_0001L).putLong(16, 0xff00_0000_ffff_0001L);
      packet.putLong(24, 0xfd00_0000_0000_0002L).putLong(32, 0xabcd);
    }
  }

  /** Writes the checksum of TCP or UDP: the whole one, or that of the pseudo-header only. */
  static void seal(byte[] packet, int transport, int field, boolean whole) {
    int at = transport + field;
    packet[at] = 0;
    packet[at + 1] = 0;
    int pseudo = pseudo(packet, transport);
    int sum = whole ? ~sum(packet, transport, packet.length, pseudo) : pseudo;
    packet[at] = (byte) (sum >> 8);
    packet[at + 1] = (byte) sum;
  }

  private static int pseudo(byte[] packet, int transport) {
    boolean v4 = packet[0] >> 4 == 4;
    int addresses = v4 ? sum(packet, 12, 20, 0) : sum(packet, 8, 40, 0);
    int protocol = packet[v4 ? 9 : 6] & 0xff;
    return folded(addresses + protocol + (packet.length - transport));
  }

  /** Whether both checksums of a packet are right. */
  static boolean isSealed(byte[] packet) {
    boolean v4 = packet[0] >> 4 == 4;
    int transport = v4 ? 20 : 40;
    return (!v4 || sum(packet, 0, 20, 0) == 0xffff)
        && sum(packet, transport, packet.length, pseudo(packet, transport)) == 0xffff;
  }

  /** The sum of RFC 1071, two octets at a time. */
  static int sum(byte[] octets, int from, int to, int start) {
    int sum = start;
    for (int i = from; i < to; i += 2) {
      int low = i + 1 < to ? octets[i + 1] & 0xff : 0;
      sum = folded(sum + ((octets[i] & 0xff) << 8 | low));
    }
    return sum;
  }

  private static int folded(int sum) {
    int folded = sum;
    while (folded > 0xffff) {
      folded = (folded & 0xffff) + (folded >> 16);
    }
    return folded;
  }

  /** A virtio header and a packet, as they are read from a device. */
  static MemorySegment read(int flags, int type, int size, int sumStart, int field, byte[] packet) {
    MemorySegment memory = Arena.ofAuto().allocate(SuperPacket.LARGEST + 1L, 8);
    ByteBuffer header = memory.asSlice(0, 10).asByteBuffer().order(ByteOrder.nativeOrder());
    header.put((byte) flags).put((byte) type).putShort((short) 0).putShort((short) size);
    header.putShort((short) sumStart).putShort((short) field);
    MemorySegment.copy(packet, 0, memory, ValueLayout.JAVA_BYTE, 10, packet.length);
    return memory;
  }

  /** Cuts all of what was read, in bursts of some size; dropped packets come as empty ones. */
  static List<byte[]> cut(MemorySegment read, int octets, int capacity, int room) {
    SuperPacket cutter = new SuperPacket(read);
    PacketBurst burst = new PacketBurst(capacity, 64, room, 0);
    MemorySegment slab = new SlabView().of(burst);
    List<byte[]> packets = new ArrayList<>();
    cutter.begin(octets);
    while (cutter.isOpen()) {
      burst.clear();
      cutter.pour(burst, slab);
      packets.addAll(packets(burst));
    }
    return packets;
  }

  static List<byte[]> packets(PacketBurst burst) {
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < burst.size(); i++) {
      byte[] octets = new byte[burst.isAlive(i) ? burst.length(i) : 0];
      burst.slab().get(burst.offset(i), octets);
      packets.add(octets);
    }
    return packets;
  }

  static PacketBurst burst(List<byte[]> packets) {
    PacketBurst burst = new PacketBurst(Math.max(1, packets.size()), 64, 65_535, 0);
    packets.forEach(packet -> burst.add(ByteBuffer.wrap(packet)));
    return burst;
  }

  static byte[] payload(byte[] packet) {
    int transport = packet[0] >> 4 == 4 ? 20 : 40;
    boolean tcp = packet[transport == 20 ? 9 : 6] == 6;
    int header = tcp ? (packet[transport + 12] & 0xf0) >> 2 : 8;
    return Arrays.copyOfRange(packet, transport + header, packet.length);
  }
}
