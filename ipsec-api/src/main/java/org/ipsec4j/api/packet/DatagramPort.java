package org.ipsec4j.api.packet;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.net.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * UDP sockets that move many datagrams with one call of the operating system. One thread may
 * receive while others send. Nothing is allocated for a datagram of a peer that was heard before.
 */
public interface DatagramPort extends AutoCloseable {
  /** {@link #receive} has nothing: the time is over, or {@link #wakeup} was called. */
  int NOTHING = -1;

  /** The port was closed. */
  int CLOSED = -2;

  /**
   * Waits for datagrams and adds those of one socket to the burst, one payload for each packet.
   * What does not fit into the burst stays for the next call.
   *
   * @param into lent for the call; cleared by the caller; a payload longer than a slot's room is
   *     added with its first octets and dropped as {@link DropReason#TOO_LONG}
   * @param from gets the source of each; not shorter than the burst's capacity
   * @param timeoutMillis 0 does not wait
   * @return the socket, as an index into the addresses that this was opened with; or {@link
   *     #NOTHING} or {@link #CLOSED}
   */
  int receive(PacketBurst into, @Nullable Endpoint[] from, long timeoutMillis);

  /**
   * Sends one datagram.
   *
   * @param from an address that this was opened with
   * @param memory borrowed for the call
   * @return false when it could not be sent
   */
  boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length);

  /**
   * Sends living packets of a burst, each as one datagram, in their order. One that cannot be sent
   * is marked {@link DropReason#SEND_FAILED}. Waits some milliseconds at most.
   *
   * @param packets borrowed for the call
   * @param from by packet index: the address to send from; null leaves the packet alone
   * @param to by packet index: the destination
   */
  void send(PacketBurst packets, @Nullable Endpoint[] from, @Nullable Endpoint[] to);

  /** Ends a {@link #receive} that waits, or else the next one. */
  void wakeup();

  /** What the operating system refused, a sentence each, for people; it only costs speed. */
  List<String> shortcomings();

  /** Ends {@link #receive} in other threads; idempotent. */
  @Override
  void close();
}
