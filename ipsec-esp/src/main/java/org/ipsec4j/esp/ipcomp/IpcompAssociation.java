package org.ipsec4j.esp.ipcomp;

import java.util.concurrent.atomic.AtomicInteger;
import org.ipsec4j.api.policy.SaMode;

/**
 * One direction of an IPComp association (RFC 3173 4): what was agreed, what it has carried, which
 * flows are worth a try. Thread-safe; any number of packet threads use it at once.
 */
public final class IpcompAssociation {
  private final IpcompSettings settings;
  private final IpcompCounters counters = new IpcompCounters();
  private final Compressibility compressibility = new Compressibility();
  private final AtomicInteger identification = new AtomicInteger();

  private IpcompAssociation(IpcompSettings settings) {
    this.settings = settings;
  }

  /** An association that has carried nothing. */
  public static IpcompAssociation of(IpcompSettings settings) {
    return new IpcompAssociation(settings);
  }

  /** What was agreed and chosen. */
  public IpcompSettings settings() {
    return settings;
  }

  /** Packets, octets before and after, drops by reason. */
  public IpcompCounters counters() {
    return counters;
  }

  boolean isTunnel() {
    return settings.mode() == SaMode.TUNNEL;
  }

  Compressibility compressibility() {
    return compressibility;
  }

  /** Tells the tunnel packets of this association apart, should they be fragmented. */
  int nextIdentification() {
    return identification.getAndIncrement();
  }

  @Override
  public String toString() {
    return "CPI " + settings.cpi() + " " + settings.mode();
  }
}
