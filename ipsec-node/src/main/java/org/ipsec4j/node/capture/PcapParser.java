package org.ipsec4j.node.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The classic format: one header, then records. */
final class PcapParser extends CaptureParser {
  private static final int MAGIC_MICROS = 0xa1b2c3d4;
  private static final int MAGIC_NANOS = 0xa1b23c4d;
  private static final int HEADER_AFTER_MAGIC = 20;
  private static final int RECORD_HEADER = 16;
  private static final int VERSION_MAJOR = 2;
  private static final int LINK_TYPE_OFFSET = 16;
  private static final long NANOS = 1_000_000_000L;

  private final ByteOrder order;
  private final int nanosPerUnit;
  private boolean started;
  private int linkType;

  private PcapParser(ByteSource in, ByteOrder order, int nanosPerUnit) {
    super(in);
    this.order = order;
    this.nanosPerUnit = nanosPerUnit;
  }

  /**
   * The parser for a file that starts with these four bytes, which are already taken from {@code
   * in}; null if none.
   */
  static @Nullable PcapParser of(ByteSource in, byte[] magic) {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      int number = ByteBuffer.wrap(magic).order(order).getInt();
      if (number == MAGIC_MICROS) {
        return new PcapParser(in, order, 1000);
      }
      if (number == MAGIC_NANOS) {
        return new PcapParser(in, order, 1);
      }
    }
    return null;
  }

  @Override
  CaptureFormat format() {
    return CaptureFormat.PCAP;
  }

  @Override
  @Nullable CapturedPacket next() throws IOException {
    if (!started) {
      started = true;
      readHeader();
    }
    return failed() ? null : readRecord();
  }

  private void readHeader() throws IOException {
    byte[] header = in().read(HEADER_AFTER_MAGIC);
    if (header.length < HEADER_AFTER_MAGIC) {
      failShort(0, "file header", HEADER_AFTER_MAGIC + 4L, header.length + 4L);
      return;
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(order);
    int major = fields.getShort(0) & 0xffff;
    if (major != VERSION_MAJOR) {
      fail(CaptureProblem.Kind.UNSUPPORTED_VERSION, 4, "expected pcap version 2, found " + major);
      return;
    }
    // the upper half tells about a frame check sequence, which the IP length cuts off anyway
    linkType = fields.getInt(LINK_TYPE_OFFSET) & 0xffff;
  }

  private @Nullable CapturedPacket readRecord() throws IOException {
    long start = in().offset();
    byte[] header = in().read(RECORD_HEADER);
    if (header.length == 0) {
      return end();
    }
    if (header.length < RECORD_HEADER) {
      return failShort(start, "record header", RECORD_HEADER, header.length);
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(order);
    long captured = fields.getInt(8) & 0xffffffffL;
    if (captured > MAX_FRAME) {
      return fail(
          CaptureProblem.Kind.BAD_LENGTH,
          start,
          "expected a frame of at most " + MAX_FRAME + " bytes, found " + captured);
    }
    byte[] data = in().read((int) captured);
    if (data.length < captured) {
      return failShort(start, "frame", captured, data.length);
    }
    long time =
        (fields.getInt(0) & 0xffffffffL) * NANOS + (fields.getInt(4) & 0xffffffffL) * nanosPerUnit;
    return new CapturedPacket(time, linkType, data, fields.getInt(12));
  }
}
