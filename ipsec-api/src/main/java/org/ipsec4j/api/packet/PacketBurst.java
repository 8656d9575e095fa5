package org.ipsec4j.api.packet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Packets at offsets in one slab: the unit that travels the packet path.
 *
 * <p>Each packet owns a slot of equal size; its window (offset and length) lies somewhere in the
 * slot, with headroom in front and tailroom behind, so that headers, padding and ICV grow around it
 * without a copy. A packet that is dropped stays in its slot with a {@link DropReason}. Made once
 * and reused; thread-confined; lent for the time of a call unless the receiver's Javadoc says
 * otherwise. Nothing here allocates after construction.
 */
public final class PacketBurst {
  private final ByteBuffer slab;
  private final int slotSize;
  private final int[] offset;
  private final int[] length;
  private final DropReason[] drop;
  private final int defaultHeadroom;
  private int size;

  /**
   * Allocates a direct slab.
   *
   * @param capacity most packets, 1 or more
   * @param headroom octets in front of a fresh packet's window
   * @param maxPacket most octets of a fresh packet
   * @param tailroom octets behind the largest fresh packet
   */
  public PacketBurst(int capacity, int headroom, int maxPacket, int tailroom) {
    slotSize = Math.addExact(Math.addExact(headroom, maxPacket), tailroom) + 63 & ~63;
    slab =
        ByteBuffer.allocateDirect(Math.multiplyExact(capacity, slotSize))
            .order(ByteOrder.BIG_ENDIAN);
    offset = new int[capacity];
    length = new int[capacity];
    drop = new DropReason[capacity];
    java.util.Arrays.fill(drop, DropReason.NONE);
    defaultHeadroom = headroom;
  }

  /** The memory, big-endian. Its position and limit mean nothing; use absolute access. */
  public ByteBuffer slab() {
    return slab;
  }

  /** Most packets. */
  public int capacity() {
    return offset.length;
  }

  /** Most octets of a fresh packet: what a slot has behind its default headroom. */
  public int room() {
    return slotSize - defaultHeadroom;
  }

  /** Packets in use, dropped ones included. */
  public int size() {
    return size;
  }

  /** Forgets all packets. */
  public void clear() {
    size = 0;
  }

  /**
   * Takes the next slot: window at the default headroom, length 0, not dropped.
   *
   * @return the packet's index, or -1 when the burst is full
   */
  public int add() {
    if (size == offset.length) {
      return -1;
    }
    int index = size++;
    offset[index] = index * slotSize + defaultHeadroom;
    length[index] = 0;
    drop[index] = DropReason.NONE;
    return index;
  }

  /**
   * Takes the next slot and copies a packet into it.
   *
   * @param packet read from position to limit; its position moves to the limit when copied
   * @return the index, or -1 when the burst is full or the packet is too long for a slot
   */
  public int add(ByteBuffer packet) {
    int octets = packet.remaining();
    if (size == offset.length || octets > slotSize - defaultHeadroom) {
      return -1;
    }
    int index = add();
    slab.put(offset[index], packet, packet.position(), octets);
    packet.position(packet.limit());
    length[index] = octets;
    return index;
  }

  /**
   * The memory behind the default headroom of the next slot, for a reader to fill before it calls
   * {@link #add()} and {@link #window}. Allocates one small view.
   *
   * @return a view of the slab from position 0 to the end of the slot
   * @throws IndexOutOfBoundsException when the burst is full
   */
  public ByteBuffer freeSlot() {
    java.util.Objects.checkIndex(size, offset.length);
    return slab.slice(size * slotSize + defaultHeadroom, slotSize - defaultHeadroom);
  }

  /** Where the packet's window begins in the slab. */
  public int offset(int index) {
    return offset[index];
  }

  /** Octets in the packet's window. */
  public int length(int index) {
    return length[index];
  }

  /** Octets in front of the window that belong to the packet's slot. */
  public int headroom(int index) {
    return offset[index] - index * slotSize;
  }

  /** Octets behind the window that belong to the packet's slot. */
  public int tailroom(int index) {
    return (index + 1) * slotSize - offset[index] - length[index];
  }

  /**
   * Moves the window within the packet's slot.
   *
   * @throws IndexOutOfBoundsException when the new window leaves the slot: a programming error, as
   *     callers ask {@link #headroom} and {@link #tailroom} first
   */
  public void window(int index, int newOffset, int newLength) {
    int start = index * slotSize;
    if (newOffset < start || newLength < 0 || newOffset - start > slotSize - newLength) {
      throw new IndexOutOfBoundsException("window leaves slot " + index);
    }
    offset[index] = newOffset;
    length[index] = newLength;
  }

  /** Why the packet was dropped; {@code NONE} while it lives. */
  public DropReason dropReason(int index) {
    return drop[index];
  }

  /** Marks the packet dropped. The first reason stays. */
  public void drop(int index, DropReason reason) {
    if (drop[index] == DropReason.NONE) {
      drop[index] = reason;
    }
  }

  /** Whether the packet lives. */
  public boolean isAlive(int index) {
    return drop[index] == DropReason.NONE;
  }

  /** Copies the window to {@code target} at its position; used at the edges only. */
  public void copyTo(int index, ByteBuffer target) {
    target.put(target.position(), slab, offset[index], length[index]);
    target.position(target.position() + length[index]);
  }
}
