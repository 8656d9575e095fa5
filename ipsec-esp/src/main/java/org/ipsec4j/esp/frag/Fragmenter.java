package org.ipsec4j.esp.frag;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;

/**
 * Cuts packets that exceed an MTU into fragments (RFC 791 3.2, RFC 8200 4.5), from one burst into
 * another: each octet is copied once.
 *
 * <p>Used in front of protection, on inner packets (RFC 4301 8.2.1 case 2), and behind it, on what
 * {@code EspOutbound} made with whole IP headers. An IPv4 packet with Don't Fragment is never cut,
 * nor is an IPv6 packet of somebody else: those are dropped as {@link
 * DropReason#NEEDS_FRAGMENTATION}, and the host may answer them with {@link IcmpReplies}. Fragments
 * of IPv4 may be cut again; offsets and the last More Fragments flag stay right.
 *
 * <p>Thread-confined. Allocates nothing and throws nothing for what a packet contains.
 */
public final class Fragmenter {
  /** The least MTU of an IPv4 link: the longest header and eight octets (RFC 791 3.2). */
  public static final int MIN_MTU = 68;

  private static final int MAX_TOTAL = 65535;
  private static final int MAX_HEADER = 60;
  private static final int MORE_FRAGMENTS = 0x2000;
  private static final int END_OF_OPTIONS = 0;
  private static final int NO_OPERATION = 1;

  /** Whose packets are cut. */
  public enum Role {
    /** Packets of others on their way: IPv6 is never cut (RFC 8200 5). */
    ROUTER,
    /** Our own packets, such as tunnel headers that we wrote: IPv6 is cut too. */
    SOURCE
  }

  /** What became of one packet. */
  public enum Outcome {
    /** It fits and stays in its burst. */
    FITS,
    /** Its fragments were appended; it is marked {@link DropReason#FRAGMENTED}. */
    CUT,
    /** It was marked dropped, with the reason. */
    DROPPED,
    /** The target has no room for all fragments: empty it and come again. Nothing changed. */
    NO_ROOM
  }

  private final Role role;
  private final FragmentView view = new FragmentView();
  private final byte[] laterOptions = new byte[MAX_HEADER - FragmentView.V4_LENGTH];
  private final Identifications identifications;
  private int laterOptionsLength;

  /**
   * @param role whose packets are cut
   * @param seed random, different for each fragmenter of a host: makes the identifications of IPv6
   *     fragments hard to guess (RFC 8200 4.5); IPv4 packets keep their own
   */
  public Fragmenter(Role role, long seed) {
    this.role = role;
    this.identifications = new Identifications(seed);
  }

  /**
   * Cuts every living packet of a burst that exceeds the MTU.
   *
   * @param from packets that fit stay in it untouched; the others end as FRAGMENTED or dropped
   * @param start index of the first packet to look at
   * @param mtu octets that a fragment has at most, {@value #MIN_MTU} or more
   * @param into fragments are appended, in order
   * @return {@code from.size()} when all is done, else the index of the packet whose fragments did
   *     not fit: send {@code into}, clear it, and call again with that index
   * @throws IllegalArgumentException when the MTU is too small, larger than a slot of {@code into},
   *     or both bursts are one
   */
  public int cutAll(PacketBurst from, int start, int mtu, PacketBurst into) {
    for (int i = start; i < from.size(); i++) {
      if (from.isAlive(i) && cut(from, i, mtu, into) == Outcome.NO_ROOM) {
        return i;
      }
    }
    return from.size();
  }

