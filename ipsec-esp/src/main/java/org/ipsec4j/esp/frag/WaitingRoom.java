package org.ipsec4j.esp.frag;

import org.ipsec4j.api.packet.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * The packets that wait for fragments: found by what names them, in order of age, with the share of
 * each source. A table of buckets by source, so that one walk finds a packet and sums up what its
 * source holds. Thread-confined; nothing is allocated after construction.
 */
final class WaitingRoom {
  private final ReassemblyLimits limits;
  private final DropCounts drops;
  private final long seed;
  private final @Nullable PartialPacket[] buckets;
  private final Blocks blocks;
  private @Nullable PartialPacket free;
  private @Nullable PartialPacket oldest;
  private @Nullable PartialPacket youngest;
  private int size;
  private long fragments;

  // what the last walk through a bucket found of its source
  private int sourcePackets;
  private int sourceBlocks;
  private @Nullable PartialPacket sourceOldest;

  WaitingRoom(ReassemblyLimits limits, long seed, DropCounts drops) {
    this.limits = limits;
    this.drops = drops;
    this.seed = seed;
    buckets = new PartialPacket[Integer.highestOneBit(limits.packets()) * 4];
    blocks = new Blocks(limits.octets());
    for (int i = 0; i < limits.packets(); i++) {
      PartialPacket packet = new PartialPacket();
      packet.nextInBucket = free;
      free = packet;
    }
  }

  Blocks blocks() {
    return blocks;
  }

  int size() {
    return size;
  }

  /** Fragments held. */
  long fragments() {
    return fragments;
  }

  @Nullable PartialPacket oldest() {
    return oldest;
  }

  /** The packet of a fragment, or null; notes what its source holds. */
  @Nullable PartialPacket find(FragmentView view) {
    sourcePackets = 0;
    sourceBlocks = 0;
    sourceOldest = null;
    PartialPacket found = null;
    for (PartialPacket at =
            buckets[bucket(view.ip.isV4(), view.ip.sourceHigh(), view.ip.sourceLow())];
        at != null;
        at = at.nextInBucket) {
      if (!at.isFromSource(view)) {
        continue;
      }
      sourcePackets++;
      sourceBlocks += at.blocks;
      if (at.isOf(view)) {
        found = at;
      } else {
        // the youngest comes first in a bucket
        sourceOldest = at;
      }
    }
    return found;
  }

  /** Begins a packet; the oldest give way. To be called after {@link #find} returned null. */
  PartialPacket begin(FragmentView view, long now) {
    if (sourcePackets >= limits.packetsPerSource() && sourceOldest != null) {
      discard(sourceOldest, DropReason.REASSEMBLY_FULL);
      find(view);
    }
    if (free == null && oldest != null) {
      discard(oldest, DropReason.REASSEMBLY_FULL);
      find(view);
    }
    PartialPacket packet = free;
    if (packet == null) {
      throw new IllegalStateException("no packet is free after one was given back");
    }
    free = packet.nextInBucket;
    packet.begin(view, now);
    int bucket = bucket(packet.v4, packet.sourceHigh, packet.sourceLow);
    packet.nextInBucket = buckets[bucket];
    buckets[bucket] = packet;
    packet.older = youngest;
    packet.younger = null;
    if (youngest == null) {
      oldest = packet;
    } else {
      youngest.younger = packet;
    }
    youngest = packet;
    size++;
    return packet;
  }

  /**
   * Makes room for so many blocks of a packet: older packets of its source give way when the source
   * has had its share, any when all is used. To be called after {@link #find} for that packet.
   *
   * @return false when even so there is none: the packet itself takes all
   */
  boolean makeRoom(PartialPacket packet, FragmentView view, int needed) {
    int share = limits.octetsPerSource() / ReassemblyLimits.BLOCK;
    while (sourceBlocks + needed > share) {
      if (sourceOldest == null) {
        return false;
      }
      discard(sourceOldest, DropReason.REASSEMBLY_FULL);
      find(view);
    }
    while (blocks.free() < needed) {
      PartialPacket victim = oldest == packet ? packet.younger : oldest;
      if (victim == null) {
        return false;
      }
      discard(victim, DropReason.REASSEMBLY_FULL);
    }
    return true;
  }

  /** Counts a fragment as held. */
  void hold(PartialPacket packet, int blockCount) {
    packet.fragments++;
    packet.blocks += blockCount;
    fragments++;
  }

  /** Drops all fragments of a packet for one reason and forgets it. */
  void discard(PartialPacket packet, DropReason reason) {
    drops.add(reason, packet.fragments);
    forget(packet);
  }

  /**
   * Drops all fragments that have come, and remembers that those to come are dropped too (RFC 5722
   * 4), for as long as the packet would have been waited for.
   */
  void doom(PartialPacket packet, DropReason reason) {
    drops.add(reason, packet.fragments);
    empty(packet);
    packet.doom = reason;
  }

  /** Gives the memory of a packet back, overwritten, and forgets it. */
  void forget(PartialPacket packet) {
    empty(packet);
    unlink(packet);
    packet.nextInBucket = free;
    free = packet;
    size--;
  }

  private void empty(PartialPacket packet) {
    fragments -= packet.fragments;
    int piece = packet.firstPiece;
    while (piece != Blocks.NONE) {
      int next = blocks.nextPiece[piece];
      blocks.release(piece);
      piece = next;
    }
    if (packet.header != Blocks.NONE) {
      blocks.release(packet.header);
    }
    packet.firstPiece = Blocks.NONE;
    packet.lastPiece = Blocks.NONE;
    packet.header = Blocks.NONE;
    packet.fragments = 0;
    packet.blocks = 0;
  }

  private void unlink(PartialPacket packet) {
    PartialPacket older = packet.older;
    PartialPacket younger = packet.younger;
    if (older == null) {
      oldest = younger;
    } else {
      older.younger = younger;
    }
    if (younger == null) {
      youngest = older;
    } else {
      younger.older = older;
    }
    int bucket = bucket(packet.v4, packet.sourceHigh, packet.sourceLow);
    PartialPacket at = buckets[bucket];
    if (at == packet) {
      buckets[bucket] = packet.nextInBucket;
      return;
    }
    while (at != null) {
      if (at.nextInBucket == packet) {
        at.nextInBucket = packet.nextInBucket;
        return;
      }
      at = at.nextInBucket;
    }
  }

  private int bucket(boolean v4, long sourceHigh, long sourceLow) {
    long hash = Identifications.mix((v4 ? sourceLow : sourceHigh) ^ seed);
    return (int) (hash >>> 32) & buckets.length - 1;
  }
}
