package org.ipsec4j.esp.frag;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory for fragments in blocks of equal size, taken once. A piece is a chain of blocks and is
 * named by its first. Facts about a piece stand beside its first block. Thread-confined.
 */
final class Blocks {
  static final int NONE = -1;
  private static final int SIZE = ReassemblyLimits.BLOCK;

  private final ByteBuffer memory;
  private final int[] nextBlock;
  private int free;
  private int freeCount;

  /** First octet of the piece in its packet; by first block. */
  final int[] start;

  /** Octets of the piece; by first block. */
  final int[] length;

  /** The piece behind it in its packet; by first block. */
  final int[] nextPiece;

  Blocks(int octets) {
    int count = octets / SIZE;
    memory = ByteBuffer.allocateDirect(count * SIZE).order(ByteOrder.BIG_ENDIAN);
    nextBlock = new int[count];
    start = new int[count];
    length = new int[count];
    nextPiece = new int[count];
    for (int i = 0; i < count; i++) {
      nextBlock[i] = i + 1 < count ? i + 1 : NONE;
    }
    freeCount = count;
  }

  /** Blocks that so many octets take; at least one. */
  static int needed(int octets) {
    return Math.max(1, (octets + SIZE - 1) / SIZE);
  }

  int free() {
    return freeCount;
  }

  /** Copies octets into a new piece; the caller has asked {@link #free} first. */
  int store(ByteBuffer from, int offset, int octets) {
    int first = free;
    int block = first;
    int at = 0;
    while (true) {
      int part = Math.min(SIZE, octets - at);
      memory.put(block * SIZE, from, offset + at, part);
      at += part;
      freeCount--;
      if (at >= octets) {
        break;
      }
      block = nextBlock[block];
    }
    free = nextBlock[block];
    nextBlock[block] = NONE;
    length[first] = octets;
    start[first] = 0;
    nextPiece[first] = NONE;
    return first;
  }

  void copyTo(int piece, ByteBuffer to, int offset) {
    int block = piece;
    for (int at = 0; at < length[piece]; at += SIZE) {
      to.put(offset + at, memory, block * SIZE, Math.min(SIZE, length[piece] - at));
      block = nextBlock[block];
    }
  }

  boolean equals(int piece, ByteBuffer other, int offset) {
    int block = piece;
    for (int at = 0; at < length[piece]; at += SIZE) {
      int part = Math.min(SIZE, length[piece] - at);
      for (int i = 0; i < part; i++) {
        if (memory.get(block * SIZE + i) != other.get(offset + at + i)) {
          return false;
        }
      }
      block = nextBlock[block];
    }
    return true;
  }

  /** Gives the blocks of a piece back, its octets overwritten. */
  void release(int piece) {
    int left = length[piece];
    int last = piece;
    wipe(memory, last * SIZE, Math.min(SIZE, left));
    freeCount++;
    while (nextBlock[last] != NONE) {
      last = nextBlock[last];
      left -= SIZE;
      wipe(memory, last * SIZE, Math.min(SIZE, left));
      freeCount++;
    }
    nextBlock[last] = free;
    free = piece;
  }

  /** Overwrites all blocks, used or not. */
  void wipe() {
    wipe(memory, 0, memory.capacity());
  }

  /** For tests: whether no block holds anything. */
  boolean isWiped() {
    for (int i = 0; i < memory.capacity(); i++) {
      if (memory.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Overwrites {@code octets} with zeros. This package knows none of those above it. */
  static void wipe(ByteBuffer memory, int offset, int octets) {
    int at = offset;
    int end = offset + octets;
    for (; end - at >= 8; at += 8) {
      memory.putLong(at, 0);
    }
    for (; at < end; at++) {
      memory.put(at, (byte) 0);
    }
  }
}
