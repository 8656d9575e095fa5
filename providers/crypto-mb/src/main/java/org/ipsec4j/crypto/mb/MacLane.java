package org.ipsec4j.crypto.mb;

import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.jspecify.annotations.Nullable;

/**
 * A MAC over header, IV and text, with a cipher or without: all packets through the one, then all
 * through the other. What is opened is authenticated first, and only packets that are right are
 * decrypted. Thread-confined.
 *
 * <p>The upper half of the number is written behind the text for as long as the MAC is computed:
 * there stands the packet's own ICV, which is written last or put back.
 */
final class MacLane {
  private static final MbLayout.Job AT = MbCalls.LAYOUT.job();
  private static final int HIGH = Integer.BYTES;

  private final Workspace workspace;
  private final @Nullable CryptoOp[] ops = new CryptoOp[Workspace.MOST];
  private final long[] bases = new long[Workspace.MOST];

  /** Whether the cipher has to do with the packet. */
  private final boolean[] text = new boolean[Workspace.MOST];

  MacLane(Workspace workspace) {
    this.workspace = workspace;
  }

  void run(Batch batch, Group group, boolean seal) {
    int count = 0;
    boolean apart = false;
    for (int i = 0; i < batch.size(); i++) {
      CryptoOp op = batch.op(i);
      if (fits(op, group)) {
        if (standsApart(op, group)) {
          apart = true;
        } else {
          stage(op, batch.base(i), count++, group, seal);
        }
      }
    }
    if (count > 0) {
      work(count, group, seal);
    }
    if (apart) {
      runApart(batch, group, seal);
    }
  }

  /**
   * Octets from the header to the end of the text; of AH the packet, which is all header. May be
   * negative.
   */
  static long covered(CryptoOp op, Group group) {
    boolean headerAlone = op.textLength == 0 && group.authenticationHeader;
    return headerAlone ? op.aadLength : (long) op.textOffset + op.textLength - op.aadOffset;
  }

  private static boolean fits(CryptoOp op, Group group) {
    long covered = covered(op, group);
    // The library has no HMAC of nothing.
    int least = group.mac.oneBlock >= 0 ? 1 : 0;
    return covered >= Math.max(op.aadLength, least)
        && covered <= MbLayout.MOST_OCTETS - HIGH
        && op.nonceLength == group.cipher.nonce
        && op.textLength % group.cipher.block == 0;
  }

  /**
   * Whether the upper half of the number would not overwrite the packet's own ICV but what stands
   * behind the packet, perhaps another one of the burst: such are worked off one by one.
   */
  private static boolean standsApart(CryptoOp op, Group group) {
    return op.highSequencePresent && op.icvOffset != op.aadOffset + covered(op, group);
  }

  private void runApart(Batch batch, Group group, boolean seal) {
    for (int i = 0; i < batch.size(); i++) {
      CryptoOp op = batch.op(i);
      if (fits(op, group) && standsApart(op, group)) {
        one(op, batch.base(i), group, seal);
      }
    }
  }

  private void one(CryptoOp op, long base, Group group, boolean seal) {
    long behind = op.aadOffset + covered(op, group);
    if (op.slab == null || behind + HIGH > op.slab.capacity()) {
      return;
    }
    long end = base + behind;
    int saved = Raw.getInt(end);
    stage(op, base, 0, group, seal);
    long tag = workspace.slot(0) + Workspace.TAG;
    Raw.putLong(workspace.job(0) + AT.tag(), tag);
    boolean done = (!seal || cipher(1, group, true)) && workspace.mac(1, group.mac);
    Raw.putInt(end, saved);
    if (!seal) {
      opened(1, group, done);
    } else if (done) {
      Raw.copyTag(tag, base + op.icvOffset, group.icvLength);
      op.status = Status.OK;
    }
    ops[0] = null;
  }

  private void work(int count, Group group, boolean seal) {
    if (seal) {
      Status status =
          cipher(count, group, true) && workspace.mac(count, group.mac) ? Status.OK : Status.FAILED;
      for (int i = 0; i < count; i++) {
        finish(i, status);
      }
    } else {
      opened(count, group, workspace.mac(count, group.mac));
    }
  }

  private void finish(int at, Status status) {
    CryptoOp op = ops[at];
    if (op != null) {
      op.status = status;
    }
    ops[at] = null;
  }

