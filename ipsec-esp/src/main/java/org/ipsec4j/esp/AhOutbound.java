package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.packet.DropReason;
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
  private static final int NEXT_FRAGMENT = 44;

  private final PacketWorkers workers;
  private final Departure[] departures;
  private final AhHeaders[] headers;
  private final Wrapping wrapping = new Wrapping();
  private final SaCounters withoutSa = new SaCounters();
  private @Nullable PacketBurst underWay;
  private long time;

  /**
   * @param providers makers of the keys of all SAs that will be used; each gives a worker
   * @param capacity most packets of a burst
   */
  public AhOutbound(List<CryptoProvider> providers, int capacity) {
    workers = new PacketWorkers(providers, capacity);
    departures = new Departure[capacity];
    headers = new AhHeaders[capacity];
    for (int i = 0; i < capacity; i++) {
      departures[i] = new Departure();
      headers[i] = new AhHeaders();
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
    begin(burst, saPerPacket, mine, now);
    while (!finish()) {
      // a device that does not answer is its guard's to stop, which completes the burst
      Thread.onSpinWait();
    }
  }

  /**
   * The first half of {@link #protect}; see {@link EspOutbound#begin}.
   *
   * @param mine by packet index: what is not, is left alone; null for all
   */
  void begin(
      PacketBurst burst, @Nullable OutboundSa[] saPerPacket, boolean @Nullable [] mine, long now) {
    if (burst.size() > departures.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    if (underWay != null) {
      throw new IllegalStateException("a burst is under way");
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
    Departure.takeNumbers(departures, burst.size());
    for (int i = 0; i < burst.size(); i++) {
      OutboundSa sa = departures[i].sa;
      if (departures[i].live && sa != null) {
        seal(burst, i, sa);
      }
    }
    workers.submit();
    underWay = burst;
    time = now;
  }

  /** The second half; see {@link EspOutbound#finish}. */
  boolean finish() {
    PacketBurst burst = underWay;
    if (burst == null) {
      return true;
    }
    if (!workers.poll()) {
      return false;
    }
    for (int b = 0; b < workers.bursts(); b++) {
      CryptoBurst sealed = workers.burst(b);
      for (int i = 0; i < sealed.size(); i++) {
        complete(burst, sealed.op(i), time);
      }
    }
    workers.clear();
    underWay = null;
    return true;
  }

  /**
   * Octets of headroom that a packet dropped as {@code NO_HEADROOM} lacked; 0 for every other.
   * Means something until the next call.
   */
  public int missingHeadroom(int index) {
    return departures[index].missingHead;
  }

  /**
   * Octets by which a packet dropped as {@code TOO_LONG} would have been longer than an IP packet
   * can be; 0 for every other.
   */
  public int excess(int index) {
    return departures[index].excess;
  }

  /**
   * Octets of the longest packet of its kind that the path carries, for one dropped as {@code
   * NEEDS_FRAGMENTATION}; 0 for every other.
   */
  public int fits(int index) {
    return departures[index].fits;
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
    Departure out = departures[i];
    out.clearShape();
    OuterWay way = sa.way();
    out.take(sa, way);
    if (way.udp) {
      // a NAT would change what the ICV covers
      return DropReason.NOT_TRANSPORTABLE;
    }
    DropReason reason = wrapping.describeInner(burst, i, sa, way, PacketForm.FULL_IP, out);
    if (reason == DropReason.NONE) {
      reason = fitHeaders(burst.slab(), way, out);
    }
    if (reason == DropReason.NONE) {
      reason = Wrapping.fitPath(sa, way, now, out);
    }
    if (reason == DropReason.NONE) {
      reason = findRoom(burst, i, sa, way, out);
    }
    if (reason == DropReason.NONE && !sa.admit(out.innerLength, now)) {
      reason = DropReason.LIFETIME_EXPIRED;
    }
    out.live = reason == DropReason.NONE;
    return reason;
  }

  /**
   * AH has no padding to hide lengths, and does not go around a fragment header that says "whole":
   * it is left out (RFC 4302 A2).
   */
  private static DropReason fitHeaders(ByteBuffer slab, OuterWay way, Departure out) {
    out.tfcLength = 0;
    if (out.headerLength > MutableFields.MAX_HEADER) {
      return DropReason.NOT_TRANSPORTABLE;
    }
    boolean transportV6 = out.headerLength > 0 && !way.v4;
    if (transportV6 && out.nextHeader == NEXT_FRAGMENT && out.payloadLength >= 8) {
      out.nextHeader = slab.get(out.payloadOffset) & 0xff;
      out.payloadOffset += 8;
      out.payloadLength -= 8;
    }
    return DropReason.NONE;
  }

  private static DropReason findRoom(
      PacketBurst burst, int i, OutboundSa sa, OuterWay way, Departure out) {
    int length = sa.ah().headerLength(way.v4);
    int ip = out.headerLength > 0 ? out.headerLength : way.ip();
    out.espOffset = out.payloadOffset - length;
    out.espLength = length + out.payloadLength;
    out.outerOffset = out.espOffset - ip;
    // the length field of IPv6 does not count its fixed header
    int most = way.v4 ? MAX_TOTAL : MAX_TOTAL + OuterHeader.V6_LENGTH;
    out.excess = Math.max(0, ip + out.espLength - most);
    if (out.excess > 0) {
      return DropReason.TOO_LONG;
    }
    int slotStart = burst.offset(i) - burst.headroom(i);
    out.missingHead = Math.max(0, slotStart - out.outerOffset);
    return out.missingHead == 0 ? DropReason.NONE : DropReason.NO_HEADROOM;
  }

  private void seal(PacketBurst burst, int i, OutboundSa sa) {
    Departure out = departures[i];
    OuterWay way = Objects.requireNonNull(out.way);
    if (out.number > sa.lastNumber()) {
      drop(burst, i, sa, DropReason.SEQUENCE_EXHAUSTED);
      return;
    }
    ByteBuffer slab = burst.slab();
    AhLayout layout = sa.ah();
    Wrapping.mendInner(slab, out);
    Wrapping.writeOuter(slab, sa, way, out, (int) out.number);
    int length = out.payloadOffset - out.espOffset;
    layout.write(slab, out.espOffset, length, out.nextHeader, sa.spi(), out.number);
    if (!headers[i].settle(slab, out.outerOffset, out.espOffset, true)) {
      // options or a route that the receiver could not understand either
      drop(burst, i, sa, DropReason.NOT_TRANSPORTABLE);
      return;
    }
    CryptoOp op = workers.next(sa.key());
    if (op == null) {
      drop(burst, i, sa, DropReason.CRYPTO_FAILED);
      return;
    }
    headers[i].describe(op, slab, layout, out.espOffset + out.espLength, out.number);
    op.tag = i;
    op.seal = true;
  }

  private void complete(PacketBurst burst, CryptoOp op, long now) {
    int i = op.tag;
    Departure out = departures[i];
    OutboundSa sa = out.sa;
    if (!out.live || sa == null) {
      return;
    }
    if (op.status != CryptoOp.Status.OK) {
      drop(burst, i, sa, DropReason.CRYPTO_FAILED);
      return;
    }
    headers[i].restore(burst.slab());
    burst.window(i, out.outerOffset, out.espOffset + out.espLength - out.outerOffset);
    sa.counters().passed(1, out.innerLength);
    sa.used(now);
  }

  private void drop(PacketBurst burst, int i, @Nullable OutboundSa sa, DropReason reason) {
    burst.drop(i, reason);
    departures[i].live = false;
    (sa == null ? withoutSa : sa.counters()).dropped(reason);
  }
}
