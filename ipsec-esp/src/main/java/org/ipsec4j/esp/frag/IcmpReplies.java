package org.ipsec4j.esp.frag;

import java.nio.ByteBuffer;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/**
 * Tells the source of an inner packet that it is too long for its SA (RFC 4301 8.2.1): ICMP
 * "fragmentation needed" with the MTU (RFC 1191 4), ICMPv6 "packet too big" (RFC 4443 3.2).
 *
 * <p>Never about ICMP errors, later fragments, broadcast, or sources that are not one host (RFC
 * 1122 3.2.2, RFC 4443 2.4 e); no more than a rate allows (2.4 f). Thread-confined; allocates
 * nothing; throws nothing for what a packet contains.
 */
public final class IcmpReplies {
  /** What was done. */
  public enum Outcome {
    /** The message was appended. */
    WRITTEN,
    /** Such a packet must not be answered. */
    FORBIDDEN,
    /** Too many messages already. */
    LIMITED,
    /** The target is full, or its slots are too small. */
    NO_ROOM,
    /** There is no address of that family to send from. */
    NO_ADDRESS
  }

  /** Most octets of a message over IPv4 (RFC 1812 4.3.2.3). */
  public static final int MAX_V4 = 576;

  /** Most octets of a message over IPv6 (RFC 4443 2.4 c). */
  public static final int MAX_V6 = 1280;

  private static final int ICMP = 1;
  private static final int ICMPV6 = 58;
  private static final int REDIRECT_V6 = 137;
  private static final int HEADER = 8;
  private static final int HOP_LIMIT = 64;
  private static final long SECOND = 1_000_000_000L;

  private final @Nullable IpAddress v4;
  private final @Nullable IpAddress v6;
  private final long cost;
  private final long most;
  private final IpHeaderView view = new IpHeaderView();
  private long credit;
  private long filledAt;
  private int identification;

  /**
   * @param v4 our inner IPv4 address, or null when we have none
   * @param v6 our inner IPv6 address, or null
   * @param perSecond messages for each second in the long run, 1 to 1,000,000; RFC 4443 2.4 f names
   *     10
   * @param atOnce messages in a row after a pause, 1 to 1,000,000; the RFC names 10
   * @throws IllegalArgumentException when an address is of the wrong family or a number out of
   *     range
   */
  public IcmpReplies(@Nullable IpAddress v4, @Nullable IpAddress v6, int perSecond, int atOnce) {
    if ((v4 != null && !v4.isV4()) || (v6 != null && v6.isV4())) {
      throw new IllegalArgumentException(v4 + ", " + v6 + ": IPv4 first, IPv6 second");
    }
    if (perSecond < 1 || perSecond > 1_000_000 || atOnce < 1 || atOnce > 1_000_000) {
      throw new IllegalArgumentException(perSecond + " per second, " + atOnce + " at once");
    }
    this.v4 = v4;
    this.v6 = v6;
    this.cost = SECOND / perSecond;
    this.most = cost * atOnce;
    this.credit = most;
  }

  /**
   * Writes the message about one packet.
   *
   * @param from its window holds the inner packet as it came, as {@code EspOutbound} leaves what it
   *     drops as NEEDS_FRAGMENTATION
   * @param index of the packet, alive or dropped
   * @param mtu octets of the largest inner packet that fits; never reported below 68 for IPv4 and
   *     1280 for IPv6
   * @param into the message is appended, a whole IP packet
   * @param now engine time
   */
  public Outcome tooBig(PacketBurst from, int index, int mtu, PacketBurst into, long now) {
    ByteBuffer slab = from.slab();
    if (!view.parse(slab, from.offset(index), from.length(index)) || !mayAnswer(slab)) {
      return Outcome.FORBIDDEN;
    }
    IpAddress own = view.isV4() ? v4 : v6;
    if (own == null) {
      return Outcome.NO_ADDRESS;
    }
    int header = (view.isV4() ? FragmentView.V4_LENGTH : FragmentView.V6_LENGTH) + HEADER;
    int quoted = Math.min(view.totalLength(), (view.isV4() ? MAX_V4 : MAX_V6) - header);
    if (into.size() == into.capacity() || header + quoted > into.room()) {
      return Outcome.NO_ROOM;
    }
    if (!takeToken(now)) {
      return Outcome.LIMITED;
    }
    int reply = into.add();
    int at = into.offset(reply);
    into.window(reply, at, header + quoted);
    into.slab().put(at + header, slab, view.offset(), quoted);
    if (view.isV4()) {
      writeV4(into.slab(), at, header + quoted, own, mtu);
    } else {
      writeV6(into.slab(), at, header + quoted, own, mtu);
    }
    return Outcome.WRITTEN;
  }

