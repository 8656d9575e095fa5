package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.packet.DropReason;
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
  /** Headroom that suffices for every SA: the largest of all headers. */
  public static final int MAX_HEADROOM =
      OuterHeader.MAX_LENGTH + EspLayout.HEADER_LENGTH + CryptoOp.MAX_NONCE;

  /**
   * Tailroom that suffices for every SA without padding against traffic analysis ({@link
   * OutboundSa#maxTailroom}): padding, trailer and the longest ICV.
   */
  public static final int MAX_TAILROOM = 15 + EspLayout.TRAILER_LENGTH + 32;

  /** A burst with more than one SA to so many packets has many. */
  private static final int SOME = 4;

  /** The windows hold IP packets, whose headers tell. */
  private static final int INNER_PACKET = -1;

  private final PacketWorkers workers;
  private final Departure[] departures;
  private final Wrapping wrapping = new Wrapping();
  private final @Nullable OutboundSa[] same;
  private final SaCounters withoutSa = new SaCounters();
  private @Nullable PacketBurst underWay;
  private PacketForm form = PacketForm.FULL_IP;
  private long time;
  private boolean shortWay = true;

  @SuppressWarnings("UnusedVariable") // a store that nobody reads keeps the reads before it
  private int touched;

  /**
   * @param providers makers of the keys of all SAs that will be used; each gives a worker
   * @param capacity most packets of a burst
   */
  public EspOutbound(List<CryptoProvider> providers, int capacity) {
    workers = new PacketWorkers(providers, capacity);
    departures = new Departure[capacity];
    same = new OutboundSa[capacity];
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
    protect(burst, saPerPacket, INNER_PACKET, form, null, now);
  }

  /**
   * The same for some packets of a burst.
   *
   * @param mine by packet index: what is not, is left alone
   */
  void protect(
      PacketBurst burst,
      @Nullable OutboundSa[] saPerPacket,
      boolean[] mine,
      PacketForm form,
      long now) {
    protect(burst, saPerPacket, INNER_PACKET, form, mine, now);
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
    protect(burst, saPerPacket, nextHeader, form, null, now);
  }

  /**
   * Makes dummy packets, which the receiver discards (RFC 4303 2.6): for an SA that shall look
   * busy. They are sealed like any other packet, use up sequence numbers and count against the
   * limits.
   *
   * @param burst empty; gets one packet for each length, as far as it has room, protected or
   *     dropped with a reason
   * @param sa of any mode
   * @param lengths octets of payload of each, 0 or more
   * @param form what the windows shall hold
   * @param now engine time
   * @throws IllegalArgumentException when the burst is not empty, or larger than this was made for,
   *     or a length is negative or larger than a slot's room; the burst is then as it was
   */
  public void dummies(PacketBurst burst, OutboundSa sa, int[] lengths, PacketForm form, long now) {
    if (burst.size() > 0 || burst.capacity() > same.length) {
      throw new IllegalArgumentException("dummies want an empty burst of this engine's size");
    }
    int count = Math.min(lengths.length, burst.capacity());
    // all of them before the first packet lives: nothing unprotected may stay behind
    for (int k = 0; k < count; k++) {
      if (lengths[k] < 0 || lengths[k] > burst.room()) {
        throw new IllegalArgumentException("no dummy has " + lengths[k] + " octets here");
      }
    }
    for (int k = 0; k < count; k++) {
      int i = burst.add();
      burst.window(i, burst.offset(i), lengths[k]);
      Wipe.zero(burst.slab(), burst.offset(i), burst.offset(i) + lengths[k]);
      same[i] = sa;
    }
    protect(burst, same, Wrapping.NEXT_NONE, form, null, now);
    Arrays.fill(same, null);
  }

  /**
   * The first half of {@link #protect}, for providers that answer late: says what becomes of each
   * packet, takes numbers, writes headers, and hands the burst to the workers. Until {@link
   * #finish} says so, the burst and its memory belong to this engine and its providers, and the
   * accessors mean nothing. An engine has one burst under way; for several at once have several
   * engines.
   *
   * @throws IllegalArgumentException when the burst is larger than this was made for
   * @throws IllegalStateException when a burst is under way
   */
  public void begin(
      PacketBurst burst, @Nullable OutboundSa[] saPerPacket, PacketForm form, long now) {
    begin(burst, saPerPacket, INNER_PACKET, form, null, now);
  }

  /** The same for some packets of a burst. */
  void begin(
      PacketBurst burst,
      @Nullable OutboundSa[] saPerPacket,
      boolean[] mine,
      PacketForm form,
      long now) {
    begin(burst, saPerPacket, INNER_PACKET, form, mine, now);
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
    for (int b = 0; b < workers.bursts(); b++) {
      complete(burst, workers.burst(b));
    }
    workers.clear();
    underWay = null;
    return true;
  }

  private void protect(
      PacketBurst burst,
      @Nullable OutboundSa[] saPerPacket,
      int nextHeader,
      PacketForm form,
      boolean @Nullable [] mine,
      long now) {
    begin(burst, saPerPacket, nextHeader, form, mine, now);
    while (!finish()) {
      // a device that does not answer is its guard's to stop, which completes the burst
      Thread.onSpinWait();
    }
  }

  private void begin(
      PacketBurst burst,
      @Nullable OutboundSa[] saPerPacket,
      int nextHeader,
      PacketForm packetForm,
      boolean @Nullable [] mine,
      long now) {
    int size = burst.size();
    if (size > departures.length) {
      throw new IllegalArgumentException("burst of " + size + " packets");
    }
    if (underWay != null) {
      throw new IllegalStateException("a burst is under way");
    }
    form = packetForm;
    time = now;
    touch(saPerPacket, size);
    plan(burst, saPerPacket, nextHeader, mine);
    seal(burst);
    workers.submit();
    underWay = burst;
  }

  /**
   * Octets of headroom that a packet dropped as {@code NO_HEADROOM} lacked; 0 for every other.
   * Means something until the next call.
   */
  public int missingHeadroom(int index) {
    return departures[index].missingHead;
  }

  /** Octets of tailroom that it lacked; 0 for every other. */
  public int missingTailroom(int index) {
    return departures[index].missingTail;
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
   * NEEDS_FRAGMENTATION}: what its source is to be told (RFC 4301 8.2.1); 0 for every other.
   */
  public int fits(int index) {
    return departures[index].fits;
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

  /**
   * Reads what will be needed when a burst has many SAs, in short loops: see {@link
   * SecurityAssociation#touch}.
   */
  @SuppressWarnings("ReferenceEquality") // a change is another object
  private void touch(@Nullable OutboundSa[] saPerPacket, int size) {
    int changes = 0;
    OutboundSa last = null;
    for (int i = 0; i < size; i++) {
      OutboundSa sa = saPerPacket[i];
      changes += sa == last ? 0 : 1;
      last = sa;
    }
    int sum = 0;
    for (int i = 0; changes > size / SOME && i < size; i++) {
      OutboundSa sa = saPerPacket[i];
      sum += sa == null ? 0 : sa.touch();
    }
    for (int i = 0; changes > size / SOME && i < size; i++) {
      OutboundSa sa = saPerPacket[i];
      sum += sa == null ? 0 : sa.touchNext();
    }
    touched = sum;
  }

  /** Where everything will lie, and whether it may and fits; changes no octet. */
  private void plan(
      PacketBurst burst,
      @Nullable OutboundSa[] saPerPacket,
      int nextHeader,
      boolean @Nullable [] mine) {
    // small loops around methods that do much: the compiler has registers enough for each of them
    for (int i = 0; i < burst.size(); i++) {
      Departure out = departures[i];
      out.clear();
      if (burst.isAlive(i) && (mine == null || mine[i])) {
        plan(burst, i, saPerPacket[i], nextHeader, out);
      }
    }
  }

  private void plan(
      PacketBurst burst, int i, @Nullable OutboundSa sa, int nextHeader, Departure out) {
    // an AH SA is none that could do this
    if (sa == null || !sa.isEsp()) {
      drop(burst, i, sa, DropReason.NO_SA);
      return;
    }
    OuterWay way = sa.way();
    out.take(sa, way);
    boolean mayBePlain = shortWay && nextHeader == INNER_PACKET && way.v4 && sa.isPlain();
    boolean fullIp = form == PacketForm.FULL_IP;
    if (!mayBePlain || !PlainTunnel.plan(burst, i, sa.layout(), way.outside, fullIp, out)) {
      planAny(burst, i, sa, way, nextHeader);
    }
  }

  private void planAny(PacketBurst burst, int i, OutboundSa sa, OuterWay way, int nextHeader) {
    Departure out = departures[i];
    out.clearShape();
    DropReason reason =
        nextHeader == INNER_PACKET
            ? wrapping.describeInner(burst, i, sa, way, form, out)
            : Wrapping.describePayload(burst, i, sa, nextHeader, out);
    if (reason == DropReason.NONE) {
      reason = Wrapping.fitPath(sa, way, time, out);
    }
    if (reason == DropReason.NONE) {
      reason = Wrapping.findRoom(burst, i, sa, way, form, out);
    }
    if (reason == DropReason.NONE && !sa.admit(out.innerLength, time)) {
      reason = DropReason.LIFETIME_EXPIRED;
    }
    if (reason == DropReason.NONE) {
      out.live = true;
    } else {
      drop(burst, i, sa, reason);
    }
  }

  /** Takes numbers for each run of packets of one SA, and makes the packets. */
  private void seal(PacketBurst burst) {
    Departure.takeNumbers(departures, burst.size());
    for (int i = 0; i < burst.size(); i++) {
      Departure out = departures[i];
      OutboundSa sa = out.sa;
      OuterWay way = out.way;
      if (out.live && sa != null && way != null) {
        seal(burst, i, sa, way, out);
      }
    }
  }

  /** Writes everything around the payload and fills the descriptor. */
  private void seal(PacketBurst burst, int i, OutboundSa sa, OuterWay way, Departure out) {
    long number = out.number;
    if (number > sa.lastNumber()) {
      drop(burst, i, sa, DropReason.SEQUENCE_EXHAUSTED);
      return;
    }
    PacketKey key = sa.key();
    CryptoBurst descriptors = workers.of(key);
    if (descriptors == null) {
      drop(burst, i, sa, DropReason.CRYPTO_FAILED);
      return;
    }
    ByteBuffer slab = burst.slab();
    CryptoOp op = PacketWorkers.next(descriptors, key, slab, i);
    if (out.plain) {
      sealPlain(burst, i, op, sa, way, number, out);
    } else {
      sealAny(slab, op, sa, way, number, out);
    }
    describe(op, sa.layout(), number);
  }

  private void sealPlain(
      PacketBurst burst,
      int i,
      CryptoOp op,
      OutboundSa sa,
      OuterWay way,
      long number,
      Departure out) {
    ByteBuffer slab = burst.slab();
    EspLayout layout = sa.layout();
    int at = burst.offset(i);
    if (form == PacketForm.FULL_IP) {
      PlainTunnel.place(out, layout, at, way.outside);
      PlainTunnel.writeOuter(slab, way, out, (int) number ^ sa.spi());
    } else {
      PlainTunnel.place(out, layout, at, 0);
    }
    int esp = at - layout.front();
    slab.putLong(esp, ((long) sa.spi() << 32) | (number & 0xffffffffL));
    layout.prepareSeal(op, slab, esp + EspLayout.HEADER_LENGTH, number, sa.salt());
    op.aadOffset = esp;
    op.icvOffset = PlainTunnel.writeTrailer(slab, layout, at + out.innerLength, out.innerLength);
  }

  private static void describe(CryptoOp op, EspLayout layout, long number) {
    op.seal = true;
    op.aadLength = EspLayout.HEADER_LENGTH;
    op.textLength = op.icvOffset - op.textOffset;
    op.highSequencePresent = layout.extendedSequenceNumbers();
    op.highSequence = (int) (number >>> 32);
  }

  private void sealAny(
      ByteBuffer slab, CryptoOp op, OutboundSa sa, OuterWay way, long number, Departure out) {
    Wrapping.mendInner(slab, out);
    if (form == PacketForm.FULL_IP) {
      Wrapping.writeOuter(slab, sa, way, out, (int) number);
    }
    slab.putLong(out.espOffset, ((long) sa.spi() << 32) | (number & 0xffffffffL));
    EspLayout layout = sa.layout();
    layout.prepareSeal(op, slab, out.espOffset + EspLayout.HEADER_LENGTH, number, sa.salt());
    op.aadOffset = out.espOffset;
    op.icvOffset = writePadding(slab, out) + EspLayout.TRAILER_LENGTH;
    out.outerLength = out.espOffset + out.espLength - out.outerOffset;
  }

  /** Zeros to hide the length, then 1, 2, 3, ... and the trailer behind (RFC 4303 2.4, 2.7). */
  private static int writePadding(ByteBuffer slab, Departure out) {
    int at = out.payloadOffset + out.payloadLength;
    if (out.tfcLength > 0) {
      Wipe.zero(slab, at, at + out.tfcLength);
      at += out.tfcLength;
    }
    int padLength = out.padLength;
    for (int pad = 1; pad <= padLength; pad++) {
      slab.put(at++, (byte) pad);
    }
    slab.putShort(at, (short) (padLength << 8 | out.nextHeader));
    return at;
  }

  /** Looks at what a worker has done. Counters are raised once for each run of one SA. */
  @SuppressWarnings("ReferenceEquality") // a run is of one SA object
  private void complete(PacketBurst burst, CryptoBurst sealed) {
    OutboundSa run = null;
    int packets = 0;
    long octets = 0;
    for (int k = 0; k < sealed.size(); k++) {
      CryptoOp op = sealed.op(k);
      Departure out = departures[op.tag];
      OutboundSa sa = out.sa;
      if (sa != run) {
        count(run, packets, octets);
        run = sa;
        packets = 0;
        octets = 0;
      }
      if (complete(burst, op, out)) {
        packets++;
        octets += out.innerLength;
      }
    }
    count(run, packets, octets);
  }

  private void count(@Nullable OutboundSa sa, int packets, long octets) {
    if (sa != null && packets > 0) {
      sa.counters().passed(packets, octets);
      sa.used(time);
    }
  }

  private boolean complete(PacketBurst burst, CryptoOp op, Departure out) {
    if (!out.live) {
      return false;
    }
    if (op.status != CryptoOp.Status.OK) {
      Wipe.zero(burst.slab(), op.textOffset, op.icvOffset);
      drop(burst, op.tag, out.sa, DropReason.CRYPTO_FAILED);
      return false;
    }
    OuterWay way = out.way;
    if (!out.plain && form == PacketForm.FULL_IP && way != null && way.udp && !way.v4) {
      // zero is not allowed over IPv6, and covers what has just been encrypted
      Checksums.writeUdpOverV6(
          burst.slab(),
          out.outerOffset,
          out.espOffset - OuterHeader.UDP_LENGTH,
          out.espLength + OuterHeader.UDP_LENGTH);
    }
    burst.window(op.tag, out.outerOffset, out.outerLength);
    return true;
  }

  private void drop(PacketBurst burst, int i, @Nullable OutboundSa sa, DropReason reason) {
    burst.drop(i, reason);
    departures[i].live = false;
    (sa == null ? withoutSa : sa.counters()).dropped(reason);
  }
}
