package org.ipsec4j.crypto.openssl.bulk;

import java.util.Objects;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.Raw;

/**
 * A MAC over header, IV and ciphertext (RFC 4303 2.8) with CBC or counter mode in front of it or
 * without encryption. A packet is decrypted only after its ICV was found right.
 */
final class SeparateSession extends Session {
  /** Where the block counter stands in a counter block, and its first value (RFC 3686 4). */
  private static final int COUNTER = 12;

  private static final int FIRST = 1;

  private final Mac mac;
  private boolean keyed;

  SeparateSession(Suite suite) {
    super(suite);
    mac = Objects.requireNonNull(suite.mac()).make();
  }

  @Override
  void forgetMac() {
    keyed = false;
  }

  @Override
  void freeMac() {
    keyed = false;
    mac.free();
  }

  @Override
  Status seal(CryptoOp op, long base, Scratch scratch) {
    if (!crypt(true, op, base, scratch) || !authenticate(op, base, scratch)) {
      return Status.FAILED;
    }
    Raw.copy(scratch.mac, base + op.icvOffset, suite.icvLength());
    return Status.OK;
  }

  @Override
  Status open(CryptoOp op, long base, Scratch scratch) {
    if (!authenticate(op, base, scratch)) {
      return Status.FAILED;
    }
    if (!Raw.sameIcv(scratch.mac, base + op.icvOffset, suite.icvLength())) {
      return Status.ICV_MISMATCH;
    }
    return crypt(false, op, base, scratch) ? Status.OK : Status.FAILED;
  }

  private boolean crypt(boolean seal, CryptoOp op, long base, Scratch scratch) {
    if (suite.cipher() == 0 || op.textLength == 0) {
      return true;
    }
    long context = seal ? sealing() : opening();
    if (context == 0) {
      return false;
    }
    Raw.put16(op.nonce, scratch.iv);
    if (suite.counter()) {
      Raw.putNetworkInt(scratch.iv + COUNTER, FIRST);
    }
    long text = base + op.textOffset;
    return Evp.init(context, 0, 0, scratch.iv, Evp.SAME)
        && Evp.blocks(context, text, text, op.textLength);
  }

  private boolean authenticate(CryptoOp op, long base, Scratch scratch) {
    return (keyed || keyMac())
        && mac.begin(scratch)
        && Coverage.feed(op, suite, base, mac, scratch)
        && mac.finish(scratch);
  }

  private boolean keyMac() {
    KeyMemory current = key();
    keyed = current != null && mac.key(current.macMaterial());
    return keyed;
  }
}
