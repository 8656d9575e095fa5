package org.ipsec4j.io.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;

/**
 * Sends packets of a burst by sendmmsg. Neighbours of one destination and one size, the last may be
 * smaller, become one message that the system or the card cuts into datagrams (UDP_SEGMENT). One
 * thread at a time.
 */
final class UdpSender {
  /** What older systems take at once. */
  private static final int MOST_SEGMENTS = 64;

  /** Payload of one message: less than any IP packet with its headers can carry. */
  private static final int MOST_OCTETS = 65_000;

  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int POLLFD_SIZE = 8;

  private final Messages messages;
  private final Vectors vectors;
  private final int spare;
  private final int[] packets;
  private final int[] firsts;
  private final int[] counts;
  private final int[] sizes;
  private final SlabView view = new SlabView();
  private final MemorySegment pollfd = Arena.ofAuto().allocate(POLLFD_SIZE, 4);
  private final MemorySegment copy = Arena.ofAuto().allocate(65_536, 64);
  private boolean segmentation;
  private int messageCount;
  private int packetCount;
  private int octets;
  private Endpoint destination = new Endpoint(org.ipsec4j.api.net.IpAddress.v4(0), 0);

  /**
   * @param burst most packets of a burst
   * @param segmentation whether the system cuts messages
   */
  UdpSender(int burst, boolean segmentation) {
    this.segmentation = segmentation;
    spare = burst;
    messages = new Messages(burst + 1);
    vectors = new Vectors(burst + 1);
    packets = new int[burst];
    firsts = new int[burst];
    counts = new int[burst];
    sizes = new int[burst];
    pollfd.set(ValueLayout.JAVA_SHORT, 4, Libc.POLLOUT);
  }

  /** Begins with messages of another burst or socket. */
  void begin() {
    messageCount = 0;
    packetCount = 0;
  }

  /** Whether nothing was added. */
  boolean isEmpty() {
    return messageCount == 0;
  }

  /** Adds a packet to what will be sent. */
  void add(PacketBurst burst, int i, Endpoint to) {
    int length = burst.length(i);
    vectors.set(packetCount, view.of(burst), burst.offset(i), length);
    packets[packetCount] = i;
    if (joins(length, to)) {
      counts[messageCount - 1]++;
      octets += length;
    } else {
      firsts[messageCount] = packetCount;
      counts[messageCount] = 1;
      sizes[messageCount] = length;
      octets = length;
      destination = to;
      messages.destination(messageCount, to);
      messageCount++;
    }
    packetCount++;
  }

  /** Only the last datagram of a message may be smaller: then nothing joins any more. */
  private boolean joins(int length, Endpoint to) {
    if (!segmentation || messageCount == 0) {
      return false;
    }
    int last = messageCount - 1;
    return length > 0
        && length <= sizes[last]
        && octets == sizes[last] * counts[last]
        && counts[last] < MOST_SEGMENTS
        && octets + length <= MOST_OCTETS
        && to.equals(destination);
  }

  /** Sends what was added; what cannot be sent is dropped. */
  void flush(PacketBurst burst, int fd) {
    for (int m = 0; m < messageCount; m++) {
      messages.vectors(m, vectors.address(firsts[m]), counts[m]);
      messages.cut(m, counts[m] > 1 ? sizes[m] : 0);
    }
    long started = 0;
    boolean again = true;
    int m = 0;
    while (m < messageCount) {
      int sent = Libc.sendMessages(fd, messages.from(m), messageCount - m);
      if (sent > 0) {
        m += sent;
        again = true;
      } else if (sent == -Libc.EAGAIN) {
        long now = System.nanoTime();
        started = started == 0 ? now : started;
        if (now - started > PATIENCE_NANOS) {
          drop(burst, m, messageCount);
          m = messageCount;
        } else {
          awaitRoom(fd);
        }
      } else if ((sent == -Libc.EINTR || sent == -Libc.ECONNREFUSED) && again) {
        // an ICMP error of an earlier datagram surfaces here, and is read away by it
        again = sent == -Libc.EINTR;
      } else {
        refused(burst, fd, m, -sent);
        m++;
      }
    }
    begin();
  }

  private void awaitRoom(int fd) {
    pollfd.set(ValueLayout.JAVA_INT, 0, fd);
    int _ = Libc.poll(pollfd, 1, 10);
  }

  private void drop(PacketBurst burst, int from, int to) {
    for (int m = from; m < to; m++) {
      for (int k = 0; k < counts[m]; k++) {
        burst.drop(packets[firsts[m] + k], DropReason.SEND_FAILED);
      }
    }
  }

  /** A message that was to be cut goes datagram by datagram, as the way may be too narrow. */
  private void refused(PacketBurst burst, int fd, int m, int error) {
    if (counts[m] == 1) {
      drop(burst, m, m + 1);
      return;
    }
    if (error == Libc.EIO) {
      // the device cannot complete the checksums, and will not later
      segmentation = false;
    }
    for (int k = 0; k < counts[m]; k++) {
      int packet = firsts[m] + k;
      messages.copyDestination(m, spare);
      if (sendSpare(fd, vectors.address(packet)) <= 0) {
        burst.drop(packets[packet], DropReason.SEND_FAILED);
      }
    }
  }

  /** Sends the spare message, which is one datagram. */
  private int sendSpare(int fd, long vector) {
    messages.vectors(spare, vector, 1);
    messages.cut(spare, 0);
    long end = System.nanoTime() + PATIENCE_NANOS;
    int sent = Libc.sendMessages(fd, messages.from(spare), 1);
    while ((sent == -Libc.EAGAIN || sent == -Libc.EINTR || sent == -Libc.ECONNREFUSED)
        && System.nanoTime() - end < 0) {
      if (sent == -Libc.EAGAIN) {
        awaitRoom(fd);
      }
      sent = Libc.sendMessages(fd, messages.from(spare), 1);
    }
    return sent;
  }

  /** Sends one datagram from any memory. */
  boolean send(int fd, Endpoint to, ByteBuffer memory, int offset, int length) {
    if (length > copy.byteSize()) {
      return false;
    }
    MemorySegment.copy(MemorySegment.ofBuffer(memory.duplicate().clear()), offset, copy, 0, length);
    vectors.set(spare, copy, 0, length);
    messages.destination(spare, to);
    return sendSpare(fd, vectors.address(spare)) > 0;
  }
}
