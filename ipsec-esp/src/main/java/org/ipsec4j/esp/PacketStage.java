package org.ipsec4j.esp;

import org.ipsec4j.api.packet.PacketBurst;

/**
 * A step that whole IP packets take before they are protected, or after they were opened, and that
 * is no SA: compression (RFC 3173). Belongs to one packet thread like the path that calls it.
 */
public interface PacketStage {
  /**
   * Works on some living packets of a burst, in place. Each is a whole IP packet before and after;
   * one that cannot be is dropped with a reason, which the stage counts itself. Allocates nothing
   * per packet and throws nothing for what a packet contains.
   *
   * @param burst the windows may move within their slots
   * @param mine by packet index, not shorter than the burst: what is not, is left alone
   * @param now engine time
   */
  void apply(PacketBurst burst, boolean[] mine, long now);
}
