package org.ipsec4j.io.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/**
 * Receives by recvmmsg, messages in which the system has put datagrams of one sender and one size
 * together (UDP_GRO), and cuts them into the slots of bursts. One thread at a time.
 */
final class UdpReceiver {
  private static final int MESSAGES = 16;

  /** Longer than any UDP payload: nothing is ever cut off. */
  private static final int BUFFER = 65_536;

  private final Messages messages = new Messages(MESSAGES);
  private final Vectors vectors = new Vectors(MESSAGES);
  private final MemorySegment buffers = Arena.ofAuto().allocate((long) BUFFER * MESSAGES, 64);
  private final SlabView view = new SlabView();
  private final Endpoints endpoints = new Endpoints();
  private int received;
  private int message;
  private int at;
  private int length;
  private int segment;

  /** Datagrams that the largest message of the last call brought. */
  private int segments = 1;

  private Endpoint source = new Endpoint(IpAddress.v4(0), 0);

  UdpReceiver() {
    for (int i = 0; i < MESSAGES; i++) {
      vectors.set(i, buffers, (long) BUFFER * i, BUFFER);
      messages.vectors(i, vectors.address(i), 1);
    }
  }

  /** Whether datagrams of the last call are still to be taken. */
  boolean isOpen() {
    return message < received;
  }

  /**
   * Reads from a socket until it is empty or the burst is full.
   *
   * @return whether anything was added
   */
  boolean read(int fd, PacketBurst into, @Nullable Endpoint[] from) {
    int before = into.size();
    boolean more = true;
    while (more && into.size() < into.capacity()) {
      int room = into.capacity() - into.size();
      // no more than the burst is likely to take: what waits in the socket is the system's to drop
      int wanted = Math.clamp(room / segments, 1, MESSAGES);
      for (int i = 0; i < wanted; i++) {
        messages.forReceiving(i);
      }
      received = Math.max(0, Libc.receiveMessages(fd, messages.from(0), wanted));
      message = 0;
      more = received == wanted;
      segments = 1;
      if (received > 0) {
        open();
        pour(into, from);
      }
    }
    return into.size() > before;
  }

  private void open() {
    length = Math.clamp(messages.octets(message), 0, BUFFER);
    int told = messages.segment(message);
    segment = told == 0 ? length : Math.min(told, length);
    segments = segment == 0 ? segments : Math.max(segments, length / segment);
    at = 0;
    source = messages.source(message, endpoints);
  }

  /** Takes as many datagrams as the burst has room for. */
  void pour(PacketBurst into, @Nullable Endpoint[] from) {
    MemorySegment slab = view.of(into);
    while (isOpen() && into.size() < into.capacity()) {
      int octets = Math.min(segment, length - at);
      int i = into.add();
      from[i] = source;
      int kept = Math.min(octets, into.room());
      MemorySegment.copy(buffers, (long) BUFFER * message + at, slab, into.offset(i), kept);
      into.window(i, into.offset(i), kept);
      if (kept < octets) {
        into.drop(i, DropReason.TOO_LONG);
      }
      at += octets;
      if (at >= length) {
        message++;
        if (isOpen()) {
          open();
        }
      }
    }
  }
}
