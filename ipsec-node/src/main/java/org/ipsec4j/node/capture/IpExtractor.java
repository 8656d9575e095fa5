package org.ipsec4j.node.capture;

/**
 * Finds the IP packet in a captured frame.
 *
 * <p>Unpacked: Ethernet with any number of VLAN tags, LLC/SNAP and PPPoE; raw IP; Linux cooked
 * captures; BSD loopback; PPP and Cisco HDLC; simple IEEE 802.11 data frames with or without
 * radiotap. Tunnels (GRE, 6in4, ESP, ...) are not opened: their outer packet is the packet.
 *
 * <p><b>Valid IP header</b> means, and nothing else is asked:
 *
 * <ul>
 *   <li>IPv4 (RFC 791 3.1): version 4; header length at least five words and within the captured
 *       bytes; total length at least the header length and within the captured bytes.
 *   <li>IPv6 (RFC 8200 3): version 6; all 40 bytes of the header captured; 40 plus the payload
 *       length within the captured bytes. A payload length of 0 is a packet of 40 bytes, unless a
 *       jumbo payload option (RFC 2675 2) follows.
 *   <li>the version is the one that the link layer announces, if it does; the packet has at most
 *       {@link #MAX_PACKET} bytes.
 * </ul>
 *
 * <p>A wrong IPv4 header checksum does not make a header invalid; it is told apart by {@link
 * IpOutcome.Packet#badHeaderChecksum()}. Bytes behind the packet (Ethernet padding, check
 * sequences) are cut off.
 *
 * <p>Never throws for any content. Stateless and thread-safe.
 */
public final class IpExtractor {
  /** The longest packet that counts as valid, in bytes. */
  public static final int MAX_PACKET = 65_000;

  private IpExtractor() {}

  /**
   * Looks into a frame.
   *
   * @param frame what {@link CaptureReader} gave
   * @return the packet as a window of {@code frame.data()}, or a reason
   */
  public static IpOutcome extract(CapturedPacket frame) {
    return extract(frame.linkType(), frame.data(), frame.originalLength());
  }

  /**
   * Looks into a frame.
   *
   * @param linkType see {@link LinkType}; any number is allowed
   * @param frame the captured bytes; neither kept nor changed
   * @param originalLength length of the frame on the wire in bytes; only chooses between {@link
   *     NoIpReason#LENGTH_BEYOND_CAPTURE} and {@link NoIpReason#LENGTH_BEYOND_FRAME}
   * @return the packet as a window of {@code frame}, or a reason
   */
  public static IpOutcome extract(int linkType, byte[] frame, int originalLength) {
    return LinkLayer.peel(linkType, new Frame(frame, frame.length < originalLength));
  }
}
