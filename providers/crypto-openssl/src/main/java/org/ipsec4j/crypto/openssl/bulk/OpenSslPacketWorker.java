package org.ipsec4j.crypto.openssl.bulk;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.ffm.NativeMemory;
import org.ipsec4j.ffm.Quiescence;
import org.ipsec4j.ffm.SlabAddresses;

/**
 * Works packets off one after the other, at once. Keeps contexts of the {@value #CONTEXTS} keys
 * that it used last, so that a packet costs a new IV and no new key. Allocates nothing per packet.
 *
 * <p>A slab of the heap is worked through a copy: right, and slow.
 */
final class OpenSslPacketWorker implements PacketWorker {
  /** Keys whose contexts are kept. */
  static final int CONTEXTS = 4096;

  private static final int BURST = 16;

  private final ContextTable contexts;
  private final SlabAddresses slabs = new SlabAddresses();
  private final Quiescence.Reader reader = OpenSslPacketKey.QUIESCENCE.reader();
  private final long memory = NativeMemory.allocate(Scratch.SIZE);
  private final Scratch scratch = new Scratch(memory);
  private final HeapSlab heap = new HeapSlab();
  private boolean closed;

  OpenSslPacketWorker(int capacity) {
    contexts = new ContextTable(capacity);
  }

  @Override
  public boolean submit(CryptoBurst burst) {
    if (closed) {
      for (int i = 0; i < burst.size(); i++) {
        burst.op(i).status = Status.FAILED;
      }
      return true;
    }
    reader.enter();
    try {
      int size = burst.size();
      for (int i = 0; i < size; i++) {
        CryptoOp op = burst.op(i);
        op.status = work(op);
      }
    } finally {
      reader.exit();
    }
    return true;
  }

  private Status work(CryptoOp op) {
    ByteBuffer slab = op.slab;
    if (slab == null
        || !(op.key instanceof OpenSslPacketKey key)
        || key.isDead()
        || !key.suite().accepts(op, slab)) {
      return Status.FAILED;
    }
    long base = slabs.of(slab);
    Session session = contexts.of(key);
    if (base == 0) {
      return heap.work(op, slab, session, scratch);
    }
    Status status = op.seal ? session.seal(op, base, scratch) : session.open(op, base, scratch);
    if (status == Status.FAILED) {
      LibCrypto.present().clearErrors();
    }
    return status;
  }

  /** Measured: a burst of 1 costs 5 % more at 64 octets, and no burst above 16 costs less. */
  @Override
  public int preferredBurst() {
    return BURST;
  }

  /** Sessions that are kept, for tests. */
  int kept() {
    return contexts.size();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      contexts.close();
      reader.close();
      heap.close();
      slabs.clear();
      NativeMemory.free(memory, Scratch.SIZE);
    }
  }
}
