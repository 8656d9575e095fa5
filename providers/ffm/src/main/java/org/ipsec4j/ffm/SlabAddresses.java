package org.ipsec4j.ffm;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoOp;
import org.jspecify.annotations.Nullable;

/**
 * Where slabs lie in memory, asked once per slab and not per packet; and whether what a descriptor
 * says lies inside its slab, which must be known before native code gets an address.
 *
 * <p>Thread-confined: each worker has its own. Keeps the slabs that it has seen last alive.
 */
public final class SlabAddresses {
  private static final int KEPT = 4;

  private final @Nullable ByteBuffer[] slabs = new ByteBuffer[KEPT];
  private final long[] addresses = new long[KEPT];
  private int newest;

  /** Knows no slab yet. */
  public SlabAddresses() {}

  /**
   * The address of a slab's octet 0, whatever its position is.
   *
   * @return 0 when the buffer is none of direct memory that may be written
   */
  @SuppressWarnings("ReferenceEquality") // the same memory, not equal octets
  public long of(ByteBuffer slab) {
    int at = newest;
    if (slabs[at] == slab) {
      return addresses[at];
    }
    return search(slab);
  }

  @SuppressWarnings("ReferenceEquality")
  private long search(ByteBuffer slab) {
    for (int i = 0; i < KEPT; i++) {
      if (slabs[i] == slab) {
        newest = i;
        return addresses[i];
      }
    }
    if (!slab.isDirect() || slab.isReadOnly()) {
      return 0;
    }
    newest = (newest + 1) % KEPT;
    slabs[newest] = slab;
    addresses[newest] = MemorySegment.ofBuffer(slab).address() - slab.position();
    return addresses[newest];
  }

  /** Forgets all slabs. */
  public void clear() {
    java.util.Arrays.fill(slabs, null);
  }

  /**
   * Whether header, text and ICV lie in the slab, and the high half of the sequence number can be
   * put where it belongs without touching what is not the packet's.
   *
   * @param icvLength octets of ICV
   */
  public static boolean contains(ByteBuffer slab, CryptoOp op, int icvLength) {
    long capacity = slab.capacity();
    return op.aadOffset >= 0
        && op.aadLength >= 0
        && (long) op.aadOffset + op.aadLength <= capacity
        && op.textOffset >= 0
        && op.textLength >= 0
        && (long) op.textOffset + op.textLength <= capacity
        && op.icvOffset >= 0
        && (long) op.icvOffset + icvLength <= capacity;
  }
}
