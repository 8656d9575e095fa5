package org.ipsec4j.node.capture;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the two file formats share: the bytes, and the one problem that ends the reading. */
abstract sealed class CaptureParser permits PcapParser, PcapngParser, CaptureParser.Nothing {
  /** No frame of any link type IP runs over is longer; what claims to be is damage. */
  static final int MAX_FRAME = 1 << 20;

  private final ByteSource in;
  private @Nullable CaptureProblem problem;

  CaptureParser(ByteSource in) {
    this.in = in;
  }

  final ByteSource in() {
    return in;
  }

  /** The next frame; null at the end and at damage, and then for ever. */
  abstract @Nullable CapturedPacket next() throws IOException;

  abstract CaptureFormat format();

  final @Nullable CaptureProblem problem() {
    return problem;
  }

  final boolean failed() {
    return problem != null;
  }

  /** Keeps the first problem; answers null so that a caller can return it as "no frame". */
  final @Nullable CapturedPacket fail(CaptureProblem.Kind kind, long offset, String detail) {
    if (problem == null) {
      problem = new CaptureProblem(kind, offset, detail);
    }
    return null;
  }

  /** The bytes ended inside something: names the cause of the early end if there is one. */
  final @Nullable CapturedPacket failShort(long offset, String what, long wanted, long found) {
    CaptureProblem cause = in.cause();
    if (cause != null) {
      return fail(cause.kind(), cause.offset(), cause.detail());
    }
    return fail(
        CaptureProblem.Kind.TRUNCATED,
        offset,
        "expected " + wanted + " bytes of " + what + ", found " + found);
  }

  /** The bytes ended between two records, which is good unless the layer below says otherwise. */
  final @Nullable CapturedPacket end() {
    CaptureProblem cause = in.cause();
    return cause == null ? null : fail(cause.kind(), cause.offset(), cause.detail());
  }

  /** The parser of a file that is no capture: one problem and no frame. */
  static final class Nothing extends CaptureParser {
    Nothing(ByteSource in, byte[] start) {
      super(in);
      if (in.cause() != null) {
        end();
      } else {
        fail(
            CaptureProblem.Kind.NOT_A_CAPTURE,
            0,
            "expected the magic number of pcap or pcapng, found "
                + (start.length == 0
                    ? "an empty file"
                    : java.util.HexFormat.of().formatHex(start)));
      }
    }

    @Override
    @Nullable CapturedPacket next() {
      return null;
    }

    @Override
    CaptureFormat format() {
      return CaptureFormat.UNKNOWN;
    }
  }
}
