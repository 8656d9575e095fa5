package org.ipsec4j.api.packet;

/**
 * The outer side of native ESP and AH: raw sockets for IP protocols 50 and 51. One thread may
 * receive while others send.
 */
public interface RawPort extends AutoCloseable {
  /**
   * Waits for packets and adds them to the burst; each is one whole IP packet, not a fragment, with
   * its outer header in front. Where the system keeps the header to itself (IPv6), it is rebuilt:
   * addresses, traffic class and hop limit as they came, flow label zero, no extension headers.
   *
   * @param into lent for the call; cleared by the caller
   * @return packets added; 0 after {@code timeoutMillis}; -1 when the port is closed
   */
  int receive(PacketBurst into, long timeoutMillis);

  /**
   * Sends some of the living packets of a burst, each one whole IP packet whose header goes out as
   * it is written. A packet that cannot be sent is marked {@link DropReason#NEEDS_FRAGMENTATION}
   * when it is longer than the way allows, {@link DropReason#SEND_FAILED} otherwise. Does not wait.
   *
   * @param from lent for the call
   * @param mine by packet index, not shorter than the burst: what is not, is left alone
   */
  void send(PacketBurst from, boolean[] mine);

  /** Ends {@link #receive} in other threads; idempotent. */
  @Override
  void close();
}
