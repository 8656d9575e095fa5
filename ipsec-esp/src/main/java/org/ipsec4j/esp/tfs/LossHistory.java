package org.ipsec4j.esp.tfs;

/**
 * The receiver's measure of loss: the average distance, in payloads, between loss events (RFC 5348
 * 5). What is lost within one round trip after the first loss of an event belongs to that event.
 *
 * <p>Payloads are told of in the order of their numbers. History discounting (RFC 5348 5.5, which
 * is optional) is left out.
 */
final class LossHistory {
  private static final double[] WEIGHTS = {1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2};
  private static final int DEPTH = WEIGHTS.length;
  private static final double SECOND = 1e9;

  /** Closed intervals, the newest at {@code newest}. */
  private final long[] intervals = new long[DEPTH];

  /** Whether a congestion mark, not a loss, began the interval. */
  private final boolean[] marked = new boolean[DEPTH];

  private int newest;
  private int closed;

  private boolean begun;

  /** Payloads since the newest event began, its first loss included; before any event, all. */
  private long open;

  private boolean openMarked;
  private long eventStart;

  private long rtt;
  private long windowStart;
  private long windowCount;
  private double receiveRate;

  /** The sender's round-trip time in nanoseconds; 0 while unknown: each loss is then an event. */
  void rtt(long nanos) {
    rtt = nanos;
  }

  /** A payload came. */
  void arrived(long now) {
    open++;
    windowCount++;
    long elapsed = now - windowStart;
    if (rtt > 0 && elapsed >= rtt) {
      receiveRate = windowCount * SECOND / elapsed;
      windowStart = now;
      windowCount = 0;
    }
  }

  /** The payload that has just arrived bore a congestion mark: it counts as lost (RFC 9347 3.1). */
  void congested(long now) {
    if (isNewEvent(now)) {
      // it is the first of the new interval, not the last of the old one
      open--;
      startEvent(now, true);
      open++;
    }
  }

  /**
   * Payloads did not come. The moments of their losses are put evenly between the arrivals around
   * them (RFC 5348 5.2).
   *
   * @param count consecutive numbers
   * @param before when the last one in front of them came
   * @param step nanoseconds from one number to the next around them
   */
  void lost(long count, long before, long step) {
    long done = 0;
    // older events than the history holds need not be told apart
    for (int events = 0; events <= DEPTH && done < count; events++) {
      long at = before + step * (done + 1);
      if (isNewEvent(at)) {
        startEvent(at, false);
      }
      long same = count - done;
      if (step > 0) {
        same = Math.min(same, Math.max(0, eventStart + rtt - at) / step + 1);
      }
      open += same;
      done += same;
    }
    open += count - done;
  }

  /** The inverse of the loss event rate, as RFC 9347 6.1.2 sends it; 0 when nothing was lost. */
  long inverseRate() {
    if (!begun) {
      return 0;
    }
    double withOpen = open * WEIGHTS[0];
    double withoutOpen = 0;
    double weights = 0;
    for (int i = 0; i < closed; i++) {
      long interval = intervals[Math.floorMod(newest - i, DEPTH)];
      withoutOpen += interval * WEIGHTS[i];
      weights += WEIGHTS[i];
      if (i + 1 < closed) {
        withOpen += interval * WEIGHTS[i + 1];
      }
    }
    // the open interval counts only when it makes the mean better (RFC 5348 5.4)
    double mean = Math.max(withOpen, withoutOpen) / weights;
    return Math.max(1, Math.min(Math.round(mean), 0xffffffffL));
  }

  /** Whether a congestion mark had a part in {@link #inverseRate}. */
  boolean isMarked() {
    boolean any = begun && openMarked;
    for (int i = 0; i < closed; i++) {
      any |= marked[Math.floorMod(newest - i, DEPTH)];
    }
    return any;
  }

  private boolean isNewEvent(long at) {
    return !begun || at - eventStart > rtt;
  }

  private void startEvent(long at, boolean mark) {
    close(begun ? open : firstInterval());
    begun = true;
    open = 0;
    openMarked = mark;
    eventStart = at;
  }

  private void close(long interval) {
    newest = (newest + 1) % DEPTH;
    intervals[newest] = interval;
    marked[newest] = openMarked;
    closed = Math.min(closed + 1, DEPTH);
  }

  /**
   * Before the first event there is no interval; one is made that gives the rate at which the event
   * happened (RFC 5348 6.3.1). While that rate is not known, the payloads that came are counted.
   */
  private long firstInterval() {
    if (rtt == 0 || receiveRate <= 0) {
      return Math.max(1, open);
    }
    double p = TcpEquation.lossEventRate(rtt / SECOND, receiveRate);
    return Math.max(1, Math.round(1 / p));
  }
}
