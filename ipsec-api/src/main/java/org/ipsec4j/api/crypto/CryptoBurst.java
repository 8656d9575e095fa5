package org.ipsec4j.api.crypto;

/**
 * Descriptors that travel together, of any SAs. Made once and reused; thread-confined. From {@code
 * submit} until completion it and every slab it names belong to the provider.
 */
public final class CryptoBurst {
  private final CryptoOp[] ops;
  private int size;

  /**
   * @param capacity most packets per burst, 1 or more
   */
  public CryptoBurst(int capacity) {
    ops = new CryptoOp[capacity];
    for (int i = 0; i < capacity; i++) {
      ops[i] = new CryptoOp();
    }
  }

  /** Most packets. */
  public int capacity() {
    return ops.length;
  }

  /** Packets in use. */
  public int size() {
    return size;
  }

  /** Forgets all packets; descriptors are reused. */
  public void clear() {
    size = 0;
  }

  /** The next free descriptor, status PENDING; only while {@code size < capacity}. */
  public CryptoOp next() {
    CryptoOp op = ops[size++];
    op.status = CryptoOp.Status.PENDING;
    op.highSequencePresent = false;
    return op;
  }

  /** The descriptor at {@code index}, below {@link #size()}. */
  public CryptoOp op(int index) {
    return ops[index];
  }
}
