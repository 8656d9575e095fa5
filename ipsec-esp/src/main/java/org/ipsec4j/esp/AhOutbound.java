package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/**
 * Puts packets under the authentication header, in place (RFC 4302 3.3): room is made in front of
 * what is carried, and the ICV covers the packet with what routers may change counted as zero.
 *
 * <p>What comes out is always a whole IP packet ({@link PacketForm#FULL_IP}): AH covers the IP
 * header in front of it, so that nobody else can write that header, and it cannot travel in UDP.
 *
 * <p>Thread-confined: one for each packet thread. SAs are shared. Allocates nothing per packet and
 * throws nothing for what a packet contains.
 */
public final class AhOutbound implements AutoCloseable {
  /** Headroom that suffices for every SA: an IPv6 header and the longest AH. No tailroom. */
  public static final int MAX_HEADROOM = OuterHeader.V6_LENGTH + AhLayout.MAX_LENGTH;

  static final int AH = 51;

  private static final int MAX_TOTAL = 65535;
  private static final int NEXT_V4 = 4;
  private static final int NEXT_V6 = 41;
  private static final int NEXT_FRAGMENT = 44;

  private final PacketWorkers workers;
  private final AhDeparture[] departures;
  private final IpHeaderView view = new IpHeaderView();
  private final SaCounters withoutSa = new SaCounters();

  /**
   * @param providers makers of the keys of all SAs that will be used; each gives a worker
   * @param capacity most packets of a burst
   */
  public AhOutbound(List<CryptoProvider> providers, int capacity) {
    workers = new PacketWorkers(providers, capacity);
    departures = new AhDeparture[capacity];
    for (int i = 0; i < capacity; i++) {
      departures[i] = new AhDeparture();
    }
  }

  /**
   * Protects every living packet of a burst.
   *
   * <p>Afterwards the window of each living packet holds a whole IP packet; the others bear a drop
   * reason. Numbers of packets that fail on the way are burnt.
   *
   * @param burst windows hold whole IP packets; octets behind the packet's own length are dropped
   * @param saPerPacket by packet index, not shorter than the burst; null, or an SA of ESP, drops
   *     the packet as NO_SA
   * @param now engine time
   * @throws IllegalArgumentException when the burst is larger than this was made for
   */
  public void protect(PacketBurst burst, @Nullable OutboundSa[] saPerPacket, long now) {
    protect(burst, saPerPacket, null, now);
  }

  /**
   * The same for some packets of a burst.
   *
   * @param mine by packet index: what is not, is left alone; null for all
   */
  void protect(
      PacketBurst burst, @Nullable OutboundSa[] saPerPacket, boolean @Nullable [] mine, long now) {
    if (burst.size() > departures.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    for (int i = 0; i < burst.size(); i++) {
      departures[i].clear();
      if (burst.isAlive(i) && (mine == null || mine[i])) {
        OutboundSa sa = saPerPacket[i];
        DropReason reason = plan(burst, i, sa, now);
        if (reason != DropReason.NONE) {
          drop(burst, i, sa, reason);
        }
      }
    }
    numberAndSeal(burst);
    workers.run();
    for (int b = 0; b < workers.bursts(); b++) {
      CryptoBurst sealed = workers.burst(b);
      for (int i = 0; i < sealed.size(); i++) {
        finish(burst, sealed.op(i), now);
      }
    }
    workers.clear();
  }

  /** Packets dropped before an SA was known. */
  public SaCounters withoutSa() {
    return withoutSa;
  }

  /** Closes the workers; idempotent. */
  @Override
  public void close() {
    workers.close();
  }

  /** Where everything will lie, and whether it may and fits; changes no octet. */
  private DropReason plan(PacketBurst burst, int i, @Nullable OutboundSa sa, long now) {
    if (sa == null || sa.isEsp()) {
      return DropReason.NO_SA;
    }
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      return DropReason.MALFORMED_INNER;
    }
    AhDeparture out = departures[i];
    OuterPath path = sa.path();
    out.path = path;
    out.innerLength = view.totalLength();
    if (path.isUdp()) {
      // a NAT would change what the ICV covers
      return DropReason.NOT_TRANSPORTABLE;
    }
    DropReason reason = sa.isTunnel() ? planTunnel(path, out) : planTransport(burst, path, out);
    if (reason == DropReason.NONE) {
      reason = findRoom(burst, i, sa, path, out);
    }
    if (reason == DropReason.NONE && !sa.admit(out.innerLength, now)) {
      reason = DropReason.LIFETIME_EXPIRED;
    }
    if (reason == DropReason.NONE) {
      out.sa = sa;
    }
    return reason;
  }

  private DropReason planTunnel(OuterPath path, AhDeparture out) {
    out.trafficClass = view.trafficClass();
    out.dontFragment = view.dontFragment() || !view.isV4();
    out.payloadOffset = view.offset();
    out.payloadLength = view.totalLength();
    out.nextHeader = view.isV4() ? NEXT_V4 : NEXT_V6;
    out.headerLength = OuterHeader.ipLength(path.isV4());
    return DropReason.NONE;
  }

