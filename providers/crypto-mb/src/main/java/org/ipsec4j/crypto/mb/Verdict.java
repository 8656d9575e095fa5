package org.ipsec4j.crypto.mb;

import org.ipsec4j.api.crypto.CryptoOp.Status;

/** Whether a packet that was decrypted is what it claims to be. */
final class Verdict {
  private Verdict() {}

  /**
   * Compares the ICV in constant time, and wipes the text of a packet that is wrong.
   *
   * @param tag address of the ICV that was computed
   * @param icv address of the one that came
   * @param icvLength octets of both
   * @param text address of the text
   * @param textLength octets of it
   */
  static Status of(long tag, long icv, int icvLength, long text, long textLength) {
    if (Raw.equal(tag, icv, icvLength)) {
      return Status.OK;
    }
    Raw.zero(text, textLength);
    return Status.ICV_MISMATCH;
  }
}
