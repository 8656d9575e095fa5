package org.ipsec4j.ike.v2.exchange;

import org.ipsec4j.api.sa.SaKeys;

/**
 * A Child SA that was just agreed, with its keys on the way to the packet path.
 *
 * @param child what was agreed
 * @param inboundKeys keys that the peer seals with; handed on, or destroyed
 * @param outboundKeys keys that we seal with; likewise
 * @param initiator whether we began the exchange
 */
public record AgreedChild(Child child, SaKeys inboundKeys, SaKeys outboundKeys, boolean initiator) {
  /** Wipes the keys of a Child SA that is not used. */
  public void destroyKeys() {
    inboundKeys.destroy();
    outboundKeys.destroy();
  }
}