  /**
   * Cuts one living packet if it exceeds the MTU.
   *
   * @param from its window holds a whole IP packet; octets behind its own length are left out
   * @param index of the packet
   * @param mtu octets that a fragment has at most, {@value #MIN_MTU} or more
   * @param into fragments are appended, in order
   * @throws IllegalArgumentException when the MTU is too small, larger than a slot of {@code into},
   *     or both bursts are one
   */
  public Outcome cut(PacketBurst from, int index, int mtu, PacketBurst into) {
    if (mtu < MIN_MTU || mtu > into.room()) {
      throw new IllegalArgumentException(
          "MTU " + mtu + " is not in " + MIN_MTU + ".." + into.room());
    }
    if (from == into) {
      throw new IllegalArgumentException("a burst cannot be cut into itself");
    }
    FragmentView.Kind kind = view.parse(from.slab(), from.offset(index), from.length(index));
    if (kind == FragmentView.Kind.INVALID) {
      return drop(from, index, DropReason.MALFORMED_INNER);
    }
    if (view.ip.totalLength() <= mtu) {
      return Outcome.FITS;
    }
    return view.ip.isV4()
        ? cutV4(from, index, kind, mtu, into)
        : cutV6(from, index, kind, mtu, into);
  }

  private Outcome cutV4(
      PacketBurst from, int index, FragmentView.Kind kind, int mtu, PacketBurst into) {
    ByteBuffer slab = from.slab();
    int header = view.headerLength;
    if (view.ip.dontFragment()) {
      return drop(from, index, DropReason.NEEDS_FRAGMENTATION);
    }
    if (!InternetChecksum.isRight(slab, view.ip.offset(), header) || !readOptions(slab)) {
      return drop(from, index, DropReason.MALFORMED_INNER);
    }
    boolean ragged = view.more && (view.dataLength & 7) != 0;
    if (kind == FragmentView.Kind.FRAGMENT
        && (ragged || view.start + view.dataLength > MAX_TOTAL)) {
      return drop(from, index, DropReason.MALFORMED_FRAGMENT);
    }
    int laterHeader = FragmentView.V4_LENGTH + laterOptionsLength;
    int first = mtu - header & ~7;
    Outcome outcome = roomFor(from, index, 1 + pieces(first, mtu - laterHeader), into);
    if (outcome != Outcome.CUT) {
      return outcome;
    }
    int at = 0;
    while (at < view.dataLength) {
      int length = at == 0 ? first : Math.min(view.dataLength - at, mtu - laterHeader);
      boolean more = at + length < view.dataLength;
      if (more) {
        length &= ~7;
      }
      writeV4(slab, at, length, more || view.more, into);
      at += length;
    }
    from.drop(index, DropReason.FRAGMENTED);
    return Outcome.CUT;
  }

  private void writeV4(ByteBuffer slab, int at, int length, boolean more, PacketBurst into) {
    int header = at == 0 ? view.headerLength : FragmentView.V4_LENGTH + laterOptionsLength;
    int to = append(into, header + length);
    ByteBuffer target = into.slab();
    target.put(to, slab, view.ip.offset(), at == 0 ? header : FragmentView.V4_LENGTH);
    if (at > 0) {
      target.put(to, (byte) (0x40 | header / 4));
      target.put(to + FragmentView.V4_LENGTH, laterOptions, 0, laterOptionsLength);
    }
    // the reserved flag stays as it came; Don't Fragment is clear, or we were not here
    int reserved = target.getShort(to + 6) & 0x8000;
    int fields = reserved | (more ? MORE_FRAGMENTS : 0) | (view.start + at) / 8;
    target.putShort(to + 2, (short) (header + length));
    target.putShort(to + 6, (short) fields);
    InternetChecksum.writeV4Header(target, to, header);
    target.put(to + header, slab, view.dataOffset + at, length);
  }

  /** Collects the options that each fragment repeats (RFC 791 3.1, copied flag). */
  private boolean readOptions(ByteBuffer slab) {
    laterOptionsLength = 0;
    int at = view.ip.offset() + FragmentView.V4_LENGTH;
    int end = view.ip.offset() + view.headerLength;
    while (at < end) {
      int type = slab.get(at) & 0xff;
      if (type == END_OF_OPTIONS) {
        break;
      }
      int length = 1;
      if (type != NO_OPERATION) {
        length = end - at < 2 ? 0 : slab.get(at + 1) & 0xff;
        if (length < 2 || length > end - at) {
          return false;
        }
      }
      if ((type & 0x80) != 0) {
        slab.get(at, laterOptions, laterOptionsLength, length);
        laterOptionsLength += length;
      }
      at += length;
    }
    while ((laterOptionsLength & 3) != 0) {
      laterOptions[laterOptionsLength++] = END_OF_OPTIONS;
    }
    return true;
  }

