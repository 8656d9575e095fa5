package org.ipsec4j.ike.v2.window;

import java.util.List;
import org.ipsec4j.api.Bytes;

/**
 * The peer's requests: which Message ID comes next, and the answer to the last one, kept for its
 * retransmissions (RFC 7296 2.1, 2.2, window size 1 of 2.3). Knows nothing of our own requests.
 */
public final class RespondingWindow {
  private long expected;
  private boolean busy;
  private List<Bytes> stored = List.of();

  /** What a request's Message ID says about it. */
  public enum Verdict {
    /** The next request. */
    NEW,
    /** The one answered last. */
    REPEATED,
    /** The one being worked on. */
    BUSY,
    /** Anything else: old, or ahead of the window. */
    OUTSIDE
  }

  /**
   * @param first Message ID of the first request to come
   */
  public RespondingWindow(long first) {
    this.expected = first;
  }

  /** Judges a Message ID; changes nothing. */
  public Verdict judge(long messageId) {
    if (messageId == expected) {
      return busy ? Verdict.BUSY : Verdict.NEW;
    }
    return messageId == expected - 1 && !stored.isEmpty() ? Verdict.REPEATED : Verdict.OUTSIDE;
  }

  /** The next request came, was authentic, and is being worked on; the old answer is forgotten. */
  public void begin() {
    busy = true;
    stored = List.of();
  }

  /** Message ID of the request being worked on, or of the next to come. */
  public long current() {
    return expected;
  }

  /** Whether a request is being worked on. */
  public boolean busy() {
    return busy;
  }

  /** The request was answered with these datagrams. */
  public void answered(List<Bytes> datagrams) {
    busy = false;
    expected++;
    stored = List.copyOf(datagrams);
  }

  /** The answer to the last request; empty when there was none. */
  public List<Bytes> stored() {
    return stored;
  }
}
