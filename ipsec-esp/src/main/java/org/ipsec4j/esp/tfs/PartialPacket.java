package org.ipsec4j.esp.tfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ipsec4j.api.packet.DropReason;

/**
 * The inner packet whose parts lie in several payloads, of which there is at most one at a time
 * (RFC 9347 2.2.3); or the memory of one that was lost, so that its late parts are not counted as
 * another.
 */
final class PartialPacket {
  private enum Stage {
    /** No packet is open, or nothing is known of one. */
    BETWEEN,
    /** The parts so far are here. */
    OPEN,
    /** The packet is lost, and more of it may come. */
    LOST
  }

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(AggfragView.MAX_BLOCK).order(ByteOrder.BIG_ENDIAN);
  private Stage stage = Stage.BETWEEN;
  private int have;

  /** Octets of the whole, or {@link AggfragView#UNDECIDED} while its length has not come. */
  private int total;

  /** Lost: octets that were still to come when the stream broke. */
  private int remaining;

  /** Lost: payloads that are missing since then, and the data of one of them, as far as known. */
  private long missing;

  private int roomOfOne;

  PartialPacket() {}

  ByteBuffer memory() {
    return memory;
  }

  int total() {
    return total;
  }

  /** Whether parts of a packet are held. */
  boolean isOpen() {
    return stage == Stage.OPEN;
  }

  /** Begins a packet whose first part ends a payload. */
  void open(ByteBuffer source, int at, int octets, int wholeLength) {
    memory.put(0, source, at, octets);
    have = octets;
    total = wholeLength;
    stage = Stage.OPEN;
  }

  /**
   * Takes the data in front of a payload's first new block.
   *
   * @param blockOffset octets to the next block, above 0, this payload's or later ones'
   * @param dataLength octets of data in the payload, above 0
   * @return {@code WAITING} when the packet goes on in later payloads, or was counted before;
   *     {@code NONE} when it is whole in {@link #memory}; else why it is lost
   */
  DropReason join(ByteBuffer source, int at, int blockOffset, int dataLength) {
    int octets = Math.min(blockOffset, dataLength);
    if (stage != Stage.OPEN) {
      boolean known = stage == Stage.LOST && continuesLost(blockOffset);
      lose(blockOffset - octets, 0, dataLength);
      return known ? DropReason.WAITING : DropReason.AGGFRAG_INCOMPLETE;
    }
    int implied = have + blockOffset;
    if (total != AggfragView.UNDECIDED && total != implied) {
      lose(blockOffset - octets, 0, dataLength);
      return DropReason.MALFORMED_AGGFRAG;
    }
    memory.put(have, source, at, octets);
    have += octets;
    if (total == AggfragView.UNDECIDED) {
      total = AggfragView.blockLength(memory, 0, have);
      if (total != implied && (total != AggfragView.UNDECIDED || have == implied)) {
        lose(blockOffset - octets, 0, dataLength);
        return DropReason.MALFORMED_AGGFRAG;
      }
    }
    if (have < implied) {
      return DropReason.WAITING;
    }
    stage = Stage.BETWEEN;
    return DropReason.NONE;
  }

  /**
   * A payload begins with a new block.
   *
   * @return {@code NONE}, or why the packet that was open is lost
   */
  DropReason end() {
    boolean broken = stage == Stage.OPEN;
    stage = Stage.BETWEEN;
    return broken ? DropReason.MALFORMED_AGGFRAG : DropReason.NONE;
  }

  /**
   * Payloads are missing.
   *
   * @param room octets of data that one of them may have held: those of the last one that came
   * @return {@code NONE}, or why the packet that was open is lost
   */
  DropReason interrupt(long count, int room) {
    if (stage == Stage.OPEN) {
      lose(total == AggfragView.UNDECIDED ? 0 : total - have, count, room);
      return DropReason.AGGFRAG_INCOMPLETE;
    }
    missing += count;
    return DropReason.NONE;
  }

  /** Overwrites the parts. */
  void wipe() {
    for (int i = 0; i < memory.capacity(); i++) {
      memory.put(i, (byte) 0);
    }
  }

  private void lose(int octetsToCome, long payloads, int room) {
    stage = octetsToCome > 0 ? Stage.LOST : Stage.BETWEEN;
    remaining = octetsToCome;
    missing = payloads;
    roomOfOne = room;
  }

  /** Whether the missing payloads, each full of it or all padding, can lie in between. */
  private boolean continuesLost(int blockOffset) {
    int gone = remaining - blockOffset;
    return gone >= 0
        && (gone == 0 || (roomOfOne > 0 && gone % roomOfOne == 0 && gone / roomOfOne <= missing));
  }
}
