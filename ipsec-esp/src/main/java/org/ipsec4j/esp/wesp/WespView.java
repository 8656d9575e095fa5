package org.ipsec4j.esp.wesp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.DropReason;

/**
 * Reads a WESP header and checks that it agrees with the ESP packet behind it (RFC 5840 2). A
 * flyweight: made once, laid over packet after packet. Allocates nothing, throws nothing for what a
 * packet contains, reads no octet outside the window. Thread-confined. After a failed parse the
 * accessors mean nothing.
 */
public final class WespView {
  /** The IP protocol number of WESP. */
  public static final int PROTOCOL = 141;

  /** What a WESP packet lies in, which decides about its padding. */
  public enum Carrier {
    /** IP protocol 141 over IPv4. */
    IPV4,
    /** IP protocol 141 over IPv6. */
    IPV6,
    /** UDP over IPv4 (RFC 5840 2.1). */
    UDP_OVER_IPV4,
    /** UDP over IPv6. */
    UDP_OVER_IPV6
  }

  private static final int HEADER_LENGTH = 4;
  private static final int PADDING_LENGTH = 4;
  private static final int ESP_HEADER_LENGTH = 8;

  /** Pad length and next header. */
  private static final int ESP_TRAILER_LENGTH = 2;

  private static final int VERSION = 0xc0;
  private static final int ENCRYPTED = 0x20;
  private static final int PADDED = 0x10;

  private ByteBuffer memory = ByteBuffer.allocate(0);
  private int offset;
  private int length;
  private int front;
  private int headerLength;
  private int trailerLength;
  private boolean encrypted;

  /** Lies over no packet until {@link #parse} succeeds. */
  public WespView() {}

  /**
   * Lays the view over a packet.
   *
   * @param slab big-endian; kept until the next call
   * @param start where the WESP header begins; in UDP behind the protocol identifier 2
   * @param octets from there to the end of the ICV
   * @param carrier what it lies in
   * @return {@code NONE}, or {@code MALFORMED_WESP}
   */
  public DropReason parse(ByteBuffer slab, int start, int octets, Carrier carrier) {
    if (octets < HEADER_LENGTH) {
      return DropReason.MALFORMED_WESP;
    }
    memory = slab;
    offset = start;
    length = octets;
    headerLength = slab.get(start + 1) & 0xff;
    trailerLength = slab.get(start + 2) & 0xff;
    int flags = slab.get(start + 3) & 0xff;
    boolean padded = (flags & PADDED) != 0;
    encrypted = (flags & ENCRYPTED) != 0;
    front = HEADER_LENGTH + (padded ? PADDING_LENGTH : 0);
    // the reserved bits are ignored
    boolean good =
        (flags & VERSION) == 0
            && mayBePadded(carrier, padded)
            && octets >= front + ESP_HEADER_LENGTH
            && (encrypted ? saysNothing() : isConsistent(carrier));
    return good ? DropReason.NONE : DropReason.MALFORMED_WESP;
  }

  /** Never over IPv4; always over IPv6, but in UDP, where it is not needed (RFC 5840 2). */
  private static boolean mayBePadded(Carrier carrier, boolean padded) {
    return switch (carrier) {
      case IPV4, UDP_OVER_IPV4 -> !padded;
      case IPV6 -> padded;
      case UDP_OVER_IPV6 -> true;
    };
  }

  /** With encryption the other fields are zero. */
  private boolean saysNothing() {
    return nextHeader() == 0 && headerLength == 0 && trailerLength == 0;
  }

  /** Without, they lead to a payload within the packet and to the trailer that says the same. */
  private boolean isConsistent(Carrier carrier) {
    int step = carrier == Carrier.IPV6 ? 8 : 4;
    int least = front + ESP_HEADER_LENGTH;
    int trailer = length - trailerLength - ESP_TRAILER_LENGTH;
    if (headerLength < least || headerLength % step != 0 || trailer < headerLength) {
      return false;
    }
    int padLength = memory.get(offset + trailer) & 0xff;
    int trailerNext = memory.get(offset + trailer + 1) & 0xff;
    return padLength <= trailer - headerLength && trailerNext == nextHeader();
  }

  /**
   * Whether the header says what the SA says, as a receiver with keys must make sure (RFC 5840 2).
   *
   * @param transform of the SA
   */
  public boolean fits(PacketTransform transform) {
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    boolean clear =
        cipher == EncryptionAlgorithm.NULL || cipher == EncryptionAlgorithm.NULL_AES_GMAC;
    if (encrypted || !clear) {
      return encrypted != clear;
    }
    return ivLength() == cipher.ivLength() && trailerLength == transform.icvLength();
  }

  /**
   * Whether the payload is encrypted; then only {@link #espOffset} and what follows it mean more.
   */
  public boolean isEncrypted() {
    return encrypted;
  }

  /** What the payload is: an IP protocol number; 0 when encrypted. */
  public int nextHeader() {
    return memory.get(offset) & 0xff;
  }

  /** Octets of IV in front of the payload. */
  public int ivLength() {
    return headerLength - front - ESP_HEADER_LENGTH;
  }

  /** Octets of ICV at the end. */
  public int icvLength() {
    return trailerLength;
  }

  /** Where the clear payload begins. */
  public int payloadOffset() {
    return offset + headerLength;
  }

  /** Octets of clear payload, without the padding of ESP; TFC padding is in it. */
  public int payloadLength() {
    int trailer = length - trailerLength - ESP_TRAILER_LENGTH;
    return trailer - headerLength - (memory.get(offset + trailer) & 0xff);
  }

  /** Where the ESP packet begins. */
  public int espOffset() {
    return offset + front;
  }

  /** Octets of ESP, from SPI to ICV. */
  public int espLength() {
    return length - front;
  }

  /** The SPI. */
  public int spi() {
    return memory.getInt(espOffset());
  }
}
