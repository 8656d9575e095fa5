package org.ipsec4j.crypto.mb;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.ffm.SlabAddresses;

/**
 * AES-GCM, one call for each packet. All nonces of a burst are written before the first call, so
 * that the processor does not wait for what it has just stored. Thread-confined.
 */
final class GcmLane {
  private static final int NONCE = 12;

  private final Workspace workspace;
  private final SlabAddresses addresses;
  private final long context;

  GcmLane(Workspace workspace, SlabAddresses addresses) {
    this.workspace = workspace;
    this.addresses = addresses;
    this.context = workspace.context();
  }

  /**
   * Works a part of a burst off when all its packets are of one kind, lie in one slab and can be;
   * otherwise does nothing to it. This is what nearly all bursts are, and the only place where a
   * few nanoseconds count.
   *
   * @param count packets, 1 or more
   * @return whether it is done
   */
  boolean whole(CryptoBurst burst, int from, int count) {
    CryptoOp first = burst.op(from);
    ByteBuffer slab = first.slab;
    if (slab == null
        || !(first.key instanceof MbPacketKey key)
        || key.group.lane != Group.Lane.GCM) {
      return false;
    }
    Group group = key.group;
    boolean seal = first.seal;
    long base = addresses.of(slab);
    if (base == 0 || !allReady(burst, from, count, slab, base)) {
      return false;
    }
    if (seal) {
      for (int i = 0; i < count; i++) {
        seal(burst.op(from + i), base, workspace.slot(i), group);
      }
    } else {
      for (int i = 0; i < count; i++) {
        open(burst.op(from + i), base, workspace.slot(i), group);
      }
    }
    return true;
  }

  private boolean allReady(CryptoBurst burst, int from, int count, ByteBuffer slab, long base) {
    Group group = Batch.key(burst.op(from)).group;
    boolean seal = burst.op(from).seal;
    int capacity = slab.capacity();
    for (int i = 0; i < count; i++) {
      CryptoOp op = burst.op(from + i);
      if (!belongs(op, group, seal, slab)
          || !lies(op, group.icvLength, capacity)
          || !stage(op, base, workspace.slot(i))) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // the same memory, not equal octets
  private static boolean belongs(CryptoOp op, Group group, boolean seal, ByteBuffer slab) {
    return op.key instanceof MbPacketKey key
        && key.group == group
        && op.seal == seal
        && op.slab == slab
        && key.isAlive();
  }

  /** As {@link SlabAddresses#contains}, with fewer branches. */
  private static boolean lies(CryptoOp op, int icvLength, long capacity) {
    return (op.aadOffset | op.aadLength | op.textOffset | op.textLength | op.icvOffset) >= 0
        && (long) op.aadOffset + op.aadLength <= capacity
        && (long) op.textOffset + op.textLength <= capacity
        && (long) op.icvOffset + icvLength <= capacity;
  }

  /** Works those of a batch off that can be; the others stay failed. */
  void run(Batch batch, Group group, boolean seal) {
    for (int i = 0; i < batch.size(); i++) {
      CryptoOp op = batch.op(i);
      long base = batch.base(i);
      long slot = workspace.slot(i);
      if (stage(op, base, slot)) {
        if (seal) {
          seal(op, base, slot, group);
        } else {
          open(op, base, slot, group);
        }
      }
    }
  }

  /** Writes nonce and, where it is not the packet's own, header; false when it cannot be. */
  private static boolean stage(CryptoOp op, long base, long slot) {
    if (op.nonceLength != NONCE) {
      return false;
    }
    Raw.putNonce(slot + Workspace.NONCE, op.nonce);
    return !op.highSequencePresent || Batch.header(op, base, slot) != 0;
  }

  private static long header(CryptoOp op, long base, long slot) {
    return op.highSequencePresent ? slot + Workspace.HEADER : base + op.aadOffset;
  }

  private void seal(CryptoOp op, long base, long slot, Group group) {
    MbCalls.gcmSeal(
        group.size,
        Batch.key(op).address,
        context,
        base + op.textOffset,
        op.textLength,
        slot + Workspace.NONCE,
        header(op, base, slot),
        Batch.headerLength(op),
        base + op.icvOffset,
        group.icvLength);
    op.status = Status.OK;
  }

  private void open(CryptoOp op, long base, long slot, Group group) {
    long text = base + op.textOffset;
    long tag = slot + Workspace.TAG;
    MbCalls.gcmOpen(
        group.size,
        Batch.key(op).address,
        context,
        text,
        op.textLength,
        slot + Workspace.NONCE,
        header(op, base, slot),
        Batch.headerLength(op),
        tag,
        group.icvLength);
    op.status = Verdict.of(tag, base + op.icvOffset, group.icvLength, text, op.textLength);
  }
}
