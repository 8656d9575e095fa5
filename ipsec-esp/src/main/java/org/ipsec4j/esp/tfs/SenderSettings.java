package org.ipsec4j.esp.tfs;

import org.jspecify.annotations.Nullable;

/**
 * How an AGGFRAG sender packs and paces. Immutable; begin with a factory.
 *
 * @param payloadSize octets of an ESP payload, AGGFRAG header included; the largest with {@link
 *     Pace.OnDemand}, the only one otherwise
 * @param pace when payloads leave
 * @param fragments whether packets may be cut over several payloads: no, when the peer set D in its
 *     USE_AGGFRAG (RFC 9347 6.1.4)
 * @param minFragment least octets of a packet's first part; less room is padded away (RFC 9347
 *     2.2.3.1)
 * @param reports whether payloads bear congestion information: when the peer set C in its
 *     USE_AGGFRAG, with congestion control and with a breaker
 * @param queuePackets most packets that wait
 * @param queueOctets most octets that wait
 * @param breaker circuit breaker of a constant rate, or null for none
 */
public record SenderSettings(
    int payloadSize,
    Pace pace,
    boolean fragments,
    int minFragment,
    boolean reports,
    int queuePackets,
    int queueOctets,
    @Nullable BreakerSettings breaker) {
  /** Least room for data in a payload: a whole IPv6 header. */
  public static final int MIN_ROOM = 40;

  /** First parts hold at least this much, so that the length of the packet is in them. */
  public static final int MIN_FRAGMENT = 6;

  /**
   * @throws IllegalArgumentException when a number is out of range, congestion control or a breaker
   *     is to work without reports, or a breaker without a constant rate
   */
  public SenderSettings {
    int room = payloadSize - header(reports);
    if (room < MIN_ROOM || payloadSize > 65535) {
      throw new IllegalArgumentException("payload size " + payloadSize);
    }
    if (minFragment < MIN_FRAGMENT || minFragment > room) {
      throw new IllegalArgumentException("minimum fragment " + minFragment);
    }
    if (queuePackets < 1 || queueOctets < MIN_ROOM) {
      throw new IllegalArgumentException(
          "queue of " + queuePackets + " packets, " + queueOctets + " octets");
    }
    if (breaker != null && !(pace instanceof Pace.ConstantRate)) {
      throw new IllegalArgumentException("a breaker is for a constant rate, not for " + pace);
    }
    boolean needsReports = pace instanceof Pace.CongestionControlled || breaker != null;
    if (needsReports && !reports) {
      throw new IllegalArgumentException("congestion control and breakers live from reports");
    }
  }

  /** Payloads leave when there is something to send. */
  public static SenderSettings onDemand(int payloadSize, long maxDelayNanos) {
    return of(payloadSize, new Pace.OnDemand(maxDelayNanos), false);
  }

  /** Payloads of one size leave at fixed times. */
  public static SenderSettings constantRate(int payloadSize, long intervalNanos) {
    return of(payloadSize, new Pace.ConstantRate(intervalNanos), false);
  }

  /** Payloads of one size leave as fast as the path allows, within bounds. */
  public static SenderSettings congestionControlled(
      int payloadSize, long slowestNanos, long fastestNanos) {
    return of(payloadSize, new Pace.CongestionControlled(slowestNanos, fastestNanos), true);
  }

  private static SenderSettings of(int payloadSize, Pace pace, boolean reports) {
    return new SenderSettings(
        payloadSize, pace, true, MIN_FRAGMENT, reports, 1024, 512 * 1024, null);
  }

  /** The same with packets cut or not. */
  public SenderSettings withFragments(boolean cut) {
    return new SenderSettings(
        payloadSize, pace, cut, minFragment, reports, queuePackets, queueOctets, breaker);
  }

  /** The same with another least first part. */
  public SenderSettings withMinFragment(int octets) {
    return new SenderSettings(
        payloadSize, pace, fragments, octets, reports, queuePackets, queueOctets, breaker);
  }

  /** The same with congestion information in each payload. */
  public SenderSettings withReports() {
    return new SenderSettings(
        payloadSize, pace, fragments, minFragment, true, queuePackets, queueOctets, breaker);
  }

  /** The same with another queue. */
  public SenderSettings withQueue(int packets, int octets) {
    return new SenderSettings(
        payloadSize, pace, fragments, minFragment, reports, packets, octets, breaker);
  }

  /** The same with a circuit breaker, and the reports that it needs. */
  public SenderSettings withBreaker(BreakerSettings settings) {
    return new SenderSettings(
        payloadSize, pace, fragments, minFragment, true, queuePackets, queueOctets, settings);
  }

  /** Octets of a payload's header. */
  int headerLength() {
    return header(reports);
  }

  private static int header(boolean reports) {
    return reports ? AggfragView.CONGESTION_LENGTH : AggfragView.BASIC_LENGTH;
  }
}
