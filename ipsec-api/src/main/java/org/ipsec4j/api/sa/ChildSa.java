package org.ipsec4j.api.sa;

import java.util.List;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/**
 * A Child SA as agreed: two SAs, one for each direction.
 *
 * @param id our name for it
 * @param ikeSa the IKE SA that it was agreed in, or inherited by
 * @param peer name of the PAD entry
 * @param profile the policy that it fulfils
 * @param mode tunnel or transport
 * @param transform algorithms, the same in both directions
 * @param inboundSpi chosen by us
 * @param outboundSpi chosen by the peer
 * @param inboundKeys keys that the peer seals with; the receiver of this record keeps them as long
 *     as it may have to set them up again, and destroys them
 * @param outboundKeys keys that we seal with; likewise
 * @param localSelectors our side of the traffic, agreed
 * @param remoteSelectors the peer's side, agreed
 * @param localAddress our outer address
 * @param remoteAddress the peer's outer address
 * @param encapsulation UDP encapsulation, or null for native protocol 50/51
 * @param replayWindow packets, 64 to 4096
 * @param lifetime volume limits
 * @param initiator whether we are the original initiator of this Child SA's exchange
 */
public record ChildSa(
    ChildSaId id,
    IkeSaId ikeSa,
    String peer,
    ChildProfile profile,
    SaMode mode,
    PacketTransform transform,
    int inboundSpi,
    int outboundSpi,
    SaKeys inboundKeys,
    SaKeys outboundKeys,
    List<TrafficSelector> localSelectors,
    List<TrafficSelector> remoteSelectors,
    IpAddress localAddress,
    IpAddress remoteAddress,
    @Nullable UdpEncapsulation encapsulation,
    int replayWindow,
    Lifetime lifetime,
    boolean initiator) {
  /** Copies the lists. */
  public ChildSa {
    localSelectors = List.copyOf(localSelectors);
    remoteSelectors = List.copyOf(remoteSelectors);
  }
}
