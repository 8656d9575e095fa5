package org.ipsec4j.crypto.openssl.bulk;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.ffm.SlabAddresses;
import org.jspecify.annotations.Nullable;

/**
 * What a transform is made of; one object per transform, shared by all its keys. Immutable.
 *
 * @param shape which session does it
 * @param cipher {@code EVP_CIPHER *}; 0 without encryption
 * @param counter whether the last four octets of the IV are a block counter (RFC 3686 4)
 * @param nonceLength octets of {@link CryptoOp#nonce}
 * @param blockLength the text is a multiple of it; a power of two
 * @param icvLength octets of ICV
 * @param header whether it is AH, whose ICV lies in what it covers
 * @param mac the integrity algorithm; null for combined modes and GMAC
 */
record Suite(
    Shape shape,
    long cipher,
    boolean counter,
    int nonceLength,
    int blockLength,
    int icvLength,
    boolean header,
    @Nullable MacRecipe mac) {
  /** Kinds of session. */
  enum Shape {
    /** A combined mode: AES-GCM, ChaCha20-Poly1305. */
    COMBINED,
    /** AES-CCM, which must know the length of the text first. */
    CCM,
    /** AES-GMAC: additional data only. */
    GMAC,
    /** A cipher, or none, and a MAC. */
    SEPARATE
  }

  /** Most octets of header and of text: more than any IP packet has. */
  static final int MOST = 1 << 17;

  /** The SPI, behind which the upper half of the number stands for combined modes. */
  static final int SPI = 4;

  /** A session without keys. */
  Session session() {
    return switch (shape) {
      case COMBINED -> new CombinedSession(this);
      case CCM -> new CcmSession(this);
      case GMAC -> new GmacSession(this);
      case SEPARATE -> new SeparateSession(this);
    };
  }

  /** Whether the descriptor is one of such a packet and all of it lies in the slab. */
  boolean accepts(CryptoOp op, ByteBuffer slab) {
    return SlabAddresses.contains(slab, op, icvLength)
        && op.aadLength <= MOST
        && op.textLength <= MOST
        && op.nonceLength == nonceLength
        && (op.textLength & (blockLength - 1)) == 0
        && (combines() ? highFits(op) : Coverage.fits(op, this))
        && (shape != Shape.GMAC || header || highFits(op));
  }

  private boolean combines() {
    return shape == Shape.COMBINED || shape == Shape.CCM;
  }

  /** Whether the upper half of the number can be put behind the SPI. */
  private static boolean highFits(CryptoOp op) {
    return !op.highSequencePresent
        || (op.aadLength >= SPI && op.aadLength <= Scratch.AAD_ROOM - Integer.BYTES);
  }
}