  private Outcome cutV6(
      PacketBurst from, int index, FragmentView.Kind kind, int mtu, PacketBurst into) {
    int header = view.ip.perFragmentEnd() - view.ip.offset();
    int each = mtu - header - FragmentView.FRAGMENT_HEADER_LENGTH;
    if (role == Role.ROUTER || kind != FragmentView.Kind.WHOLE || each < 8) {
      return drop(from, index, DropReason.NEEDS_FRAGMENTATION);
    }
    view.headerLength = header;
    view.nextField = view.ip.perFragmentNextOffset() - view.ip.offset();
    view.protocol = from.slab().get(view.ip.perFragmentNextOffset()) & 0xff;
    view.dataOffset = view.ip.perFragmentEnd();
    view.dataLength = view.ip.totalLength() - header;
    // all headers belong into the first fragment (RFC 7112)
    int upper = FragmentView.upperHeaderLength(view.ip.protocol());
    int chain = view.ip.payloadOffset() + upper - view.dataOffset;
    if (Math.min(chain, view.dataLength) > (each & ~7)) {
      return drop(from, index, DropReason.NEEDS_FRAGMENTATION);
    }
    Outcome outcome = roomFor(from, index, pieces(0, each), into);
    if (outcome != Outcome.CUT) {
      return outcome;
    }
    int identification = identifications.next();
    int at = 0;
    while (at < view.dataLength) {
      int length = Math.min(view.dataLength - at, each);
      boolean more = at + length < view.dataLength;
      if (more) {
        length &= ~7;
      }
      writeV6(from.slab(), at, length, more, identification, into);
      at += length;
    }
    from.drop(index, DropReason.FRAGMENTED);
    return Outcome.CUT;
  }

  private void writeV6(
      ByteBuffer slab, int at, int length, boolean more, int identification, PacketBurst into) {
    int header = view.headerLength;
    int total = header + FragmentView.FRAGMENT_HEADER_LENGTH + length;
    int to = append(into, total);
    ByteBuffer target = into.slab();
    target.put(to, slab, view.ip.offset(), header);
    target.putShort(to + 4, (short) (total - FragmentView.V6_LENGTH));
    target.put(to + view.nextField, (byte) FragmentView.FRAGMENT);
    target.put(to + header, (byte) view.protocol);
    target.put(to + header + 1, (byte) 0);
    target.putShort(to + header + 2, (short) (at | (more ? 1 : 0)));
    target.putInt(to + header + 4, identification);
    int data = to + header + FragmentView.FRAGMENT_HEADER_LENGTH;
    target.put(data, slab, view.dataOffset + at, length);
  }

  /** Fragments for what lies behind {@code at}, with {@code each} octets for a part at most. */
  private int pieces(int at, int each) {
    int rest = view.dataLength - at;
    if (rest <= each) {
      return 1;
    }
    int whole = each & ~7;
    // the last may be longer than a multiple of eight octets
    return 1 + (rest - each + whole - 1) / whole;
  }

  private static Outcome roomFor(PacketBurst from, int index, int pieces, PacketBurst into) {
    if (pieces > into.capacity()) {
      return drop(from, index, DropReason.NO_HEADROOM);
    }
    return pieces > into.capacity() - into.size() ? Outcome.NO_ROOM : Outcome.CUT;
  }

  private static int append(PacketBurst into, int length) {
    int index = into.add();
    into.window(index, into.offset(index), length);
    return into.offset(index);
  }

  private static Outcome drop(PacketBurst from, int index, DropReason reason) {
    from.drop(index, reason);
    return Outcome.DROPPED;
  }
}
