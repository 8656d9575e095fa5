package org.ipsec4j.node.capture;

/**
 * Link type numbers that {@link IpExtractor} understands, as registered at tcpdump.org. Numbers and
 * not an enum, because a file may carry any 16-bit value and the reader hands it on as it is.
 */
public final class LinkType {
  /** BSD loopback: 4-byte address family in the byte order of the capturing machine. */
  public static final int NULL = 0;

  /** Ethernet without preamble and check sequence. */
  public static final int ETHERNET = 1;

  /** PPP, with or without the FF 03 of HDLC-like framing. */
  public static final int PPP = 9;

  /** Raw IP as some systems number it (DLT_RAW of most systems). */
  public static final int RAW_DLT_12 = 12;

  /** Raw IP as OpenBSD numbers it. */
  public static final int RAW_DLT_14 = 14;

  /** PPP in HDLC-like framing, or Cisco HDLC. */
  public static final int PPP_HDLC = 50;

  /** A PPPoE session header and PPP. */
  public static final int PPP_ETHER = 51;

  /** Raw IP, version told by the first nibble. */
  public static final int RAW = 101;

  /** Cisco HDLC. */
  public static final int CISCO_HDLC = 104;

  /** IEEE 802.11 header without radio information. */
  public static final int IEEE802_11 = 105;

  /** OpenBSD loopback: 4-byte address family, big-endian. */
  public static final int LOOP = 108;

  /** Linux cooked capture, version 1. */
  public static final int LINUX_SLL = 113;

  /** Radiotap header and IEEE 802.11. */
  public static final int IEEE802_11_RADIOTAP = 127;

  /** One byte of direction and PPP. */
  public static final int PPP_WITH_DIRECTION = 204;

  /** Raw IPv4. */
  public static final int IPV4 = 228;

  /** Raw IPv6. */
  public static final int IPV6 = 229;

  /** Linux cooked capture, version 2. */
  public static final int LINUX_SLL2 = 276;

  private LinkType() {}
}
