package org.ipsec4j.ike.v2.window;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.ike.wire.FragmentCodec;
import org.ipsec4j.ike.wire.IkeHeader;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.OpenResult;
import org.ipsec4j.ike.wire.Payload;
import org.ipsec4j.ike.wire.Reassembler;
import org.ipsec4j.ike.wire.SealKey;
import org.ipsec4j.ike.wire.SkCodec;
import org.ipsec4j.ike.wire.SkfPayload;

/**
 * Seals and opens the messages of one IKE SA, in fragments where both sides do RFC 7383. Each
 * direction of exchange collects fragments of its own: one message at a time, of bounded size.
 */
public final class SecureChannel {
  private final SealKey sealKey;
  private final IkeCipher openKey;
  private final boolean fragmentation;
  private final int fragmentSize;
  private final Reassembler requests = new Reassembler();
  private final Reassembler responses = new Reassembler();

  /**
   * @param sealKey our sending key
   * @param openKey the peer's sending key
   * @param fragmentation whether both sides announced it
   * @param fragmentSize largest datagram with IP and UDP header
   */
  public SecureChannel(
      SealKey sealKey, IkeCipher openKey, boolean fragmentation, int fragmentSize) {
    this.sealKey = sealKey;
    this.openKey = openKey;
    this.fragmentation = fragmentation;
    this.fragmentSize = fragmentSize;
  }

  /** Whether both sides do fragmentation. */
  public boolean fragmentation() {
    return fragmentation;
  }

  /**
   * Seals one message.
   *
   * @param to where it goes; the non-ESP marker is always allowed for
   * @return its datagrams
   * @throws CryptoException when the provider fails or the message is larger than can be sent
   */
  public List<Bytes> seal(IkeHeader header, List<Payload> payloads, Endpoint to)
      throws CryptoException {
    try {
      if (!fragmentation) {
        return List.of(Bytes.copyOf(SkCodec.seal(header, payloads, sealKey)));
      }
      int room = FragmentCodec.room(fragmentSize, to.address().isV4(), true);
      return FragmentCodec.seal(header, payloads, sealKey, room).stream()
          .map(Bytes::copyOf)
          .toList();
    } catch (IllegalArgumentException e) {
      throw new CryptoException(
          CryptoException.Culprit.LOCAL_KEY, "the message is larger than IKE can carry");
    }
  }

  /**
   * Opens the next message of a window; a fragment is kept until its message is whole.
   *
   * @param datagram exactly one message
   * @param outer the same, decoded
   */
  public OpenResult open(byte[] datagram, IkeMessage outer) {
    if (isFragment(outer) && !fragmentation) {
      return new OpenResult.Dropped(OpenResult.Reason.NOT_ENCRYPTED);
    }
    Reassembler reassembler = outer.header().response() ? responses : requests;
    return reassembler.open(datagram, outer, openKey);
  }

  /**
   * Whether a repetition is authentic and asks for the stored answer: of a fragmented request only
   * the first fragment does (RFC 7383 2.6.1).
   */
  public Repetition repetition(byte[] datagram, IkeMessage outer) {
    SkfPayload fragment = outer.first(SkfPayload.class);
    if (fragment != null && (!fragmentation || fragment.number() != 1)) {
      return Repetition.IGNORED;
    }
    return switch (new Reassembler().open(datagram, outer, openKey)) {
      case OpenResult.Opened opened -> Repetition.AUTHENTIC;
      case OpenResult.Incomplete incomplete -> Repetition.AUTHENTIC;
      case OpenResult.Refused refused -> Repetition.AUTHENTIC;
      case OpenResult.Dropped dropped -> Repetition.FORGED;
    };
  }

  private static boolean isFragment(IkeMessage outer) {
    return outer.first(SkfPayload.class) != null;
  }

  /** What a repeated request is. */
  public enum Repetition {
    /** Answer again. */
    AUTHENTIC,
    /** A later fragment: nothing to do. */
    IGNORED,
    /** Not from the peer. */
    FORGED
  }

  /** Wipes the fragments of messages that are not whole. */
  public void forgetFragments() {
    requests.clear();
    responses.clear();
  }

  /** Wipes keys and fragments. */
  public void destroy() {
    sealKey.destroy();
    openKey.destroy();
    forgetFragments();
  }
}
