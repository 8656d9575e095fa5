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
 * Turns inner packets into protected ones, in place (RFC 4303 3.3). Header, IV, padding and ICV
 * grow around the inner packet; its octets stay where they are.
 *
 * <p>Thread-confined: one for each packet thread. SAs are shared. Allocates nothing per packet and
 * throws nothing for what a packet contains.
 */
public final class EspOutbound implements AutoCloseable {
  /** Headroom and tailroom that suffice for every SA: the largest of all headers and trailers. */
  public static final int MAX_HEADROOM =
      OuterHeader.MAX_LENGTH + EspLayout.HEADER_LENGTH + CryptoOp.MAX_NONCE;

  /** Padding, trailer and the longest ICV. */
  public static final int MAX_TAILROOM = 15 + EspLayout.TRAILER_LENGTH + 32;

  private static final int MAX_TOTAL = 65535;
  private static final int NEXT_V4 = 4;
  private static final int NEXT_V6 = 41;

  /** The windows hold IP packets, whose headers tell. */
  private static final int INNER_PACKET = -1;

  private final PacketWorkers workers;
  private final Departure[] departures;
  private final IpHeaderView view = new IpHeaderView();
  private final SaCounters withoutSa = new SaCounters();

  /**
   * @param providers makers of the keys of all SAs that will be used; each gives a worker
   * @param capacity most packets of a burst
   */
  public EspOutbound(List<CryptoProvider> providers, int capacity) {
    workers = new PacketWorkers(providers, capacity);
    departures = new Departure[capacity];
    for (int i = 0; i < capacity; i++) {
      departures[i] = new Departure();
    }
  }

  /**
   * Protects every living packet of a burst.
   *
   * <p>Afterwards the window of each living packet holds what {@code form} says; the others bear a
   * drop reason. Numbers of packets that fail on the way are burnt.
   *
   * @param burst windows hold whole IP packets; octets behind the packet's own length are dropped
   * @param saPerPacket by packet index, not shorter than the burst; null drops the packet as NO_SA
   * @param form what the windows shall hold
   * @param now engine time
   * @throws IllegalArgumentException when the burst is larger than this was made for
   */
  public void protect(
      PacketBurst burst, @Nullable OutboundSa[] saPerPacket, PacketForm form, long now) {
    protect(burst, saPerPacket, INNER_PACKET, form, now);
  }

  /**
   * Protects payloads that are no IP packets, such as AGGFRAG payloads (RFC 9347), with SAs of
   * tunnel mode. Otherwise like {@link #protect}. No inner header is read: the selectors of an SA
   * are its caller's to ask ({@link SecurityAssociation#check}), the outer header has traffic class
   * 0 unless the policy fixes one, and DF counts as set.
   *
   * @param burst windows hold what goes behind the IV
   * @param saPerPacket by packet index, not shorter than the burst; null, or an SA that is not of
   *     tunnel mode, drops the packet
   * @param nextHeader what the payloads are: the trailer's next header, 0 to 255
   * @param form what the windows shall hold
   * @param now engine time
   * @throws IllegalArgumentException when the burst is larger than this was made for, or {@code
   *     nextHeader} is no octet
   */
  public void protectPayloads(
      PacketBurst burst,
      @Nullable OutboundSa[] saPerPacket,
      int nextHeader,
      PacketForm form,
      long now) {
    if (nextHeader < 0 || nextHeader > 255) {
      throw new IllegalArgumentException("next header " + nextHeader + " is not in 0..255");
    }
    protect(burst, saPerPacket, nextHeader, form, now);
  }

