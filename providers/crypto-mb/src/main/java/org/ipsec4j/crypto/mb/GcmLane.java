package org.ipsec4j.crypto.mb;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.ffm.SlabAddresses;
import org.jspecify.annotations.Nullable;

/**
 * AES-GCM, one call for each packet. Everything is checked and written down before the first call:
 * so the processor does not wait for nonces that it has just stored, and the loop of calls is
 * nothing but calls. Thread-confined.
 */
final class GcmLane {
  private static final int NONCE = 12;

  private final Workspace workspace;
  private final SlabAddresses addresses;
  private final long context;
  private final long[] keys = new long[Workspace.MOST];
  private final long[] texts = new long[Workspace.MOST];
  private final long[] lengths = new long[Workspace.MOST];
  private final long[] headers = new long[Workspace.MOST];
  private final long[] headerLengths = new long[Workspace.MOST];
  private final long[] icvs = new long[Workspace.MOST];

  /** The slab of the packet before. */
  private @Nullable ByteBuffer slab;

  private long base;
  private int capacity;

  GcmLane(Workspace workspace, SlabAddresses addresses) {
    this.workspace = workspace;
    this.addresses = addresses;
    this.context = workspace.context();
  }

  /**
   * Works a part of a burst off when all its packets are of one kind and can be; otherwise does
   * nothing to it.
   *
   * @return whether it is done
   */
  boolean whole(CryptoBurst burst, int from, int count) {
    CryptoOp first = burst.op(from);
    if (!(first.key instanceof MbPacketKey key) || key.group.lane != Group.Lane.GCM) {
      return false;
    }
    Group group = key.group;
    boolean seal = first.seal;
    for (int i = 0; i < count; i++) {
      if (!note(burst.op(from + i), i, group, seal)) {
        return false;
      }
    }
    call(count, group, seal);
    for (int i = 0; i < count; i++) {
      CryptoOp op = burst.op(from + i);
      op.status = seal ? Status.OK : verdict(i, group);
    }
    return true;
  }

  /** Works those of a batch off that can be; the others stay failed. */
  void run(Batch batch, Group group, boolean seal) {
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      CryptoOp op = batch.op(i);
      if (note(op, 0, group, seal)) {
        call(1, group, seal);
        op.status = seal ? Status.OK : verdict(0, group);
      }
    }
  }

  /** Forgets the slab. */
  void clear() {
    slab = null;
    base = 0;
    capacity = 0;
  }

  @SuppressWarnings("ReferenceEquality") // the same memory, not equal octets
  private boolean note(CryptoOp op, int at, Group group, boolean seal) {
    ByteBuffer where = op.slab;
    if (!(op.key instanceof MbPacketKey key)
        || key.group != group
        || op.seal != seal
        || op.nonceLength != NONCE
        || where == null
        || !key.isAlive()) {
      return false;
    }
    if (where != slab && !locate(where)) {
      return false;
    }
    if (!lies(op, group.icvLength)) {
      return false;
    }
    long slot = workspace.slot(at);
    Raw.putNonce(slot + Workspace.NONCE, op.nonce);
    long header = op.highSequencePresent ? Batch.header(op, base, slot) : base + op.aadOffset;
    keys[at] = key.address;
    texts[at] = base + op.textOffset;
    lengths[at] = op.textLength;
    headers[at] = header;
    headerLengths[at] = Batch.headerLength(op);
    icvs[at] = base + op.icvOffset;
    return header != 0;
  }

  private boolean locate(ByteBuffer where) {
    base = addresses.of(where);
    slab = base == 0 ? null : where;
    capacity = where.capacity();
    return base != 0;
  }

  /** See {@link SlabAddresses#contains}. */
  private boolean lies(CryptoOp op, int icvLength) {
    long all = capacity;
    return (op.aadOffset | op.aadLength | op.textOffset | op.textLength | op.icvOffset) >= 0
        && (long) op.aadOffset + op.aadLength <= all
        && (long) op.textOffset + op.textLength <= all
        && (long) op.icvOffset + icvLength <= all;
  }

  private void call(int count, Group group, boolean seal) {
    if (seal) {
      seal(count, group.size, group.icvLength);
    } else {
      open(count, group.size, group.icvLength);
    }
  }

  private void seal(int count, int size, int icvLength) {
    for (int i = 0; i < count; i++) {
      MbCalls.gcmSeal(
          size,
          keys[i],
          context,
          texts[i],
          lengths[i],
          workspace.slot(i) + Workspace.NONCE,
          headers[i],
          headerLengths[i],
          icvs[i],
          icvLength);
    }
  }

  private void open(int count, int size, int icvLength) {
    for (int i = 0; i < count; i++) {
      long slot = workspace.slot(i);
      MbCalls.gcmOpen(
          size,
          keys[i],
          context,
          texts[i],
          lengths[i],
          slot + Workspace.NONCE,
          headers[i],
          headerLengths[i],
          slot + Workspace.TAG,
          icvLength);
    }
  }

  private Status verdict(int at, Group group) {
    long tag = workspace.slot(at) + Workspace.TAG;
    return Verdict.of(tag, icvs[at], group.icvLength, texts[at], lengths[at]);
  }
}
