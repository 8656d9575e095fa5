package org.ipsec4j.node;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.Endpoint;

/** Sees every packet of the outer side, for captures. Called under the node's lock. */
@FunctionalInterface
public interface OuterTap {
  /**
   * A datagram was sent or received.
   *
   * @param from source
   * @param to destination
   * @param memory holds the UDP payload, non-ESP marker included; borrowed for the call
   * @param offset where the payload begins
   * @param length its octets
   * @param outgoing whether this node sent it
   */
  void onDatagram(
      Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length, boolean outgoing);

  /**
   * A native ESP or AH packet was sent or received.
   *
   * @param memory holds the whole IP packet; borrowed for the call
   * @param offset where it begins
   * @param length its octets
   * @param outgoing whether this node sent it
   */
  default void onPacket(ByteBuffer memory, int offset, int length, boolean outgoing) {}
}
