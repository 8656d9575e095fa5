package org.ipsec4j.node.crypto;

import java.util.HashMap;
import java.util.Map;
import org.ipsec4j.api.crypto.PacketTransform;
import org.jspecify.annotations.Nullable;

/**
 * Whether a provider has become slow, by its own best cost. Costs are compared among bursts of one
 * transform and of about the same number of packets only, as both decide about the cost. Allocates
 * when it sees a transform for the first time. Thread-safe.
 */
final class SpeedWatch {
  /** What a packet costs beside its octets, as a number of octets; providers differ by two. */
  static final int PACKET_WEIGHT = 700;

  /** Packets of a burst: 1, 2 to 3, 4 to 7, 8 to 15, 16 and more. */
  private static final int SIZES = 5;

  private final CryptoLimits limits;
  private final Map<PacketTransform, Gauge[]> gauges = new HashMap<>();

  /** Bursts of one transform and size. */
  private static final class Gauge {
    /** Nanoseconds per weighted octet in the best window so far; 0 before there was one. */
    double best;

    double nanos;
    double weight;
    int bursts;
    int slowInRow;
  }

  SpeedWatch(CryptoLimits limits) {
    this.limits = limits;
  }

  /**
   * Takes a cost that was measured elsewhere as the best so far.
   *
   * @param nanosPerPacket in bursts of 32 packets
   * @param octets of each packet
   */
  synchronized void expect(PacketTransform transform, double nanosPerPacket, int octets) {
    gauge(transform, SIZES - 1).best = nanosPerPacket / (octets + PACKET_WEIGHT);
  }

  /** Forgets all costs: what is measured from now on says what is usual. */
  synchronized void forget() {
    gauges.clear();
  }

  /**
   * A burst of one transform was done.
   *
   * @param nanos what it took
   * @return why the provider counts as slow; null while it does not
   */
  synchronized @Nullable String took(
      PacketTransform transform, int packets, long octets, long nanos) {
    int size = Math.min(SIZES - 1, 31 - Integer.numberOfLeadingZeros(Math.max(1, packets)));
    Gauge gauge = gauge(transform, size);
    gauge.nanos += nanos;
    gauge.weight += octets + (double) PACKET_WEIGHT * packets;
    gauge.bursts++;
    return gauge.bursts < limits.windowBursts() ? null : judge(gauge, transform);
  }

  private @Nullable String judge(Gauge gauge, PacketTransform transform) {
    double cost = gauge.nanos / gauge.weight;
    double perBurst = gauge.nanos / gauge.bursts;
    boolean slow =
        gauge.best > 0
            && cost > limits.slowFactor() * gauge.best
            && perBurst > limits.slowFloorNanos();
    gauge.slowInRow = slow ? gauge.slowInRow + 1 : 0;
    gauge.nanos = 0;
    gauge.weight = 0;
    gauge.bursts = 0;
    if (gauge.slowInRow >= limits.slowWindows()) {
      gauge.slowInRow = 0;
      return String.format(
          java.util.Locale.ROOT,
          "it became slow: %s takes %.1f times what it took at its best",
          transform,
          cost / gauge.best);
    }
    if (cost > 0 && (gauge.best == 0 || cost < gauge.best)) {
      gauge.best = cost;
    }
    return null;
  }

  private Gauge gauge(PacketTransform transform, int size) {
    Gauge[] sizes = gauges.get(transform);
    if (sizes == null) {
      sizes = new Gauge[SIZES];
      for (int i = 0; i < SIZES; i++) {
        sizes[i] = new Gauge();
      }
      gauges.put(transform, sizes);
    }
    return sizes[size];
  }
}
