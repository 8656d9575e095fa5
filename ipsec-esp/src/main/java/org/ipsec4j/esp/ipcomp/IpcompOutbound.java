package org.ipsec4j.esp.ipcomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Deflater;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.IpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Compresses packets on their way out, before any protection and fragmentation (RFC 3173 2). Works
 * in place through a scratch of its own: a compressed packet is always shorter, and one that would
 * not be goes on as it was (2.2).
 *
 * <p>Thread-confined: one for each packet thread. Associations are shared. Allocates nothing per
 * packet and throws nothing for what a packet contains. Holds native memory until {@link #close}.
 */
public final class IpcompOutbound implements AutoCloseable {
  /** Octets that tunnel mode needs in front of a packet. */
  public static final int MAX_HEADROOM = 40;

  static final int IPCOMP = 108;
  static final int HEADER_LENGTH = 4;

  private static final int NEXT_V4 = 4;
  private static final int NEXT_V6 = 41;
  private static final int FRAGMENT = 44;
  private static final int ESP = 50;
  private static final int AH = 51;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int MAX_TOTAL = 65535;

  private final Deflater deflater;
  private final ByteBuffer scratch =
      ByteBuffer.allocateDirect(IpcompSettings.MAX_PACKET).order(ByteOrder.BIG_ENDIAN);
  private final IpHeaderView view = new IpHeaderView();

  /** Compresses at the level that zlib takes for the best compromise. */
  public IpcompOutbound() {
    this(Deflater.DEFAULT_COMPRESSION);
  }

  /**
   * @param level 0 to 9 as in {@link Deflater}, or -1 for its default
   * @throws IllegalArgumentException when it is another
   */
  public IpcompOutbound(int level) {
    deflater = new Deflater(level, true);
  }

  /**
   * Compresses every living packet that has an association and gets shorter by it.
   *
   * <p>Afterwards the window of each living packet holds a whole IP packet: compressed, or as it
   * was; in tunnel mode with the outer header in either case. Packets with the wrong address family
   * of the outer header or without room for it bear a drop reason.
   *
   * @param burst windows hold whole IP packets; octets behind the packet's own length are dropped
   * @param perPacket by packet index, not shorter than the burst; null leaves the packet alone
   */
  public void compress(PacketBurst burst, @Nullable IpcompAssociation[] perPacket) {
    for (int i = 0; i < burst.size(); i++) {
      IpcompAssociation association = perPacket[i];
      if (association != null && burst.isAlive(i)) {
        DropReason reason = compress(burst, i, association);
        if (reason != DropReason.NONE) {
          burst.drop(i, reason);
          association.counters().dropped(reason);
        }
      }
    }
  }

  /** Wipes the scratch and gives the native memory back; idempotent. Nothing works afterwards. */
  @Override
  public void close() {
    deflater.end();
    IpHeaders.wipe(scratch.clear(), 0, scratch.capacity());
  }

  private DropReason compress(PacketBurst burst, int i, IpcompAssociation association) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      return DropReason.MALFORMED_INNER;
    }
    burst.window(i, view.offset(), view.totalLength());
    if (association.isTunnel()) {
      return tunnel(burst, i, association);
    }
    transport(burst, i, association);
    return DropReason.NONE;
  }

  private void transport(PacketBurst burst, int i, IpcompAssociation association) {
    ByteBuffer slab = burst.slab();
    int payloadAt = view.perFragmentEnd();
    int header = payloadAt - view.offset();
    int payload = view.totalLength() - header;
    int packed =
        mayCompress(slab) && payload >= association.settings().threshold()
            ? deflate(slab, payloadAt, payload, association)
            : 0;
    if (packed == 0) {
      association.counters().countUnchanged();
      return;
    }
    int next = slab.get(view.perFragmentNextOffset()) & 0xff;
    int total = header + HEADER_LENGTH + packed;
    writeHeader(slab, payloadAt, next, association.settings().cpi(), packed);
    IpHeaders.mend(slab, view.offset(), view.perFragmentNextOffset(), IPCOMP, total);
    burst.window(i, view.offset(), total);
    association.counters().countChanged(payload, packed + HEADER_LENGTH);
  }

  /**
   * Whether the payload may be compressed at all: fragments never (2), nor behind a fragment header
   * that must stand in front of IPComp (3.2), nor what is protected or compressed already.
   */
  private boolean mayCompress(ByteBuffer slab) {
    if (view.isFragment()) {
      return false;
    }
    int next = slab.get(view.perFragmentNextOffset()) & 0xff;
    int at = view.perFragmentEnd();
    int end = view.offset() + view.totalLength();
    for (int count = 0; count < IpHeaderView.MAX_EXTENSION_HEADERS; count++) {
      if (view.isV4() || next != DESTINATION_OPTIONS || end - at < 8) {
        break;
      }
      next = slab.get(at) & 0xff;
      at += ((slab.get(at + 1) & 0xff) + 1) * 8;
    }
    return next != ESP && next != AH && next != IPCOMP && (view.isV4() || next != FRAGMENT);
  }

  private DropReason tunnel(PacketBurst burst, int i, IpcompAssociation association) {
    ByteBuffer slab = burst.slab();
    IpcompSettings settings = association.settings();
    int at = view.offset();
    int payload = view.totalLength();
    boolean outerV4 = settings.source().isV4();
    int header = IpHeaders.length(outerV4);
    if (burst.headroom(i) < header) {
      return DropReason.NO_HEADROOM;
    }
    int packed = payload >= settings.threshold() ? deflate(slab, at, payload, association) : 0;
    int next = view.isV4() ? NEXT_V4 : NEXT_V6;
    int octets = packed == 0 ? payload : packed + HEADER_LENGTH;
    if ((outerV4 ? header : 0) + octets > MAX_TOTAL) {
      return DropReason.TOO_LONG;
    }
    if (packed == 0) {
      association.counters().countUnchanged();
    } else {
      writeHeader(slab, at, next, settings.cpi(), packed);
      association.counters().countChanged(payload, octets);
    }
    IpHeaders.writeTunnel(
        slab,
        at - header,
        settings.source(),
        settings.destination(),
        packed == 0 ? next : IPCOMP,
        octets,
        settings.outerHeader(),
        view,
        association.nextIdentification());
    burst.window(i, at - header, header + octets);
    return DropReason.NONE;
  }

  /** Header and compressed data, in the place of what was compressed. */
  private void writeHeader(ByteBuffer slab, int at, int next, int cpi, int packed) {
    slab.put(at, (byte) next);
    slab.put(at + 1, (byte) 0);
    slab.putShort(at + 2, (short) cpi);
    slab.put(at + HEADER_LENGTH, scratch, 0, packed);
  }

  /**
   * Compresses into the scratch.
   *
   * @return octets there, or 0 when the flow is not worth a try or the result would not be shorter
   */
  private int deflate(ByteBuffer slab, int at, int length, IpcompAssociation association) {
    // smaller with its header than what it stands for (2.2)
    int most = length - HEADER_LENGTH - 1;
    int flow = Compressibility.flow(view);
    if (most < 1 || !association.compressibility().mayTry(flow)) {
      return 0;
    }
    int position = slab.position();
    int limit = slab.limit();
    int packed;
    boolean whole;
    try {
      slab.limit(at + length).position(at);
      deflater.setInput(slab);
      deflater.finish();
      scratch.clear().limit(most);
      packed = deflater.deflate(scratch);
      whole = deflater.finished();
    } finally {
      // stateless compression (2), and no hold on memory that was lent
      deflater.reset();
      slab.limit(limit).position(position);
    }
    if (whole) {
      association.compressibility().succeeded(flow);
    } else {
      association.compressibility().failed(flow);
    }
    return whole ? packed : 0;
  }
}
