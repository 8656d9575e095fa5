package org.ipsec4j.node.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Blocks. Only headers of sections, interfaces and the three kinds of packet are read; the rest is
 * skipped.
 */
final class PcapngParser extends CaptureParser {
  static final int SECTION_HEADER = 0x0a0d0d0a;
  static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
  static final int INTERFACE = 1;
  static final int SIMPLE_PACKET = 3;
  static final int ENHANCED_PACKET = 6;
  static final int OPTION_TIME_RESOLUTION = 9;

  private static final int OBSOLETE_PACKET = 2;
  private static final int OPTION_END = 0;
  private static final int OPTION_TIME_OFFSET = 14;
  private static final int BLOCK_FRAME = 12;
  private static final int MAX_INTERFACES = 1 << 16;

  /**
   * A packet block holds a frame, fixed fields and options; options longer than a frame are taken
   * as damage.
   */
  private static final int MAX_BODY = 2 * MAX_FRAME;

  private record Interface(int linkType, long snapLength, TimeUnits time) {}

  private final List<Interface> interfaces = new ArrayList<>();
  private ByteOrder order = ByteOrder.BIG_ENDIAN;
  private byte[] pending;

  /** {@code start}: the four bytes of the first block type, already taken from {@code in}. */
  PcapngParser(ByteSource in, byte[] start) {
    super(in);
    pending = start;
  }

  static boolean matches(byte[] start) {
    return ByteBuffer.wrap(start).getInt() == SECTION_HEADER;
  }

  @Override
  CaptureFormat format() {
    return CaptureFormat.PCAPNG;
  }

  @Override
  @Nullable CapturedPacket next() throws IOException {
    while (!failed()) {
      long start = in().offset() - pending.length;
      byte[] type = pending.length > 0 ? pending : in().read(4);
      pending = new byte[0];
      if (type.length == 0) {
        return end();
      }
      if (type.length < 4) {
        return failShort(start, "block type", 4, type.length);
      }
      CapturedPacket packet = readBlock(start, ByteBuffer.wrap(type).order(order).getInt());
      if (packet != null) {
        return packet;
      }
    }
    return null;
  }

  private @Nullable CapturedPacket readBlock(long start, int type) throws IOException {
    if (type == SECTION_HEADER) {
      return readSection(start);
    }
    byte[] lengthField = in().read(4);
    if (lengthField.length < 4) {
      return failShort(start, "block length", 4, lengthField.length);
    }
    long length = u32(lengthField, 0);
    if (length < BLOCK_FRAME || length % 4 != 0) {
      return fail(
          CaptureProblem.Kind.BAD_LENGTH,
          start,
          "expected a block length of at least 12 that 4 divides, found " + length);
    }
    return switch (type) {
      case INTERFACE, OBSOLETE_PACKET, SIMPLE_PACKET, ENHANCED_PACKET ->
          readKnown(start, type, length);
      default -> skip(start, length);
    };
  }

  private @Nullable CapturedPacket readSection(long start) throws IOException {
    byte[] head = in().read(8);
    if (head.length < 8) {
      return failShort(start, "section header", 8, head.length);
    }
    if (ByteBuffer.wrap(head).order(ByteOrder.BIG_ENDIAN).getInt(4) == BYTE_ORDER_MAGIC) {
      order = ByteOrder.BIG_ENDIAN;
    } else if (ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(4) == BYTE_ORDER_MAGIC) {
      order = ByteOrder.LITTLE_ENDIAN;
    } else {
      return fail(
          CaptureProblem.Kind.NOT_A_CAPTURE,
          start,
          "expected the byte-order magic of a pcapng section");
    }
    long length = u32(head, 0);
    // type, length, magic, version, section length, length again
    if (length < 28 || length % 4 != 0 || length > MAX_BODY) {
      return fail(
          CaptureProblem.Kind.BAD_LENGTH,
          start,
          "expected a section header of 28 bytes or more, found " + length);
    }
    byte[] rest = in().read((int) length - 12);
    if (rest.length < length - 12) {
      return failShort(start, "section header", length, rest.length + 12L);
    }
    int major = ByteBuffer.wrap(rest).order(order).getShort(0) & 0xffff;
    if (major != 1) {
      return fail(
          CaptureProblem.Kind.UNSUPPORTED_VERSION,
          start + 12,
          "expected pcapng version 1, found " + major);
    }
    interfaces.clear();
    checkTrailer(start, length, u32(rest, rest.length - 4));
    return null;
  }

  private @Nullable CapturedPacket skip(long start, long length) throws IOException {
    long wanted = length - BLOCK_FRAME;
    long done = in().skip(wanted);
    if (done < wanted) {
      return failShort(start, "block", length, done + 8);
    }
    byte[] trailer = in().read(4);
    if (trailer.length < 4) {
      return failShort(start, "block", length, length - 4 + trailer.length);
    }
    checkTrailer(start, length, u32(trailer, 0));
    return null;
  }

