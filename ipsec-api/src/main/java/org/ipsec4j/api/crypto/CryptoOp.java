package org.ipsec4j.api.crypto;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One packet's work, a reusable descriptor: the engine fills it, the provider completes it, nobody
 * allocates. All offsets are absolute in {@link #slab}, whose position and limit are ignored and
 * left alone.
 *
 * <p>Layout in the slab: {@code aadLength} octets of header at {@code aadOffset}; the text at
 * {@code textOffset}, worked in place; the ICV at {@code icvOffset}. With encryption and a separate
 * integrity algorithm the ICV covers everything from {@code aadOffset} to the end of the text (RFC
 * 4303 2.8): header, IV, text. With a combined mode the additional data are the header alone (RFC
 * 4106 5), but for AES-GMAC, where they are header, IV and text, and the text stays clear (RFC 4543
 * 3.3). When {@code highSequencePresent} is set the upper half of the sequence number takes part
 * although it is not in the packet: between SPI and lower half for combined modes, behind the text
 * otherwise (RFC 4303 2.2.1).
 *
 * <p>AH: there is no text. {@code aadOffset} and {@code aadLength} are the whole packet, from the
 * IP header to its end, in which the engine has set what is mutable to zero or to what it will be;
 * the upper half of the sequence number takes part behind it (RFC 4302 2.5.1). The ICV lies inside;
 * the provider counts it as zero, whatever stands there, and writes nothing but it. With AES-GMAC
 * the field of the ICV holds IV and ICV (RFC 4543 4): {@code icvOffset} is that of the 16 octets
 * behind the IV, {@link #nonce} is salt and IV, and the octets of the IV are covered as they are
 * (RFC 4543 7), so the engine writes them before it seals and does not zero them.
 */
public final class CryptoOp {
  /** Outcome. */
  public enum Status {
    /** Not yet worked on. */
    PENDING,
    /** Sealed, or opened with a right ICV. */
    OK,
    /** The ICV is wrong; the text is undefined and must be wiped and never read. */
    ICV_MISMATCH,
    /** The provider failed; the text is undefined. */
    FAILED
  }

  /** Largest nonce or IV in octets. */
  public static final int MAX_NONCE = 16;

  /** An empty descriptor; made once by {@link CryptoBurst}. */
  public CryptoOp() {}

  /** Keys; set by the engine. */
  public @Nullable PacketKey key;

  /** The memory that the packet lies in. */
  public @Nullable ByteBuffer slab;

  /** True to seal, false to open. */
  public boolean seal;

  /** Where the authenticated header begins. */
  public int aadOffset;

  /** Octets of header: 8 for ESP; for AH the whole packet is authenticated. */
  public int aadLength;

  /** Where the text begins. */
  public int textOffset;

  /** Octets of text; a multiple of the block length. */
  public int textLength;

  /** Where the ICV is written or found. */
  public int icvOffset;

  /** Whether {@link #highSequence} takes part in the ICV. */
  public boolean highSequencePresent;

  /** Upper 32 bits of an extended sequence number. */
  public int highSequence;

  /**
   * Nonce of a combined mode or of GMAC (salt and IV), the same of a counter mode without its
   * counter, or IV of a CBC mode.
   */
  public final byte[] nonce = new byte[MAX_NONCE];

  /**
   * Octets of {@link #nonce} in use: 12 for GCM, GMAC, ChaCha20-Poly1305 and CTR, 11 for CCM, the
   * block length for a CBC mode, 0 without encryption. Any other length fails the packet.
   */
  public int nonceLength;

  /** Outcome, set by the provider. */
  public Status status = Status.PENDING;

  /** The engine's own index of the packet; providers leave it alone. */
  public int tag;
}
