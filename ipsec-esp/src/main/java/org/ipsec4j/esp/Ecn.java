package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.IpHeaderView;

/** Explicit congestion notification through tunnels (RFC 6040). */
final class Ecn {
  private static final int NOT_ECT = 0;
  private static final int ECT_1 = 1;
  private static final int CE = 3;

  /** The result is that the packet must be dropped. */
  static final int DROP = -1;

  private Ecn() {}

  /**
   * The inner field after decapsulation (RFC 6040 4.2, figure 4).
   *
   * @param inner ECN field of the arriving inner header, 0 to 3
   * @param outer ECN field of the arriving outer header, 0 to 3
   * @return 0 to 3, or {@link #DROP}
   */
  static int decapsulated(int inner, int outer) {
    if (inner == NOT_ECT) {
      return outer == CE ? DROP : NOT_ECT;
    }
    if (inner == CE || outer == CE) {
      return CE;
    }
    return outer == ECT_1 ? ECT_1 : inner;
  }

  /**
   * Changes the inner header as figure 4 says.
   *
   * @return false when the packet must be dropped
   */
  static boolean decapsulate(ByteBuffer memory, IpHeaderView inner, int outerTrafficClass) {
    int ecn = decapsulated(inner.trafficClass() & 3, outerTrafficClass & 3);
    if (ecn == DROP) {
      return false;
    }
    InnerHeader.writeTrafficClass(memory, inner, (inner.trafficClass() & ~3) | ecn);
    return true;
  }
}
