package org.ipsec4j.examples.card;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.Nullable;

/**
 * One thread's way to the card. A burst becomes jobs, one for each packet; it is given back when
 * all of its jobs are. What the card has no room for waits here and is tried again at each poll.
 * Allocates when it sees a larger burst than before, and never after.
 */
final class CardWorker implements PacketWorker {
  private static final int DEPTH = 4;
  private static final int NONCE = 12;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Card.Queue queue;
  private final Slot[] slots = new Slot[DEPTH];

  /** The engine's position and limit are its own: the card gets a view of the whole slab. */
  private @Nullable ByteBuffer slab;

  private ByteBuffer view = NOTHING;

  /** A burst that is with the card. */
  private static final class Slot {
    @Nullable CryptoBurst burst;
    Card.Job[] jobs = new Card.Job[0];
    int handedOver;
    int back;
  }

  CardWorker(Card.Queue queue) {
    this.queue = queue;
    for (int i = 0; i < DEPTH; i++) {
      slots[i] = new Slot();
    }
  }

  @Override
  public int depth() {
    return DEPTH;
  }

  @Override
  public int preferredBurst() {
    return 32;
  }

  @Override
  public boolean submit(CryptoBurst burst) {
    int free = 0;
    while (free < DEPTH && slots[free].burst != null) {
      free++;
    }
    if (free == DEPTH) {
      // more bursts than we said that we take
      for (int i = 0; i < burst.size(); i++) {
        burst.op(i).status = CryptoOp.Status.FAILED;
      }
      return true;
    }
    Slot slot = slots[free];
    makeJobs(slot, burst.capacity());
    slot.burst = burst;
    slot.handedOver = 0;
    slot.back = 0;
    for (int i = 0; i < burst.size(); i++) {
      if (!describe(burst.op(i), slot.jobs[i], free, i)) {
        burst.op(i).status = CryptoOp.Status.FAILED;
      }
    }
    handOver(slot);
    return false;
  }

  private static void makeJobs(Slot slot, int count) {
    if (slot.jobs.length < count) {
      slot.jobs = new Card.Job[count];
      for (int i = 0; i < count; i++) {
        slot.jobs[i] = new Card.Job();
      }
    }
  }

  /** Everything is checked before the card gets it: it has no bounds of its own. */
  private boolean describe(CryptoOp op, Card.Job job, int slot, int index) {
    PacketKey key = op.key;
    ByteBuffer memory = whole(op.slab);
    int extra = op.highSequencePresent ? 4 : 0;
    if (!(key instanceof CardKey own)
        || op.nonceLength != NONCE
        || op.aadLength < 8
        || op.aadLength + extra > job.header.length
        || !fits(memory, op.aadOffset, op.aadLength)
        || !fits(memory, op.textOffset, op.textLength)
        || !fits(memory, op.icvOffset, 16)) {
      return false;
    }
    job.handle = own.handle();
    job.seal = op.seal;
    job.memory = memory;
    System.arraycopy(op.nonce, 0, job.nonce, 0, NONCE);
    // SPI, upper half of the number where there is one, lower half (RFC 4106 5)
    memory.get(op.aadOffset, job.header, 0, 4);
    if (op.highSequencePresent) {
      ByteBuffer.wrap(job.header).putInt(4, op.highSequence);
    }
    memory.get(op.aadOffset + 4, job.header, 4 + extra, op.aadLength - 4);
    job.headerLength = op.aadLength + extra;
    job.textAt = op.textOffset;
    job.textLength = op.textLength;
    job.tagAt = op.icvOffset;
    job.slot = slot;
    job.index = index;
    return true;
  }

  private static boolean fits(ByteBuffer memory, int offset, int length) {
    return offset >= 0 && length >= 0 && offset <= memory.capacity() - length;
  }

  @SuppressWarnings("ReferenceEquality") // the same buffer, not one of the same content
  private ByteBuffer whole(@Nullable ByteBuffer wanted) {
    if (wanted != null && slab != wanted) {
      slab = wanted;
      view = wanted.duplicate().clear();
    }
    return wanted == null ? NOTHING : view;
  }

  /** As many jobs of a burst as the card takes; those that were refused count as back. */
  private void handOver(Slot slot) {
    CryptoBurst burst = slot.burst;
    boolean room = true;
    while (burst != null && room && slot.handedOver < burst.size()) {
      if (burst.op(slot.handedOver).status == CryptoOp.Status.FAILED) {
        slot.handedOver++;
        slot.back++;
      } else {
        room = queue.enqueue(slot.jobs[slot.handedOver]);
        slot.handedOver += room ? 1 : 0;
      }
    }
  }

  @Override
  public @Nullable CryptoBurst poll() {
    for (Card.Job job = queue.dequeue(); job != null; job = queue.dequeue()) {
      Slot slot = slots[job.slot];
      CryptoBurst burst = slot.burst;
      if (burst != null) {
        burst.op(job.index).status = status(job.result);
        slot.back++;
        job.memory = null;
      }
    }
    for (Slot slot : slots) {
      handOver(slot);
      CryptoBurst burst = slot.burst;
      if (burst != null && slot.back == burst.size()) {
        slot.burst = null;
        return burst;
      }
    }
    return null;
  }

  private static CryptoOp.Status status(int result) {
    return switch (result) {
      case 0 -> CryptoOp.Status.OK;
      case 1 -> CryptoOp.Status.ICV_MISMATCH;
      default -> CryptoOp.Status.FAILED;
    };
  }

  /** Comes back only when the card touches no memory of ours any more. */
  @Override
  public void close() {
    queue.reset();
    for (Slot slot : slots) {
      slot.burst = null;
    }
  }
}
