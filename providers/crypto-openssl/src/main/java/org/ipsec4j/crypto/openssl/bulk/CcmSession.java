package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.crypto.openssl.lib.Raw;

/** AES-CCM (RFC 4309, RFC 3610): the length of the text comes first. */
final class CcmSession extends Session {
  CcmSession(Suite suite) {
    super(suite);
  }

  @Override
  boolean begin(long context, KeyMemory keys, int direction) {
    return Evp.init(context, suite.cipher(), 0, 0, direction)
        && Evp.control(context, Evp.SET_IV_LENGTH, suite.nonceLength(), 0)
        && Evp.control(context, Evp.SET_TAG, suite.icvLength(), 0)
        && Evp.init(context, 0, keys.cipherKey(), 0, Evp.SAME);
  }

  @Override
  Status seal(CryptoOp op, long base, Scratch scratch) {
    long context = sealing();
    return context != 0
            && prepare(context, op, base, scratch)
            && text(context, op, base, scratch)
            && writeTag(context, op, base, scratch)
        ? Status.OK
        : Status.FAILED;
  }

  @Override
  Status open(CryptoOp op, long base, Scratch scratch) {
    long context = opening();
    if (context == 0
        || !takeTag(context, op, base, scratch)
        || !prepare(context, op, base, scratch)) {
      return Status.FAILED;
    }
    if (text(context, op, base, scratch)) {
      return Status.OK;
    }
    // Unlike the other modes this one says so in the error queue.
    LibCrypto.present().clearErrors();
    return Status.ICV_MISMATCH;
  }

  /** Nonce, length of the text, additional data. */
  private static boolean prepare(long context, CryptoOp op, long base, Scratch scratch) {
    Raw.put16(op.nonce, scratch.iv);
    return Evp.init(context, 0, 0, scratch.iv, Evp.SAME)
        && Evp.update(context, 0, scratch.written, 0, op.textLength)
        && additional(context, op, base, scratch);
  }

  /** The text at once; the tag is made or compared here. */
  private static boolean text(long context, CryptoOp op, long base, Scratch scratch) {
    long text = base + op.textOffset;
    return Evp.update(context, text, scratch.written, text, op.textLength);
  }
}
