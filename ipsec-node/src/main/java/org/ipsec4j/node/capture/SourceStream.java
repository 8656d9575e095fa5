package org.ipsec4j.node.capture;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Remembers whether an exception came from the I/O itself, which tells it from one about damaged
 * gzip data.
 */
final class SourceStream extends InputStream {
  private static final int GZIP_MAGIC_1 = 0x1f;
  private static final int GZIP_MAGIC_2 = 0x8b;

  private final BufferedInputStream in;
  private boolean failed;

  SourceStream(InputStream in) {
    this.in = new BufferedInputStream(in, 1 << 16);
  }

  boolean failed() {
    return failed;
  }

  /** Peeks; the position stays. */
  boolean startsWithGzipMagic() throws IOException {
    in.mark(2);
    boolean gzip = in.read() == GZIP_MAGIC_1 && in.read() == GZIP_MAGIC_2;
    in.reset();
    return gzip;
  }

  @Override
  public int read() throws IOException {
    try {
      return in.read();
    } catch (IOException e) {
      failed = true;
      throw e;
    }
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    try {
      return in.read(into, offset, length);
    } catch (IOException e) {
      failed = true;
      throw e;
    }
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
