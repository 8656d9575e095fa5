package org.ipsec4j.node;

import java.nio.ByteBuffer;

/** Tells the first request of a new peer by its header (RFC 7296 3.1), without reading the rest. */
final class FirstRequest {
  private static final int HEADER_LENGTH = 28;
  private static final int RESPONDER_SPI = 8;
  private static final int EXCHANGE_TYPE = 18;
  private static final int FLAGS = 19;
  private static final int IKE_SA_INIT = 34;
  private static final int RESPONSE = 0x20;

  private FirstRequest() {}

  /**
   * Whether an IKE message may begin an IKE SA with us.
   *
   * @param message from position to limit, which stay as they are
   */
  static boolean looksLike(ByteBuffer message) {
    int at = message.position();
    return message.remaining() >= HEADER_LENGTH
        && message.getLong(at + RESPONDER_SPI) == 0
        && message.get(at + EXCHANGE_TYPE) == IKE_SA_INIT
        && (message.get(at + FLAGS) & RESPONSE) == 0;
  }
}
