package org.ipsec4j.node;

import java.io.IOException;

/**
 * Keeps sequence numbers of manual keys across restarts, so that no number is used twice with a key
 * (RFC 4303 3.3.3). Called under the node's lock, a few times per million packets.
 */
public interface SequenceStore extends AutoCloseable {
  /**
   * The highest number that may have been used; 0 when nothing was ever promised. From this call on
   * the store belongs to this process until it is closed.
   *
   * @param store its name, as the policy has it
   * @throws IOException when it cannot be read, is damaged, or another process has it
   */
  long used(String store) throws IOException;

  /**
   * Promises that no number above {@code last} is used before the next promise. Comes back when the
   * promise outlasts a loss of power.
   *
   * @throws IOException when it could not be kept; the number must not be used then
   */
  void promise(String store, long last) throws IOException;

  /**
   * Numbers that are promised at a time, more than a burst has packets. A crash skips as many, and
   * a new promise is made when half of them are used.
   */
  default long block() {
    return 1 << 20;
  }

  /** Gives all stores back; idempotent. */
  @Override
  void close();
}
