package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.Raw;

/** AES-GCM (RFC 4106) and ChaCha20-Poly1305 (RFC 7634). */
final class CombinedSession extends Session {
  CombinedSession(Suite suite) {
    super(suite);
  }

  @Override
  Status seal(CryptoOp op, long base, Scratch scratch) {
    long context = sealing();
    return context != 0
            && work(context, op, base, scratch)
            && Evp.finish(context, scratch.block, scratch.written)
            && writeTag(context, op, base, scratch)
        ? Status.OK
        : Status.FAILED;
  }

  @Override
  Status open(CryptoOp op, long base, Scratch scratch) {
    long context = opening();
    if (context == 0 || !work(context, op, base, scratch) || !takeTag(context, op, base, scratch)) {
      return Status.FAILED;
    }
    return Evp.finish(context, scratch.block, scratch.written) ? Status.OK : Status.ICV_MISMATCH;
  }

  /** Nonce, additional data and text. */
  private static boolean work(long context, CryptoOp op, long base, Scratch scratch) {
    Raw.put16(op.nonce, scratch.iv);
    long text = base + op.textOffset;
    return Evp.init(context, 0, 0, scratch.iv, Evp.SAME)
        && additional(context, op, base, scratch)
        && (op.textLength == 0 || Evp.update(context, text, scratch.written, text, op.textLength));
  }
}
