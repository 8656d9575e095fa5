package org.ipsec4j.ike.v2.exchange;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSaId;

/**
 * A Child SA as exchanges see it: what was agreed, without keys.
 *
 * @param id its name
 * @param profile the policy that it fulfils
 * @param mode tunnel or transport
 * @param transform algorithms
 * @param inboundSpi chosen by us
 * @param outboundSpi chosen by the peer
 * @param localSelectors our side
 * @param remoteSelectors the peer's side
 */
public record Child(
    ChildSaId id,
    ChildProfile profile,
    SaMode mode,
    PacketTransform transform,
    int inboundSpi,
    int outboundSpi,
    List<TrafficSelector> localSelectors,
    List<TrafficSelector> remoteSelectors) {
  /** Copies the lists. */
  public Child {
    localSelectors = List.copyOf(localSelectors);
    remoteSelectors = List.copyOf(remoteSelectors);
  }

  /** Protocol identifier, AH or ESP. */
  public int protocolId() {
    return transform.protocol().protocolId();
  }

  /** The inbound SPI as payloads carry it. */
  public Bytes inboundSpiOctets() {
    return octets(inboundSpi);
  }

  /** An SPI as payloads carry it. */
  public static Bytes octets(int spi) {
    return Bytes.copyOf(ByteBuffer.allocate(4).putInt(spi).array());
  }

  /** An SPI of 4 octets as a number; 0 for any other length, which no Child SA has. */
  public static int spi(Bytes octets) {
    return octets.length() == 4 ? ByteBuffer.wrap(octets.toArray()).getInt() : 0;
  }
}
