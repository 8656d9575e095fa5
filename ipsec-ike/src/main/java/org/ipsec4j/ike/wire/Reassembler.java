package org.ipsec4j.ike.wire;

import java.util.Arrays;
import org.ipsec4j.api.crypto.IkeCipher;

/**
 * Puts one fragmented message together (RFC 7383 2.6). Each window (initiating, responding) has one
 * of its own and hands it only messages of the Message ID that it awaits; a new Message ID begins
 * anew. Only authentic fragments are stored. Used by one thread; holds at most {@link
 * FragmentCodec#MAX_FRAGMENTS} fragments and {@link MessageDecoder#MAX_MESSAGE} octets.
 */
public final class Reassembler {
  private byte[][] parts = new byte[0][];
  private long messageId = -1;
  private int received;
  private int octets;
  private int innerType;

  /** Empty. */
  public Reassembler() {}

  /**
   * Opens a protected message: one with an SK payload at once, one with an SKF payload when it is
   * the last that was missing.
   *
   * @param datagram exactly one message; not changed
   * @param outer what {@link MessageDecoder} made of it
   * @param cipher the peer's sending key
   */
  public OpenResult open(byte[] datagram, IkeMessage outer, IkeCipher cipher) {
    return Envelope.last(outer) instanceof SkfPayload skf
        ? fragment(datagram, outer, skf, cipher)
        : SkCodec.open(datagram, outer, cipher);
  }

  private OpenResult fragment(byte[] datagram, IkeMessage outer, SkfPayload skf, IkeCipher cipher) {
    boolean same = outer.header().messageId() == messageId;
    if (!Envelope.onlyUnknownInFront(outer)) {
      return dropped(OpenResult.Reason.PAYLOAD_OUTSIDE);
    }
    if (skf.total() > FragmentCodec.MAX_FRAGMENTS) {
      return dropped(OpenResult.Reason.TOO_MANY_FRAGMENTS);
    }
    if (same && skf.total() < parts.length) {
      return dropped(OpenResult.Reason.STALE_FRAGMENT);
    }
    if (same && skf.total() == parts.length && parts[skf.number() - 1] != null) {
      return dropped(OpenResult.Reason.DUPLICATE_FRAGMENT);
    }
    return switch (Envelope.open(datagram, skf.offset(), cipher)) {
      case Envelope.Text text -> store(outer.header(), skf, text.octets());
      case Envelope.Sealed sealed -> dropped(sealed.reason());
    };
  }

  private OpenResult store(IkeHeader header, SkfPayload skf, byte[] text) {
    // A larger total is a retransmission in smaller parts: what came before is void (2.6).
    if (header.messageId() != messageId || skf.total() != parts.length) {
      clear();
      messageId = header.messageId();
      parts = new byte[skf.total()][];
    }
    if (octets + text.length > MessageDecoder.MAX_MESSAGE) {
      clear();
      return dropped(OpenResult.Reason.REASSEMBLY_TOO_LARGE);
    }
    parts[skf.number() - 1] = text;
    received++;
    octets += text.length;
    if (skf.number() == 1) {
      innerType = skf.innerType();
    }
    return received < parts.length
        ? new OpenResult.Incomplete(received, parts.length)
        : complete(header);
  }

  private OpenResult complete(IkeHeader header) {
    byte[] whole = new byte[octets];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    int type = innerType;
    clear();
    OpenResult result = SkCodec.inner(header, whole, 0, whole.length, type);
    Arrays.fill(whole, (byte) 0);
    return result;
  }

  /** Whether fragments of an incomplete message are held. */
  public boolean isPartial() {
    return received > 0;
  }

  /** Octets held. */
  public int octets() {
    return octets;
  }

  /** Forgets and wipes everything. */
  public void clear() {
    for (byte[] part : parts) {
      if (part != null) {
        Arrays.fill(part, (byte) 0);
      }
    }
    parts = new byte[0][];
    messageId = -1;
    received = 0;
    octets = 0;
    innerType = 0;
  }

  private static OpenResult dropped(OpenResult.Reason reason) {
    return new OpenResult.Dropped(reason);
  }
}
