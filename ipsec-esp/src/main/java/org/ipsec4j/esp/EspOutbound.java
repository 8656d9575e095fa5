package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
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

  /** The windows hold IP packets, whose headers tell. */
  private static final int INNER_PACKET = -1;

  private final PacketWorkers workers;
  private final Departure[] departures;
  private final Wrapping wrapping = new Wrapping();
  private final @Nullable OutboundSa[] same;
  private final SaCounters withoutSa = new SaCounters();

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

  private void protect(
      PacketBurst burst,
      @Nullable OutboundSa[] saPerPacket,
      int nextHeader,
      PacketForm form,
      boolean @Nullable [] mine,
      long now) {
    if (burst.size() > departures.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    for (int i = 0; i < burst.size(); i++) {
      departures[i].clear();
      if (burst.isAlive(i) && (mine == null || mine[i])) {
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
            ? wrapping.describeInner(burst, i, sa, path, form, out)
            : Wrapping.describePayload(burst, i, sa, nextHeader, out);
    if (reason == DropReason.NONE) {
      reason = Wrapping.fitPath(sa, path, sa.pathMtu().octets(now), out);
    }
    if (reason == DropReason.NONE) {
      reason = Wrapping.findRoom(burst, i, sa, path, form, out);
    }
    if (reason == DropReason.NONE && !sa.admit(out.innerLength, now)) {
      reason = DropReason.LIFETIME_EXPIRED;
    }
    if (reason == DropReason.NONE) {
      out.sa = sa;
    }
    return reason;
  }

  /** Takes sequence numbers, and fills the descriptors. */
  private void numberAndSeal(PacketBurst burst, PacketForm form) {
    Departure.takeNumbers(departures, burst.size());
    for (int i = 0; i < burst.size(); i++) {
      OutboundSa sa = departures[i].sa;
      if (sa != null) {
        seal(burst, i, sa, departures[i].number, form);
      }
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
    Wrapping.mendInner(slab, out);
    if (form == PacketForm.FULL_IP) {
      Wrapping.writeOuter(slab, sa, out, (int) number);
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

  /** Zeros to hide the length, then 1, 2, 3, ... and the trailer behind (RFC 4303 2.4, 2.7). */
  private static int writePadding(ByteBuffer slab, Departure out) {
    int payloadEnd = out.payloadOffset + out.payloadLength;
    int at = payloadEnd + out.tfcLength;
    Wipe.zero(slab, payloadEnd, at);
    for (int pad = 1; pad <= out.padLength; pad++) {
      slab.put(at++, (byte) pad);
    }
    slab.put(at, (byte) out.padLength);
    slab.put(at + 1, (byte) out.nextHeader);
    return at;
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
