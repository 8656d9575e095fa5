package org.ipsec4j.esp.frag;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * Stateful fragment checking (RFC 4301 7.3, 7.4): remembers what first fragments said of their
 * ports, so that later fragments, which have none, meet the same rule and the same SA. Nothing is
 * held back and nothing put together.
 *
 * <p>A later fragment that comes before its first, or whose first is forgotten, stays without
 * ports: rules that need ports then drop it as FRAGMENT_UNDECIDED. A later fragment that reaches
 * back into the first one could change the ports for the receiver, and is told apart (the offset
 * check of RFC 4301 7.2). Two first fragments of one name that differ make the name worthless.
 *
 * <p>Memory is bounded and taken once. Each source has the places of one row of the table, which it
 * shares with few others, so that one source does not drive out all; in a row the oldest gives way.
 * A source is an IPv4 address or the upper half of an IPv6 address.
 *
 * <p>Thread-confined: all fragments of a packet must meet the same one. Allocates nothing and
 * throws nothing for what a packet contains.
 */
public final class FragmentTracker {
  /** Places in a row. */
  static final int ROW = 16;

  /** Flags and numbers of a place, in one long. */
  private static final long USED = 1L << 63;

  private static final long WORTHLESS = 1L << 62;
  private static final long TYPE_AND_CODE = 1L << 61;
  private static final long NO_PORTS = 1L << 60;

  /** What a packet is, and whether its ports are known. */
  public enum Verdict {
    /** No fragment: the view knows its ports. */
    WHOLE,
    /** A first fragment: the view knows its ports, which were remembered. */
    FIRST,
    /** A later fragment: the view was told the ports of the first. */
    MATCHED,
    /** A later fragment whose first is not known: the view has no ports. */
    UNMATCHED,
    /** A later fragment that overlaps its first: drop it as FRAGMENT_OVERLAP. */
    OVERLAP
  }

  private final long timeoutNanos;
  private final long seed;
  private final int rowMask;
  private final FragmentView view = new FragmentView();

  // one place for each first fragment: name, facts, time
  private final long[] sourceHigh;
  private final long[] sourceLow;
  private final long[] destinationHigh;
  private final long[] destinationLow;
  private final long[] name;
  private final long[] facts;
  private final int[] firstEnd;
  private final long[] since;

  /**
   * @param places first fragments that are remembered, 16 to 1,048,576; rounded up to a power of
   *     two
   * @param timeoutNanos how long, in ns; RFC 8200 4.5 has receivers wait 60 seconds
   * @param seed random: keeps senders from choosing whose row they share
   * @throws IllegalArgumentException when a number is out of range
   */
  public FragmentTracker(int places, long timeoutNanos, long seed) {
    if (places < ROW || places > 1 << 20 || timeoutNanos < 1) {
      throw new IllegalArgumentException(places + " places, " + timeoutNanos + " ns");
    }
    int size = Integer.highestOneBit(2 * places - 1);
    this.timeoutNanos = timeoutNanos;
    this.seed = seed;
    rowMask = size / ROW - 1;
    sourceHigh = new long[size];
    sourceLow = new long[size];
    destinationHigh = new long[size];
    destinationLow = new long[size];
    name = new long[size];
    facts = new long[size];
    firstEnd = new int[size];
    since = new long[size];
  }

  /**
   * Learns from a first fragment, or tells a later one its ports.
   *
   * @param memory that the view was parsed over
   * @param packet over a valid packet; for MATCHED it is changed to know protocol and ports, so
   *     that selectors and rules decide as for the first fragment
   * @param now engine time
   */
  public Verdict track(ByteBuffer memory, IpHeaderView packet, long now) {
    if (!packet.isFragment()) {
      return Verdict.WHOLE;
    }
    if (view.parse(memory, packet.offset(), packet.totalLength()) != FragmentView.Kind.FRAGMENT) {
      // fragment headers inside of an atomic fragment: nobody's first or later fragment
      return Verdict.UNMATCHED;
    }
    int place = find(now);
    if (view.start == 0) {
      learn(packet, place, now);
      return Verdict.FIRST;
    }
    if (place < 0 || (facts[place] & WORTHLESS) != 0) {
      return Verdict.UNMATCHED;
    }
    if (view.start < firstEnd[place]) {
      return Verdict.OVERLAP;
    }
    long known = facts[place];
    boolean ports = (known & NO_PORTS) == 0;
    packet.adoptPorts(
        (int) (known >>> 32) & 0xff,
        ports ? (int) (known >>> 16) & 0xffff : IpHeaderView.UNKNOWN,
        ports ? (int) known & 0xffff : IpHeaderView.UNKNOWN,
        (known & TYPE_AND_CODE) != 0);
    return Verdict.MATCHED;
  }

  private void learn(IpHeaderView packet, int known, long now) {
    long fact = facts(packet);
    int end = view.dataLength;
    if (known >= 0) {
      if ((facts[known] & ~WORTHLESS) != fact || firstEnd[known] != end) {
        facts[known] |= WORTHLESS;
      }
      return;
    }
    int place = oldestOfRow(now);
    sourceHigh[place] = packet.sourceHigh();
    sourceLow[place] = packet.sourceLow();
    destinationHigh[place] = packet.destinationHigh();
    destinationLow[place] = packet.destinationLow();
    name[place] = name();
    facts[place] = fact;
    firstEnd[place] = end;
    since[place] = now;
  }

  private static long facts(IpHeaderView packet) {
    if (packet.protocol() == IpHeaderView.UNKNOWN) {
      return USED | WORTHLESS;
    }
    if (packet.sourcePort() == IpHeaderView.UNKNOWN) {
      return USED | NO_PORTS | (long) packet.protocol() << 32;
    }
    return USED
        | (packet.isTypeAndCode() ? TYPE_AND_CODE : 0)
        | (long) packet.protocol() << 32
        | (long) packet.sourcePort() << 16
        | packet.destinationPort();
  }

  /** Identification, and for IPv4 the protocol (RFC 791 3.2; not RFC 8200 4.5). */
  private long name() {
    long family = view.ip.isV4() ? (1L << 40) | ((long) view.protocol << 32) : 0;
    return family | (view.identification & 0xffffffffL);
  }

  private int find(long now) {
    long wanted = name();
    int row = row();
    for (int place = row; place < row + ROW; place++) {
      if (name[place] == wanted
          && isAlive(place, now)
          && sourceLow[place] == view.ip.sourceLow()
          && sourceHigh[place] == view.ip.sourceHigh()
          && destinationLow[place] == view.ip.destinationLow()
          && destinationHigh[place] == view.ip.destinationHigh()) {
        return place;
      }
    }
    return -1;
  }

  private int oldestOfRow(long now) {
    int row = row();
    int oldest = row;
    for (int place = row; place < row + ROW; place++) {
      if (!isAlive(place, now)) {
        return place;
      }
      if (since[place] - since[oldest] < 0) {
        oldest = place;
      }
    }
    return oldest;
  }

  private boolean isAlive(int place, long now) {
    return (facts[place] & USED) != 0 && now - since[place] < timeoutNanos;
  }

  private int row() {
    long source = view.ip.isV4() ? view.ip.sourceLow() : view.ip.sourceHigh();
    return (int) (Identifications.mix(source ^ seed) >>> 32 & rowMask) * ROW;
  }
}
