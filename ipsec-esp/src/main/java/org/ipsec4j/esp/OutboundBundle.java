package org.ipsec4j.esp;

import java.util.List;
import org.ipsec4j.esp.frag.PathMtuPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The SAs that protect a packet, one around the other, as {@link IpsecOutbound} applies them. A
 * single SA is a bundle of one. Immutable: a rekeyed SA makes another bundle.
 */
public final class OutboundBundle {
  private final OutboundSa[] sas;
  private final @Nullable PacketStage stage;

  private OutboundBundle(OutboundSa[] sas, @Nullable PacketStage stage) {
    if (sas.length < 1 || sas.length > SaBundle.MAX_LAYERS) {
      throw new IllegalArgumentException(sas.length + " SAs are not in 1.." + SaBundle.MAX_LAYERS);
    }
    this.sas = sas;
    this.stage = stage;
  }

  /** One SA alone. */
  public static OutboundBundle of(OutboundSa sa) {
    return of(List.of(sa));
  }

  /**
   * Several SAs.
   *
   * @param innermostFirst the first is applied to the packet as it is, the last is what the network
   *     sees
   * @throws IllegalArgumentException when there is none, more than {@link SaBundle#MAX_LAYERS}, or
   *     one twice
   */
  public static OutboundBundle of(List<OutboundSa> innermostFirst) {
    if (innermostFirst.stream().distinct().count() != innermostFirst.size()) {
      throw new IllegalArgumentException("the same SA twice around one packet");
    }
    return new OutboundBundle(innermostFirst.toArray(new OutboundSa[0]), null);
  }

  /**
   * The same with a step before the innermost SA, such as compression.
   *
   * @param first belongs to the packet thread that this bundle is used by
   */
  public OutboundBundle withStage(PacketStage first) {
    return new OutboundBundle(sas, first);
  }

  /** How many SAs. */
  public int size() {
    return sas.length;
  }

  /** The SA of a layer, 0 for the innermost. */
  public OutboundSa sa(int layer) {
    return sas[layer];
  }

  /**
   * Whether AH covers the IP header that the network sees, so that it must arrive as it is: in
   * {@link PacketForm#PAYLOAD} it would not.
   */
  boolean coversHeader() {
    for (int layer = sas.length - 1; layer >= 0; layer--) {
      if (!sas[layer].isEsp()) {
        return true;
      }
      if (sas[layer].isTunnel()) {
        return false;
      }
    }
    return false;
  }

  @Nullable PacketStage stage() {
    return stage;
  }

  /**
   * Octets that a protected packet is at most longer than the inner one: what a buffer needs as
   * headroom and tailroom together.
   */
  public int maxOverhead() {
    int sum = 0;
    for (OutboundSa sa : sas) {
      sum += sa.maxOverhead();
    }
    return sum;
  }

  /**
   * The longest inner packet without options or extension headers that fits the path of every layer
   * as it is now known.
   *
   * @param innerV4 whether the inner packet is IPv4
   * @param now engine time
   * @return octets; 0 when none fits
   */
  public int innerMtu(boolean innerV4, long now) {
    int mtu = PathMtuPolicy.NO_LIMIT;
    for (int layer = sas.length - 1; layer >= 0; layer--) {
      // what an inner SA sends has the version of its own way
      boolean carriedV4 = layer == 0 ? innerV4 : sas[layer - 1].path().isV4();
      int within = Math.min(mtu, sas[layer].mtu(now));
      mtu = sas[layer].innerMtuWithin(carriedV4, within);
    }
    return mtu;
  }

  /** Whether the path of any layer has a limit. */
  boolean hasPathLimit(long now) {
    for (OutboundSa sa : sas) {
      if (sa.mtu(now) < PathMtuPolicy.NO_LIMIT) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the outermost packet must not be fragmented (RFC 4301 8.1).
   *
   * @param asked whether the inner one asks for it
   */
  boolean forbidsFragments(boolean asked) {
    boolean forbidden = asked;
    for (int layer = 0; layer < sas.length; layer++) {
      OutboundSa sa = sas[layer];
      if (sa.isTunnel()) {
        forbidden = sa.options().outerHeader().setsDontFragment(forbidden);
        // to the layers around it an IPv6 packet asks for it
        forbidden |= !sa.path().isV4() && layer < sas.length - 1;
      }
    }
    return forbidden;
  }

  /** Whether nothing passes any more: one of the SAs has expired. */
  public boolean isExpired() {
    for (OutboundSa sa : sas) {
      if (sa.isExpired()) {
        return true;
      }
    }
    return false;
  }
}
