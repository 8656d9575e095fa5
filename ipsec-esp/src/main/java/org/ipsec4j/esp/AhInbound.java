package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/**
 * Opens packets under the authentication header, in place (RFC 4302 3.4): finds the SA, asks the
 * replay window, has the whole burst verified with what routers may change counted as zero,
 * commits, takes AH out, and checks that the packet is one that the peer may send (RFC 4301 5.2).
 *
 * <p>Takes whole IP packets only ({@link PacketForm#FULL_IP}), reassembled before: AH covers the
 * header in front of it. The reserved field may be anything and counts in the ICV as it is.
 *
 * <p>Thread-confined: one for each packet thread. The {@link Sad} and its SAs are shared. Allocates
 * nothing per packet and throws nothing for what a packet contains. The window of a packet that
 * failed after its ICV was computed is wiped.
 */
public final class AhInbound implements AutoCloseable {
  private static final int NEXT_V4 = 4;
  private static final int NEXT_V6 = 41;

  private final Sad sad;
  private final PacketWorkers workers;
  private final AhArrival[] arrivals;
  private final IpHeaderView view = new IpHeaderView();
  private final SaCounters withoutSa = new SaCounters();

  /**
   * @param sad where SAs are found; shared
   * @param providers makers of the keys of all AH SAs in it; each gives a worker
   * @param capacity most packets of a burst
   */
  public AhInbound(Sad sad, List<CryptoProvider> providers, int capacity) {
    this.sad = sad;
    workers = new PacketWorkers(providers, capacity);
    arrivals = new AhArrival[capacity];
    for (int i = 0; i < capacity; i++) {
      arrivals[i] = new AhArrival();
    }
  }

  /**
   * Opens every living packet of a burst.
   *
   * <p>Afterwards the window of each living packet holds the packet that was protected, exactly:
   * the inner one of tunnel mode, or the one without AH; the others bear a drop reason. {@link #sa}
   * and the other accessors tell more until the next call.
   *
   * @param burst windows hold whole IP packets
   * @param now engine time
   * @throws IllegalArgumentException when the burst is larger than this was made for
   */
  public void open(PacketBurst burst, long now) {
    open(burst, null, now);
  }

