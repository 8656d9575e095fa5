package org.ipsec4j.node;

import java.util.List;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundBundle;
import org.ipsec4j.esp.OutboundSa;
import org.jspecify.annotations.Nullable;

/**
 * An installed Child SA: both directions and what the node must remember of it. Its keys are kept
 * in what was agreed ({@link ChildSa#inboundKeys}), as another crypto provider may have to set them
 * up, until it is destroyed. Guarded by the node's lock.
 */
final class Association {
  private final ChildSa sa;
  private final InboundSa inbound;
  private final OutboundSa outbound;
  private final OutboundBundle bundle;
  private final List<InboundSa> inbounds;
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
    this(sa, List.of(inbound), List.of(outbound), flow);
  }

  /**
   * Several layers of protection, the innermost first.
   *
   * @param sa of the innermost layer
   */
  Association(ChildSa sa, List<InboundSa> inbounds, List<OutboundSa> outbounds, Flow flow) {
    this.sa = sa;
    this.inbounds = List.copyOf(inbounds);
    this.inbound = inbounds.getFirst();
    this.outbound = outbounds.getFirst();
    this.bundle = OutboundBundle.of(outbounds);
    this.flow = flow;
    this.way = sa.encapsulation();
  }

  ChildSa sa() {
    return sa;
  }

  /** All receiving SAs, the innermost layer first. */
  List<InboundSa> inbounds() {
    return inbounds;
  }

  /** All sending SAs. */
  OutboundBundle bundle() {
    return bundle;
  }

  /**
   * Wipes the keys of all layers, those that providers have and those that are kept for setting
   * them up with another provider.
   */
  void destroy() {
    for (InboundSa each : inbounds) {
      each.destroy();
      wipe(each.child());
    }
    for (int i = 0; i < bundle.size(); i++) {
      bundle.sa(i).destroy();
      wipe(bundle.sa(i).child());
    }
  }

  private static void wipe(ChildSa child) {
    child.inboundKeys().destroy();
    child.outboundKeys().destroy();
  }

  /** Of the innermost layer. */
  InboundSa inbound() {
    return inbound;
  }

  /** Of the innermost layer. */
  OutboundSa outbound() {
    return outbound;
  }

  Flow flow() {
    return flow;
  }
}
