package org.ipsec4j.node.capture;

import static java.util.Objects.requireNonNull;

/**
 * Why reading a capture ended before its regular end. A value, never thrown: the packets before the
 * damage are good.
 *
 * @param kind what is wrong
 * @param offset byte offset of the damaged structure in the file, counted after decompression when
 *     the file is gzip
 * @param detail what was expected there and what was found, one sentence without a full stop
 */
public record CaptureProblem(Kind kind, long offset, String detail) {
  /** The named kinds of damage. */
  public enum Kind {
    /** The first bytes belong to no known capture format. */
    NOT_A_CAPTURE,
    /** The format is known, its version is not. */
    UNSUPPORTED_VERSION,
    /** The file ends inside a header, a record or a block. */
    TRUNCATED,
    /** A length field contradicts the structure around it or exceeds what the reader takes. */
    BAD_LENGTH,
    /** A pcapng packet names an interface that its section has not described. */
    UNKNOWN_INTERFACE,
    /** A pcapng section describes more interfaces than the reader keeps. */
    TOO_MANY_INTERFACES,
    /** The gzip layer around the capture is damaged or cut short. */
    DAMAGED_GZIP,
    /** The gzip layer unpacks to more bytes than the caller allowed. */
    TOO_LARGE
  }

  /** Checks that the parts are there. */
  public CaptureProblem {
    requireNonNull(kind, "kind");
    requireNonNull(detail, "detail");
  }

  /**
   * One line for people.
   *
   * @return kind, offset and detail
   */
  public String describe() {
    return kind + " at offset " + offset + ": " + detail;
  }
}
