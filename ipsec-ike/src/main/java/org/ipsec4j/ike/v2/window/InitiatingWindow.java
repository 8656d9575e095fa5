package org.ipsec4j.ike.v2.window;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.ike.timer.Retransmission;
import org.jspecify.annotations.Nullable;

/**
 * Our requests: one at a time (window size 1, RFC 7296 2.3), sent again with growing pauses until
 * answered or given up (2.1, 2.4). Knows nothing of the peer's requests.
 */
public final class InitiatingWindow {
  private static final long MAX_ID = 0xffffffffL;

  private long id;
  private boolean outstanding;
  private int exchangeType;
  private List<Bytes> datagrams = List.of();
  private @Nullable Retransmission transmissions;
  private long due = IkeEngine.NO_TIMEOUT;

  /** What time asks for. */
  public enum Due {
    /** Nothing yet. */
    NOTHING,
    /** Send the request again. */
    RESEND,
    /** The peer does not answer. */
    GIVE_UP
  }

  /** Message ID of the request that is outstanding, or comes next. */
  public long id() {
    return id;
  }

  /** Whether no Message ID is left: they never wrap (2.2). */
  public boolean exhausted() {
    return id > MAX_ID;
  }

  /** Whether a request awaits its answer. */
  public boolean outstanding() {
    return outstanding;
  }

  /** A request was sent for the first time. */
  public void sent(long now, int exchangeType, List<Bytes> datagrams, Retransmission schedule) {
    this.outstanding = true;
    this.exchangeType = exchangeType;
    this.datagrams = List.copyOf(datagrams);
    this.transmissions = schedule;
    this.due = schedule.transmitted(now);
  }

  /** Whether a response with this exchange type and Message ID is awaited. */
  public boolean awaits(int type, long messageId) {
    return outstanding && type == exchangeType && messageId == id;
  }

  /** The awaited response was taken: the next request has the next Message ID. */
  public void answered() {
    id++;
    clear();
  }

  /** Nothing more is sent of the outstanding request, which keeps its Message ID. */
  public void clear() {
    outstanding = false;
    transmissions = null;
    datagrams = List.of();
    due = IkeEngine.NO_TIMEOUT;
  }

  /** The outstanding request. */
  public List<Bytes> datagrams() {
    return datagrams;
  }

  /** Transmissions of the outstanding request so far. */
  public int transmissions() {
    return transmissions == null ? 0 : transmissions.transmissions();
  }

  /** When {@link #due} has something to say. */
  public long nextTimeout() {
    return due;
  }

  /** Gives up at the latest then, as when an answer came that is only a hint. */
  public void giveUpAt(long moment) {
    if (outstanding && moment < due) {
      due = moment;
      transmissions = null;
    }
  }

  /** What is to be done by now; RESEND counts a transmission. */
  public Due due(long now) {
    if (!outstanding || now < due) {
      return Due.NOTHING;
    }
    if (transmissions == null || !transmissions.mayTransmit()) {
      return Due.GIVE_UP;
    }
    due = transmissions.transmitted(now);
    return Due.RESEND;
  }
}
