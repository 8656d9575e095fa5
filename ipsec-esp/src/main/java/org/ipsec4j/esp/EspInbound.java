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
 * Opens protected packets in place (RFC 4303 3.4): finds the SA, asks the replay window, has the
 * whole burst verified and decrypted, commits, strips, and checks that the inner packet is one that
 * the peer may send (RFC 4301 5.2).
 *
 * <p>Thread-confined: one for each packet thread. The {@link Sad} and its SAs are shared. Allocates
 * nothing per packet and throws nothing for what a packet contains. The window of a packet that
 * failed after decryption began is wiped.
 */
public final class EspInbound implements AutoCloseable {
  /** AGGFRAG_PAYLOAD (RFC 9347 6.1). */
  private static final int NEXT_AGGFRAG = 144;

  private final Sad sad;
  private final PacketWorkers workers;
  private final Arrival[] arrivals;
  private final IpHeaderView view = new IpHeaderView();
  private final Unwrapping unwrapping = new Unwrapping(view);
  private final Resync resync = new Resync();
  private final SaCounters withoutSa = new SaCounters();

  /** Whether this engine stands alone, without one that knows bundles. */
  private boolean alone;

  /**
   * @param sad where SAs are found; shared
   * @param providers makers of the keys of all SAs in it; each gives a worker
   * @param capacity most packets of a burst
   */
  public EspInbound(Sad sad, List<CryptoProvider> providers, int capacity) {
    this.sad = sad;
    workers = new PacketWorkers(providers, capacity);
    arrivals = new Arrival[capacity];
    for (int i = 0; i < capacity; i++) {
      arrivals[i] = new Arrival();
    }
  }

  /**
   * Opens every living packet of a burst.
   *
   * <p>Afterwards the window of each living packet holds the inner IP packet, exactly, or a payload
   * where {@link #isPayload} says so; the others bear a drop reason. {@link #sa}, {@link
   * #isAuthentic} and the other accessors tell more until the next call.
   *
   * @param burst windows hold what {@code form} says. With {@link PacketForm#PAYLOAD} IKE messages
   *     (non-ESP marker) and NAT keepalives have been taken out before. Packets of SAs that have a
   *     place in a bundle are dropped: they are for {@link IpsecInbound}
   * @param form what the windows hold
   * @param now engine time
   * @throws IllegalArgumentException when the burst is larger than this was made for
   */
  public void open(PacketBurst burst, PacketForm form, long now) {
    open(burst, form, null, now);
  }

