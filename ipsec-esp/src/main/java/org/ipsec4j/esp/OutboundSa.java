package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.esp.frag.IcmpErrors;
import org.ipsec4j.esp.frag.PathMtu;
import org.ipsec4j.esp.frag.PathMtuPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a Child SA: its sequence numbers, keys, way and limits. Thread-safe; any
 * number of packet threads protect packets with it at once.
 */
public final class OutboundSa extends SecurityAssociation {
  /** Highest number without ESN; the next would repeat (RFC 4303 3.3.3). */
  private static final long LAST_SHORT_NUMBER = 0xffffffffL;

  /** From here on a rekey is asked for: a sixteenth of the numbers is left for it. */
  private static final long SOFT_SHORT_NUMBER = 0xf0000000L;

  private static final int LONGEST_V4 = 65535;

  private static final VarHandle NEXT;
  private static final VarHandle PATH_MTU;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NEXT = lookup.findVarHandle(OutboundSa.class, "next", long.class);
      PATH_MTU = lookup.findVarHandle(OutboundSa.class, "pathMtu", PathMtu.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long next;
  private final boolean tfc;
  private final boolean forwards;
  private final boolean plain;
  private volatile OuterWay way;

  /** Null until somebody configures it or an error is learnt from: for most SAs never. */
  private volatile @Nullable PathMtu pathMtu;

  private OutboundSa(ChildSa child, PacketKey key, SaOptions options, long first) {
    super(
        child,
        child.outboundSpi(),
        key,
        options,
        SelectorMatcher.of(child.localSelectors(), child.remoteSelectors()));
    if (first < 1 || first > lastNumber() + 1) {
      throw new IllegalArgumentException(
          "first number " + first + " is not in 1.." + (lastNumber() + 1));
    }
    this.next = first;
    this.tfc = !(options.tfcPadding() instanceof TfcPadding.None);
    this.forwards = options.forwards();
    this.plain = isPlainIn(options);
    this.way = wayOf(path());
    if (child.outboundSpi() == 0) {
      throw new IllegalArgumentException("SPI 0 is for local use and never on the wire");
    }
  }

  /**
   * The sending half, with {@link SaOptions#DEFAULT}.
   *
   * @param child as agreed; its key material is not touched, the caller destroys it
   * @param key set up from {@link ChildSa#outboundKeys()}; it must never have sealed a packet, as
   *     numbers begin at 1 and make the nonces
   * @throws IllegalArgumentException when the key is for another transform
   */
  public static OutboundSa of(ChildSa child, PacketKey key) {
    return of(child, key, SaOptions.DEFAULT);
  }

  /** The sending half, with choices. */
  public static OutboundSa of(ChildSa child, PacketKey key, SaOptions options) {
    return new OutboundSa(child, key, options, 1);
  }

  private static int tfcRoom(TfcPadding padding) {
    return switch (padding) {
      case TfcPadding.None none -> 0;
      case TfcPadding.ToMultiple multiple -> multiple.octets() - 1;
      case TfcPadding.ToLength length -> length.octets();
    };
  }

  /**
   * The sending half of an SA whose keys have sealed packets before: manual keys after a restart.
   *
   * @param firstNumber above every number that was ever used with these keys: 1 to 2^32, with ESN
   *     to 2^63 - 1; the greatest is one above the last number and leaves none
   * @throws IllegalArgumentException when the number is out of range, or the key is for another
   *     transform
   */
  public static OutboundSa startingAt(
      ChildSa child, PacketKey key, SaOptions options, long firstNumber) {
    return new OutboundSa(child, key, options, firstNumber);
  }

  /**
   * Whether the SA was agreed for a packet of ours (RFC 4301 5.1). Allocates nothing.
   *
   * @param packet an inner packet on its way out
   */
  public boolean selects(IpHeaderView packet) {
    return selectors().check(packet) == DropReason.NONE;
  }

  /** Engine time of the last packet protected; {@link #NEVER} before. */
  public long lastOutboundNanos() {
    return lastUsed();
  }

  /** Whether nothing passes any more: hard limit reached, or no sequence number left. */
  @Override
  public boolean isExpired() {
    return super.isExpired() || next > lastNumber();
  }

  /** Sequence numbers used so far. */
  public long numbersUsed() {
    return Math.min(next - 1, lastNumber());
  }

  /**
   * Octets that a protected packet is at most longer than the inner one, with the largest outer
   * headers: {@link #maxHeadroom} and {@link #maxTailroom} together.
   */
  public int maxOverhead() {
    return maxHeadroom() + maxTailroom();
  }

  /** Octets that a buffer needs in front of every packet, whatever way the SA takes. */
  public int maxHeadroom() {
    // AH does not travel in UDP
    return isEsp()
        ? OuterHeader.MAX_LENGTH + layout().front()
        : OuterHeader.V6_LENGTH + ah().maxOverhead();
  }

  /**
   * Octets that a buffer needs behind every packet. With {@link TfcPadding.ToLength} it is what an
   * empty packet needs.
   */
  public int maxTailroom() {
    return isEsp() ? tfcRoom(options().tfcPadding()) + layout().maxBack() : 0;
  }

  /**
   * What is known of the length that the way carries. {@link PathMtuPolicy#DEFAULT} until somebody
   * configures it: then nothing is too long unless ICMP errors said so.
   */
  public PathMtu pathMtu() {
    PathMtu known = pathMtu;
    if (known != null) {
      return known;
    }
    PathMtu fresh = new PathMtu(PathMtuPolicy.DEFAULT);
    return PATH_MTU.compareAndSet(this, null, fresh) ? fresh : Objects.requireNonNull(pathMtu);
  }

  /** Octets that an outer packet has at most, as far as is known now. */
  int mtu(long now) {
    PathMtu known = pathMtu;
    return known == null ? PathMtuPolicy.NO_LIMIT : known.octets(now);
  }

  private void forgetPath() {
    PathMtu known = pathMtu;
    if (known != null) {
      known.forget();
    }
  }

  /** The outer path, laid out for who writes headers. */
  OuterWay way() {
    return way;
  }

  @Override
  int touch() {
    return super.touch() + (int) next + (way == null ? 1 : 0);
  }

  @Override
  int touchNext() {
    return super.touchNext() + way.destination;
  }

  private OuterWay wayOf(OuterPath outer) {
    return new OuterWay(outer, options().outerHeader().hopLimit(), ipProtocol());
  }

  /** Whether packets may go the way of {@link PlainTunnel} as long as no path MTU is known. */
  private boolean isPlainIn(SaOptions chosen) {
    OuterHeaderPolicy policy = chosen.outerHeader();
    return isEsp()
        && isTunnel()
        && !isLimited()
        && !tfc
        && !forwards
        && policy.dscp() == OuterHeaderPolicy.COPY_DSCP
        && policy.ecn() == OuterHeaderPolicy.EcnMode.NORMAL
        && policy.dontFragment() == OuterHeaderPolicy.DontFragment.COPY;
  }

  /** Whether packets may go the way of {@link PlainTunnel}. */
  boolean isPlain() {
    return plain && pathMtu == null;
  }

  /** Whether lengths are hidden. */
  boolean hidesLength() {
    return tfc;
  }

  /** Whether the inner hop limit goes down. */
  boolean forwards() {
    return forwards;
  }

  /**
   * The longest inner packet without options or extension headers that fits the path as it is now
   * known. Exact: one octet more does not fit. Does not speak of {@link TfcPadding}, which gives
   * way before a packet is too long.
   *
   * @param innerV4 whether the inner packet is IPv4; transport mode carries the outer version only
   * @param now engine time
   * @return octets; 0 when none fits
   */
  public int innerMtu(boolean innerV4, long now) {
    return innerMtuWithin(innerV4, mtu(now));
  }

  /** The same for another limit of the outer packet, such as what a layer further out leaves. */
  public int innerMtuWithin(boolean innerV4, int mtu) {
    OuterPath way = path();
    int outside = OuterHeader.ipLength(way.isV4()) + (way.isUdp() ? OuterHeader.UDP_LENGTH : 0);
    int most = Math.min(mtu, way.isV4() ? LONGEST_V4 : PathMtuPolicy.NO_LIMIT);
    int payload =
        isEsp()
            ? InnerMtu.ofEsp(layout(), outside, most)
            : InnerMtu.ofAh(ah().headerLength(way.isV4()), outside, most);
    int header = isTunnel() ? 0 : OuterHeader.ipLength(innerV4);
    int longest = innerV4 ? LONGEST_V4 : PathMtuPolicy.NO_LIMIT;
    return payload < 0 ? 0 : Math.min(header + payload, longest);
  }

  /**
   * Whether an ICMP error quotes a packet that this SA can have sent: its addresses, ports, SPI,
   * and a sequence number that was used. Errors that quote neither prove nothing and are not ours:
   * whoever forges one has seen a packet.
   *
   * @param error that was laid over an ICMP error about ESP, AH or UDP
   */
  public boolean isQuotedBy(IcmpErrors error) {
    OuterPath way = path();
    int nativeProtocol = isEsp() ? OuterHeader.ESP : AhOutbound.AH;
    return error.spi() == spi()
        && error.protocol() == (way.isUdp() ? OuterHeader.UDP : nativeProtocol)
        && error.isV4() == way.isV4()
        && error.sourceHigh() == way.local().high()
        && error.sourceLow() == way.local().low()
        && error.destinationHigh() == way.remote().high()
        && error.destinationLow() == way.remote().low()
        && error.sourcePort() == way.localPort()
        && error.destinationPort() == way.remotePort()
        && error.hasSequence()
        && wasUsed(error.sequence());
  }

  /** Whether a number with these lower bits was among the last 2^31. */
  private boolean wasUsed(int lowSequence) {
    long used = numbersUsed();
    long ago = (used - lowSequence) & 0xffffffffL;
    return ago < Math.min(used, 1L << 31);
  }

  /**
   * Lowers the path MTU when an ICMP error says so and quotes a packet of ours (RFC 4301 8.2.1).
   *
   * @param error that was laid over an ICMP error
   * @param now engine time
   */
  public PathMtu.Lesson learn(IcmpErrors error, long now) {
    if (error.kind() != IcmpErrors.Kind.TOO_BIG || !isQuotedBy(error)) {
      return PathMtu.Lesson.IGNORED;
    }
    return pathMtu().learn(error.isV4(), error.mtu(), error.quotedLength(), now);
  }

  /** Changes the UDP addresses, atomically; what was learnt of the old way is forgotten. */
  @Override
  public void updateEncapsulation(UdpEncapsulation encapsulation) {
    updatePath(OuterPath.udp(encapsulation));
  }

  /** Changes the outer addresses, atomically; what was learnt of the old way is forgotten. */
  @Override
  public void updatePath(OuterPath newPath) {
    super.updatePath(newPath);
    way = wayOf(newPath);
    forgetPath();
  }

  /**
   * Takes {@code count} numbers for one burst, or as many as are left. Numbers that are taken and
   * not sent are burnt.
   *
   * @return the first; it and those behind it count only as far as {@link #lastNumber()}, and it is
   *     one more when none is left
   */
  long reserve(int count) {
    long last = lastNumber();
    long first = next;
    while (first <= last) {
      // stops one above the last: a sum could pass the end of a long and begin anew
      long behind = first + Math.min(count, last + 1 - first);
      if (NEXT.compareAndSet(this, first, behind)) {
        if (behind > SOFT_SHORT_NUMBER && !isExtended()) {
          raiseSoft();
        }
        return first;
      }
      first = next;
    }
    return first;
  }

  /** 2^63 packets are beyond any SA's life, so that 64-bit numbers stay positive. */
  long lastNumber() {
    return isExtended() ? Long.MAX_VALUE - 1 : LAST_SHORT_NUMBER;
  }

  @Override
  public String toString() {
    return String.format("out 0x%08x %s %s", spi(), child().mode(), child().transform());
  }
}
