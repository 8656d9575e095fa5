package org.ipsec4j.esp.ipcomp;

import java.util.Objects;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.OuterHeaderPolicy;

/**
 * What two nodes agreed for one direction of compression (RFC 3173 4), and what the sender or
 * receiver chose for itself. Immutable.
 *
 * @param cpi the index that the decompressing node chose, 1 to 65535; see {@link #DEFLATE_CPI}
 * @param mode transport: the payload of a packet is compressed; tunnel: a whole packet becomes the
 *     payload of another between {@code source} and {@code destination}
 * @param source address of the compressing node
 * @param destination address of the decompressing node, of the same family
 * @param threshold payloads of fewer octets are sent as they are (RFC 3173 2.2)
 * @param maxPacket most octets of an expanded packet with its header, 68 to {@link #MAX_PACKET}
 * @param outerHeader how tunnel mode fills the outer header
 */
public record IpcompSettings(
    int cpi,
    SaMode mode,
    IpAddress source,
    IpAddress destination,
    int threshold,
    int maxPacket,
    OuterHeaderPolicy outerHeader) {
  /** The well-known index of DEFLATE (RFC 2394 2.1), for manual use (RFC 3173 3.3). */
  public static final int DEFLATE_CPI = 2;

  /** First index that is negotiated. */
  public static final int FIRST_NEGOTIATED_CPI = 256;

  /** Last index that is negotiated; those above are for private use. */
  public static final int LAST_NEGOTIATED_CPI = 61439;

  /** Below this many octets DEFLATE gains little or nothing. */
  public static final int DEFAULT_THRESHOLD = 90;

  /** The longest packet that an IPv6 header can describe. */
  public static final int MAX_PACKET = 65535 + 40;

  /**
   * @throws IllegalArgumentException when a number is out of range, the CPI belongs to another
   *     algorithm or is reserved, the mode is another one, or the families differ
   */
  public IpcompSettings {
    Objects.requireNonNull(outerHeader);
    boolean otherAlgorithm = cpi != DEFLATE_CPI && cpi < FIRST_NEGOTIATED_CPI;
    if (otherAlgorithm || cpi > 65535) {
      throw new IllegalArgumentException("CPI " + cpi + " is not 2 or in 256..65535");
    }
    if (mode != SaMode.TRANSPORT && mode != SaMode.TUNNEL) {
      throw new IllegalArgumentException("IPComp has no mode " + mode);
    }
    if (source.isV4() != destination.isV4()) {
      throw new IllegalArgumentException(
          source + " and " + destination + " are of different families");
    }
    if (threshold < 0 || maxPacket < 68 || maxPacket > MAX_PACKET) {
      throw new IllegalArgumentException(
          "threshold " + threshold + ", most octets " + maxPacket + ": out of range");
    }
  }

  /** Settings with the defaults of everything that is not agreed. */
  public static IpcompSettings of(int cpi, SaMode mode, IpAddress source, IpAddress destination) {
    return new IpcompSettings(
        cpi, mode, source, destination, DEFAULT_THRESHOLD, MAX_PACKET, OuterHeaderPolicy.DEFAULT);
  }

  /** The same with another threshold. */
  public IpcompSettings withThreshold(int octets) {
    return new IpcompSettings(cpi, mode, source, destination, octets, maxPacket, outerHeader);
  }

  /** The same with another bound on expansion. */
  public IpcompSettings withMaxPacket(int octets) {
    return new IpcompSettings(cpi, mode, source, destination, threshold, octets, outerHeader);
  }

  /** The same with another policy for outer headers. */
  public IpcompSettings withOuterHeader(OuterHeaderPolicy policy) {
    return new IpcompSettings(cpi, mode, source, destination, threshold, maxPacket, policy);
  }
}
