package org.ipsec4j.node.capture;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Streams the frames of a capture file: pcap (either byte order, microseconds or nanoseconds) and
 * pcapng (either byte order, any number of sections and interfaces; enhanced, simple and obsolete
 * packet blocks), each also inside gzip.
 *
 * <p>Files are taken as hostile. No length is believed before the bytes are there, a frame is at
 * most one mebibyte, memory does not grow with the file. A damaged file gives the frames before the
 * damage, then {@code null}, and {@link #problem()} names what was wrong. The only exception is an
 * {@link IOException} of the file or stream itself.
 *
 * <p>Not thread-safe.
 */
public final class CaptureReader implements Closeable {
  /** How many bytes a gzip file may unpack to unless the caller says otherwise: 4 GiB. */
  public static final long DEFAULT_UNPACKED_LIMIT = 1L << 32;

  private final ByteSource source;
  private final CaptureParser parser;
  private long packets;

  private CaptureReader(ByteSource source) throws IOException {
    this.source = source;
    this.parser = choose(source);
  }

  /**
   * Opens a file with {@link #DEFAULT_UNPACKED_LIMIT}.
   *
   * @param file the capture; what it is follows from its first bytes, not from its name
   * @return the reader; the caller closes it
   * @throws IOException when the file cannot be opened or read
   */
  public static CaptureReader open(Path file) throws IOException {
    return of(Files.newInputStream(file), DEFAULT_UNPACKED_LIMIT);
  }

  /**
   * Reads from a stream, for instance a resource.
   *
   * @param stream the bytes; passes to the reader, which closes it, also when this method fails
   * @param unpackedLimit how many bytes a gzip layer may unpack to, at least 1; plain files are not
   *     limited
   * @return the reader; the caller closes it
   * @throws IOException when the stream cannot be read
   */
  public static CaptureReader of(InputStream stream, long unpackedLimit) throws IOException {
    try {
      if (unpackedLimit < 1) {
        throw new IllegalArgumentException(
            "unpackedLimit must be at least 1, was " + unpackedLimit);
      }
      return new CaptureReader(ByteSource.open(stream, unpackedLimit));
    } catch (IOException | RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  /**
   * The next frame.
   *
   * @return the frame, which passes to the caller; null at the end of the file or at the first
   *     damage, and from then on
   * @throws IOException when the file or stream cannot be read
   */
  public @Nullable CapturedPacket next() throws IOException {
    CapturedPacket packet = parser.next();
    if (packet != null) {
      packets++;
    }
    return packet;
  }

  /**
   * Why reading ended before the regular end.
   *
   * @return the first problem; empty while frames come and after a regular end
   */
  public Optional<CaptureProblem> problem() {
    return Optional.ofNullable(parser.problem());
  }

  /**
   * The format that the first bytes tell.
   *
   * @return the format
   */
  public CaptureFormat format() {
    return parser.format();
  }

  /**
   * How many frames were handed out.
   *
   * @return a count
   */
  public long packets() {
    return packets;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private static CaptureParser choose(ByteSource source) throws IOException {
    byte[] start = source.read(4);
    if (start.length == 4) {
      PcapParser pcap = PcapParser.of(source, start);
      if (pcap != null) {
        return pcap;
      }
      if (PcapngParser.matches(start)) {
        return new PcapngParser(source, start);
      }
    }
    return new CaptureParser.Nothing(source, start);
  }
}
