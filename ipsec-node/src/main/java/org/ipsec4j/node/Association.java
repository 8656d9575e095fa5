package org.ipsec4j.node;

import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.jspecify.annotations.Nullable;

/**
 * An installed Child SA: both directions and what the node must remember of it. Guarded by the
 * node's lock.
 */
final class Association {
  private final ChildSa sa;
  private final InboundSa inbound;
  private final OutboundSa outbound;
  private final Flow flow;

  /** When the inbound side is forgotten; {@code Long.MAX_VALUE} while the SA lives. */
  long lingersUntil = Long.MAX_VALUE;

  /** Until when a first SA waits for evidence that the peer has it; or {@code Long.MAX_VALUE}. */
  long heldUntil = Long.MAX_VALUE;

  /** The SA that this one replaces and that is sent on until evidence comes; or null. */
  @Nullable Association sendOnUntilEvidence;

  /** When the IKE engine last heard that packets come in. */
  long reportedAt = Long.MIN_VALUE;

  /** Where its packets go; null for native ESP. */
  @Nullable UdpEncapsulation way;

  Association(ChildSa sa, InboundSa inbound, OutboundSa outbound, Flow flow) {
    this.sa = sa;
    this.inbound = inbound;
    this.outbound = outbound;
    this.flow = flow;
    this.way = sa.encapsulation();
  }

  ChildSa sa() {
    return sa;
  }

  InboundSa inbound() {
    return inbound;
  }

  OutboundSa outbound() {
    return outbound;
  }

  Flow flow() {
    return flow;
  }
}
