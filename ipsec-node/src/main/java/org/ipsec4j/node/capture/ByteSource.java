package org.ipsec4j.node.capture;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a capture after decompression, with the offset. A damaged gzip layer looks like an
 * early end whose cause can be asked for; an I/O error stays an exception.
 */
final class ByteSource implements Closeable {
  private static final int BUFFER = 1 << 16;

  private final SourceStream raw;
  private final long limit;
  private InputStream in;
  private boolean compressed;
  private long offset;
  private @Nullable CaptureProblem cause;

  private ByteSource(SourceStream raw, long limit) {
    this.raw = raw;
    this.in = raw;
    this.limit = limit;
  }

  /**
   * Looks for the gzip magic and unpacks when it is there; {@code limit} bounds the unpacked bytes.
   */
  static ByteSource open(InputStream stream, long limit) throws IOException {
    SourceStream raw = new SourceStream(stream);
    ByteSource source = new ByteSource(raw, limit);
    if (raw.startsWithGzipMagic()) {
      source.unpack();
    }
    return source;
  }

  private void unpack() throws IOException {
    compressed = true;
    try {
      in = new GZIPInputStream(raw, BUFFER);
    } catch (ZipException | EOFException e) {
      endEarly(e);
      in = InputStream.nullInputStream();
    }
  }

  /** Offset of the next byte. */
  long offset() {
    return offset;
  }

  /** Why the bytes ended early; null when they ended with the file. */
  @Nullable CaptureProblem cause() {
    return cause;
  }

  /**
   * Up to {@code length} bytes, fewer only at the end. Memory grows with the bytes that are there,
   * not with the length that was asked for.
   */
  byte[] read(int length) throws IOException {
    int wanted = (int) Math.min(length, remaining());
    byte[] bytes;
    try {
      bytes = in.readNBytes(wanted);
    } catch (ZipException | EOFException e) {
      endEarly(e);
      return new byte[0];
    }
    offset += bytes.length;
    noteLimit(wanted, length);
    return bytes;
  }

  /** Skips {@code length} bytes; the number really skipped is smaller only at the end. */
  long skip(long length) throws IOException {
    long wanted = Math.min(length, remaining());
    byte[] waste = new byte[(int) Math.min(wanted, BUFFER)];
    long done = 0;
    try {
      while (done < wanted) {
        int n = in.read(waste, 0, (int) Math.min(wanted - done, waste.length));
        if (n < 0) {
          break;
        }
        done += n;
      }
    } catch (ZipException | EOFException e) {
      endEarly(e);
    }
    offset += done;
    noteLimit(wanted, length);
    return done;
  }

  private long remaining() {
    return compressed ? limit - offset : Long.MAX_VALUE;
  }

  private void noteLimit(long wanted, long asked) throws IOException {
    if (wanted < asked && offset >= limit && cause == null && hasMore()) {
      cause =
          new CaptureProblem(
              CaptureProblem.Kind.TOO_LARGE,
              offset,
              "expected at most " + limit + " unpacked bytes, found more");
    }
  }

  private boolean hasMore() throws IOException {
    try {
      return in.read() >= 0;
    } catch (ZipException | EOFException e) {
      endEarly(e);
      return false;
    }
  }

  private void endEarly(IOException e) throws IOException {
    if (raw.failed()) {
      throw e;
    }
    cause =
        new CaptureProblem(
            CaptureProblem.Kind.DAMAGED_GZIP,
            offset,
            "expected intact gzip data, found " + e.getMessage());
  }

  @Override
  public void close() throws IOException {
    in.close();
    raw.close();
  }
}
