package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.Raw;

/** AES-GMAC in ESP and AH (RFC 4543): everything is additional data. */
final class GmacSession extends Session {
  /** Additional data of the context that is at work. */
  private static final class AdditionalData extends Sink {
    private long context;

    @Override
    boolean take(long at, int length, Scratch scratch) {
      return Evp.update(context, 0, scratch.written, at, length);
    }
  }

  private final AdditionalData sink = new AdditionalData();

  GmacSession(Suite suite) {
    super(suite);
  }

  @Override
  Status seal(CryptoOp op, long base, Scratch scratch) {
    long context = sealing();
    return context != 0
            && cover(context, op, base, scratch)
            && Evp.finish(context, scratch.block, scratch.written)
            && writeTag(context, op, base, scratch)
        ? Status.OK
        : Status.FAILED;
  }

  @Override
  Status open(CryptoOp op, long base, Scratch scratch) {
    long context = opening();
    if (context == 0
        || !cover(context, op, base, scratch)
        || !takeTag(context, op, base, scratch)) {
      return Status.FAILED;
    }
    return Evp.finish(context, scratch.block, scratch.written) ? Status.OK : Status.ICV_MISMATCH;
  }

  private boolean cover(long context, CryptoOp op, long base, Scratch scratch) {
    Raw.put16(op.nonce, scratch.iv);
    if (!Evp.init(context, 0, 0, scratch.iv, Evp.SAME)) {
      return false;
    }
    sink.context = context;
    if (suite.header()) {
      return Coverage.feed(op, suite, base, sink, scratch);
    }
    int headerEnd = op.aadOffset + op.aadLength;
    int end = op.textOffset + op.textLength;
    return additional(context, op, base, scratch)
        && Coverage.part(headerEnd, end, base, sink, scratch);
  }
}
