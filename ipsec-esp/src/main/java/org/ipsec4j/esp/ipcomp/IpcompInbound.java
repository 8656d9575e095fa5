package org.ipsec4j.esp.ipcomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.IpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Expands compressed packets after reassembly and all other IPsec processing (RFC 3173 2), within
 * their slots and within the bound of their association, however much a stream wants to become.
 *
 * <p>Thread-confined: one for each packet thread. The {@link IpcompTable} is shared. Throws nothing
 * for what a packet contains and allocates nothing for a good one. The window of a packet that is
 * dropped here is wiped, as it may have been decrypted before. Holds native memory until {@link
 * #close}.
 */
public final class IpcompInbound implements AutoCloseable {
  private static final int NEXT_V4 = 4;
  private static final int NEXT_V6 = 41;
  private static final int HEADER_LENGTH = IpcompOutbound.HEADER_LENGTH;
  private static final int MAX_TOTAL = 65535;

  /** Results of {@link #inflate} besides a length. */
  private static final int MALFORMED = -1;

  private static final int TOO_LARGE = -2;

  private final IpcompTable table;
  private final Inflater inflater = new Inflater(true);
  private final ByteBuffer scratch =
      ByteBuffer.allocateDirect(IpcompSettings.MAX_PACKET + 1).order(ByteOrder.BIG_ENDIAN);
  private final IpHeaderView view = new IpHeaderView();
  private final IpHeaderView inner = new IpHeaderView();
  private final @Nullable IpcompAssociation[] through;
  private final IpcompCounters withoutAssociation = new IpcompCounters();

  /**
   * @param table where associations are found; shared
   * @param capacity most packets of a burst
   */
  public IpcompInbound(IpcompTable table, int capacity) {
    this.table = table;
    through = new IpcompAssociation[capacity];
  }

  /**
   * Expands every living packet that is compressed, and takes every living packet out of its tunnel
   * that came uncompressed through the tunnel of an association. Others are left alone: a sender
   * compresses only what gets shorter by it.
   *
   * <p>Afterwards the window of each living packet holds a whole IP packet; {@link #association}
   * tells more until the next call.
   *
   * @param burst windows hold whole IP packets; fragments with compressed data are refused
   * @throws IllegalArgumentException when the burst is larger than this was made for
   */
  public void expand(PacketBurst burst) {
    expand(burst, null);
  }

  /**
   * The same for some packets of a burst.
   *
   * @param mine by packet index, not shorter than the burst: what is not, is left alone; null for
   *     all
   */
  public void expand(PacketBurst burst, boolean @Nullable [] mine) {
    if (burst.size() > through.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    for (int i = 0; i < burst.size(); i++) {
      through[i] = null;
      if (burst.isAlive(i) && (mine == null || mine[i])) {
        DropReason reason = expand(burst, i);
        if (reason != DropReason.NONE) {
          drop(burst, i, reason);
        }
      }
    }
  }

  /** The association that the packet came through; null when IPComp had no part in it. */
  public @Nullable IpcompAssociation association(int index) {
    return through[index];
  }

  /** Packets dropped before an association was known. */
  public IpcompCounters withoutAssociation() {
    return withoutAssociation;
  }

  /** Wipes the scratch and gives the native memory back; idempotent. Nothing works afterwards. */
  @Override
  public void close() {
    inflater.end();
    IpHeaders.wipe(scratch.clear(), 0, scratch.capacity());
  }

  private DropReason expand(PacketBurst burst, int i) {
    ByteBuffer slab = burst.slab();
    if (!view.parse(slab, burst.offset(i), burst.length(i))) {
      return DropReason.MALFORMED_OUTER;
    }
    if (view.protocol() == NEXT_V4 || view.protocol() == NEXT_V6) {
      return leaveTunnel(burst, i);
    }
    if (view.protocol() != IpcompOutbound.IPCOMP) {
      return DropReason.NONE;
    }
    if (view.isFragment()) {
      return DropReason.MALFORMED_OUTER;
    }
    int at = view.payloadOffset();
    int packed = view.payloadLength() - HEADER_LENGTH;
    if (packed < 1) {
      return DropReason.MALFORMED_IPCOMP;
    }
    IpcompAssociation association = table.find(slab.getShort(at + 2) & 0xffff, view);
    if (association == null) {
      return DropReason.UNKNOWN_CPI;
    }
    through[i] = association;
    int next = slab.get(at) & 0xff;
    boolean mayFollow =
        association.isTunnel() ? next == NEXT_V4 || next == NEXT_V6 : mayBeCompressed(next);
    if (!mayFollow) {
      return DropReason.BAD_NEXT_HEADER;
    }
    int most = mostOctets(association);
    if (most < 1) {
      return DropReason.IPCOMP_TOO_LARGE;
    }
    int plain = inflate(slab, at + HEADER_LENGTH, packed, most);
    if (plain <= 0) {
      return plain == TOO_LARGE ? DropReason.IPCOMP_TOO_LARGE : DropReason.MALFORMED_IPCOMP;
    }
    DropReason reason =
        association.isTunnel() ? unwrap(burst, i, plain, next) : restore(burst, i, plain, next);
    if (reason == DropReason.NONE) {
      association.counters().countChanged(plain, packed + HEADER_LENGTH);
    }
    return reason;
  }

  /**
   * Headers that routers read, fragments, and what must be undone before decompression are never
   * inside (RFC 3173 2 and 2.1).
   */
  private static boolean mayBeCompressed(int next) {
    return switch (next) {
      case 0, 43, 44, 50, 51, IpcompOutbound.IPCOMP -> false;
      default -> true;
    };
  }

  /** What the expanded data may be at most: by the association, and by the length field. */
  private int mostOctets(IpcompAssociation association) {
    int bound = association.settings().maxPacket();
    if (association.isTunnel()) {
      return bound;
    }
    int header = view.payloadOffset() - view.offset();
    int most = view.isV4() ? MAX_TOTAL : IpcompSettings.MAX_PACKET;
    return Math.min(bound, most) - header;
  }

  /**
   * Expands into the scratch and stops as soon as it is too much.
   *
   * @return octets there, {@link #MALFORMED} or {@link #TOO_LARGE}
   */
  private int inflate(ByteBuffer slab, int at, int length, int most) {
    int position = slab.position();
    int limit = slab.limit();
    try {
      slab.limit(at + length).position(at);
      inflater.setInput(slab);
      scratch.clear().limit(most + 1);
      int plain = inflater.inflate(scratch);
      if (plain > most) {
        return TOO_LARGE;
      }
      // cut off, or followed by what no sender puts there
      boolean whole = inflater.finished() && inflater.getRemaining() == 0;
      return whole ? plain : MALFORMED;
    } catch (DataFormatException e) {
      return MALFORMED;
    } finally {
      // stateless, and no hold on memory that was lent
      inflater.reset();
      slab.limit(limit).position(position);
    }
  }

  /** Transport mode: the payload goes back behind the header, and the header says so. */
  private DropReason restore(PacketBurst burst, int i, int plain, int next) {
    ByteBuffer slab = burst.slab();
    int from = view.offset();
    int header = view.payloadOffset() - from;
    int to = place(burst, i, from, header + plain);
    if (to < 0) {
      return DropReason.NO_HEADROOM;
    }
    if (to != from) {
      // towards lower addresses: the first octet first, as source and target overlap
      for (int k = 0; k < header; k++) {
        slab.put(to + k, slab.get(from + k));
      }
    }
    slab.put(to + header, scratch, 0, plain);
    IpHeaders.mend(slab, to, view.protocolOffset() - from + to, next, header + plain);
    burst.window(i, to, header + plain);
    return DropReason.NONE;
  }

  /** Tunnel mode: what was compressed is the packet. */
  private DropReason unwrap(PacketBurst burst, int i, int plain, int next) {
    if (!inner.parse(scratch, 0, plain) || inner.isV4() != (next == NEXT_V4)) {
      return DropReason.MALFORMED_INNER;
    }
    if (!IpHeaders.takeEcn(scratch, inner, view.trafficClass())) {
      return DropReason.ECN_CONGESTION;
    }
    int to = place(burst, i, view.offset(), inner.totalLength());
    if (to < 0) {
      return DropReason.NO_HEADROOM;
    }
    burst.slab().put(to, scratch, 0, inner.totalLength());
    burst.window(i, to, inner.totalLength());
    return DropReason.NONE;
  }

  /** A packet that its sender did not compress, in the tunnel of an association. */
  private DropReason leaveTunnel(PacketBurst burst, int i) {
    IpcompAssociation association = table.findTunnel(view);
    if (association == null) {
      return DropReason.NONE;
    }
    through[i] = association;
    if (view.isFragment()) {
      return DropReason.MALFORMED_OUTER;
    }
    ByteBuffer slab = burst.slab();
    if (!inner.parse(slab, view.payloadOffset(), view.payloadLength())
        || inner.isV4() != (view.protocol() == NEXT_V4)) {
      return DropReason.MALFORMED_INNER;
    }
    if (!IpHeaders.takeEcn(slab, inner, view.trafficClass())) {
      return DropReason.ECN_CONGESTION;
    }
    burst.window(i, inner.offset(), inner.totalLength());
    association.counters().countUnchanged();
    return DropReason.NONE;
  }

  /** Where that many octets go: where the packet was, or as far in front as it must; or -1. */
  private static int place(PacketBurst burst, int i, int preferred, int octets) {
    int slotStart = burst.offset(i) - burst.headroom(i);
    int slotEnd = burst.offset(i) + burst.length(i) + burst.tailroom(i);
    int to = Math.min(preferred, slotEnd - octets);
    return to < slotStart ? -1 : to;
  }

  private void drop(PacketBurst burst, int i, DropReason reason) {
    IpHeaders.wipe(burst.slab(), burst.offset(i), burst.length(i));
    burst.drop(i, reason);
    IpcompAssociation association = through[i];
    (association == null ? withoutAssociation : association.counters()).dropped(reason);
  }
}
