package org.ipsec4j.esp.tfs;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Inner packets that wait to be sent: copies, one behind another in a ring of fixed size. The one
 * in front is read in parts.
 */
final class InnerQueue {
  private final ByteBuffer ring;
  private final int[] lengths;
  private final long[] times;

  /** Where the front packet begins in the ring. */
  private int head;

  private int octets;
  private int first;
  private int count;

  InnerQueue(int maxPackets, int maxOctets) {
    ring = ByteBuffer.allocateDirect(maxOctets);
    lengths = new int[maxPackets];
    times = new long[maxPackets];
  }

  /** Copies a packet to the end; false when there is no room for it. */
  boolean offer(ByteBuffer memory, int offset, int length, long now) {
    if (count == lengths.length || length > ring.capacity() - octets) {
      return false;
    }
    int at = wrap((long) head + octets);
    int before = Math.min(length, ring.capacity() - at);
    ring.put(at, memory, offset, before);
    ring.put(0, memory, offset + before, length - before);
    int index = (int) (((long) first + count) % lengths.length);
    lengths[index] = length;
    times[index] = now;
    octets += length;
    count++;
    return true;
  }

  boolean isEmpty() {
    return count == 0;
  }

  int packets() {
    return count;
  }

  /** Octets of all packets, the front one as a whole. */
  int octets() {
    return octets;
  }

  /** Octets of the front packet. */
  int frontLength() {
    return lengths[first];
  }

  /** When the front packet came. */
  long frontTime() {
    return times[first];
  }

  /** Copies a part of the front packet out. */
  void copyFront(int skip, int length, ByteBuffer target, int at) {
    int from = wrap((long) head + skip);
    int before = Math.min(length, ring.capacity() - from);
    target.put(at, ring, from, before);
    target.put(at + before, ring, 0, length - before);
  }

  /** Forgets the front packet. */
  void pop() {
    int length = lengths[first];
    head = wrap((long) head + length);
    octets -= length;
    first = (first + 1) % lengths.length;
    count--;
  }

  /** Forgets and overwrites everything. */
  void wipe() {
    for (int i = 0; i < ring.capacity(); i++) {
      ring.put(i, (byte) 0);
    }
    Arrays.fill(lengths, 0);
    head = 0;
    octets = 0;
    first = 0;
    count = 0;
  }

  private int wrap(long position) {
    return (int) (position % ring.capacity());
  }
}
