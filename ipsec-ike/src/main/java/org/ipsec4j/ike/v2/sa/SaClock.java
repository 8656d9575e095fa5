package org.ipsec4j.ike.v2.sa;

import java.time.Duration;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.ike.timer.RetransmissionSchedule;
import org.ipsec4j.ike.timer.TimerTable;

/** When something of an IKE SA is due, and what follows. */
final class SaClock {
  /** How long a closing IKE SA is waited for. */
  private static final long CLOSE_WITHIN = Duration.ofSeconds(30).toNanos();

  /**
   * How long a replaced IKE SA waits for the peer, who ought to delete it. Longer than peers
   * retransmit: as long as our answer to its rekey may be lost, the peer must be able to ask again.
   */
  private static final long RETIRE_AFTER = Duration.ofMinutes(3).toNanos();

  /** How long fragments wait for the others. */
  private static final long FRAGMENTS_WITHIN = Duration.ofMinutes(2).toNanos();

  /** How long the last answer of a dead IKE SA is repeated. */
  private static final long LINGER = Duration.ofSeconds(10).toNanos();

  private final IkeSa sa;
  private final TimerTable<SaTimer> timers = new TimerTable<>(SaTimer.class);
  private long lastInbound;

  SaClock(IkeSa sa, long now) {
    this.sa = sa;
    this.lastInbound = now;
  }

  // --- setting ---------------------------------------------------------------------------------

  void opening(long now, long within) {
    timers.setAfter(SaTimer.OPENING, now, within);
  }

  /** The IKE SA is up. */
  void up(long now) {
    IkeProfile profile = sa.peer().ike();
    timers.cancelAll();
    timers.set(
        SaTimer.REKEY,
        ChildLedger.due(
            sa.env().random(), now, profile.rekeyAfter(), profile.rekeyJitterPercent()));
    timers.set(SaTimer.EXPIRE, due(now, profile.hardLifetime()));
    timers.set(SaTimer.LIVENESS, due(now, profile.liveness()));
    if (sa.facts().nat().local()) {
      timers.set(SaTimer.KEEPALIVE, due(now, profile.natKeepalive()));
    }
    lastInbound = now;
  }

  private long due(long now, Duration after) {
    return ChildLedger.due(sa.env().random(), now, after, 0);
  }

  /** Only its end is awaited. */
  void closing(long now) {
    timers.cancelAll();
    timers.setAfter(SaTimer.END, now, CLOSE_WITHIN);
  }

  /** Only its deletion by the peer is awaited. */
  void replaced(long now) {
    timers.cancelAll();
    timers.setAfter(SaTimer.END, now, RETIRE_AFTER);
  }

  void lingering(long now) {
    timers.cancelAll();
    timers.setAfter(SaTimer.END, now, LINGER);
  }

  void stop() {
    timers.cancelAll();
  }

  /** A fragment came: the others have as long as a requester would wait (RFC 7383 2.6). */
  void fragment(long now) {
    timers.setAfter(SaTimer.FRAGMENTS, now, FRAGMENTS_WITHIN);
  }

  /** The peer is known to live. */
  void heard(long now) {
    lastInbound = now;
  }

  boolean quietFor(long now, long nanos) {
    return now - lastInbound >= nanos;
  }

  /** How a request is sent again. */
  RetransmissionSchedule schedule() {
    return RetransmissionSchedule.of(sa.peer().ike());
  }

  // --- running ---------------------------------------------------------------------------------

  long nextTimeout() {
    return timers.nextTimeout();
  }

  void onTimeout(long now) {
    for (SaTimer timer = timers.expired(now); timer != null; timer = timers.expired(now)) {
      switch (timer) {
        case OPENING -> sa.ending().vanish();
        case REKEY -> sa.rekeyIke();
        case EXPIRE -> sa.ending().close(DownReason.EXPIRED);
        case LIVENESS -> onLiveness(now);
        case KEEPALIVE -> onKeepalive(now);
        case FRAGMENTS -> sa.conversation().forgetFragments();
        case END -> sa.ending().ended();
      }
    }
  }

  private void onLiveness(long now) {
    if (!sa.isUp()) {
      return;
    }
    long idle = sa.peer().ike().liveness().toNanos();
    if (quietFor(now, idle)) {
      sa.checkLiveness();
      timers.setAfter(SaTimer.LIVENESS, now, idle);
    } else {
      timers.set(SaTimer.LIVENESS, lastInbound + idle);
    }
  }

  private void onKeepalive(long now) {
    if (sa.isUp()) {
      Bytes octet = Bytes.copyOf(new byte[] {(byte) 0xff});
      sa.env().emit(new IkeOutput.Transmit(sa.path().local(), sa.path().remote(), octet, true));
      timers.setAfter(SaTimer.KEEPALIVE, now, sa.peer().ike().natKeepalive().toNanos());
    }
  }
}
