package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
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
  /** A burst with more than one SA to so many packets has many. */
  private static final int SOME = 4;

  /** AGGFRAG_PAYLOAD (RFC 9347 6.1). */
  private static final int NEXT_AGGFRAG = 144;

  private final Sad sad;
  private final PacketWorkers workers;
  private final Arrival[] arrivals;
  private final IpHeaderView view = new IpHeaderView();
  private final Unwrapping unwrapping = new Unwrapping(view);
  private final Resync resync = new Resync();
  private final SaCounters withoutSa = new SaCounters();
  private final long[] numbers;
  private final boolean[] fresh;
  private @Nullable PacketBurst underWay;
  private PacketForm form = PacketForm.FULL_IP;
  private long time;
  private boolean shortWay = true;

  @SuppressWarnings("UnusedVariable") // a store that nobody reads keeps the reads before it
  private int touched;

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
    numbers = new long[capacity];
    fresh = new boolean[capacity];
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
    begin(burst, form, mine, now);
    while (!finish()) {
      // a device that does not answer is its guard's to stop, which completes the burst
      Thread.onSpinWait();
    }
  }

  /**
   * The first half of {@link #open}, for providers that answer late: finds the SAs, asks the replay
   * windows, and hands the burst to the workers. Until {@link #finish} says so, the burst and its
   * memory belong to this engine and its providers, and the accessors mean nothing. An engine has
   * one burst under way; for several at once have several engines.
   *
   * @throws IllegalArgumentException when the burst is larger than this was made for
   * @throws IllegalStateException when a burst is under way
   */
  public void begin(PacketBurst burst, PacketForm form, long now) {
    begin(burst, form, null, now);
  }

  /** The same for some packets of a burst; null for all. */
  void begin(PacketBurst burst, PacketForm packetForm, boolean @Nullable [] mine, long now) {
    int size = burst.size();
    if (size > arrivals.length) {
      throw new IllegalArgumentException("burst of " + size + " packets");
    }
    if (underWay != null) {
      throw new IllegalStateException("a burst is under way");
    }
    alone = mine == null;
    form = packetForm;
    time = now;
    // all SAs are found before the first is asked for more, so that cache misses overlap
    locate(burst, mine);
    find(burst);
    accept(burst);
    workers.submit();
    underWay = burst;
  }

  /**
   * The second half: takes the burst back when every worker is done with it. Never waits.
   *
   * @return whether nothing is under way any more, so that the burst is the caller's again
   */
  public boolean finish() {
    PacketBurst burst = underWay;
    if (burst == null) {
      return true;
    }
    if (!workers.poll()) {
      return false;
    }
    settle(burst);
    workers.clear();
    int again = resync.take();
    if (again >= 0 && tryNextHighHalf(burst, again)) {
      // at most once: nothing was kept for another attempt
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

  /** Sends every packet the long way, to be compared with {@link PlainTunnel}. */
  void avoidShortWay() {
    shortWay = false;
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

  /** Finds ESP in the packets. */
  private void locate(PacketBurst burst, boolean @Nullable [] mine) {
    boolean mayBePlain = shortWay && form == PacketForm.FULL_IP && !sad.hasGroups();
    ByteBuffer slab = burst.slab();
    for (int i = 0; i < burst.size(); i++) {
      Arrival in = arrivals[i];
      in.clear();
      if (burst.isAlive(i) && (mine == null || mine[i])) {
        boolean plain =
            mayBePlain && PlainTunnel.locate(slab, burst.offset(i), burst.length(i), in);
        in.live = plain || locateAny(burst, i, in);
      } else {
        in.take(null);
      }
    }
  }

  private boolean locateAny(PacketBurst burst, int i, Arrival in) {
    DropReason reason = findAny(burst, i, in);
    if (reason != DropReason.NONE) {
      drop(burst, i, reason);
    }
    return reason == DropReason.NONE;
  }

  /**
   * Finds the SAs of the packets: a short loop, so that the memory of many of them is waited for at
   * once.
   */
  private void find(PacketBurst burst) {
    InboundSa last = null;
    int changes = 0;
    for (int i = 0; i < burst.size(); i++) {
      Arrival in = arrivals[i];
      if (in.plain) {
        int spi = (int) (in.spiAndLow >>> 32);
        if (last == null || last.spi() != spi) {
          last = sad.find(spi);
          changes++;
        }
        in.take(last);
      }
    }
    if (changes > burst.size() / SOME) {
      touch(burst);
    }
  }

  /** Reads what will be needed of many SAs: see {@link SecurityAssociation#touch}. */
  private void touch(PacketBurst burst) {
    int sum = 0;
    for (int i = 0; i < burst.size(); i++) {
      InboundSa sa = arrivals[i].sa;
      sum += sa == null ? 0 : sa.touch();
    }
    for (int i = 0; i < burst.size(); i++) {
      InboundSa sa = arrivals[i].sa;
      sum += sa == null ? 0 : sa.touchNext();
    }
    touched = sum;
  }

  /** The other modes put the header, or a part of it, back in front of what it carried. */
  private void keepOuter(PacketBurst burst, int i, Arrival in) {
    view.parse(burst.slab(), burst.offset(i), burst.length(i));
    in.readOuter(burst.slab(), view);
  }

  private DropReason findAny(PacketBurst burst, int i, Arrival in) {
    ByteBuffer slab = burst.slab();
    DropReason reason = DropReason.NONE;
    if (form == PacketForm.FULL_IP) {
      reason = locate(slab, burst.offset(i), burst.length(i), in);
    } else {
      in.espOffset = burst.offset(i);
      in.espLength = burst.length(i);
    }
    if (reason == DropReason.NONE && in.espLength < EspLayout.HEADER_LENGTH) {
      reason = DropReason.TOO_SHORT;
    }
    InboundSa sa = null;
    if (reason == DropReason.NONE) {
      in.spiAndLow = slab.getLong(in.espOffset);
      int spi = (int) (in.spiAndLow >>> 32);
      sa =
          in.headed && sad.hasGroups()
              ? findInGroups(slab, burst.offset(i), burst.length(i), spi)
              : sad.find(SecurityProtocol.ESP, spi);
      reason = sa == null ? DropReason.UNKNOWN_SPI : DropReason.NONE;
    }
    in.take(sa);
    if (sa != null && in.headed && !sa.isTunnel()) {
      keepOuter(burst, i, in);
    }
    return reason;
  }

  private @Nullable InboundSa findInGroups(ByteBuffer slab, int offset, int length, int spi) {
    view.parse(slab, offset, length);
    return sad.find(SecurityProtocol.ESP, spi, view);
  }

  /** What can be refused before the cryptography; the rest goes to the workers. */
  private void accept(PacketBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      Arrival in = arrivals[i];
      if (in.live) {
        DropReason reason = accept(burst, i, in);
        if (reason != DropReason.NONE) {
          in.live = false;
          drop(burst, i, reason);
        }
      }
    }
  }

  private DropReason accept(PacketBurst burst, int i, Arrival in) {
    InboundSa sa = in.sa;
    if (sa == null) {
      return DropReason.UNKNOWN_SPI;
    }
    ByteBuffer slab = burst.slab();
    if (in.plain && !sa.isTunnel()) {
      keepOuter(burst, i, in);
    }
    DropReason reason = judge(slab, i, in, sa);
    if (reason != DropReason.NONE) {
      return reason;
    }
    PacketKey key = sa.key();
    CryptoBurst descriptors = workers.of(key);
    if (descriptors == null) {
      return DropReason.CRYPTO_FAILED;
    }
    describe(PacketWorkers.next(descriptors, key, slab, i), slab, in, sa);
    return DropReason.NONE;
  }

  private DropReason judge(ByteBuffer slab, int i, Arrival in, InboundSa sa) {
    if (alone && sa.isPlaced()) {
      return DropReason.BUNDLE_MISMATCH;
    }
    EspLayout layout = sa.layout();
    int textLength = layout.textLength(in.espLength);
    if (textLength < 0) {
      return DropReason.TOO_SHORT;
    }
    if (!layout.isWholeBlocks(textLength)) {
      return DropReason.MALFORMED_OUTER;
    }
    if (sa.isExpired(time)) {
      return DropReason.LIFETIME_EXPIRED;
    }
    ReplayWindow window = sa.replayWindow();
    in.number = window.recover((int) in.spiAndLow);
    DropReason reason = window.check(in.number);
    if (reason == DropReason.NONE && sa.isOutOfStep()) {
      resync.keep(slab, in, i);
    }
    return reason;
  }

  /** Finds ESP behind the outer IP header, and behind UDP where there is UDP (RFC 3948 2.1). */
  private DropReason locate(ByteBuffer slab, int offset, int length, Arrival in) {
    // what is still in fragments is for reassembly, not for here (RFC 4303 3.4.1)
    if (!view.parse(slab, offset, length) || view.isFragment()) {
      return DropReason.MALFORMED_OUTER;
    }
    in.headed = true;
    in.trafficClass = view.trafficClass();
    in.espOffset = view.payloadOffset();
    in.espLength = view.payloadLength();
    return view.protocol() == OuterHeader.ESP
        ? DropReason.NONE
        : in.unwrapUdp(slab, view.protocol());
  }

  private static void describe(CryptoOp op, ByteBuffer slab, Arrival in, InboundSa sa) {
    EspLayout layout = sa.layout();
    int esp = in.espOffset;
    layout.prepareOpen(op, slab, esp + EspLayout.HEADER_LENGTH, in.number, sa.salt());
    op.seal = false;
    op.aadOffset = esp;
    op.aadLength = EspLayout.HEADER_LENGTH;
    op.icvOffset = esp + in.espLength - layout.icvLength();
    op.textLength = op.icvOffset - op.textOffset;
    op.highSequencePresent = layout.extendedSequenceNumbers();
    op.highSequence = (int) (in.number >>> 32);
  }

  /** Looks at what the workers have done. */
  private void settle(PacketBurst burst) {
    for (int b = 0; b < workers.bursts(); b++) {
      CryptoBurst opened = workers.burst(b);
      int k = 0;
      while (k < opened.size()) {
        if (opened.op(k).status == CryptoOp.Status.OK) {
          k = settleRun(burst, opened, k);
        } else {
          settleFailed(burst, opened.op(k++));
        }
      }
    }
  }

  private void settleFailed(PacketBurst burst, CryptoOp op) {
    InboundSa sa = arrivals[op.tag].sa;
    DropReason reason = DropReason.CRYPTO_FAILED;
    if (sa != null && op.status == CryptoOp.Status.ICV_MISMATCH) {
      sa.wasRefused();
      reason = DropReason.ICV_MISMATCH;
      if (resync.takesUp(op.tag)) {
        return;
      }
    }
    refuse(burst, op, reason);
  }

  /**
   * Packets of one SA with right ICVs, one behind the other: its window is locked and its counters
   * are raised once for all of them.
   *
   * @return the descriptor behind them
   */
  @SuppressWarnings("ReferenceEquality") // a run is of one SA object
  private int settleRun(PacketBurst burst, CryptoBurst opened, int from) {
    InboundSa sa = Objects.requireNonNull(arrivals[opened.op(from).tag].sa);
    int end = from;
    for (; end < opened.size(); end++) {
      CryptoOp op = opened.op(end);
      Arrival in = arrivals[op.tag];
      if (op.status != CryptoOp.Status.OK || in.sa != sa) {
        break;
      }
      numbers[end - from] = in.number;
    }
    if (commit(sa.replayWindow(), end - from)) {
      sa.wasAuthentic();
      sa.used(time);
    }
    int packets = 0;
    long octets = 0;
    for (int k = from; k < end; k++) {
      CryptoOp op = opened.op(k);
      DropReason reason = DropReason.REPLAY;
      if (fresh[k - from]) {
        Arrival in = arrivals[op.tag];
        in.authentic = true;
        reason = deliver(burst, op, sa, in);
      }
      if (reason == DropReason.NONE) {
        packets++;
        octets += burst.length(op.tag);
      } else {
        refuse(burst, op, reason);
      }
    }
    if (packets > 0) {
      sa.counters().passed(packets, octets);
    }
    return end;
  }

  /** Whether any of so many numbers was fresh. */
  private boolean commit(ReplayWindow window, int count) {
    if (count == 1) {
      fresh[0] = window.commit(numbers[0]);
      return fresh[0];
    }
    return window.commit(numbers, fresh, count) > 0;
  }

  private void refuse(PacketBurst burst, CryptoOp op, DropReason reason) {
    Wipe.zero(burst.slab(), op.aadOffset, op.icvOffset);
    drop(burst, op.tag, reason);
  }

  /**
   * Too many packets in a row had a wrong ICV: perhaps 2^32 or more were lost, so that the upper
   * half is not what the window makes of the lower (RFC 4303 A3). One of them gets one more chance.
   *
   * @return whether there is something to submit
   */
  private boolean tryNextHighHalf(PacketBurst burst, int i) {
    Arrival in = arrivals[i];
    InboundSa sa = in.sa;
    if (sa == null) {
      return false;
    }
    resync.restore(burst.slab(), in);
    in.number += (long) sa.nextHighHalf() << 32;
    PacketKey key = sa.key();
    CryptoBurst descriptors = workers.of(key);
    if (descriptors == null) {
      drop(burst, i, DropReason.CRYPTO_FAILED);
      return false;
    }
    describe(PacketWorkers.next(descriptors, key, burst.slab(), i), burst.slab(), in, sa);
    return true;
  }

  private DropReason deliver(PacketBurst burst, CryptoOp op, InboundSa sa, Arrival in) {
    if (shortWay && sa.isPlain()) {
      int length = PlainTunnel.strip(burst.slab(), op, sa, in);
      if (length > 0) {
        in.nextHeader = PlainTunnel.NEXT_V4;
        burst.window(op.tag, op.textOffset, length);
        return DropReason.NONE;
      }
    }
    return strip(burst, op, sa, in);
  }

  private DropReason strip(PacketBurst burst, CryptoOp op, InboundSa sa, Arrival in) {
    ByteBuffer slab = burst.slab();
    int trailer = slab.getShort(op.icvOffset - EspLayout.TRAILER_LENGTH) & 0xffff;
    int padLength = trailer >>> 8;
    int nextHeader = trailer & 0xff;
    int payloadLength = op.textLength - EspLayout.TRAILER_LENGTH - padLength;
    if (payloadLength < 0 || !isPadding(slab, op.textOffset + payloadLength, padLength)) {
      return DropReason.BAD_PADDING;
    }
    if (nextHeader == Wrapping.NEXT_NONE) {
      return DropReason.DUMMY;
    }
    in.nextHeader = nextHeader;
    if (nextHeader == NEXT_AGGFRAG && sa.options().aggfrag()) {
      return handOn(burst, op, sa, payloadLength);
    }
    DropReason reason =
        sa.isTunnel()
            ? unwrapping.tunnel(slab, sa, in, op.textOffset, payloadLength, nextHeader)
            : restore(burst, op, sa, in, payloadLength);
    if (reason == DropReason.NONE) {
      reason = sa.checkArrived(view);
    }
    if (reason == DropReason.NONE && !sa.admit(view.totalLength(), time)) {
      reason = DropReason.LIFETIME_EXPIRED;
    }
    if (reason == DropReason.NONE) {
      burst.window(op.tag, view.offset(), view.totalLength());
    }
    return reason;
  }

  /** The modes in which the outer header says what the inner one said. */
  private DropReason restore(
      PacketBurst burst, CryptoOp op, InboundSa sa, Arrival in, int payloadLength) {
    AddressPair inner = sa.inner();
    return inner != null
        ? unwrapping.beet(burst, op.tag, inner, in, op.textOffset, payloadLength, in.nextHeader)
        : unwrapping.transport(burst, op.tag, sa, in, op.textOffset, payloadLength, in.nextHeader);
  }

  /** A payload of several packets, whose selectors are asked when they are taken apart. */
  private DropReason handOn(PacketBurst burst, CryptoOp op, InboundSa sa, int payloadLength) {
    if (!sa.admit(payloadLength, time)) {
      return DropReason.LIFETIME_EXPIRED;
    }
    arrivals[op.tag].payload = true;
    burst.window(op.tag, op.textOffset, payloadLength);
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
