package org.ipsec4j.node.capture;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Builds capture files byte by byte from the format descriptions, and reads whole files. */
final class CaptureBytes {
  static final int MICROS = 0xa1b2c3d4;
  static final int NANOS = 0xa1b23c4d;

  private final ByteOrder order;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  CaptureBytes(ByteOrder order) {
    this.order = order;
  }

  /** What a reader made of a file. */
  record Result(
      List<CapturedPacket> packets, @Nullable CaptureProblem problem, CaptureFormat format) {
    CaptureProblem theProblem() {
      if (problem == null) {
        throw new AssertionError("expected a problem");
      }
      return problem;
    }
  }

  static Result read(byte[] file) {
    return read(file, CaptureReader.DEFAULT_UNPACKED_LIMIT);
  }

  static Result read(byte[] file, long limit) {
    try (CaptureReader reader = CaptureReader.of(new ByteArrayInputStream(file), limit)) {
      List<CapturedPacket> packets = new ArrayList<>();
      for (CapturedPacket p = reader.next(); p != null; p = reader.next()) {
        packets.add(p);
      }
      return new Result(packets, reader.problem().orElse(null), reader.format());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  CaptureBytes u16(int... values) {
    for (int value : values) {
      bytes.writeBytes(ByteBuffer.allocate(2).order(order).putShort((short) value).array());
    }
    return this;
  }

  CaptureBytes u32(long... values) {
    for (long value : values) {
      bytes.writeBytes(ByteBuffer.allocate(4).order(order).putInt((int) value).array());
    }
    return this;
  }

  CaptureBytes u64(long value) {
    bytes.writeBytes(ByteBuffer.allocate(8).order(order).putLong(value).array());
    return this;
  }

  CaptureBytes raw(byte... values) {
    bytes.writeBytes(values);
    return this;
  }

  CaptureBytes pcapHeader(int magic, int linkType) {
    return u32(magic).u16(2, 4).u32(0, 0, 65_535, linkType);
  }

  CaptureBytes pcapRecord(long seconds, long fraction, byte[] data, long original) {
    return u32(seconds, fraction, data.length, original).raw(data);
  }

  CaptureBytes block(int type, byte[] body) {
    int length = 12 + body.length + (-body.length & 3);
    return u32(type, length).raw(body).raw(new byte[-body.length & 3]).u32(length);
  }

  /** A body in the same byte order. */
  CaptureBytes body() {
    return new CaptureBytes(order);
  }

  CaptureBytes section() {
    return block(0x0a0d0d0a, body().u32(0x1a2b3c4d).u16(1, 0).u64(-1).toByteArray());
  }

  CaptureBytes describeInterface(int linkType, int snapLength, byte[] options) {
    return block(1, body().u16(linkType, 0).u32(snapLength).raw(options).toByteArray());
  }

  CaptureBytes enhanced(int on, long units, byte[] data, long original) {
    byte[] padding = new byte[-data.length & 3];
    return block(
        6,
        body()
            .u32(on, units >>> 32, units, data.length, original)
            .raw(data)
            .raw(padding)
            // opt_comment, then the end of options
            .u16(1, 2)
            .raw((byte) 'h', (byte) 'i', (byte) 0, (byte) 0)
            .u16(0, 0)
            .toByteArray());
  }

  CaptureBytes obsolete(int on, long units, byte[] data, long original) {
    return block(
        2,
        body().u16(on, 0).u32(units >>> 32, units, data.length, original).raw(data).toByteArray());
  }

  CaptureBytes simple(byte[] data, long original) {
    return block(3, body().u32(original).raw(data).toByteArray());
  }

  /** A file with every kind of block, two sections of different byte order, three interfaces. */
  static byte[] variedPcapng() {
    CaptureBytes first = new CaptureBytes(ByteOrder.LITTLE_ENDIAN).section();
    first.describeInterface(LinkType.ETHERNET, 0, new byte[0]);
    first.describeInterface(
        LinkType.RAW,
        0,
        first.body().u16(9, 1).raw((byte) 9, (byte) 0, (byte) 0, (byte) 0).u32(0).toByteArray());
    first.block(5, new byte[] {1, 2, 3, 4, 5});
    first.enhanced(0, 1_000_001, IpBytes.ethernet(0x0800, IpBytes.v4(20)), 60);
    first.block(0x0bad, new byte[40]);
    first.enhanced(1, 2_000_000_002L, IpBytes.v6(7), 47);
    first.obsolete(0, 3, IpBytes.ethernet(0x0806, new byte[28]), 42);
    CaptureBytes second = new CaptureBytes(ByteOrder.BIG_ENDIAN).section();
    second.describeInterface(LinkType.RAW, 30, new byte[0]);
    second.simple(java.util.Arrays.copyOf(IpBytes.v4(100), 32), 120);
    second.enhanced(0, 4_000_000, IpBytes.v4(0), 20);
    return new CaptureBytes(ByteOrder.BIG_ENDIAN)
        .raw(first.toByteArray())
        .raw(second.toByteArray())
        .toByteArray();
  }
}
