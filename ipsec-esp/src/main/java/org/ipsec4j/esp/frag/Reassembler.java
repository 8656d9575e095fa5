package org.ipsec4j.esp.frag;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragmented packets together (RFC 791 3.2, RFC 8200 4.5), IPv4 and IPv6, in bounded memory.
 *
 * <p>Rules beyond those texts, for both versions: fragments that overlap end all fragments of their
 * packet, those to come included (RFC 5722 4); the same fragment twice is dropped once, if every
 * octet is the same. A fragment that contradicts the length of its packet ends it as well. An IPv6
 * packet in one piece that bears a Fragment header loses it at once and meets no other fragment
 * (RFC 6946). A first IPv6 fragment must hold all headers (RFC 7112). Congestion marks are merged
 * as RFC 3168 5.3 says; where fragments with a mark or its capability meet fragments without, the
 * packet is dropped. The header, its Don't Fragment flag included, is that of the first fragment.
 *
 * <p>When memory is short the oldest packets give way, those of the fragment's own source first
 * when it holds its share: see {@link ReassemblyLimits}.
 *
 * <p>Fragments that were taken are marked {@link DropReason#FRAGMENT_HELD} in their burst, and each
 * is accounted for once: {@code fragments() == held() + joined() + drops().total()} at every
 * moment.
 *
 * <p>Octets may have come out of decryption, and are overwritten as soon as they are no longer
 * needed: in the memory of this when their packet is complete or dropped, and in the burst that
 * they came in at once.
 *
 * <p>Thread-confined: all fragments of a packet must meet the same one. Allocates nothing and
 * throws nothing for what a packet contains.
 */
public final class Reassembler implements AutoCloseable {
  private static final int MAX_TOTAL = 65535;
  private static final int NOT_ECT = 1;
  private static final int CE = 1 << 3;

  private final ReassemblyLimits limits;
  private final DropCounts drops = new DropCounts();
  private final WaitingRoom room;
  private final Blocks blocks;
  private final FragmentView view = new FragmentView();
  private long fragments;
  private long joined;
  private long packets;

  /**
   * @param limits how much is held at most
   * @param seed random: keeps senders from choosing addresses that are slow to look up
   */
  public Reassembler(ReassemblyLimits limits, long seed) {
    this.limits = limits;
    room = new WaitingRoom(limits, seed, drops);
    blocks = room.blocks();
  }

  /**
   * Takes the fragments out of a burst.
   *
   * @param from windows hold whole IP packets. Packets in one piece, and what is no IP packet, stay
   *     untouched and alive; atomic fragments stay alive without their Fragment header; fragments
   *     end as FRAGMENT_HELD or under their drop reason, their windows overwritten with zeros
   * @param start index of the first packet to look at
   * @param into packets that became complete are appended; its slots should have room for 65,575
   *     octets, for a packet that does not fit is dropped as {@link DropReason#NO_HEADROOM}
   * @param now engine time
   * @return {@code from.size()} when all is done, else the index of the first packet that was not
   *     looked at since {@code into} was full: take its packets, clear it, and call again
   * @throws IllegalArgumentException when both bursts are one
   */
  public int accept(PacketBurst from, int start, PacketBurst into, long now) {
    if (from == into) {
      throw new IllegalArgumentException("a burst cannot be put together into itself");
    }
    expire(now);
    for (int i = start; i < from.size(); i++) {
      if (!from.isAlive(i)) {
        continue;
      }
      if (into.size() == into.capacity()) {
        return i;
      }
      FragmentView.Kind kind = view.parse(from.slab(), from.offset(i), from.length(i));
      if (kind == FragmentView.Kind.ATOMIC) {
        kind = stripAtomic(from, i);
      }
      if (kind == FragmentView.Kind.FRAGMENT) {
        fragments++;
        DropReason reason = take(from.slab(), into, now);
        from.drop(i, reason == DropReason.NONE ? DropReason.FRAGMENT_HELD : reason);
        // held is a copy of it; what is dropped may have been decrypted too
        Blocks.wipe(from.slab(), from.offset(i), from.length(i));
        if (reason != DropReason.NONE) {
          drops.add(reason, 1);
        }
      }
    }
    return from.size();
  }

  /** Drops what has waited too long. {@link #accept} does it too. */
  public void expire(long now) {
    PartialPacket oldest = room.oldest();
    while (oldest != null && now - oldest.since >= limits.timeoutNanos()) {
      room.discard(oldest, DropReason.REASSEMBLY_TIMEOUT);
      oldest = room.oldest();
    }
  }

  /** Engine time at which {@link #expire} has something to do; {@code Long.MAX_VALUE} for never. */
  public long nextTimeout() {
    PartialPacket oldest = room.oldest();
    return oldest == null ? Long.MAX_VALUE : oldest.since + limits.timeoutNanos();
  }

  /** Fragments that came. */
  public long fragments() {
    return fragments;
  }

  /** Fragments that went on in complete packets. */
  public long joined() {
    return joined;
  }

  /** Packets that became complete. */
  public long packets() {
    return packets;
  }

  /** Fragments that wait now. */
  public long held() {
    return room.fragments();
  }

  /** Packets that are waited for now, or remembered as discarded. */
  public int waiting() {
    return room.size();
  }

  /** Fragments that were dropped, when they came or later, by reason. */
  public DropCounts drops() {
    return drops;
  }

  /** Takes Fragment headers of packets in one piece out: moves what stands in front over it. */
  private FragmentView.Kind stripAtomic(PacketBurst burst, int index) {
    ByteBuffer slab = burst.slab();
    FragmentView.Kind kind = FragmentView.Kind.ATOMIC;
    while (kind == FragmentView.Kind.ATOMIC) {
      int at = view.ip.offset();
      int total = view.ip.totalLength() - FragmentView.FRAGMENT_HEADER_LENGTH;
      slab.put(at + view.nextField, (byte) view.protocol);
      slab.putShort(at + 4, (short) (total - FragmentView.V6_LENGTH));
      int to = at + FragmentView.FRAGMENT_HEADER_LENGTH;
      for (int i = view.headerLength - 1; i >= 0; i--) {
        slab.put(to + i, slab.get(at + i));
      }
      burst.window(index, to, total);
      kind = view.parse(slab, to, total);
    }
    return kind;
  }

  /** {@code NONE} when the fragment was taken, whatever becomes of it later. */
  private DropReason take(ByteBuffer slab, PacketBurst into, long now) {
    DropReason reason = examine(slab);
    if (reason != DropReason.NONE) {
      return reason;
    }
    PartialPacket packet = room.find(view);
    if (packet == null) {
      packet = room.begin(view, now);
    } else if (packet.doom != DropReason.NONE) {
      return packet.doom;
    }
    int before = placeBefore(packet);
    reason = conflict(slab, packet, before);
    if (reason == DropReason.FRAGMENT_DUPLICATE) {
      return reason;
    }
    if (reason == DropReason.NONE && packet.fragments == limits.fragmentsPerPacket()) {
      reason = DropReason.TOO_MANY_FRAGMENTS;
    }
    if (reason != DropReason.NONE) {
      room.doom(packet, reason);
      return reason;
    }
    int needed = Blocks.needed(view.dataLength);
    needed += view.start == 0 ? Blocks.needed(view.headerLength) : 0;
    if (!room.makeRoom(packet, view, needed)) {
      room.discard(packet, DropReason.REASSEMBLY_FULL);
      return DropReason.REASSEMBLY_FULL;
    }
    keep(slab, packet, before, needed);
    if (packet.isComplete()) {
      finish(packet, into);
    }
    return DropReason.NONE;
  }

  /** What can be said of a fragment without the others. */
  private DropReason examine(ByteBuffer slab) {
    boolean ragged = view.more && (view.dataLength & 7) != 0;
    // the length field of IPv6 does not count its fixed header
    int counted = view.ip.isV4() ? view.headerLength : view.headerLength - FragmentView.V6_LENGTH;
    boolean endless = counted + view.start + view.dataLength > MAX_TOTAL;
    if (view.dataLength == 0 || ragged || endless) {
      return DropReason.MALFORMED_FRAGMENT;
    }
    boolean whole =
        view.ip.isV4()
            ? InternetChecksum.isRight(slab, view.ip.offset(), view.headerLength)
            : view.start > 0 || view.hasHeaderChain(slab);
    return whole ? DropReason.NONE : DropReason.MALFORMED_FRAGMENT;
  }

  /** The last piece that begins before the fragment; {@link Blocks#NONE} when it is the first. */
  private int placeBefore(PartialPacket packet) {
    // most come in order
    int last = packet.lastPiece;
    if (last != Blocks.NONE && blocks.start[last] < view.start) {
      return last;
    }
    int before = Blocks.NONE;
    int at = packet.firstPiece;
    while (at != Blocks.NONE && blocks.start[at] < view.start) {
      before = at;
      at = blocks.nextPiece[at];
    }
    return before;
  }

  private DropReason conflict(ByteBuffer slab, PartialPacket packet, int before) {
    int after = before == Blocks.NONE ? packet.firstPiece : blocks.nextPiece[before];
    int end = view.start + view.dataLength;
    if (after != Blocks.NONE
        && blocks.start[after] == view.start
        && blocks.length[after] == view.dataLength
        && view.more != (end == packet.end)) {
      return blocks.equals(after, slab, view.dataOffset)
          ? DropReason.FRAGMENT_DUPLICATE
          : DropReason.FRAGMENT_OVERLAP;
    }
    boolean overBefore =
        before != Blocks.NONE && blocks.start[before] + blocks.length[before] > view.start;
    boolean overAfter = after != Blocks.NONE && end > blocks.start[after];
    if (overBefore || overAfter) {
      return DropReason.FRAGMENT_OVERLAP;
    }
    // two ends, something behind the end, or the end in front of something
    boolean beyond = packet.end >= 0 && (!view.more || end > packet.end);
    boolean cutShort = !view.more && after != Blocks.NONE;
    return beyond || cutShort ? DropReason.MALFORMED_FRAGMENT : DropReason.NONE;
  }

  private void keep(ByteBuffer slab, PartialPacket packet, int before, int needed) {
    int piece = blocks.store(slab, view.dataOffset, view.dataLength);
    blocks.start[piece] = view.start;
    if (before == Blocks.NONE) {
      blocks.nextPiece[piece] = packet.firstPiece;
      packet.firstPiece = piece;
    } else {
      blocks.nextPiece[piece] = blocks.nextPiece[before];
      blocks.nextPiece[before] = piece;
    }
    if (blocks.nextPiece[piece] == Blocks.NONE) {
      packet.lastPiece = piece;
    }
    if (view.start == 0) {
      packet.header = blocks.store(slab, view.ip.offset(), view.headerLength);
      packet.nextField = view.nextField;
      packet.nextHeader = view.protocol;
    }
    if (!view.more) {
      packet.end = view.start + view.dataLength;
    }
    packet.octets += view.dataLength;
    packet.ecnSeen |= 1 << (view.ip.trafficClass() & 3);
    room.hold(packet, needed);
  }

  /** All is there: builds the packet, or drops all of it. */
  private void finish(PartialPacket packet, PacketBurst into) {
    int header = blocks.length[packet.header];
    int total = header + packet.end;
    int most = packet.v4 ? MAX_TOTAL : MAX_TOTAL + FragmentView.V6_LENGTH;
    boolean mixed = (packet.ecnSeen & NOT_ECT) != 0 && packet.ecnSeen != NOT_ECT;
    if (total > most) {
      // the first fragment's header is longer than that of the others
      room.doom(packet, DropReason.MALFORMED_FRAGMENT);
    } else if (mixed) {
      room.discard(packet, DropReason.ECN_CONGESTION);
    } else if (total > into.room()) {
      room.discard(packet, DropReason.NO_HEADROOM);
    } else {
      build(packet, header, total, into);
      packets++;
      joined += packet.fragments;
      room.forget(packet);
    }
  }

  private void build(PartialPacket packet, int header, int total, PacketBurst into) {
    int index = into.add();
    int at = into.offset(index);
    into.window(index, at, total);
    ByteBuffer slab = into.slab();
    blocks.copyTo(packet.header, slab, at);
    for (int piece = packet.firstPiece; piece != Blocks.NONE; piece = blocks.nextPiece[piece]) {
      blocks.copyTo(piece, slab, at + header + blocks.start[piece]);
    }
    boolean congestion = (packet.ecnSeen & CE) != 0;
    if (packet.v4) {
      if (congestion) {
        slab.put(at + 1, (byte) (slab.get(at + 1) | 3));
      }
      slab.putShort(at + 2, (short) total);
      // the reserved flag and Don't Fragment stay
      slab.putShort(at + 6, (short) (slab.getShort(at + 6) & 0xc000));
      InternetChecksum.writeV4Header(slab, at, header);
    } else {
      if (congestion) {
        slab.put(at + 1, (byte) (slab.get(at + 1) | 0x30));
      }
      slab.putShort(at + 4, (short) (total - FragmentView.V6_LENGTH));
      slab.put(at + packet.nextField, (byte) packet.nextHeader);
    }
  }

  /**
   * Overwrites all that is held. The reassembler must not be used afterwards, but its counters may
   * be read; idempotent.
   */
  @Override
  public void close() {
    blocks.wipe();
  }

  @Override
  public String toString() {
    return "reassembler[" + room.size() + " packets, " + room.fragments() + " fragments wait]";
  }

  /** For tests: memory that is not used. */
  int freeBlocks() {
    return blocks.free();
  }

  /** For tests: whether all memory is zeros. */
  boolean isWiped() {
    return blocks.isWiped();
  }

  /** For tests: the packet that is waited for longest. */
  @Nullable PartialPacket oldest() {
    return room.oldest();
  }
}
