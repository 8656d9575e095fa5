package org.ipsec4j.node.capture;

import static org.ipsec4j.node.capture.Frame.none;

/** Plain IEEE 802.11 data frames. What is encrypted, fragmented or aggregated is not unpacked. */
final class Wlan {
  private static final int RADIOTAP_MIN = 8;
  private static final int RADIOTAP_PRESENT = 4;
  private static final int PRESENT_TSFT = 1;
  private static final int PRESENT_FLAGS = 1 << 1;
  private static final int PRESENT_MORE = 1 << 31;
  private static final int FLAG_PADDED_HEADER = 0x20;
  private static final int TYPE_DATA = 2;
  private static final int SUBTYPE_NO_DATA = 4;
  private static final int SUBTYPE_QOS = 8;
  private static final int TO_DS = 1;
  private static final int FROM_DS = 2;
  private static final int MORE_FRAGMENTS = 4;
  private static final int PROTECTED = 0x40;
  private static final int HT_CONTROL = 0x80;
  private static final int QOS_AGGREGATE = 0x80;
  private static final int HEADER = 24;
  private static final int SEQUENCE_CONTROL = 22;
  private static final int ADDRESS = 6;

  private Wlan() {}

  static IpOutcome radiotap(Frame frame) {
    if (!frame.has(0, RADIOTAP_MIN)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    int length = frame.u8(2) | (frame.u8(3) << 8);
    if (frame.u8(0) != 0 || length < RADIOTAP_MIN || !frame.has(0, length)) {
      return none(
          frame.u8(0) == 0 ? NoIpReason.TRUNCATED_LINK_HEADER : NoIpReason.UNSUPPORTED_LINK_FORM);
    }
    return data(frame, length, (radiotapFlags(frame, length) & FLAG_PADDED_HEADER) != 0);
  }

  /**
   * The flags byte stands behind the words of present bits and, 8-aligned, behind the time stamp; 0
   * when absent.
   */
  private static int radiotapFlags(Frame frame, int length) {
    int present = littleEndian(frame, RADIOTAP_PRESENT);
    int at = RADIOTAP_PRESENT + 4;
    int word = present;
    while ((word & PRESENT_MORE) != 0 && at + 4 <= length) {
      word = littleEndian(frame, at);
      at += 4;
    }
    if ((present & PRESENT_TSFT) != 0) {
      at = ((at + 7) & ~7) + 8;
    }
    return (present & PRESENT_FLAGS) != 0 && at < length ? frame.u8(at) : 0;
  }

  private static int littleEndian(Frame frame, int at) {
    return Integer.reverseBytes(frame.i32(at));
  }

  static IpOutcome data(Frame frame, int at, boolean padded) {
    if (!frame.has(at, 2)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    int control = frame.u8(at);
    int subtype = control >> 4;
    if ((control & 3) != 0
        || ((control >> 2) & 3) != TYPE_DATA
        || (subtype & SUBTYPE_NO_DATA) != 0) {
      return none(NoIpReason.NOT_IP);
    }
    int flags = frame.u8(at + 1);
    boolean qos = (subtype & SUBTYPE_QOS) != 0;
    int header = headerLength(flags, qos);
    if (!frame.has(at, header)) {
      return none(NoIpReason.TRUNCATED_LINK_HEADER);
    }
    boolean aggregate = qos && (frame.u8(at + qosAt(flags)) & QOS_AGGREGATE) != 0;
    boolean fragment = (flags & MORE_FRAGMENTS) != 0 || (frame.u8(at + SEQUENCE_CONTROL) & 15) != 0;
    if ((flags & PROTECTED) != 0 || fragment || aggregate) {
      return none(NoIpReason.UNSUPPORTED_LINK_FORM);
    }
    return LinkLayer.llc(frame, at + (padded ? (header + 3) & ~3 : header));
  }

  private static int qosAt(int flags) {
    return (flags & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS) ? HEADER + ADDRESS : HEADER;
  }

  private static int headerLength(int flags, boolean qos) {
    int length = qosAt(flags);
    if (qos) {
      length += (flags & HT_CONTROL) != 0 ? 6 : 2;
    }
    return length;
  }
}
