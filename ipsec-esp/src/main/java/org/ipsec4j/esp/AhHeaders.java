package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * What stands in front of AH in one packet, kept while it lies there as the ICV sees it. Scratch of
 * one packet, reused.
 */
final class AhHeaders {
  private static final int FRAGMENT = 44;

  private final byte[] kept = new byte[MutableFields.MAX_HEADER];
  private int start;
  private int ahOffset;
  private int length;

  /**
   * Makes the headers in front of AH as the ICV sees them. {@link #restore} undoes it.
   *
   * @param ipOffset where the IP header begins
   * @param ahAt where AH begins, at most {@link MutableFields#MAX_HEADER} octets behind
   * @param sending whether the packet has its way still before it
   * @return whether the headers could be understood; if not, nothing has changed
   */
  boolean settle(ByteBuffer slab, int ipOffset, int ahAt, boolean sending) {
    start = ipOffset;
    ahOffset = ahAt;
    length = ahOffset - start;
    slab.get(start, kept, 0, length);
    if (!MutableFields.settle(slab, start, ahOffset, sending)) {
      restore(slab);
      return false;
    }
    return true;
  }

  /**
   * Fills the descriptor for the settled packet: everything is header, the ICV lies inside of it
   * and counts as zero, and what is not in the packet comes behind it (RFC 4302 3.3.3.2.2).
   *
   * @param end where the packet ends
   */
  void describe(CryptoOp op, ByteBuffer slab, AhLayout layout, int end, long number) {
    layout.takeNonce(op, slab, ahOffset);
    op.slab = slab;
    op.aadOffset = start;
    op.aadLength = end - start;
    op.textOffset = end;
    op.textLength = 0;
    op.icvOffset = ahOffset + layout.front();
    op.highSequencePresent = layout.extendedSequenceNumbers();
    op.highSequence = (int) (number >>> 32);
  }

  /** Puts everything back as it was. */
  void restore(ByteBuffer slab) {
    slab.put(start, kept, 0, length);
  }

  /**
   * Takes the fragment header out of a packet that arrived whole: AH was computed without it (RFC
   * 4302 A2). The headers in front of it move towards the packet's end.
   *
   * @param view over the packet; no longer right when something was taken out
   * @return whether something was
   */
  static boolean removeFragmentHeader(ByteBuffer slab, IpHeaderView view) {
    int from = view.offset();
    int nextField = from + 6;
    int at = from + OuterHeader.V6_LENGTH;
    // the view has walked the same chain and found it sound
    while (!view.isV4() && at < view.payloadOffset()) {
      int next = slab.get(nextField) & 0xff;
      if (next == FRAGMENT) {
        slab.put(nextField, slab.get(at));
        slab.putShort(from + 4, (short) (slab.getShort(from + 4) - 8));
        for (int octet = at - 1; octet >= from; octet--) {
          slab.put(octet + 8, slab.get(octet));
        }
        return true;
      }
      nextField = at;
      at += ((slab.get(at + 1) & 0xff) + 1) * 8;
    }
    return false;
  }
}
