package org.ipsec4j.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.PacketPort;
import org.ipsec4j.node.NodeStartException;

/**
 * An inner side of one's own: a host that exists only as a {@link PacketPort} and answers pings
 * that come out of the tunnel.
 *
 * <p>The node calls {@link #send} with what it has opened and must not be kept waiting there: the
 * replies go to a bounded queue. A thread of the node waits in {@link #receive} for what shall be
 * protected. The slab belongs to the node, so what is kept is copied.
 */
public final class OwnPacketPort implements PacketPort {
  private static final int ICMP = 1;
  private static final int ECHO_REQUEST = 8;
  private static final int IP_HEADER = 20;

  private final BlockingQueue<ByteBuffer> replies = new ArrayBlockingQueue<>(256);
  private volatile boolean closed;

  /** A host that answers for every address that the policy sends to it. */
  OwnPacketPort() {}

  /** Runs the example: pings the virtual host through a tunnel. */
  public static void main(String[] args) throws NodeStartException, InterruptedException {
    Secret key = Secret.copyOf("a secret of the examples".getBytes(StandardCharsets.UTF_8));
    try (OtherSite office = OtherSite.behind(key, new OwnPacketPort())) {
      long start = System.nanoTime();
      ByteBuffer reply = TenLines.ask(key, ping("10.1.0.7", "10.2.0.1", 1));
      long millis = (System.nanoTime() - start) / 1_000_000;
      System.out.println(
          reply == null
              ? "no reply"
              : reply.remaining() + " octets back after " + millis + " ms, negotiation included");
    }
  }

  /** An ICMP echo request in an IPv4 packet. */
  static ByteBuffer ping(String from, String to, int sequence) {
    // A UDP datagram of the same size has the header that is needed but for protocol and checksum.
    ByteBuffer packet = Udp.of(from, 0, to, 0, "0123456789abcdef").packet();
    packet.put(9, (byte) ICMP).putShort(10, (short) 0);
    packet.putShort(10, Udp.checksum(Udp.sum(packet, 0, IP_HEADER)));
    packet.putInt(IP_HEADER, ECHO_REQUEST << 24).putInt(IP_HEADER + 4, 7 << 16 | sequence);
    int echo = Udp.sum(packet, IP_HEADER, packet.limit() - IP_HEADER);
    return packet.putShort(IP_HEADER + 2, Udp.checksum(echo));
  }

  @Override
  public int receive(PacketBurst into, long timeoutMillis) {
    try {
      ByteBuffer reply = closed ? null : replies.poll(timeoutMillis, TimeUnit.MILLISECONDS);
      while (reply != null) {
        into.add(reply);
        reply = into.size() < into.capacity() ? replies.poll() : null;
      }
      return closed ? -1 : into.size();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  @Override
  public void send(PacketBurst from) {
    for (int i = 0; i < from.size(); i++) {
      if (from.isAlive(i)) {
        ByteBuffer packet = ByteBuffer.allocate(from.length(i));
        from.copyTo(i, packet);
        packet.flip();
        if (isPing(packet) && !replies.offer(turned(packet))) {
          from.drop(i, DropReason.DELIVERY_FAILED);
        }
      }
    }
  }

  private static boolean isPing(ByteBuffer packet) {
    return packet.limit() >= IP_HEADER + 8
        && packet.get(0) == 0x45
        && packet.get(9) == ICMP
        && packet.get(IP_HEADER) == ECHO_REQUEST;
  }

  /** The reply: addresses change places, the type becomes 0, and the checksum follows. */
  private static ByteBuffer turned(ByteBuffer packet) {
    int source = packet.getInt(12);
    packet.putInt(12, packet.getInt(16)).putInt(16, source);
    packet.put(IP_HEADER, (byte) 0).putShort(IP_HEADER + 2, (short) 0);
    int echo = Udp.sum(packet, IP_HEADER, packet.limit() - IP_HEADER);
    return packet.putShort(IP_HEADER + 2, Udp.checksum(echo));
  }

  /** Ends {@link #receive} at its next turn, at the latest after its time-out. */
  @Override
  public void close() {
    closed = true;
  }
}
