package org.ipsec4j.ike.v2.task;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.keys.NatDetection;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;

/** NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP (RFC 7296 2.23). */
public final class NatTraversal {
  private NatTraversal() {}

  /**
   * What both sides know about NATs between them.
   *
   * @param supported whether the peer sent the payloads
   * @param local whether a NAT stands in front of us
   * @param remote whether one stands, or is said to stand, in front of the peer
   * @param feigned whether we said that a NAT stands in front of us to have ESP in UDP
   */
  public record Finding(boolean supported, boolean local, boolean remote, boolean feigned) {
    /** Nothing was said. */
    public static final Finding NONE = new Finding(false, false, false, false);

    /** Whether ESP goes in UDP, and IKE leaves port 500. */
    public boolean encapsulate() {
      return supported && (local || remote || feigned);
    }
  }

  /**
   * The two payloads of a message of ours.
   *
   * @param id SPIs as in the message's header
   * @param feign whether the source is made not to match, so that the peer takes us for natted
   */
  public static List<NotifyPayload> payloads(
      CryptoProvider crypto,
      RandomSource random,
      IkeSaId id,
      Endpoint source,
      Endpoint destination,
      boolean feign) {
    Bytes sourceHash;
    if (feign) {
      byte[] noise = new byte[NatDetection.LENGTH];
      random.nextBytes(noise);
      sourceHash = Bytes.copyOf(noise);
    } else {
      sourceHash = NatDetection.hash(crypto, id, source);
    }
    return List.of(
        NotifyPayload.of(NotifyType.NAT_DETECTION_SOURCE_IP, sourceHash),
        NotifyPayload.of(
            NotifyType.NAT_DETECTION_DESTINATION_IP, NatDetection.hash(crypto, id, destination)));
  }

  /**
   * Reads the peer's payloads.
   *
   * @param message the peer's IKE_SA_INIT
   * @param from where it came from
   * @param to where it arrived
   * @param feigned whether our own message feigns
   */
  public static Finding find(
      CryptoProvider crypto, IkeMessage message, Endpoint from, Endpoint to, boolean feigned) {
    List<Bytes> sources = data(message, NotifyType.NAT_DETECTION_SOURCE_IP);
    List<Bytes> destinations = data(message, NotifyType.NAT_DETECTION_DESTINATION_IP);
    if (sources.isEmpty() || destinations.isEmpty()) {
      return Finding.NONE;
    }
    IkeSaId id = new IkeSaId(message.header().initiatorSpi(), message.header().responderSpi());
    boolean remote = NatDetection.changed(crypto, id, from, sources);
    boolean local = NatDetection.changed(crypto, id, to, destinations);
    return new Finding(true, local, remote, feigned);
  }

  private static List<Bytes> data(IkeMessage message, NotifyType type) {
    return message.all(NotifyPayload.class).stream()
        .filter(notify -> notify.is(type))
        .map(NotifyPayload::data)
        .toList();
  }
}
