package org.ipsec4j.node.crypto;

import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.Nullable;

/**
 * One worker of each provider; packets go to the provider that made their key. A burst of one
 * provider goes there as it is. One of several is taken apart, and is complete when all its parts
 * are, in whatever order the providers give them back. Thread-confined; allocates for the first
 * mixed bursts only.
 */
final class ChainWorker implements PacketWorker {
  private final String[] names;
  private final PacketWorker[] workers;
  private final int[] depths;
  private final int[] held;
  private final Slot[] slots;

  /** A burst that is under way. */
  private static final class Slot {
    @Nullable CryptoBurst burst;

    /** By provider: the part that is its own; null when it has none. */
    final @Nullable CryptoBurst[] parts;

    /** Parts made for mixed bursts, used again. */
    final @Nullable CryptoBurst[] made;

    /** By provider: whether its part waits for room in the worker. */
    final boolean[] waits;

    int open;

    Slot(int providers) {
      parts = new CryptoBurst[providers];
      made = new CryptoBurst[providers];
      waits = new boolean[providers];
    }
  }

  ChainWorker(List<CryptoProvider> providers) {
    names = providers.stream().map(CryptoProvider::name).toArray(String[]::new);
    workers = providers.stream().map(CryptoProvider::packetWorker).toArray(PacketWorker[]::new);
    depths = new int[workers.length];
    held = new int[workers.length];
    int depth = 1;
    for (int i = 0; i < workers.length; i++) {
      depths[i] = Math.max(1, workers[i].depth());
      depth = Math.max(depth, depths[i]);
    }
    slots = new Slot[depth];
    for (int i = 0; i < depth; i++) {
      slots[i] = new Slot(workers.length);
    }
  }

  @Override
  public boolean submit(CryptoBurst burst) {
    Slot slot = freeSlot();
    if (slot == null) {
      fail(burst);
      return true;
    }
    slot.burst = burst;
    slot.open = 0;
    int whole = owner(burst);
    if (whole >= 0) {
      slot.parts[whole] = burst;
    } else {
      takeApart(slot, burst);
    }
    for (int i = 0; i < workers.length; i++) {
      if (slot.parts[i] != null) {
        slot.open++;
        slot.waits[i] = true;
      }
    }
    for (int i = 0; i < workers.length; i++) {
      hand(slot, i);
    }
    if (slot.open > 0) {
      return false;
    }
    finish(slot);
    return true;
  }

  private @Nullable Slot freeSlot() {
    for (Slot slot : slots) {
      if (slot.burst == null) {
        return slot;
      }
    }
    return null;
  }

