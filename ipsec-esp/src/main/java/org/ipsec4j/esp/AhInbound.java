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
  private static final int NONE = -1;

  private final Sad sad;
  private final PacketWorkers workers;
  private final Arrival[] arrivals;
  private final AhHeaders[] headers;
  private final IpHeaderView view = new IpHeaderView();
  private final Unwrapping unwrapping = new Unwrapping(view);
  private final SaCounters withoutSa = new SaCounters();
  private @Nullable PacketBurst underWay;
  private long time;

  /** The packet of the burst whose ICV is computed once more when it was wrong, or NONE. */
  private int doubtful = NONE;

  /** Whether this engine stands alone, without one that knows bundles. */
  private boolean alone;

  /**
   * @param sad where SAs are found; shared
   * @param providers makers of the keys of all AH SAs in it; each gives a worker
   * @param capacity most packets of a burst
   */
  public AhInbound(Sad sad, List<CryptoProvider> providers, int capacity) {
    this.sad = sad;
    workers = new PacketWorkers(providers, capacity);
    arrivals = new Arrival[capacity];
    headers = new AhHeaders[capacity];
    for (int i = 0; i < capacity; i++) {
      arrivals[i] = new Arrival();
      headers[i] = new AhHeaders();
    }
  }

  /**
   * Opens every living packet of a burst.
   *
   * <p>Afterwards the window of each living packet holds the packet that was protected, exactly:
   * the inner one of tunnel mode, or the one without AH; the others bear a drop reason. {@link #sa}
   * and the other accessors tell more until the next call.
   *
   * @param burst windows hold whole IP packets. Those of SAs that have a place in a bundle are
   *     dropped: they are for {@link IpsecInbound}
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
    begin(burst, mine, now);
    while (!finish()) {
      // a device that does not answer is its guard's to stop, which completes the burst
      Thread.onSpinWait();
    }
  }

  /**
   * The first half of {@link #open}; see {@link EspInbound#begin}.
   *
   * @param mine by packet index: what is not, is left alone; null for all
   */
  void begin(PacketBurst burst, boolean @Nullable [] mine, long now) {
    if (burst.size() > arrivals.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    if (underWay != null) {
      throw new IllegalStateException("a burst is under way");
    }
    alone = mine == null;
    for (int i = 0; i < burst.size(); i++) {
      arrivals[i].clear();
      arrivals[i].take(null);
      if (burst.isAlive(i) && (mine == null || mine[i])) {
        DropReason reason = accept(burst, i, now);
        if (reason != DropReason.NONE) {
          drop(burst, i, reason);
        }
      }
    }
    workers.submit();
    underWay = burst;
    time = now;
  }

  /** The second half; see {@link EspInbound#finish}. */
  boolean finish() {
    PacketBurst burst = underWay;
    if (burst == null) {
      return true;
    }
    if (!workers.poll()) {
      return false;
    }
    int again = judge(burst, time);
    workers.clear();
    if (again != NONE && tryNextHighHalf(burst, again)) {
      // at most once: nothing is doubtful any more
      workers.submit();
      return finish();
    }
    underWay = null;
    return true;
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
    Arrival in = arrivals[i];
    ByteBuffer slab = burst.slab();
    DropReason reason = locate(slab, burst.offset(i), burst.length(i), in);
    if (reason != DropReason.NONE) {
      return reason;
    }
    InboundSa sa = sad.find(SecurityProtocol.AH, slab.getInt(in.espOffset + 4), view);
    if (sa == null) {
      return DropReason.UNKNOWN_SPI;
    }
    in.take(sa);
    if (alone && sa.isPlaced()) {
      return DropReason.BUNDLE_MISMATCH;
    }
    int length = ahLength(slab, in);
    if (length > in.espLength || !sa.ah().isHeaderLength(length, view.isV4())) {
      return DropReason.MALFORMED_AH;
    }
    if (sa.isExpired(now)) {
      return DropReason.LIFETIME_EXPIRED;
    }
    in.number = sa.replayWindow().recover(slab.getInt(in.espOffset + 8));
    reason = sa.replayWindow().check(in.number);
    if (reason == DropReason.NONE) {
      reason = describe(slab, i, sa);
    }
    if (reason == DropReason.NONE && doubtful == NONE && sa.isOutOfStep()) {
      doubtful = i;
    }
    return reason;
  }

  /** Finds AH behind the IP header and its extensions. */
  private DropReason locate(ByteBuffer slab, int offset, int length, Arrival in) {
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
    in.readOuter(slab, view);
    in.espOffset = view.payloadOffset();
    in.espLength = view.payloadLength();
    in.nextHeader = slab.get(in.espOffset) & 0xff;
    return DropReason.NONE;
  }

  /** What the header itself says (RFC 4302 2.2): words of four octets, less two. */
  private static int ahLength(ByteBuffer slab, Arrival in) {
    return ((slab.get(in.espOffset + 1) & 0xff) + 2) * 4;
  }

  private DropReason describe(ByteBuffer slab, int i, InboundSa sa) {
    Arrival in = arrivals[i];
    if (!headers[i].settle(slab, in.ipOffset, in.espOffset, false)) {
      return DropReason.MALFORMED_AH;
    }
    CryptoOp op = workers.next(sa.key());
    if (op == null) {
      headers[i].restore(slab);
      return DropReason.CRYPTO_FAILED;
    }
    headers[i].describe(op, slab, sa.ah(), in.espOffset + in.espLength, in.number);
    op.seal = false;
    op.tag = i;
    return DropReason.NONE;
  }

  /** Looks at what the workers have done; the packet that shall be tried again, or NONE. */
  private int judge(PacketBurst burst, long now) {
    int again = NONE;
    for (int b = 0; b < workers.bursts(); b++) {
      CryptoBurst verified = workers.burst(b);
      for (int i = 0; i < verified.size(); i++) {
        CryptoOp op = verified.op(i);
        DropReason reason = verify(burst, op, now);
        if (reason == DropReason.ICV_MISMATCH && op.tag == doubtful) {
          again = doubtful;
        } else if (reason != DropReason.NONE) {
          Wipe.zero(burst.slab(), op.aadOffset, op.aadOffset + op.aadLength);
          drop(burst, op.tag, reason);
        }
      }
    }
    doubtful = NONE;
    return again;
  }

  /**
   * Too many packets in a row had a wrong ICV: perhaps 2^32 or more were lost (RFC 4302 B3). One of
   * a burst gets one more chance with another upper half.
   */
  private boolean tryNextHighHalf(PacketBurst burst, int i) {
    InboundSa sa = arrivals[i].sa;
    if (sa == null) {
      return false;
    }
    headers[i].restore(burst.slab());
    arrivals[i].number += (long) sa.nextHighHalf() << 32;
    DropReason reason = describe(burst.slab(), i, sa);
    if (reason != DropReason.NONE) {
      drop(burst, i, reason);
    }
    return reason == DropReason.NONE;
  }

  /** What the cryptography said. */
  private DropReason verify(PacketBurst burst, CryptoOp op, long now) {
    Arrival in = arrivals[op.tag];
    InboundSa sa = in.sa;
    if (sa == null || op.status == CryptoOp.Status.FAILED || op.status == CryptoOp.Status.PENDING) {
      return DropReason.CRYPTO_FAILED;
    }
    if (op.status == CryptoOp.Status.ICV_MISMATCH) {
      sa.wasRefused();
      return DropReason.ICV_MISMATCH;
    }
    if (!sa.replayWindow().commit(in.number)) {
      return DropReason.REPLAY;
    }
    in.authentic = true;
    sa.wasAuthentic();
    sa.used(now);
    headers[op.tag].restore(burst.slab());
    return strip(burst, op.tag, sa, in, now);
  }

  private DropReason strip(PacketBurst burst, int i, InboundSa sa, Arrival in, long now) {
    ByteBuffer slab = burst.slab();
    int length = ahLength(slab, in);
    int payload = in.espOffset + length;
    int payloadLength = in.espLength - length;
    AddressPair inner = sa.inner();
    DropReason reason;
    if (sa.isTunnel()) {
      reason = unwrapping.tunnel(slab, sa, in, payload, payloadLength, in.nextHeader);
    } else if (inner != null) {
      reason = unwrapping.beet(burst, i, inner, in, payload, payloadLength, in.nextHeader);
    } else {
      reason = unwrapping.transport(burst, i, sa, in, payload, payloadLength, in.nextHeader);
    }
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

  private void drop(PacketBurst burst, int i, DropReason reason) {
    burst.drop(i, reason);
    InboundSa sa = arrivals[i].sa;
    (sa == null ? withoutSa : sa.counters()).dropped(reason);
  }
}