  /**
   * The same for some packets of a burst.
   *
   * @param mine by packet index: what is not, is left alone; null for all
   */
  void open(PacketBurst burst, PacketForm form, boolean @Nullable [] mine, long now) {
    if (burst.size() > arrivals.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    alone = mine == null;
    for (int i = 0; i < burst.size(); i++) {
      arrivals[i].clear();
      if (burst.isAlive(i) && (mine == null || mine[i])) {
        DropReason reason = accept(burst, i, form, now);
        if (reason != DropReason.NONE) {
          drop(burst, i, reason);
        }
      }
    }
    workers.run();
    settle(burst, now);
    int again = resync.take();
    if (again >= 0) {
      tryNextHighHalf(burst, again, now);
    }
    workers.clear();
  }

  /** The SA that the packet belongs to, for dropped packets too; null when none was found. */
  public @Nullable InboundSa sa(int index) {
    return arrivals[index].sa;
  }

  /**
   * Whether the packet's ICV was right and its number fresh, whatever became of it later: only then
   * may its source address move a NAT mapping (RFC 7296 2.23).
   */
  public boolean isAuthentic(int index) {
    return arrivals[index].authentic;
  }

  /**
   * Whether the window holds no IP packet but a payload that {@link #nextHeader} names: an AGGFRAG
   * payload of an SA with {@link SaOptions#aggfrag()}. Its inner packets have not been checked;
   * {@link SecurityAssociation#check} does it for each.
   */
  public boolean isPayload(int index) {
    return arrivals[index].payload;
  }

  /** The next header of the ESP trailer; means something for living packets. */
  public int nextHeader(int index) {
    return arrivals[index].nextHeader;
  }

  /** The whole sequence number; means something for authentic packets. */
  public long sequence(int index) {
    return arrivals[index].number;
  }

  /**
   * Traffic class of the outer header, 0 to 255; -1 where it was not at hand ({@link
   * PacketForm#PAYLOAD}). Means something for authentic packets.
   */
  public int outerTrafficClass(int index) {
    return arrivals[index].headed ? arrivals[index].trafficClass : -1;
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
  private DropReason accept(PacketBurst burst, int i, PacketForm form, long now) {
    Arrival in = arrivals[i];
    ByteBuffer slab = burst.slab();
    if (form == PacketForm.FULL_IP) {
      DropReason reason = locate(slab, burst.offset(i), burst.length(i), in);
      if (reason != DropReason.NONE) {
        return reason;
      }
    } else {
      in.espOffset = burst.offset(i);
      in.espLength = burst.length(i);
    }
    if (in.espLength < EspLayout.HEADER_LENGTH) {
      return DropReason.TOO_SHORT;
    }
    int spi = slab.getInt(in.espOffset);
    InboundSa sa =
        in.headed ? sad.find(SecurityProtocol.ESP, spi, view) : sad.find(SecurityProtocol.ESP, spi);
    if (sa == null) {
      return DropReason.UNKNOWN_SPI;
    }
    in.sa = sa;
    if (alone && sa.options().place() != null) {
      return DropReason.BUNDLE_MISMATCH;
    }
    int textLength = sa.layout().textLength(in.espLength);
    if (textLength < 0) {
      return DropReason.TOO_SHORT;
    }
    if (!sa.layout().isWholeBlocks(textLength)) {
      return DropReason.MALFORMED_OUTER;
    }
    if (sa.isExpired(now)) {
      return DropReason.LIFETIME_EXPIRED;
    }
    in.number = sa.replayWindow().recover(slab.getInt(in.espOffset + 4));
    DropReason reason = sa.replayWindow().check(in.number);
    if (reason == DropReason.NONE && sa.isOutOfStep()) {
      resync.keep(slab, in, i);
    }
    return reason == DropReason.NONE ? describe(slab, i, sa) : reason;
  }

  /** Finds ESP behind the outer IP header, and behind UDP where there is UDP (RFC 3948 2.1). */
  private DropReason locate(ByteBuffer slab, int offset, int length, Arrival in) {
    // what is still in fragments is for reassembly, not for here (RFC 4303 3.4.1)
    if (!view.parse(slab, offset, length) || view.isFragment()) {
      return DropReason.MALFORMED_OUTER;
    }
    in.readOuter(slab, view);
    if (view.protocol() == OuterHeader.ESP) {
      return DropReason.NONE;
    }
    if (view.protocol() != OuterHeader.UDP || in.espLength < OuterHeader.UDP_LENGTH) {
      return DropReason.MALFORMED_OUTER;
    }
    int udpLength = slab.getShort(in.espOffset + 4) & 0xffff;
    if (udpLength < OuterHeader.UDP_LENGTH || udpLength > in.espLength) {
      return DropReason.MALFORMED_OUTER;
    }
    // its checksum is not looked at: the ICV covers what matters, and zero is usual
    in.udp = true;
    in.espOffset += OuterHeader.UDP_LENGTH;
    in.espLength = udpLength - OuterHeader.UDP_LENGTH;
    return DropReason.NONE;
  }

  private DropReason describe(ByteBuffer slab, int i, InboundSa sa) {
    CryptoOp op = workers.next(sa.key());
    if (op == null) {
      return DropReason.CRYPTO_FAILED;
    }
    Arrival in = arrivals[i];
    EspLayout layout = sa.layout();
    layout.prepareOpen(op, slab, in.espOffset + EspLayout.HEADER_LENGTH, in.number);
    op.slab = slab;
    op.seal = false;
    op.aadOffset = in.espOffset;
    op.aadLength = EspLayout.HEADER_LENGTH;
    op.textLength = layout.textLength(in.espLength);
    op.icvOffset = op.textOffset + op.textLength;
    op.highSequencePresent = layout.extendedSequenceNumbers();
    op.highSequence = (int) (in.number >>> 32);
    op.tag = i;
    return DropReason.NONE;
  }

  /** Looks at what the workers have done. */
  private void settle(PacketBurst burst, long now) {
    for (int b = 0; b < workers.bursts(); b++) {
      CryptoBurst opened = workers.burst(b);
      for (int i = 0; i < opened.size(); i++) {
        CryptoOp op = opened.op(i);
        DropReason reason = verify(burst, op, now);
        boolean judged = reason != DropReason.ICV_MISMATCH || !resync.takesUp(op.tag);
        if (reason != DropReason.NONE && judged) {
          Wipe.zero(burst.slab(), op.aadOffset, op.icvOffset);
          drop(burst, op.tag, reason);
        }
      }
    }
  }

  /**
   * Too many packets in a row had a wrong ICV: perhaps 2^32 or more were lost, so that the upper
   * half is not what the window makes of the lower (RFC 4303 A3). One of them gets one more chance.
   */
  private void tryNextHighHalf(PacketBurst burst, int i, long now) {
    workers.clear();
    Arrival in = arrivals[i];
    InboundSa sa = in.sa;
    if (sa == null) {
      return;
    }
    resync.restore(burst.slab(), in);
    in.number += (long) sa.nextHighHalf() << 32;
    DropReason reason = describe(burst.slab(), i, sa);
    if (reason != DropReason.NONE) {
      drop(burst, i, reason);
      return;
    }
    workers.run();
    settle(burst, now);
  }

  /** What the cryptography said, and what only now can be read. */
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
    return strip(burst, op, sa, in, now);
  }

  private DropReason strip(PacketBurst burst, CryptoOp op, InboundSa sa, Arrival in, long now) {
    ByteBuffer slab = burst.slab();
    int padLength = slab.get(op.icvOffset - 2) & 0xff;
    int nextHeader = slab.get(op.icvOffset - 1) & 0xff;
    int payloadLength = op.textLength - EspLayout.TRAILER_LENGTH - padLength;
    if (payloadLength < 0 || !isPadding(slab, op.textOffset + payloadLength, padLength)) {
      return DropReason.BAD_PADDING;
    }
    if (nextHeader == Wrapping.NEXT_NONE) {
      return DropReason.DUMMY;
    }
    in.nextHeader = nextHeader;
    if (nextHeader == NEXT_AGGFRAG && sa.options().aggfrag()) {
      return handOn(burst, op, sa, payloadLength, now);
    }
    AddressPair inner = sa.inner();
    DropReason reason;
    if (sa.isTunnel()) {
      reason = unwrapping.tunnel(slab, sa, in, op.textOffset, payloadLength, nextHeader);
    } else if (inner != null) {
      reason = unwrapping.beet(burst, op.tag, inner, in, op.textOffset, payloadLength, nextHeader);
    } else {
      reason =
          unwrapping.transport(burst, op.tag, sa, in, op.textOffset, payloadLength, nextHeader);
    }
    if (reason == DropReason.NONE) {
      reason = sa.checkArrived(view);
    }
    if (reason == DropReason.NONE && !sa.admit(view.totalLength(), now)) {
      reason = DropReason.LIFETIME_EXPIRED;
    }
    if (reason == DropReason.NONE) {
      burst.window(op.tag, view.offset(), view.totalLength());
      sa.counters().passed(1, view.totalLength());
    }
    return reason;
  }

  /** A payload of several packets, whose selectors are asked when they are taken apart. */
  private DropReason handOn(
      PacketBurst burst, CryptoOp op, InboundSa sa, int payloadLength, long now) {
    if (!sa.admit(payloadLength, now)) {
      return DropReason.LIFETIME_EXPIRED;
    }
    arrivals[op.tag].payload = true;
    burst.window(op.tag, op.textOffset, payloadLength);
    sa.counters().passed(1, payloadLength);
    return DropReason.NONE;
  }

  /** 1, 2, 3, ... (RFC 4303 2.4). */
  private static boolean isPadding(ByteBuffer slab, int offset, int padLength) {
    for (int pad = 1; pad <= padLength; pad++) {
      if (slab.get(offset + pad - 1) != (byte) pad) {
        return false;
      }
    }
    return true;
  }

  private void drop(PacketBurst burst, int i, DropReason reason) {
    burst.drop(i, reason);
    InboundSa sa = arrivals[i].sa;
    (sa == null ? withoutSa : sa.counters()).dropped(reason);
  }
}
