package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.crypto.openssl.lib.Raw;

/**
 * What a separate integrity algorithm covers: from the header to the end of the text, then the
 * upper half of the sequence number (RFC 4303 2.8 and 2.2.1); of AH the packet with zeros in the
 * place of the ICV (RFC 4302 3.3.3).
 */
final class Coverage {
  private Coverage() {}

  /** Behind the last octet that is covered; AH without a text is all header. */
  private static int end(CryptoOp op, Suite suite) {
    return suite.header() && op.textLength == 0
        ? op.aadOffset + op.aadLength
        : op.textOffset + op.textLength;
  }

  /** Whether the parts lie in an order that can be; each lies in the slab already. */
  static boolean fits(CryptoOp op, Suite suite) {
    int end = end(op, suite);
    if (end < op.aadOffset + op.aadLength) {
      return false;
    }
    return !suite.header()
        || op.icvOffset >= end
        || (op.icvOffset >= op.aadOffset && op.icvOffset + suite.icvLength() <= end);
  }

  /** Hands everything that is covered on; {@link #fits} said yes. */
  static boolean feed(CryptoOp op, Suite suite, long base, Sink sink, Scratch scratch) {
    int end = end(op, suite);
    boolean taken =
        (suite.header() && op.icvOffset < end)
            ? around(op, suite, base, end, sink, scratch)
            : part(op.aadOffset, end, base, sink, scratch);
    if (!taken || !op.highSequencePresent) {
      return taken;
    }
    Raw.putNetworkInt(scratch.high, op.highSequence);
    return sink.take(scratch.high, Integer.BYTES, scratch);
  }

  private static boolean around(
      CryptoOp op, Suite suite, long base, int end, Sink sink, Scratch scratch) {
    int icv = op.icvOffset;
    return part(op.aadOffset, icv, base, sink, scratch)
        && sink.take(scratch.zeros, suite.icvLength(), scratch)
        && part(icv + suite.icvLength(), end, base, sink, scratch);
  }

  /** The octets of the slab from one offset to another. */
  static boolean part(int from, int to, long base, Sink sink, Scratch scratch) {
    return from >= to || sink.take(base + from, to - from, scratch);
  }
}