  /**
   * AH goes behind the headers that routers on the way read (RFC 4302 3.1.1). A fragment header
   * that says "whole" is left out (A2).
   */
  private DropReason planTransport(PacketBurst burst, OuterPath path, AhDeparture out) {
    ByteBuffer slab = burst.slab();
    out.headerOffset = view.offset();
    out.headerLength = view.perFragmentEnd() - view.offset();
    if (view.isFragment()
        || view.isV4() != path.isV4()
        || out.headerLength > MutableFields.MAX_HEADER) {
      return DropReason.NOT_TRANSPORTABLE;
    }
    out.nextFieldOffset = view.perFragmentNextOffset();
    out.nextHeader = slab.get(out.nextFieldOffset) & 0xff;
    out.payloadOffset = view.perFragmentEnd();
    out.payloadLength = view.totalLength() - out.headerLength;
    if (!view.isV4() && out.nextHeader == NEXT_FRAGMENT && out.payloadLength >= 8) {
      out.nextHeader = slab.get(out.payloadOffset) & 0xff;
      out.payloadOffset += 8;
      out.payloadLength -= 8;
    }
    return DropReason.NONE;
  }

  private static DropReason findRoom(
      PacketBurst burst, int i, OutboundSa sa, OuterPath path, AhDeparture out) {
    out.ahLength = sa.ah().headerLength(path.isV4());
    out.ahOffset = out.payloadOffset - out.ahLength;
    out.outerOffset = out.ahOffset - out.headerLength;
    // the length field of IPv6 does not count its fixed header
    int most = path.isV4() ? MAX_TOTAL : MAX_TOTAL + OuterHeader.V6_LENGTH;
    if (out.end() - out.outerOffset > most) {
      return DropReason.TOO_LONG;
    }
    int slotStart = burst.offset(i) - burst.headroom(i);
    return out.outerOffset >= slotStart ? DropReason.NONE : DropReason.NO_HEADROOM;
  }

  /** Takes sequence numbers for each run of packets of one SA, and fills the descriptors. */
  private void numberAndSeal(PacketBurst burst) {
    int start = 0;
    while (start < burst.size()) {
      OutboundSa sa = departures[start].sa;
      int end = start + 1;
      if (sa != null) {
        int count = 1;
        for (; end < burst.size(); end++) {
          OutboundSa other = departures[end].sa;
          if (other == sa) {
            count++;
          } else if (other != null) {
            break;
          }
        }
        long number = sa.reserve(count);
        for (int i = start; i < end; i++) {
          if (departures[i].sa == sa) {
            seal(burst, i, sa, number++);
          }
        }
      }
      start = end;
    }
  }

  private void seal(PacketBurst burst, int i, OutboundSa sa, long number) {
    if (number > sa.lastNumber()) {
      drop(burst, i, sa, DropReason.SEQUENCE_EXHAUSTED);
      return;
    }
    ByteBuffer slab = burst.slab();
    AhDeparture out = departures[i];
    AhLayout layout = sa.ah();
    writeOuter(slab, sa, out, (int) number);
    layout.write(slab, out.ahOffset, out.ahLength, out.nextHeader, sa.spi(), number);
    if (!out.headers.settle(slab, layout, out.outerOffset, out.ahOffset, true)) {
      // options or a route that the receiver could not understand either
      drop(burst, i, sa, DropReason.NOT_TRANSPORTABLE);
      return;
    }
    CryptoOp op = workers.next(sa.key());
    if (op == null) {
      drop(burst, i, sa, DropReason.CRYPTO_FAILED);
      return;
    }
    out.headers.describe(op, slab, layout, out.end(), number);
    op.tag = i;
    op.seal = true;
  }

  private static void writeOuter(ByteBuffer slab, OutboundSa sa, AhDeparture out, int number) {
    OuterPath path = out.path;
    if (path == null) {
      return;
    }
    if (!sa.isTunnel()) {
      AhHeaders.move(
          slab,
          out.headerOffset,
          out.outerOffset,
          out.headerLength,
          out.nextFieldOffset,
          AH,
          out.end() - out.outerOffset);
      return;
    }
    OuterHeaderPolicy policy = sa.options().outerHeader();
    OuterHeader.write(
        slab,
        out.outerOffset,
        path.local(),
        path.remote(),
        AH,
        out.end() - out.ahOffset,
        policy.trafficClass(out.trafficClass),
        policy.setsDontFragment(out.dontFragment),
        policy.hopLimit(),
        // numbers tell the packets of an SA apart, the SPI those of different SAs
        number ^ sa.spi());
  }

  private void finish(PacketBurst burst, CryptoOp op, long now) {
    int i = op.tag;
    AhDeparture out = departures[i];
    OutboundSa sa = out.sa;
    if (sa == null) {
      return;
    }
    if (op.status != CryptoOp.Status.OK) {
      drop(burst, i, sa, DropReason.CRYPTO_FAILED);
      return;
    }
    out.headers.restore(burst.slab());
    burst.window(i, out.outerOffset, out.end() - out.outerOffset);
    sa.counters().passed(1, out.innerLength);
    sa.used(now);
  }

  private void drop(PacketBurst burst, int i, @Nullable OutboundSa sa, DropReason reason) {
    burst.drop(i, reason);
    departures[i].sa = null;
    (sa == null ? withoutSa : sa.counters()).dropped(reason);
  }
}