  private @Nullable CapturedPacket readKnown(long start, int type, long length) throws IOException {
    if (length > MAX_BODY) {
      return fail(
          CaptureProblem.Kind.BAD_LENGTH,
          start,
          "expected a block of at most " + MAX_BODY + " bytes, found " + length);
    }
    byte[] body = in().read((int) length - 8);
    if (body.length < length - 8) {
      return failShort(start, "block", length, body.length + 8L);
    }
    if (!checkTrailer(start, length, u32(body, body.length - 4))) {
      return null;
    }
    ByteBuffer fields = ByteBuffer.wrap(body, 0, body.length - 4).slice().order(order);
    return switch (type) {
      case INTERFACE -> readInterface(start, fields);
      case SIMPLE_PACKET -> readSimple(start, fields);
      case ENHANCED_PACKET ->
          readTimed(start, fields, fields.remaining() < 4 ? -1 : fields.getInt(0));
      default ->
          readTimed(start, fields, fields.remaining() < 4 ? -1 : fields.getShort(0) & 0xffff);
    };
  }

  private boolean checkTrailer(long start, long length, long trailer) {
    if (trailer != length) {
      fail(
          CaptureProblem.Kind.BAD_LENGTH,
          start + length - 4,
          "expected the block length " + length + " again, found " + trailer);
    }
    return trailer == length;
  }

  private @Nullable CapturedPacket readInterface(long start, ByteBuffer fields) {
    if (fields.remaining() < 8) {
      return fail(
          CaptureProblem.Kind.BAD_LENGTH,
          start,
          "expected 8 bytes of interface, found " + fields.remaining());
    }
    if (interfaces.size() >= MAX_INTERFACES) {
      return fail(
          CaptureProblem.Kind.TOO_MANY_INTERFACES,
          start,
          "expected at most " + MAX_INTERFACES + " interfaces");
    }
    int linkType = fields.getShort(0) & 0xffff;
    long snapLength = fields.getInt(4) & 0xffffffffL;
    interfaces.add(new Interface(linkType, snapLength, readTimeUnits(fields.position(8))));
    return null;
  }

  /** Options that do not fit their block end the list: the frames are good without them. */
  private static TimeUnits readTimeUnits(ByteBuffer options) {
    TimeUnits units = TimeUnits.DEFAULT;
    while (options.remaining() >= 4) {
      int code = options.getShort() & 0xffff;
      int length = options.getShort() & 0xffff;
      if (code == OPTION_END || length > options.remaining()) {
        break;
      }
      int at = options.position();
      if (code == OPTION_TIME_RESOLUTION && length == 1) {
        units = units.withResolution(options.get(at));
      } else if (code == OPTION_TIME_OFFSET && length == 8) {
        units = units.withOffset(options.getLong(at));
      }
      options.position(Math.min(options.limit(), at + ((length + 3) & ~3)));
    }
    return units;
  }

  private @Nullable CapturedPacket readSimple(long start, ByteBuffer fields) {
    if (fields.remaining() < 4) {
      return fail(
          CaptureProblem.Kind.BAD_LENGTH,
          start,
          "expected 4 bytes of simple packet, found " + fields.remaining());
    }
    if (interfaces.isEmpty()) {
      return fail(
          CaptureProblem.Kind.UNKNOWN_INTERFACE, start, "expected an interface before a packet");
    }
    Interface first = interfaces.get(0);
    long original = fields.getInt(0) & 0xffffffffL;
    long captured = first.snapLength() == 0 ? original : Math.min(original, first.snapLength());
    return packet(start, fields.position(4), first, 0, captured, (int) original);
  }

  private @Nullable CapturedPacket readTimed(long start, ByteBuffer fields, int id) {
    if (fields.remaining() < 20) {
      return fail(
          CaptureProblem.Kind.BAD_LENGTH,
          start,
          "expected 20 bytes of packet, found " + fields.remaining());
    }
    if (id < 0 || id >= interfaces.size()) {
      return fail(
          CaptureProblem.Kind.UNKNOWN_INTERFACE,
          start,
          "expected an interface below "
              + interfaces.size()
              + ", found "
              + Integer.toUnsignedString(id));
    }
    Interface on = interfaces.get(id);
    long units = ((fields.getInt(4) & 0xffffffffL) << 32) | (fields.getInt(8) & 0xffffffffL);
    long captured = fields.getInt(12) & 0xffffffffL;
    return packet(
        start, fields.position(20), on, on.time().toNanos(units), captured, fields.getInt(16));
  }

  private @Nullable CapturedPacket packet(
      long start, ByteBuffer rest, Interface on, long time, long captured, int original) {
    if (captured > MAX_FRAME || captured > rest.remaining()) {
      return fail(
          CaptureProblem.Kind.BAD_LENGTH,
          start,
          "expected a frame within the "
              + rest.remaining()
              + " bytes of its block, found "
              + captured);
    }
    byte[] data = new byte[(int) captured];
    rest.get(data);
    return new CapturedPacket(time, on.linkType(), data, original);
  }

  private long u32(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).order(order).getInt(at) & 0xffffffffL;
  }
}