  /**
   * The same for some packets of a burst.
   *
   * @param mine by packet index: what is not, is left alone; null for all
   */
  void open(PacketBurst burst, boolean @Nullable [] mine, long now) {
    if (burst.size() > arrivals.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    for (int i = 0; i < burst.size(); i++) {
      arrivals[i].clear();
      if (burst.isAlive(i) && (mine == null || mine[i])) {
        DropReason reason = accept(burst, i, now);
        if (reason != DropReason.NONE) {
          drop(burst, i, reason);
        }
      }
    }
    workers.run();
    for (int b = 0; b < workers.bursts(); b++) {
      CryptoBurst verified = workers.burst(b);
      for (int i = 0; i < verified.size(); i++) {
        CryptoOp op = verified.op(i);
        DropReason reason = verify(burst, op, now);
        if (reason != DropReason.NONE) {
          Wipe.zero(burst.slab(), op.aadOffset, op.aadOffset + op.aadLength);
          drop(burst, op.tag, reason);
        }
      }
    }
    workers.clear();
  }

  /** The SA that the packet belongs to, for dropped packets too; null when none was found. */
  public @Nullable InboundSa sa(int index) {
    return arrivals[index].sa;
  }

  /** Whether the packet's ICV was right and its number fresh, whatever became of it later. */
  public boolean isAuthentic(int index) {
    return arrivals[index].authentic;
  }

  /** What AH stood in front of; means something for living packets. */
  public int nextHeader(int index) {
    return arrivals[index].nextHeader;
  }

  /** The whole sequence number; means something for authentic packets. */
  public long sequence(int index) {
    return arrivals[index].number;
  }

  /** Traffic class of the outer header, 0 to 255; means something for authentic packets. */
  public int outerTrafficClass(int index) {
    return arrivals[index].trafficClass;
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

  /** Everything that can be refused before the cryptography. */
  private DropReason accept(PacketBurst burst, int i, long now) {
    AhArrival in = arrivals[i];
    ByteBuffer slab = burst.slab();
    DropReason reason = locate(slab, burst.offset(i), burst.length(i), in);
    if (reason != DropReason.NONE) {
      return reason;
    }
    InboundSa sa = sad.find(SecurityProtocol.AH, slab.getInt(in.ahOffset + 4));
    if (sa == null) {
      return DropReason.UNKNOWN_SPI;
    }
    in.sa = sa;
    if (in.payloadLength() < 0 || !sa.ah().isHeaderLength(in.ahLength, view.isV4())) {
      return DropReason.MALFORMED_AH;
    }
    if (sa.isExpired(now)) {
      return DropReason.LIFETIME_EXPIRED;
    }
    in.number = sa.replayWindow().recover(slab.getInt(in.ahOffset + 8));
    reason = sa.replayWindow().check(in.number);
    return reason == DropReason.NONE ? describe(slab, i, sa) : reason;
  }

  /** Finds AH behind the IP header and its extensions. */
  private DropReason locate(ByteBuffer slab, int offset, int length, AhArrival in) {
    // what is still in fragments is for reassembly, not for here (RFC 4302 3.4.1)
    if (!view.parse(slab, offset, length)
        || view.isFragment()
        || view.protocol() != AhOutbound.AH) {
      return DropReason.MALFORMED_OUTER;
    }
    if (view.payloadLength() < AhLayout.FIXED_LENGTH) {
      return DropReason.TOO_SHORT;
    }
    if (view.payloadOffset() - offset > MutableFields.MAX_HEADER) {
      return DropReason.MALFORMED_AH;
    }
    if (AhHeaders.removeFragmentHeader(slab, view) && !view.parse(slab, offset + 8, length - 8)) {
      return DropReason.MALFORMED_OUTER;
    }
    in.ipOffset = view.offset();
    in.nextFieldOffset = view.protocolOffset();
    in.trafficClass = view.trafficClass();
    in.ahOffset = view.payloadOffset();
    in.end = view.offset() + view.totalLength();
    in.nextHeader = slab.get(in.ahOffset) & 0xff;
    in.ahLength = ((slab.get(in.ahOffset + 1) & 0xff) + 2) * 4;
    return DropReason.NONE;
  }

  private DropReason describe(ByteBuffer slab, int i, InboundSa sa) {
    AhArrival in = arrivals[i];
    if (!in.headers.settle(slab, sa.ah(), in.ipOffset, in.ahOffset, false)) {
      return DropReason.MALFORMED_AH;
    }
    CryptoOp op = workers.next(sa.key());
    if (op == null) {
      in.headers.restore(slab);
      return DropReason.CRYPTO_FAILED;
    }
    in.headers.describe(op, slab, sa.ah(), in.end, in.number);
    op.seal = false;
    op.tag = i;
    return DropReason.NONE;
  }

  /** What the cryptography said. */
  private DropReason verify(PacketBurst burst, CryptoOp op, long now) {
    AhArrival in = arrivals[op.tag];
    InboundSa sa = in.sa;
    if (sa == null || op.status == CryptoOp.Status.FAILED || op.status == CryptoOp.Status.PENDING) {
      return DropReason.CRYPTO_FAILED;
    }
    if (op.status == CryptoOp.Status.ICV_MISMATCH) {
      return DropReason.ICV_MISMATCH;
    }
    if (!sa.replayWindow().commit(in.number)) {
      return DropReason.REPLAY;
    }
    in.authentic = true;
    sa.used(now);
    in.headers.restore(burst.slab());
    return strip(burst, op.tag, sa, in, now);
  }

  private DropReason strip(PacketBurst burst, int i, InboundSa sa, AhArrival in, long now) {
    ByteBuffer slab = burst.slab();
    DropReason reason = sa.isTunnel() ? unwrap(slab, in) : takeOut(slab, in);
    if (reason == DropReason.NONE) {
      reason = sa.checkArrived(view);
    }
    if (reason == DropReason.NONE && !sa.admit(view.totalLength(), now)) {
      reason = DropReason.LIFETIME_EXPIRED;
    }
    if (reason == DropReason.NONE) {
      burst.window(i, view.offset(), view.totalLength());
      sa.counters().passed(1, view.totalLength());
    }
    return reason;
  }

  /** Tunnel mode: lays the view over the inner packet. */
  private DropReason unwrap(ByteBuffer slab, AhArrival in) {
    if (in.nextHeader != NEXT_V4 && in.nextHeader != NEXT_V6) {
      return DropReason.BAD_NEXT_HEADER;
    }
    if (!view.parse(slab, in.payloadOffset(), in.payloadLength())
        || view.isV4() != (in.nextHeader == NEXT_V4)) {
      return DropReason.MALFORMED_INNER;
    }
    return Ecn.decapsulate(slab, view, in.trafficClass)
        ? DropReason.NONE
        : DropReason.ECN_CONGESTION;
  }

  /** Transport mode: closes the gap that AH leaves. */
  private DropReason takeOut(ByteBuffer slab, AhArrival in) {
    int octets = in.ahOffset - in.ipOffset;
    int to = in.payloadOffset() - octets;
    int total = in.end - to;
    AhHeaders.move(slab, in.ipOffset, to, octets, in.nextFieldOffset, in.nextHeader, total);
    return view.parse(slab, to, total) ? DropReason.NONE : DropReason.MALFORMED_INNER;
  }

  private void drop(PacketBurst burst, int i, DropReason reason) {
    burst.drop(i, reason);
    InboundSa sa = arrivals[i].sa;
    (sa == null ? withoutSa : sa.counters()).dropped(reason);
  }
}
