package org.ipsec4j.node.capture;

import static org.ipsec4j.node.capture.Frame.none;

/** The definition of "valid IP header" as code; the words are in {@link IpExtractor}. */
final class IpHeader {
  private static final int IPV4_MIN = 20;
  private static final int IPV6_LENGTH = 40;
  private static final int IPV6_NEXT_HEADER = 6;
  private static final int HOP_BY_HOP = 0;
  private static final int OPTION_PAD1 = 0;
  private static final int OPTION_JUMBO = 0xc2;

  private IpHeader() {}

  /** A packet of either version; the first nibble decides. */
  static IpOutcome any(Frame frame, int at) {
    if (!frame.has(at, 1)) {
      return none(NoIpReason.TRUNCATED_IP_HEADER);
    }
    return switch (frame.u8(at) >> 4) {
      case 4 -> v4(frame, at);
      case 6 -> v6(frame, at);
      default -> none(NoIpReason.BAD_VERSION);
    };
  }

  static IpOutcome v4(Frame frame, int at) {
    if (!frame.has(at, 1)) {
      return none(NoIpReason.TRUNCATED_IP_HEADER);
    }
    if (frame.u8(at) >> 4 != 4) {
      return none(NoIpReason.BAD_VERSION);
    }
    if (!frame.has(at, IPV4_MIN)) {
      return none(NoIpReason.TRUNCATED_IP_HEADER);
    }
    int header = (frame.u8(at) & 15) * 4;
    if (header < IPV4_MIN) {
      return none(NoIpReason.BAD_IHL);
    }
    if (!frame.has(at, header)) {
      return none(NoIpReason.TRUNCATED_IP_HEADER);
    }
    int total = frame.u16(at + 2);
    if (total == 0) {
      return none(NoIpReason.LENGTH_ZERO);
    }
    if (total < header) {
      return none(NoIpReason.TOTAL_LENGTH_TOO_SMALL);
    }
    return window(frame, at, total, 4, !checksumRight(frame, at, header));
  }

  static IpOutcome v6(Frame frame, int at) {
    if (!frame.has(at, 1)) {
      return none(NoIpReason.TRUNCATED_IP_HEADER);
    }
    if (frame.u8(at) >> 4 != 6) {
      return none(NoIpReason.BAD_VERSION);
    }
    if (!frame.has(at, IPV6_LENGTH)) {
      return none(NoIpReason.TRUNCATED_IP_HEADER);
    }
    int payload = frame.u16(at + 4);
    if (payload == 0
        && frame.u8(at + IPV6_NEXT_HEADER) == HOP_BY_HOP
        && hasJumboOption(frame, at + IPV6_LENGTH)) {
      return none(NoIpReason.JUMBOGRAM);
    }
    return window(frame, at, IPV6_LENGTH + payload, 6, false);
  }

  private static IpOutcome window(
      Frame frame, int at, int length, int version, boolean badChecksum) {
    if (!frame.has(at, length)) {
      return none(frame.cut() ? NoIpReason.LENGTH_BEYOND_CAPTURE : NoIpReason.LENGTH_BEYOND_FRAME);
    }
    if (length > IpExtractor.MAX_PACKET) {
      return none(NoIpReason.TOO_LONG);
    }
    return new IpOutcome.Packet(frame.bytes().slice(at, length), version, badChecksum);
  }

  /** RFC 1071: the ones' complement sum over the header with its checksum is all ones. */
  private static boolean checksumRight(Frame frame, int at, int header) {
    int sum = 0;
    for (int i = 0; i < header; i += 2) {
      sum += frame.u16(at + i);
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    return sum == 0xffff;
  }

  /** {@code at}: the hop-by-hop header; its options are walked as far as they were captured. */
  private static boolean hasJumboOption(Frame frame, int at) {
    if (!frame.has(at, 8)) {
      return false;
    }
    int end = Math.min(frame.length(), at + (frame.u8(at + 1) + 1) * 8);
    int option = at + 2;
    while (option + 1 < end) {
      int type = frame.u8(option);
      if (type == OPTION_JUMBO) {
        return true;
      }
      option += type == OPTION_PAD1 ? 1 : 2 + frame.u8(option + 1);
    }
    return false;
  }
}
