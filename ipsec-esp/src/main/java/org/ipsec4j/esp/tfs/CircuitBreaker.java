package org.ipsec4j.esp.tfs;

/** The slow-trip circuit breaker of RFC 9347 2.4.2.1. Once open it stays so until it is reset. */
final class CircuitBreaker {
  private static final long NONE = Long.MIN_VALUE;

  private final BreakerSettings settings;
  private long lossSince = NONE;

  /** When a report came last, or when sending began. */
  private long heardAt;

  private boolean open;

  CircuitBreaker(BreakerSettings settings, long now) {
    this.settings = settings;
    heardAt = now;
  }

  boolean isOpen() {
    return open;
  }

  /** The peer reported. */
  void onReport(long now, long inverseLossEventRate) {
    heardAt = now;
    boolean tooMuch =
        inverseLossEventRate != 0 && 1.0 / inverseLossEventRate >= settings.lossRate();
    if (!tooMuch) {
      lossSince = NONE;
    } else if (lossSince == NONE) {
      lossSince = now;
    }
  }

  /** Opens when loss, or silence, has lasted. */
  void onTime(long now) {
    boolean loss = lossSince != NONE && now - lossSince >= settings.persistNanos();
    boolean silence = now - heardAt >= settings.persistNanos();
    open |= loss || silence;
  }

  void reset(long now) {
    open = false;
    lossSince = NONE;
    heardAt = now;
  }
}
