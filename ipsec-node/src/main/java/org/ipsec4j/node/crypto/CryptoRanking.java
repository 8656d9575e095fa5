package org.ipsec4j.node.crypto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketTransform;

/**
 * What was measured of providers, and so which is best for which transform.
 *
 * @param entries in any order
 */
public record CryptoRanking(List<Entry> entries) {
  /** Octets of the inner packets that were measured. */
  public static final int OCTETS = 1400;

  /** Nothing was measured: the order of the providers holds for all transforms. */
  public static final CryptoRanking NONE = new CryptoRanking(List.of());

  /**
   * One provider with one transform.
   *
   * @param transform what was done
   * @param provider name of who did it
   * @param nanosPerPacket what a packet of {@link #OCTETS} octets took on its way out, in bursts of
   *     32; infinite when packets failed
   */
  public record Entry(PacketTransform transform, String provider, double nanosPerPacket) {}

  /** Copies the list. */
  public CryptoRanking {
    entries = List.copyOf(entries);
  }

  /** What was measured of a provider; infinite when packets failed, 0 when nothing was. */
  public double nanosPerPacket(PacketTransform transform, String provider) {
    for (Entry entry : entries) {
      if (entry.transform().equals(transform) && entry.provider().equals(provider)) {
        return entry.nanosPerPacket();
      }
    }
    return 0;
  }

  /**
   * The same providers, the fastest first; those that were not measured stand behind, those whose
   * packets failed are left out.
   */
  List<CryptoProvider> sort(PacketTransform transform, List<CryptoProvider> providers) {
    List<CryptoProvider> sorted = new ArrayList<>(providers);
    if (!entries.isEmpty()) {
      sorted.removeIf(provider -> Double.isInfinite(nanosPerPacket(transform, provider.name())));
      sorted.sort(
          Comparator.comparingDouble(
              provider -> {
                double nanos = nanosPerPacket(transform, provider.name());
                return nanos > 0 ? nanos : Double.MAX_VALUE;
              }));
    }
    return sorted;
  }
}
