package org.ipsec4j.node.capture;

import static java.util.Objects.requireNonNull;

/**
 * One frame of a capture file as the file holds it, link layer included.
 *
 * <p>The object and its array belong to whoever received it from {@link CaptureReader#next()}; the
 * reader keeps no reference. Not thread-safe as far as the array is written to.
 */
public final class CapturedPacket {
  private final long timestampNanos;
  private final int linkType;
  private final byte[] data;
  private final int originalLength;

  /**
   * Makes a frame.
   *
   * @param timestampNanos nanoseconds since 1970-01-01T00:00Z; 0 when the file gives no time
   * @param linkType link type number, see {@link LinkType}
   * @param data the captured bytes; not copied, the array passes to this object
   * @param originalLength length in bytes that the frame had on the wire, 0 to 2^32 - 1 read as a
   *     signed number is cut to {@link Integer#MAX_VALUE}
   */
  public CapturedPacket(long timestampNanos, int linkType, byte[] data, int originalLength) {
    this.timestampNanos = timestampNanos;
    this.linkType = linkType;
    this.data = requireNonNull(data, "data");
    this.originalLength = originalLength < 0 ? Integer.MAX_VALUE : originalLength;
  }

  /**
   * When the frame was captured.
   *
   * @return nanoseconds since 1970-01-01T00:00Z, 0 when unknown
   */
  public long timestampNanos() {
    return timestampNanos;
  }

  /**
   * The link type of the interface that saw the frame.
   *
   * @return a number of the tcpdump.org registry, see {@link LinkType}
   */
  public int linkType() {
    return linkType;
  }

  /**
   * The captured bytes.
   *
   * @return the array itself, not a copy
   */
  public byte[] data() {
    return data;
  }

  /**
   * The length that the frame had on the wire.
   *
   * @return bytes; more than {@code data().length} when the capture cut the frame
   */
  public int originalLength() {
    return originalLength;
  }

  /**
   * Whether the capture kept only the beginning of the frame.
   *
   * @return true when bytes of the frame are missing
   */
  public boolean cut() {
    return originalLength > data.length;
  }

  @Override
  public String toString() {
    return "CapturedPacket[linkType="
        + linkType
        + ", captured="
        + data.length
        + ", original="
        + originalLength
        + "]";
  }
}
