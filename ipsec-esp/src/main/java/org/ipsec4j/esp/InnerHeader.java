package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * The few things that tunnel mode changes in the inner header (RFC 4301 5.1.2): the hop limit where
 * packets are forwarded, and the traffic class where one comes out.
 */
final class InnerHeader {
  private InnerHeader() {}

  /** Whether a packet may go on one hop more. */
  static boolean maySpendHop(IpHeaderView inner, SaOptions options) {
    return !options.forwards() || inner.hopLimit() > 1;
  }

  /**
   * What the decapsulator does (RFC 4301 5.1.2, right column of the tables).
   *
   * @param outerTrafficClass 0 to 255, or -1 when the outer header is not at hand
   * @return {@code NONE}, or why the packet goes no further; then nothing has been changed
   */
  static DropReason mend(
      ByteBuffer memory, IpHeaderView inner, SaOptions options, int outerTrafficClass) {
    if (!maySpendHop(inner, options)) {
      return DropReason.TTL_EXPIRED;
    }
    if (outerTrafficClass >= 0) {
      int before = inner.trafficClass();
      int ecn = Ecn.decapsulated(before & 3, outerTrafficClass & 3);
      if (ecn == Ecn.DROP) {
        return DropReason.ECN_CONGESTION;
      }
      int dscpFrom = options.outerHeader().dscpInward() ? outerTrafficClass : before;
      writeTrafficClass(memory, inner, (dscpFrom & 0xfc) | ecn);
    }
    if (options.forwards()) {
      spendHop(memory, inner.offset(), inner.isV4());
    }
    return DropReason.NONE;
  }

  /** Decrements a hop limit of 2 or more. */
  static void spendHop(ByteBuffer memory, int offset, boolean v4) {
    if (v4) {
      int word = memory.getShort(offset + 8) & 0xffff;
      Checksums.replaceWord(memory, offset + 8, word - 0x100, offset + 10);
    } else {
      memory.put(offset + 7, (byte) (memory.get(offset + 7) - 1));
    }
  }

  static void writeTrafficClass(ByteBuffer memory, IpHeaderView inner, int trafficClass) {
    int at = inner.offset();
    if (trafficClass == inner.trafficClass()) {
      return;
    }
    if (inner.isV4()) {
      int word = (memory.getShort(at) & 0xff00) | trafficClass;
      Checksums.replaceWord(memory, at, word, at + 10);
    } else {
      memory.putInt(at, (memory.getInt(at) & 0xf00fffff) | (trafficClass << 20));
    }
  }
}
