package org.ipsec4j.crypto.openssl.bulk;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.ffm.NativeMemory;
import org.jspecify.annotations.Nullable;

/**
 * Packets in slabs that libcrypto cannot reach: copied into native memory and back.
 * Thread-confined.
 */
final class HeapSlab {
  /** From the first octet of a packet to its last. */
  private static final int ROOM = 2 * Suite.MOST;

  private long memory;
  private @Nullable ByteBuffer view;

  /** Seals or opens; the descriptor lies in the slab. */
  Status work(CryptoOp op, ByteBuffer slab, Session session, Scratch scratch) {
    int icvLength = session.suite.icvLength();
    int first = Math.min(op.aadOffset, Math.min(op.textOffset, op.icvOffset));
    int end =
        Math.max(
            op.aadOffset + op.aadLength,
            Math.max(op.textOffset + op.textLength, op.icvOffset + icvLength));
    if (slab.isReadOnly() || end - first > ROOM) {
      return Status.FAILED;
    }
    ByteBuffer bounce = bounce();
    int length = end - first;
    bounce.put(0, slab, first, length);
    // Offsets are those of the slab, so octet 0 lies in front of the copy.
    long base = memory - first;
    Status status = op.seal ? session.seal(op, base, scratch) : session.open(op, base, scratch);
    if (status == Status.OK) {
      slab.put(first, bounce, 0, length);
    } else if (status == Status.FAILED) {
      LibCrypto.present().clearErrors();
    }
    NativeMemory.at(memory, length).fill((byte) 0);
    return status;
  }

  private ByteBuffer bounce() {
    ByteBuffer made = view;
    if (made == null) {
      memory = NativeMemory.allocate(ROOM);
      made = NativeMemory.at(memory, ROOM).asByteBuffer();
      view = made;
    }
    return made;
  }

  void close() {
    if (view != null) {
      view = null;
      NativeMemory.free(memory, ROOM);
    }
  }
}
