package org.ipsec4j.esp.tfs;

/** When an AGGFRAG sender lets payloads go. */
public sealed interface Pace {
  /** Nanoseconds in a second. */
  long SECOND = 1_000_000_000L;

  /**
   * Payloads leave when there is something to send; sizes follow the packets. Saves headers and
   * carries packets of any size, and hides nothing.
   *
   * @param maxDelayNanos longest time that a packet waits for others to share its payload; 0 sends
   *     at the next poll whatever is there
   */
  record OnDemand(long maxDelayNanos) implements Pace {
    /**
     * @throws IllegalArgumentException when the delay is negative
     */
    public OnDemand {
      if (maxDelayNanos < 0) {
        throw new IllegalArgumentException("delay " + maxDelayNanos + " ns");
      }
    }
  }

  /**
   * Payloads of one size leave at fixed times, full of padding when there is nothing to say. Not
   * controlled by congestion: only for paths wholly under the user's administration (RFC 9347
   * 2.4.1).
   *
   * @param intervalNanos from one payload to the next, 1 or more
   */
  record ConstantRate(long intervalNanos) implements Pace {
    /**
     * @throws IllegalArgumentException when the interval is not positive
     */
    public ConstantRate {
      if (intervalNanos < 1) {
        throw new IllegalArgumentException("interval " + intervalNanos + " ns");
      }
    }

    /**
     * The rate that fills a bandwidth (RFC 9347 2).
     *
     * @param bitsPerSecond of whole outer packets, 1 or more
     * @param outerOctets of one whole outer packet, IP header included
     */
    public static ConstantRate ofBandwidth(long bitsPerSecond, int outerOctets) {
      if (bitsPerSecond < 1 || outerOctets < 1) {
        throw new IllegalArgumentException(bitsPerSecond + " bit/s, " + outerOctets + " octets");
      }
      double nanos = outerOctets * 8.0 * SECOND / bitsPerSecond;
      return new ConstantRate(Math.max(1, Math.round(nanos)));
    }
  }

  /**
   * Payloads of one size leave at even distances that the path alone determines, by TCP-friendly
   * rate control (RFC 9347 2.4.2, RFC 5348); full of padding when there is nothing to say.
   *
   * @param slowestNanos longest distance of payloads, at most 64 seconds (RFC 5348 4.3)
   * @param fastestNanos shortest distance: the bandwidth that the user grants
   */
  record CongestionControlled(long slowestNanos, long fastestNanos) implements Pace {
    /**
     * @throws IllegalArgumentException unless both are positive, the fastest is not above the
     *     slowest, and that is at most 64 seconds
     */
    public CongestionControlled {
      if (fastestNanos < 1 || slowestNanos < fastestNanos || slowestNanos > 64 * SECOND) {
        throw new IllegalArgumentException(
            "distances from " + fastestNanos + " to " + slowestNanos + " ns");
      }
    }
  }
}
