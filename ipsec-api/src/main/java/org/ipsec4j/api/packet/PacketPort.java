package org.ipsec4j.api.packet;

/**
 * Where IP packets come from and go to: a TUN device, or the program that embeds the node.
 * Implementations say which threads may call them.
 */
public interface PacketPort extends AutoCloseable {
  /**
   * Waits for packets and adds them to the burst; each is one whole IP packet.
   *
   * @param into lent for the call; cleared by the caller
   * @return packets added; 0 after {@code timeoutMillis} or an interruption; -1 when the port is
   *     closed
   */
  int receive(PacketBurst into, long timeoutMillis);

  /**
   * Hands the living packets of the burst over. A packet that could not be handed over is marked
   * {@link DropReason#DELIVERY_FAILED}. Does not wait: the caller may hold what others need, so a
   * port that is full drops.
   *
   * @param from lent for the call
   */
  void send(PacketBurst from);

  /** Ends {@link #receive} in other threads; idempotent. */
  @Override
  void close();
}
