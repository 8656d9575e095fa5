package org.ipsec4j.crypto.mb;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;

/**
 * AES-GMAC (RFC 4543): in ESP over header, IV and text, with the upper half of the number behind
 * the SPI; in AH over the whole packet, whose ICV counts as zero, with the upper half behind it.
 * Nothing is copied: the packet is authenticated piece by piece. Thread-confined.
 */
final class GmacLane {
  private static final int NONCE = 12;
  private static final int SPI = 4;

  private final Workspace workspace;
  private final long context;

  GmacLane(Workspace workspace) {
    this.workspace = workspace;
    this.context = workspace.context();
  }

  void run(Batch batch, Group group, boolean seal) {
    for (int i = 0; i < batch.size(); i++) {
      one(batch.op(i), batch.base(i), group, seal, workspace.slot(i));
    }
  }

  private void one(CryptoOp op, long base, Group group, boolean seal, long slot) {
    long covered = MacLane.covered(op, group);
    if (op.nonceLength != NONCE
        || covered < op.aadLength
        || (op.highSequencePresent && op.aadLength < SPI)) {
      return;
    }
    Raw.putNonce(slot + Workspace.NONCE, op.nonce);
    long tag = seal ? base + op.icvOffset : slot + Workspace.TAG;
    long keys = Batch.key(op).address;
    if (group.authenticationHeader) {
      wholePacket(op, base, group, covered, keys, slot, tag);
    } else if (op.highSequencePresent) {
      extended(op, base, group, covered, keys, slot, tag);
    } else {
      MbCalls.gcmSeal(
          group.size,
          keys,
          context,
          base + op.textOffset,
          0,
          slot + Workspace.NONCE,
          base + op.aadOffset,
          covered,
          tag,
          group.icvLength);
    }
    boolean right = seal || Raw.equal(tag, base + op.icvOffset, group.icvLength);
    op.status = right ? Status.OK : Status.ICV_MISMATCH;
  }

  private void extended(
      CryptoOp op, long base, Group group, long covered, long keys, long slot, long tag) {
    long front = slot + Workspace.HEADER;
    long packet = base + op.aadOffset;
    Raw.putInt(front, Raw.getInt(packet));
    Raw.putBigEndian(front + SPI, op.highSequence);
    MbCalls.gmacInit(group.size, keys, context, slot + Workspace.NONCE, NONCE);
    update(group, keys, front, 2L * SPI);
    update(group, keys, packet + SPI, covered - SPI);
    MbCalls.gmacFinish(group.size, keys, context, tag, group.icvLength);
  }

  private void wholePacket(
      CryptoOp op, long base, Group group, long covered, long keys, long slot, long tag) {
    long packet = base + op.aadOffset;
    long icv = Math.clamp((long) op.icvOffset - op.aadOffset, 0, covered);
    long behind = Math.clamp((long) op.icvOffset + group.icvLength - op.aadOffset, 0, covered);
    long scratch = slot + Workspace.HEADER;
    Raw.zero(scratch, group.icvLength);
    MbCalls.gmacInit(group.size, keys, context, slot + Workspace.NONCE, NONCE);
    update(group, keys, packet, icv);
    update(group, keys, scratch, behind - icv);
    update(group, keys, packet + behind, covered - behind);
    if (op.highSequencePresent) {
      Raw.putBigEndian(scratch, op.highSequence);
      update(group, keys, scratch, Integer.BYTES);
    }
    MbCalls.gmacFinish(group.size, keys, context, tag, group.icvLength);
  }

  private void update(Group group, long keys, long data, long length) {
    if (length > 0) {
      MbCalls.gmacUpdate(group.size, keys, context, data, length);
    }
  }
}
