package org.ipsec4j.crypto.mb;

import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;

/**
 * Packets of one burst that are worked off together: of one group and one direction. Reused;
 * thread-confined.
 */
final class Batch {
  private final int[] members = new int[Workspace.MOST];
  private final long[] bases = new long[Workspace.MOST];
  private CryptoBurst burst = new CryptoBurst(1);
  private int from;
  private int size;

  Batch() {}

  /** Begins with another part of a burst, at {@code from}. */
  void begin(CryptoBurst source, int start) {
    burst = source;
    from = start;
    size = 0;
  }

  /** Notes where the slab of a packet lies. */
  void locate(int index, long base) {
    bases[index] = base;
  }

  /** No members. */
  void clear() {
    size = 0;
  }

  /** One more member: the packet at {@code index} of the part. */
  void add(int index) {
    members[size++] = index;
  }

  /** Members. */
  int size() {
    return size;
  }

  /** The packet of a member. */
  CryptoOp op(int member) {
    return burst.op(from + members[member]);
  }

  /** The address of the slab of a member. */
  long base(int member) {
    return bases[members[member]];
  }

  /** The key of a packet, which was found to be ours. */
  static MbPacketKey key(CryptoOp op) {
    if (op.key instanceof MbPacketKey key) {
      return key;
    }
    throw new IllegalStateException("the key was changed within a burst");
  }

  /**
   * Where the header of a combined mode lies: in the packet, or in a slot when the upper half of
   * the number stands behind the SPI (RFC 4106 5).
   *
   * @return 0 when such a header is too short or too long
   */
  static long header(CryptoOp op, long base, long slot) {
    long header = base + op.aadOffset;
    if (!op.highSequencePresent) {
      return header;
    }
    int behind = op.aadLength - Integer.BYTES;
    if (behind < 0 || op.aadLength + Integer.BYTES > Workspace.HEADER_OCTETS) {
      return 0;
    }
    long copy = slot + Workspace.HEADER;
    Raw.putInt(copy, Raw.getInt(header));
    Raw.putBigEndian(copy + 4, op.highSequence);
    if (behind == Integer.BYTES) {
      Raw.putInt(copy + 8, Raw.getInt(header + 4));
    } else {
      Raw.copy(header + 4, copy + 8, behind);
    }
    return copy;
  }

  /** Octets of that header. */
  static long headerLength(CryptoOp op) {
    return op.highSequencePresent ? op.aadLength + (long) Integer.BYTES : op.aadLength;
  }
}
