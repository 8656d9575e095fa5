package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;

/**
 * The shape of an SA's authentication header (RFC 4302 2): lengths of IV, ICV and padding. Computed
 * once per SA; immutable but for {@link #destroy()}.
 */
final class AhLayout {
  /** Next header to sequence number. */
  static final int FIXED_LENGTH = 12;

  /** The fixed part, the longest ICV, padded to eight octets. */
  static final int MAX_LENGTH = 48;

  private final PacketTransform transform;
  private final int ivLength;
  private final int icvLength;
  private final boolean eightOctets;
  private final byte[] salt;

  AhLayout(PacketTransform transform, byte[] salt, AhPadding padding) {
    IntegrityAlgorithm integrity = transform.integrity();
    if (salt.length != integrity.saltLength()) {
      throw new IllegalArgumentException(transform + " has no salt of " + salt.length + " octets");
    }
    this.transform = transform;
    this.ivLength = integrity.ivLength();
    this.icvLength = transform.icvLength();
    this.eightOctets = padding == AhPadding.EIGHT_OCTETS;
    this.salt = salt.clone();
  }

  int ivLength() {
    return ivLength;
  }

  int icvLength() {
    return icvLength;
  }

  boolean extendedSequenceNumbers() {
    return transform.extendedSequenceNumbers();
  }

  /** Octets from the next header to the ICV. */
  int front() {
    return FIXED_LENGTH + ivLength;
  }

  /** Octets of our headers, padding included (RFC 4302 3.3.3.2.1). */
  int headerLength(boolean v4) {
    int alignment = v4 && !eightOctets ? 4 : 8;
    return padded(alignment);
  }

  /**
   * Whether a header that arrived may have that many octets. Over IPv4 both paddings are taken: RFC
   * 4302 says four octets, Linux pads to eight unless it is told otherwise, and the padding is
   * covered by the ICV either way.
   */
  boolean isHeaderLength(int octets, boolean v4) {
    return octets == padded(8) || (v4 && octets == padded(4));
  }

  private int padded(int alignment) {
    return front() + icvLength + alignment - 1 & -alignment;
  }

  /** Octets that a packet is at most longer than what it carries, the outer header left out. */
  int maxOverhead() {
    return padded(8);
  }

  /**
   * Writes a header whose ICV and padding are zero.
   *
   * @param at where the header begins
   * @param length its octets
   * @param nextHeader what it stands in front of
   */
  void write(ByteBuffer slab, int at, int length, int nextHeader, int spi, long number) {
    slab.put(at, (byte) nextHeader);
    slab.put(at + 1, (byte) (length / 4 - 2));
    slab.putShort(at + 2, (short) 0);
    slab.putInt(at + 4, spi);
    slab.putInt(at + 8, (int) number);
    Wipe.zero(slab, at + FIXED_LENGTH, at + length);
    if (ivLength > 0) {
      // never the same twice under one key, as the number is not
      slab.putLong(at + FIXED_LENGTH, number);
    }
  }

  /**
   * Fills the nonce of a MAC that has one from the IV in the packet. The IV stays there and is
   * covered, although it is a part of the field that is otherwise zero (RFC 4543 7).
   */
  void takeNonce(CryptoOp op, ByteBuffer slab, int at) {
    op.nonceLength = 0;
    if (ivLength > 0) {
      System.arraycopy(salt, 0, op.nonce, 0, salt.length);
      slab.get(at + FIXED_LENGTH, op.nonce, salt.length, ivLength);
      op.nonceLength = salt.length + ivLength;
    }
  }

  void destroy() {
    Arrays.fill(salt, (byte) 0);
  }
}