  private void protect(
      PacketBurst burst,
      @Nullable OutboundSa[] saPerPacket,
      int nextHeader,
      PacketForm form,
      long now) {
    if (burst.size() > departures.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    for (int i = 0; i < burst.size(); i++) {
      departures[i].clear();
      if (burst.isAlive(i)) {
        OutboundSa sa = saPerPacket[i];
        DropReason reason = plan(burst, i, sa, nextHeader, form, now);
        if (reason != DropReason.NONE) {
          drop(burst, i, sa, reason);
        }
      }
    }
    numberAndSeal(burst, form);
    workers.run();
    for (int b = 0; b < workers.bursts(); b++) {
      CryptoBurst sealed = workers.burst(b);
      for (int i = 0; i < sealed.size(); i++) {
        finish(burst, sealed.op(i), form, now);
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
  private DropReason plan(
      PacketBurst burst,
      int i,
      @Nullable OutboundSa sa,
      int nextHeader,
      PacketForm form,
      long now) {
    // an AH SA is none that could do this
    if (sa == null || !sa.isEsp()) {
      return DropReason.NO_SA;
    }
    Departure out = departures[i];
    OuterPath path = sa.path();
    out.path = path;
    DropReason reason =
        nextHeader == INNER_PACKET
            ? describeInner(burst, i, sa, path, form, out)
            : describePayload(burst, i, sa, nextHeader, out);
    if (reason == DropReason.NONE) {
      reason = findRoom(burst, i, sa.layout(), path, form, out);
    }
    if (reason == DropReason.NONE && !sa.admit(out.innerLength, now)) {
      reason = DropReason.LIFETIME_EXPIRED;
    }
    if (reason == DropReason.NONE) {
      out.sa = sa;
    }
    return reason;
  }

  private static DropReason describePayload(
      PacketBurst burst, int i, OutboundSa sa, int nextHeader, Departure out) {
    if (!sa.isTunnel()) {
      return DropReason.NOT_TRANSPORTABLE;
    }
    out.innerLength = burst.length(i);
    out.trafficClass = 0;
    out.dontFragment = true;
    out.payloadOffset = burst.offset(i);
    out.payloadLength = burst.length(i);
    out.nextHeader = nextHeader;
    return DropReason.NONE;
  }

  private DropReason describeInner(
      PacketBurst burst, int i, OutboundSa sa, OuterPath path, PacketForm form, Departure out) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      return DropReason.MALFORMED_INNER;
    }
    out.innerLength = view.totalLength();
    out.trafficClass = view.trafficClass();
    out.dontFragment = view.dontFragment() || !view.isV4();
    if (sa.isTunnel()) {
      out.payloadOffset = view.offset();
      out.payloadLength = view.totalLength();
      out.nextHeader = view.isV4() ? NEXT_V4 : NEXT_V6;
    } else {
      DropReason reason = TransportMode.plan(view, path, form, out);
      if (reason != DropReason.NONE) {
        return reason;
      }
      out.nextHeader = burst.slab().get(out.nextFieldOffset) & 0xff;
    }
    return DropReason.NONE;
  }

  private static DropReason findRoom(
      PacketBurst burst, int i, EspLayout layout, OuterPath path, PacketForm form, Departure out) {
    out.padLength = layout.padLength(out.payloadLength);
    out.espOffset = out.payloadOffset - layout.front();
    out.espLength =
        layout.front()
            + out.payloadLength
            + out.padLength
            + EspLayout.TRAILER_LENGTH
            + layout.icvLength();
    int ip = out.headerLength > 0 ? out.headerLength : OuterHeader.ipLength(path.isV4());
    int udp = path.isUdp() ? OuterHeader.UDP_LENGTH : 0;
    // the length field of IPv6 does not count its fixed header
    int most = path.isV4() ? MAX_TOTAL : MAX_TOTAL + OuterHeader.V6_LENGTH;
    if (ip + udp + out.espLength > most) {
      return DropReason.TOO_LONG;
    }
    out.outerOffset = form == PacketForm.FULL_IP ? out.espOffset - udp - ip : out.espOffset;
    int slotStart = burst.offset(i) - burst.headroom(i);
    int slotEnd = burst.offset(i) + burst.length(i) + burst.tailroom(i);
    boolean fits = out.outerOffset >= slotStart && out.espOffset + out.espLength <= slotEnd;
    return fits ? DropReason.NONE : DropReason.NO_HEADROOM;
  }

  /** Takes sequence numbers for each run of packets of one SA, and fills the descriptors. */
  private void numberAndSeal(PacketBurst burst, PacketForm form) {
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
            seal(burst, i, sa, number++, form);
          }
        }
      }
      start = end;
    }
  }

  private void seal(PacketBurst burst, int i, OutboundSa sa, long number, PacketForm form) {
    if (number > sa.lastNumber()) {
      drop(burst, i, sa, DropReason.SEQUENCE_EXHAUSTED);
      return;
    }
    CryptoOp op = workers.next(sa.key());
    if (op == null) {
      drop(burst, i, sa, DropReason.CRYPTO_FAILED);
      return;
    }
    ByteBuffer slab = burst.slab();
    Departure out = departures[i];
    EspLayout layout = sa.layout();
    if (form == PacketForm.FULL_IP) {
      writeOuter(slab, sa, out, (int) number);
    }
    slab.putInt(out.espOffset, sa.spi());
    slab.putInt(out.espOffset + 4, (int) number);
    layout.prepareSeal(op, slab, out.espOffset + EspLayout.HEADER_LENGTH, number);
    int trailer = writePadding(slab, out);
    op.slab = slab;
    op.seal = true;
    op.aadOffset = out.espOffset;
    op.aadLength = EspLayout.HEADER_LENGTH;
    op.icvOffset = trailer + EspLayout.TRAILER_LENGTH;
    op.textLength = op.icvOffset - op.textOffset;
    op.highSequencePresent = layout.extendedSequenceNumbers();
    op.highSequence = (int) (number >>> 32);
    op.tag = i;
  }

  /** 1, 2, 3, ... and the trailer behind (RFC 4303 2.4). */
  private static int writePadding(ByteBuffer slab, Departure out) {
    int at = out.payloadOffset + out.payloadLength;
    for (int pad = 1; pad <= out.padLength; pad++) {
      slab.put(at++, (byte) pad);
    }
    slab.put(at, (byte) out.padLength);
    slab.put(at + 1, (byte) out.nextHeader);
    return at;
  }

  private static void writeOuter(ByteBuffer slab, OutboundSa sa, Departure out, int number) {
    OuterPath path = out.path;
    if (path == null) {
      return;
    }
    int udp = path.isUdp() ? OuterHeader.UDP_LENGTH : 0;
    int protocol = path.isUdp() ? OuterHeader.UDP : OuterHeader.ESP;
    if (out.headerLength > 0) {
      int total = out.headerLength + udp + out.espLength;
      TransportMode.moveHeader(slab, out, path.isV4(), protocol, total);
    } else {
      OuterHeaderPolicy policy = sa.options().outerHeader();
      OuterHeader.write(
          slab,
          out.outerOffset,
          path.local(),
          path.remote(),
          protocol,
          udp + out.espLength,
          policy.trafficClass(out.trafficClass),
          policy.setsDontFragment(out.dontFragment),
          policy.hopLimit(),
          // numbers tell the packets of an SA apart, the SPI those of different SAs
          number ^ sa.spi());
    }
    if (path.isUdp()) {
      OuterHeader.writeUdp(slab, out.espOffset - udp, path, out.espLength);
    }
  }

  private void finish(PacketBurst burst, CryptoOp op, PacketForm form, long now) {
    int i = op.tag;
    Departure out = departures[i];
    OutboundSa sa = out.sa;
    OuterPath path = out.path;
    if (sa == null || path == null) {
      return;
    }
    if (op.status != CryptoOp.Status.OK) {
      Wipe.zero(burst.slab(), op.textOffset, op.icvOffset);
      drop(burst, i, sa, DropReason.CRYPTO_FAILED);
      return;
    }
    if (form == PacketForm.FULL_IP && path.isUdp() && !path.isV4()) {
      // zero is not allowed over IPv6, and covers what has just been encrypted
      Checksums.writeUdpOverV6(
          burst.slab(),
          out.outerOffset,
          out.espOffset - OuterHeader.UDP_LENGTH,
          out.espLength + OuterHeader.UDP_LENGTH);
    }
    burst.window(i, out.outerOffset, out.espOffset + out.espLength - out.outerOffset);
    sa.counters().passed(1, out.innerLength);
    sa.used(now);
  }

  private void drop(PacketBurst burst, int i, @Nullable OutboundSa sa, DropReason reason) {
    burst.drop(i, reason);
    departures[i].sa = null;
    (sa == null ? withoutSa : sa.counters()).dropped(reason);
  }
}
