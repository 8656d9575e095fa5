package org.ipsec4j.esp.frag;

import org.ipsec4j.api.packet.DropReason;
import org.jspecify.annotations.Nullable;

/** A packet of which some fragments have come. Made once, used again and again. */
final class PartialPacket {
  // what tells it from others (RFC 791 3.2, RFC 8200 4.5)
  boolean v4;
  long sourceHigh;
  long sourceLow;
  long destinationHigh;
  long destinationLow;
  int identification;

  /** IPv4 only; 0 for IPv6, where fragments may name different ones. */
  int protocol;

  /** When its first fragment came. */
  long since;

  /** {@code NONE} while it is collected; else why each further fragment is dropped. */
  DropReason doom = DropReason.NONE;

  /** Fragments held. */
  int fragments;

  /** Blocks held, the header among them. */
  int blocks;

  /** Octets of the fragmentable part that are held. */
  int octets;

  /** Octets of the fragmentable part, or -1 while the last fragment is missing. */
  int end;

  /** Bit n: a fragment with ECN field n is held. */
  int ecnSeen;

  /** The headers of the first fragment, a piece; {@link Blocks#NONE} while it is missing. */
  int header;

  /** IPv6: the octet of the header that named the Fragment header. */
  int nextField;

  /** IPv6: what the first Fragment header named. */
  int nextHeader;

  /** Pieces in ascending order. */
  int firstPiece;

  int lastPiece;

  /** Next in the chain of its bucket, or of free ones. */
  @Nullable PartialPacket nextInBucket;

  /** By age. */
  @Nullable PartialPacket older;

  @Nullable PartialPacket younger;

  void begin(FragmentView view, long now) {
    v4 = view.ip.isV4();
    sourceHigh = view.ip.sourceHigh();
    sourceLow = view.ip.sourceLow();
    destinationHigh = view.ip.destinationHigh();
    destinationLow = view.ip.destinationLow();
    identification = view.identification;
    protocol = v4 ? view.protocol : 0;
    since = now;
    doom = DropReason.NONE;
    fragments = 0;
    blocks = 0;
    octets = 0;
    end = -1;
    ecnSeen = 0;
    header = Blocks.NONE;
    firstPiece = Blocks.NONE;
    lastPiece = Blocks.NONE;
  }

  boolean isOf(FragmentView view) {
    return identification == view.identification
        && isFromSource(view)
        && sourceLow == view.ip.sourceLow()
        && destinationHigh == view.ip.destinationHigh()
        && destinationLow == view.ip.destinationLow()
        && (!v4 || protocol == view.protocol);
  }

  /** Whether it shares in what one source may hold. */
  boolean isFromSource(FragmentView view) {
    return v4 == view.ip.isV4()
        && sourceHigh == view.ip.sourceHigh()
        && (!v4 || sourceLow == view.ip.sourceLow());
  }

  boolean isComplete() {
    return octets == end && header != Blocks.NONE;
  }
}
