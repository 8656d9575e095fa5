package org.ipsec4j.esp.tfs;

import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * Judges each inner packet that came out of an AGGFRAG tunnel (RFC 4301 5.2 step 4): whether its
 * association may carry it. For an inbound SA this is its selectors and lifetimes.
 */
@FunctionalInterface
public interface InnerCheck {
  /**
   * Called once for each whole inner packet, in the order of delivery.
   *
   * @param packet lent for the call
   * @param now engine time of the delivery
   * @return {@code NONE} when it may pass, else why not
   */
  DropReason check(IpHeaderView packet, long now);
}