  private void writeV4(ByteBuffer slab, int at, int total, IpAddress own, int mtu) {
    slab.put(at, (byte) 0x45);
    slab.put(at + 1, (byte) 0);
    slab.putShort(at + 2, (short) total);
    slab.putShort(at + 4, (short) identification++);
    slab.putShort(at + 6, (short) 0);
    slab.put(at + 8, (byte) HOP_LIMIT);
    slab.put(at + 9, (byte) ICMP);
    own.writeTo(slab, at + 12);
    slab.putInt(at + 16, (int) view.sourceLow());
    InternetChecksum.writeV4Header(slab, at, FragmentView.V4_LENGTH);
    int icmp = at + FragmentView.V4_LENGTH;
    slab.putInt(icmp, 3 << 24 | 4 << 16);
    slab.putInt(icmp + 4, Math.min(Math.max(mtu, PathMtuPolicy.MIN_V4), 65535));
    long sum = InternetChecksum.sum(slab, icmp, total - FragmentView.V4_LENGTH);
    slab.putShort(icmp + 2, (short) InternetChecksum.fold(sum));
  }

  private void writeV6(ByteBuffer slab, int at, int total, IpAddress own, int mtu) {
    int length = total - FragmentView.V6_LENGTH;
    slab.putInt(at, 6 << 28);
    slab.putShort(at + 4, (short) length);
    slab.put(at + 6, (byte) ICMPV6);
    slab.put(at + 7, (byte) HOP_LIMIT);
    own.writeTo(slab, at + 8);
    slab.putLong(at + 24, view.sourceHigh());
    slab.putLong(at + 32, view.sourceLow());
    int icmp = at + FragmentView.V6_LENGTH;
    slab.putInt(icmp, 2 << 24);
    slab.putInt(icmp + 4, Math.max(mtu, PathMtuPolicy.MIN_V6));
    long sum = InternetChecksum.sum(slab, at + 8, 32) + length + ICMPV6;
    sum += InternetChecksum.sum(slab, icmp, length);
    slab.putShort(icmp + 2, (short) InternetChecksum.fold(sum));
  }

  private boolean mayAnswer(ByteBuffer slab) {
    return view.fragmentOffset() == 0
        && (view.isV4() ? mayAnswerV4(slab) : mayAnswerV6(slab))
        && !isUnspecifiedOrLoopback();
  }

  private boolean mayAnswerV4(ByteBuffer slab) {
    int source = (int) (view.sourceLow() >>> 24);
    int destination = (int) (view.destinationLow() >>> 24);
    // 0/8, 127/8, groups, and what lies behind them; broadcast among those
    boolean oneHost = source != 0 && source != 127 && source < 224;
    boolean error =
        view.protocol() == ICMP
            && (view.payloadLength() < 1 || IcmpErrors.isError(true, typeOf(slab)));
    return oneHost && destination < 224 && !error;
  }

  /** To a group is allowed: RFC 4443 2.4 e.3, first exception. */
  private boolean mayAnswerV6(ByteBuffer slab) {
    boolean group = view.sourceHigh() >>> 56 == 0xff;
    boolean unknown = view.protocol() == IpHeaderView.UNKNOWN;
    boolean error = view.protocol() == ICMPV6 && isErrorOrRedirect(slab);
    return !group && !unknown && !error;
  }

  private boolean isErrorOrRedirect(ByteBuffer slab) {
    return view.payloadLength() < 1
        || IcmpErrors.isError(false, typeOf(slab))
        || typeOf(slab) == REDIRECT_V6;
  }

  private int typeOf(ByteBuffer slab) {
    return slab.get(view.payloadOffset()) & 0xff;
  }

  private boolean isUnspecifiedOrLoopback() {
    return view.sourceHigh() == 0
        && (view.sourceLow() == 0 || (!view.isV4() && view.sourceLow() == 1));
  }

  /** A bucket that holds time: each message costs a part of a second. */
  private boolean takeToken(long now) {
    long passed = now - filledAt;
    filledAt = now;
    if (passed > 0) {
      credit = passed >= most ? most : Math.min(most, credit + passed);
    }
    if (credit < cost) {
      return false;
    }
    credit -= cost;
    return true;
  }
}
