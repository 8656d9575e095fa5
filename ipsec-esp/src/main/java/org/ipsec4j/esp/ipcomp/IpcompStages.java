package org.ipsec4j.esp.ipcomp;

import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.PacketStage;
import org.jspecify.annotations.Nullable;

/** Compression as a step of bundles: before the innermost SA, or after it. Stateless. */
public final class IpcompStages {
  private IpcompStages() {}

  /**
   * Compresses what leaves, for {@link org.ipsec4j.esp.OutboundBundle#withStage}.
   *
   * @param compressor of the packet thread; whoever made it closes it
   * @param association by which every packet of the bundle is compressed
   * @param capacity most packets of a burst
   */
  public static PacketStage compressing(
      IpcompOutbound compressor, IpcompAssociation association, int capacity) {
    @Nullable IpcompAssociation[] perPacket = new IpcompAssociation[capacity];
    return (burst, mine, now) -> compress(compressor, association, perPacket, burst, mine);
  }

  private static void compress(
      IpcompOutbound compressor,
      IpcompAssociation association,
      @Nullable IpcompAssociation[] perPacket,
      PacketBurst burst,
      boolean[] mine) {
    for (int i = 0; i < burst.size(); i++) {
      perPacket[i] = mine[i] ? association : null;
    }
    compressor.compress(burst, perPacket);
  }

  /**
   * Expands what came, for {@link org.ipsec4j.esp.IpsecInbound#withDecompressor}.
   *
   * @param expander of the packet thread; whoever made it closes it
   */
  public static PacketStage expanding(IpcompInbound expander) {
    return (burst, mine, now) -> expander.expand(burst, mine);
  }
}
