package org.ipsec4j.crypto.mb;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;

/**
 * AES-GCM, one call for each packet. Nonces and headers of a whole batch are written before the
 * first call, so that the processor does not wait for them. Thread-confined.
 */
final class GcmLane {
  private static final int NONCE = 12;

  private final Workspace workspace;
  private final long context;
  private final long[] headers = new long[Workspace.MOST];

  GcmLane(Workspace workspace) {
    this.workspace = workspace;
    this.context = workspace.context();
  }

  void run(Batch batch, Group group, boolean seal) {
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      headers[i] = stage(batch.op(i), batch.base(i), workspace.slot(i));
    }
    if (seal) {
      for (int i = 0; i < size; i++) {
        seal(batch.op(i), batch.base(i), i, group);
      }
    } else {
      for (int i = 0; i < size; i++) {
        open(batch.op(i), batch.base(i), i, group);
      }
    }
  }

  /** The address of the header; 0 when the packet cannot be. */
  private static long stage(CryptoOp op, long base, long slot) {
    if (op.nonceLength != NONCE) {
      return 0;
    }
    Raw.putNonce(slot + Workspace.NONCE, op.nonce);
    return Batch.header(op, base, slot);
  }

  private void seal(CryptoOp op, long base, int index, Group group) {
    long header = headers[index];
    if (header == 0) {
      return;
    }
    MbCalls.gcmSeal(
        group.size,
        Batch.key(op).address,
        context,
        base + op.textOffset,
        op.textLength,
        workspace.slot(index) + Workspace.NONCE,
        header,
        Batch.headerLength(op),
        base + op.icvOffset,
        group.icvLength);
    op.status = Status.OK;
  }

  private void open(CryptoOp op, long base, int index, Group group) {
    long header = headers[index];
    if (header == 0) {
      return;
    }
    long slot = workspace.slot(index);
    MbCalls.gcmOpen(
        group.size,
        Batch.key(op).address,
        context,
        base + op.textOffset,
        op.textLength,
        slot + Workspace.NONCE,
        header,
        Batch.headerLength(op),
        slot + Workspace.TAG,
        group.icvLength);
    op.status = Verdict.of(op, slot + Workspace.TAG, base, group.icvLength);
  }
}
