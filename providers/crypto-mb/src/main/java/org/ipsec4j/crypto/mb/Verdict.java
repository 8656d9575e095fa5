package org.ipsec4j.crypto.mb;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;

/** Whether a packet that was decrypted is what it claims to be. */
final class Verdict {
  private Verdict() {}

  /**
   * Compares the ICV in constant time, and wipes the text of a packet that is wrong.
   *
   * @param tag address of the ICV that was computed
   * @param base address of the slab
   * @param icvLength octets of both
   */
  static Status of(CryptoOp op, long tag, long base, int icvLength) {
    if (Raw.equal(tag, base + op.icvOffset, icvLength)) {
      return Status.OK;
    }
    Raw.zero(base + op.textOffset, op.textLength);
    return Status.ICV_MISMATCH;
  }
}
