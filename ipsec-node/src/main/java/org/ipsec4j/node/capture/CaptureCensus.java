package org.ipsec4j.node.capture;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts what {@link IpExtractor} found, so that frames in = packets carried + frames without, by
 * reason. Not thread-safe.
 */
public final class CaptureCensus {
  private final Map<NoIpReason, Long> none = new EnumMap<>(NoIpReason.class);
  private long ipv4;
  private long ipv6;
  private long badHeaderChecksums;
  private long bytes;

  /** Makes a census with all counts 0. */
  public CaptureCensus() {}

  /**
   * Counts one frame.
   *
   * @param outcome what was found in it
   */
  public void add(IpOutcome outcome) {
    switch (outcome) {
      case IpOutcome.Packet packet -> {
        if (packet.version() == 4) {
          ipv4++;
        } else {
          ipv6++;
        }
        badHeaderChecksums += packet.badHeaderChecksum() ? 1 : 0;
        bytes += packet.length();
      }
      case IpOutcome.None(NoIpReason reason) -> none.merge(reason, 1L, Long::sum);
    }
  }

  /**
   * All frames.
   *
   * @return packets plus frames without one
   */
  public long frames() {
    return packets() + withoutPacket();
  }

  /**
   * Frames that hold a valid IP packet.
   *
   * @return {@code ipv4() + ipv6()}
   */
  public long packets() {
    return ipv4 + ipv6;
  }

  /**
   * IPv4 packets.
   *
   * @return a count
   */
  public long ipv4() {
    return ipv4;
  }

  /**
   * IPv6 packets.
   *
   * @return a count
   */
  public long ipv6() {
    return ipv6;
  }

  /**
   * The IPv4 packets among {@link #packets()} whose header checksum is wrong and which are carried
   * all the same.
   *
   * @return a count
   */
  public long badHeaderChecksums() {
    return badHeaderChecksums;
  }

  /**
   * Bytes of all packets, link layers not counted.
   *
   * @return bytes
   */
  public long bytes() {
    return bytes;
  }

  /**
   * Frames without a valid IP packet.
   *
   * @return the sum of {@link #byReason()}
   */
  public long withoutPacket() {
    return none.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Frames without a valid IP packet by reason.
   *
   * @return a read-only view; reasons that did not occur are absent
   */
  public Map<NoIpReason, Long> byReason() {
    return Collections.unmodifiableMap(none);
  }
}
