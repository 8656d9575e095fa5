package org.ipsec4j.esp.tfs;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.PacketBurst;

/**
 * What the two directions of an AGGFRAG tunnel tell one another (RFC 9347 3): the receiver notes
 * what the peer reports and what it must be told, the sender puts it into its payloads.
 *
 * <p>One for a tunnel; it outlives the SAs of both directions, so that a rekey loses nothing that
 * was measured. Confined to the thread of its sender and its receivers. Allocates nothing after
 * construction. Believes a peer only within bounds: a report is data of somebody authentic, who may
 * still be wrong.
 */
public final class AggfragFeedback {
  private static final long MICRO = 1000;

  /** Older echoes are of another life. */
  private static final long MAX_ECHO_MICROS = 60_000_000L;

  /** Weight of the old estimate (RFC 5348 4.3). */
  private static final double RTT_FILTER = 0.9;

  private final LossHistory losses = new LossHistory();

  // what the peer is told
  private int peerTVal;
  private long peerTValAt;
  private long transmitDelay;

  // what the peer said
  private long reports;
  private long reportAt;
  private long peerLossEventRate;
  private boolean peerMarked;
  private boolean owesReport;

  private long rtt;
  private boolean sent;

  /** Nothing measured, nothing heard. */
  public AggfragFeedback() {}

  /** Smoothed round-trip time in nanoseconds; 0 while there is none. */
  public long rttNanos() {
    return rtt;
  }

  /** Inverse of the loss event rate on what the peer sends, as we report it; 0 for no loss. */
  public long lossEventRate() {
    return losses.inverseRate();
  }

  /** Inverse of the loss event rate on what we send, as the peer reported last; 0 for no loss. */
  public long peerLossEventRate() {
    return peerLossEventRate;
  }

  /** Whether congestion marks had a part in {@link #peerLossEventRate}. */
  public boolean isPeerMarked() {
    return peerMarked;
  }

  /** Reports received. */
  public long reports() {
    return reports;
  }

  /** When the last report came. */
  long reportAt() {
    return reportAt;
  }

  /**
   * Adds an empty payload to a burst, which only reports: for a reverse SA without AGGFRAG (RFC
   * 9347 2.2.4, 3), at least once in a round trip.
   *
   * @return whether there was room in the burst
   */
  public boolean report(long now, PacketBurst out) {
    int index = out.add();
    if (index < 0) {
      return false;
    }
    int at = out.offset(index);
    out.window(index, at, AggfragView.CONGESTION_LENGTH);
    write(now, out.slab(), at, 0, 0, false);
    return true;
  }

  /**
   * Writes a header with congestion information.
   *
   * @param rttToTell round-trip time in nanoseconds, 0 to tell none
   */
  void write(
      long now, ByteBuffer memory, int at, int blockOffset, long rttToTell, boolean probing) {
    int flags = probing ? AggfragView.FLAG_PROBE : 0;
    if (losses.isMarked()) {
      flags |= AggfragView.FLAG_ECN;
    }
    long echoDelay = peerTVal == 0 ? 0 : Math.max(0, now - peerTValAt) / MICRO;
    AggfragView.writeCongestion(
        memory,
        at,
        flags,
        blockOffset,
        losses.inverseRate(),
        rttToTell / MICRO,
        echoDelay,
        transmitDelay / MICRO,
        timestamp(now),
        peerTVal);
    sent = true;
    owesReport = false;
  }

  /** Whether payloads came since we reported last, others than such that only report themselves. */
  boolean owesReport() {
    return owesReport;
  }

  /** The mean time between our payloads. */
  void transmitDelay(long nanos) {
    transmitDelay = nanos;
  }

  /** A payload with congestion information came, the newest by number. */
  void onHeader(long now, AggfragView header) {
    if (header.tVal() != peerTVal) {
      peerTVal = header.tVal();
      peerTValAt = now;
    }
    losses.rtt(header.rttMicros() * MICRO);
    reports++;
    reportAt = now;
    peerLossEventRate = header.lossEventRate();
    peerMarked = header.isMarked();
    owesReport |= header.dataLength() > 1;
    if (header.tEcho() != 0 && sent && header.echoDelayMicros() < AggfragView.MAX_DELAY_MICROS) {
      measure(now, header);
    }
  }

  /** Two estimates, of which the larger counts (RFC 9347 3). */
  private void measure(long now, AggfragView header) {
    long elapsed = ((now / MICRO) - header.tEcho()) & 0xffffffffL;
    long travelled = elapsed - header.echoDelayMicros();
    if (elapsed > MAX_ECHO_MICROS || travelled < 0) {
      return;
    }
    long byRates = transmitDelay + header.transmitDelayMicros() * MICRO;
    long sample = Math.max(MICRO, Math.max(travelled * MICRO, byRates));
    rtt = rtt == 0 ? sample : Math.round(RTT_FILTER * rtt + (1 - RTT_FILTER) * sample);
  }

  LossHistory losses() {
    return losses;
  }

  /** Microseconds, never 0, which stands for nothing. */
  private static int timestamp(long now) {
    int micros = (int) (now / MICRO);
    return micros == 0 ? 1 : micros;
  }
}
