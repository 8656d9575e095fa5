package org.ipsec4j.crypto.mb;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;

/** ChaCha20-Poly1305 and AES-CCM: jobs that do all of a packet. Thread-confined. */
final class AeadLane {
  private static final MbLayout.Job AT = MbCalls.LAYOUT.job();

  private final Workspace workspace;
  private final int[] staged = new int[Workspace.MOST];

  AeadLane(Workspace workspace) {
    this.workspace = workspace;
  }

  void run(Batch batch, Group group, boolean seal) {
    int count = 0;
    for (int i = 0; i < batch.size(); i++) {
      if (stage(batch.op(i), batch.base(i), count, group, seal)) {
        staged[count++] = i;
      }
    }
    if (count == 0 || !work(count, group, seal)) {
      return;
    }
    for (int i = 0; i < count; i++) {
      CryptoOp op = batch.op(staged[i]);
      op.status = seal ? Status.OK : verdict(op, batch.base(staged[i]), i, group);
    }
  }

  private Status verdict(CryptoOp op, long base, int at, Group group) {
    return Verdict.of(
        workspace.slot(at) + Workspace.TAG,
        base + op.icvOffset,
        group.icvLength,
        base + op.textOffset,
        op.textLength);
  }

  private boolean work(int count, Group group, boolean seal) {
    boolean ccm = group.cipher == CipherKind.CCM;
    // CCM authenticates what is clear (RFC 3610 2.2), Poly1305 what is encrypted (RFC 8439 2.8).
    boolean cipherFirst = ccm != seal;
    return workspace.run(
        0,
        count,
        group.cipher.mode,
        seal ? MbLayout.ENCRYPT : MbLayout.DECRYPT,
        ccm ? CCM_HASH : CHACHA_HASH,
        cipherFirst ? MbLayout.CIPHER_FIRST : MbLayout.HASH_FIRST);
  }

  private static final int CCM_HASH = 11;
  private static final int CHACHA_HASH = 29;

  private boolean stage(CryptoOp op, long base, int at, Group group, boolean seal) {
    long slot = workspace.slot(at);
    long header = Batch.header(op, base, slot);
    boolean ccm = group.cipher == CipherKind.CCM;
    if (op.nonceLength != group.cipher.nonce
        || header == 0
        || op.textLength > MbLayout.MOST_OCTETS
        || (ccm && Batch.headerLength(op) > MbLayout.MOST_CCM_HEADER)) {
      return false;
    }
    Raw.putNonce(slot + Workspace.NONCE, op.nonce);
    long job = workspace.job(at);
    text(job, base + op.textOffset, op.textLength);
    Raw.putLong(job + AT.ivLength(), group.cipher.nonce);
    keys(job, Batch.key(op).address, group);
    Raw.putLong(job + AT.tag(), seal ? base + op.icvOffset : slot + Workspace.TAG);
    Raw.putLong(job + AT.hashFields(), header);
    Raw.putLong(job + AT.hashFields() + 8, Batch.headerLength(op));
    Raw.putLong(job + AT.hashFields() + 16, 0);
    return true;
  }

  private static void text(long job, long text, long length) {
    Raw.putLong(job + AT.source(), text);
    Raw.putLong(job + AT.destination(), text);
    Raw.putLong(job + AT.cipherStart(), 0);
    Raw.putLong(job + AT.cipherLength(), length);
    Raw.putLong(job + AT.hashStart(), 0);
    Raw.putLong(job + AT.hashLength(), length);
  }

  private static void keys(long job, long address, Group group) {
    Raw.putLong(job + AT.encryptionKeys(), address + KeyMemory.ENCRYPTION);
    Raw.putLong(
        job + AT.decryptionKeys(),
        group.cipher == CipherKind.CCM ? address + KeyMemory.DECRYPTION : address);
    Raw.putLong(job + AT.keyLength(), group.keyOctets);
    Raw.putLong(job + AT.tagLength(), group.icvLength);
  }
}