  /** Copies each packet's descriptor to the part of its provider; without one it fails. */
  private void takeApart(Slot slot, CryptoBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      CryptoOp op = burst.op(i);
      int index = ownerOf(op.key);
      if (index < 0) {
        op.status = CryptoOp.Status.FAILED;
        continue;
      }
      CryptoBurst part = slot.parts[index];
      if (part == null) {
        part = slot.made[index];
        if (part == null || part.capacity() < burst.capacity()) {
          part = new CryptoBurst(burst.capacity());
          slot.made[index] = part;
        }
        part.clear();
        slot.parts[index] = part;
      }
      copy(op, part.next(), i);
    }
  }

  private static void copy(CryptoOp from, CryptoOp to, int index) {
    to.key = from.key;
    to.slab = from.slab;
    to.seal = from.seal;
    to.aadOffset = from.aadOffset;
    to.aadLength = from.aadLength;
    to.textOffset = from.textOffset;
    to.textLength = from.textLength;
    to.icvOffset = from.icvOffset;
    to.highSequencePresent = from.highSequencePresent;
    to.highSequence = from.highSequence;
    to.nonceLength = from.nonceLength;
    System.arraycopy(from.nonce, 0, to.nonce, 0, to.nonce.length);
    to.tag = index;
  }

  /** Gives a part that waits to its provider, when that has room. */
  private void hand(Slot slot, int index) {
    CryptoBurst part = slot.parts[index];
    if (part == null || !slot.waits[index] || held[index] >= depths[index]) {
      return;
    }
    slot.waits[index] = false;
    boolean done;
    try {
      done = workers[index].submit(part);
    } catch (RuntimeException e) {
      // a worker must not throw; what it left undone counts as failed
      fail(part);
      done = true;
    }
    if (done) {
      slot.open--;
    } else {
      held[index]++;
    }
  }

  /** All parts are done: what came of them goes into the burst. */
  private static void finish(Slot slot) {
    CryptoBurst burst = slot.burst;
    for (int i = 0; i < slot.parts.length; i++) {
      CryptoBurst part = slot.parts[i];
      slot.parts[i] = null;
      if (part == null || burst == null || part == burst) {
        continue;
      }
      for (int k = 0; k < part.size(); k++) {
        CryptoOp done = part.op(k);
        burst.op(done.tag).status = done.status;
        done.key = null;
        done.slab = null;
      }
      part.clear();
    }
    slot.burst = null;
  }

  @Override
  public @Nullable CryptoBurst poll() {
    for (int i = 0; i < workers.length; i++) {
      if (held[i] > 0) {
        CryptoBurst part = pollOne(i);
        if (part != null) {
          held[i]--;
          Slot slot = slotOf(i, part);
          if (slot != null) {
            slot.open--;
          }
        }
      }
    }
    for (Slot slot : slots) {
      if (slot.burst != null && slot.open > 0) {
        for (int i = 0; i < workers.length; i++) {
          hand(slot, i);
        }
      }
    }
    for (Slot slot : slots) {
      CryptoBurst burst = slot.burst;
      if (burst != null && slot.open == 0) {
        finish(slot);
        return burst;
      }
    }
    return null;
  }

  private @Nullable CryptoBurst pollOne(int index) {
    try {
      return workers[index].poll();
    } catch (RuntimeException e) {
      // a worker must not throw; closed, it lets go of the packets that it had
      workers[index].close();
      failHeld(index);
      return null;
    }
  }

  private void failHeld(int index) {
    for (Slot slot : slots) {
      CryptoBurst part = slot.parts[index];
      if (slot.burst != null && part != null && !slot.waits[index]) {
        fail(part);
        slot.open--;
        slot.parts[index] = null;
        failIn(slot, part);
      }
    }
    held[index] = 0;
  }

  /** Marks in the whole burst what failed in a part that is forgotten. */
  private static void failIn(Slot slot, CryptoBurst part) {
    CryptoBurst burst = slot.burst;
    for (int i = 0; burst != null && part != burst && i < part.size(); i++) {
      burst.op(part.op(i).tag).status = CryptoOp.Status.FAILED;
    }
  }

  private @Nullable Slot slotOf(int index, CryptoBurst part) {
    for (Slot slot : slots) {
      if (slot.burst != null && slot.parts[index] == part && !slot.waits[index]) {
        return slot;
      }
    }
    return null;
  }

  private static void fail(CryptoBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      burst.op(i).status = CryptoOp.Status.FAILED;
    }
  }

  /** The provider whose keys all packets of the burst have, or -1. */
  private int owner(CryptoBurst burst) {
    int owner = burst.size() == 0 ? 0 : ownerOf(burst.op(0).key);
    for (int i = 1; i < burst.size(); i++) {
      if (ownerOf(burst.op(i).key) != owner) {
        return -1;
      }
    }
    return owner;
  }

  /** The key names its provider, alone or before a colon and a detail; the longest name wins. */
  private int ownerOf(@Nullable PacketKey key) {
    int owner = -1;
    for (int i = 0; key != null && i < names.length; i++) {
      boolean longer = owner < 0 || names[i].length() > names[owner].length();
      if (longer && ProviderChain.made(key.provider(), names[i])) {
        owner = i;
      }
    }
    return owner;
  }

  @Override
  public int preferredBurst() {
    int best = 1;
    for (PacketWorker worker : workers) {
      best = Math.max(best, worker.preferredBurst());
    }
    return best;
  }

  @Override
  public int depth() {
    return slots.length;
  }

  @Override
  public void close() {
    for (PacketWorker worker : workers) {
      worker.close();
    }
    for (Slot slot : slots) {
      slot.burst = null;
    }
  }
}