  /** Compares, and decrypts what is right. */
  private void opened(int count, Group group, boolean authenticated) {
    for (int i = 0; i < count; i++) {
      CryptoOp op = ops[i];
      if (op == null) {
        continue;
      }
      long slot = workspace.slot(i);
      Raw.copyTag(slot + Workspace.ICV, bases[i] + op.icvOffset, group.icvLength);
      boolean right =
          authenticated && Raw.equal(slot + Workspace.TAG, slot + Workspace.ICV, group.icvLength);
      op.status = right ? Status.OK : authenticated ? Status.ICV_MISMATCH : Status.FAILED;
      text[i] &= right;
    }
    boolean decrypted = cipher(count, group, false);
    for (int i = 0; i < count; i++) {
      CryptoOp op = ops[i];
      if (!decrypted && op != null && text[i]) {
        op.status = Status.FAILED;
      }
      ops[i] = null;
    }
  }

  /** Encrypts or decrypts those of the first jobs that have text to work on. */
  private boolean cipher(int count, Group group, boolean seal) {
    if (group.cipher == CipherKind.NONE) {
      return true;
    }
    boolean done = true;
    int from = 0;
    while (from < count && done) {
      int to = from;
      while (to < count && text[to]) {
        to++;
      }
      if (to > from) {
        done = workspace.cipher(from, to - from, group, seal);
      }
      from = to + 1;
    }
    return done;
  }

  private void stage(CryptoOp op, long base, int at, Group group, boolean seal) {
    long covered = covered(op, group);
    long slot = workspace.slot(at);
    long job = workspace.job(at);
    ops[at] = op;
    bases[at] = base;
    text[at] = op.textLength > 0;
    long icv = base + op.icvOffset;
    long packet = base + op.aadOffset;
    if (!seal) {
      Raw.copyTag(icv, slot + Workspace.ICV, group.icvLength);
    }
    if (icv >= packet && icv < packet + covered) {
      // AH: the ICV lies inside of what it covers and counts as zero (RFC 4302 3.3.3.1).
      Raw.zero(icv, Math.min(group.icvLength, packet + covered - icv));
    }
    long hashed = covered;
    if (op.highSequencePresent) {
      Raw.putBigEndian(packet + covered, op.highSequence);
      hashed += HIGH;
    }
    places(job, packet, hashed, base + op.textOffset, op.textLength);
    Raw.putLong(job + AT.tag(), seal ? icv : slot + Workspace.TAG);
    keys(job, Batch.key(op).address, group);
    if (op.nonceLength > 0) {
      Raw.putWholeNonce(slot + Workspace.NONCE, op.nonce);
    }
  }

  private static void places(long job, long packet, long hashed, long text, long length) {
    Raw.putLong(job + AT.source(), packet);
    Raw.putLong(job + AT.destination(), text);
    Raw.putLong(job + AT.cipherStart(), text - packet);
    Raw.putLong(job + AT.cipherLength(), length);
    Raw.putLong(job + AT.hashStart(), 0);
    Raw.putLong(job + AT.hashLength(), hashed);
  }

  private static void keys(long job, long address, Group group) {
    if (group.cipher != CipherKind.NONE) {
      cipherKeys(job, address, group);
    }
    MacKind mac = group.mac;
    long macKeys = address + KeyMemory.macOffset(group);
    Raw.putLong(job + AT.tagLength(), group.icvLength);
    Raw.putLong(job + AT.hashFields(), macKeys + KeyMemory.FIRST);
    Raw.putLong(job + AT.hashFields() + 8, macKeys + KeyMemory.second(mac));
    Raw.putLong(job + AT.hashFields() + 16, macKeys + KeyMemory.third(mac));
  }

  private static void cipherKeys(long job, long address, Group group) {
    boolean des = group.cipher == CipherKind.TRIPLE_DES;
    Raw.putLong(
        job + AT.encryptionKeys(), address + (des ? KeyMemory.DES_POINTERS : KeyMemory.ENCRYPTION));
    Raw.putLong(
        job + AT.decryptionKeys(), address + (des ? KeyMemory.DES_POINTERS : KeyMemory.DECRYPTION));
    Raw.putLong(job + AT.keyLength(), group.keyOctets);
    Raw.putLong(job + AT.ivLength(), group.cipher.nonce);
  }
}
