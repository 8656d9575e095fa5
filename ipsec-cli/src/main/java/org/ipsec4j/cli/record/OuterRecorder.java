package org.ipsec4j.cli.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.node.OuterTap;
import org.ipsec4j.node.capture.PcapngWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes a node's outer datagrams to a pcapng file, with the IP and UDP headers that the sockets
 * keep to themselves rebuilt around them. Thread-safe. When the disk refuses, recording ends and
 * {@link #problem()} says why; the node goes on.
 */
public final class OuterRecorder implements OuterTap, Closeable {
  private static final int UDP = 17;
  private static final int HOPS = 64;

  private final PcapngWriter writer;
  private final ByteBuffer packet = ByteBuffer.allocate(PcapngWriter.MAX_PACKET);
  private @Nullable IOException problem;
  private long bytes;

  private OuterRecorder(PcapngWriter writer) {
    this.writer = writer;
  }

  /**
   * Starts a capture.
   *
   * @param file appears when the recorder is closed
   * @throws IOException when the folder cannot be written
   */
  public static OuterRecorder create(Path file) throws IOException {
    return new OuterRecorder(PcapngWriter.create(file, "outer"));
  }

  @Override
  public synchronized void onDatagram(
      Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length, boolean outgoing) {
    packet.clear();
    if (from.address().isV4()) {
      ipv4(from.address(), to.address(), 8 + length);
    } else {
      ipv6(from.address(), to.address(), 8 + length);
    }
    int udp = packet.position();
    packet.putShort((short) from.port()).putShort((short) to.port());
    packet.putShort((short) (8 + length)).putShort((short) 0);
    packet.put(packet.position(), memory, offset, length);
    packet.position(packet.position() + length);
    packet.putShort(udp + 6, udpChecksum(from.address(), to.address(), udp, 8 + length));
    packet.flip();
    bytes += packet.remaining();
    write();
  }

  @Override
  public synchronized void onPacket(ByteBuffer memory, int offset, int length, boolean outgoing) {
    packet.clear();
    packet.put(0, memory, offset, length);
    packet.limit(length);
    bytes += length;
    write();
  }

  private void write() {
    if (problem == null) {
      Instant now = Instant.now();
      try {
        writer.write(now.getEpochSecond() * 1_000_000_000L + now.getNano(), packet);
      } catch (IOException e) {
        problem = e;
      }
    }
  }

  private void ipv4(IpAddress from, IpAddress to, int payload) {
    packet.putShort((short) 0x4500).putShort((short) (20 + payload)).putInt(0);
    packet.put((byte) HOPS).put((byte) UDP).putShort((short) 0);
    packet.putInt((int) from.low()).putInt((int) to.low());
    packet.putShort(10, (short) ~fold(sum(0, 20)));
  }

  private void ipv6(IpAddress from, IpAddress to, int payload) {
    packet.putInt(0x60000000).putShort((short) payload).put((byte) UDP).put((byte) HOPS);
    packet.putLong(from.high()).putLong(from.low()).putLong(to.high()).putLong(to.low());
  }

  /** Zero stands for none; RFC 768 writes a computed zero as all ones. */
  private short udpChecksum(IpAddress from, IpAddress to, int udp, int length) {
    long sum = sum(udp, length) + UDP + length + words(from) + words(to);
    int checksum = ~fold(sum) & 0xffff;
    return (short) (checksum == 0 ? 0xffff : checksum);
  }

  private static long words(IpAddress address) {
    long sum = 0;
    for (int shift = 0; shift < 64; shift += 16) {
      sum += (address.high() >>> shift & 0xffff) + (address.low() >>> shift & 0xffff);
    }
    return sum;
  }

  private long sum(int offset, int length) {
    long sum = 0;
    int i = offset;
    for (; i + 1 < offset + length; i += 2) {
      sum += packet.getShort(i) & 0xffff;
    }
    return i < offset + length ? sum + ((packet.get(i) & 0xff) << 8) : sum;
  }

  private static int fold(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) folded;
  }

  /** Packets written so far. */
  public synchronized long packets() {
    return writer.packets();
  }

  /** Octets of outer IP packets so far. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Why recording ended early, or null. */
  public synchronized @Nullable IOException problem() {
    return problem;
  }

  /** Finishes the file. */
  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }

  /** Leaves no file behind. */
  public synchronized void abort() throws IOException {
    writer.abort();
  }
}
