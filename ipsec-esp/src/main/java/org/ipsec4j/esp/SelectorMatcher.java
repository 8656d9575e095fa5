package org.ipsec4j.esp;

import java.util.List;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/**
 * The selectors of an SA in one direction, compiled: whether a packet may go through it (RFC 4301
 * 5.1, 5.2 step 4). Immutable.
 */
final class SelectorMatcher {
  private static final int LAST_PORT = 65535;

  private final Side source;
  private final Side destination;

  private SelectorMatcher(Side source, Side destination) {
    this.source = source;
    this.destination = destination;
  }

  /**
   * @param ofSource selectors of the side that the packet comes from
   * @param ofDestination selectors of the side that it goes to
   */
  static SelectorMatcher of(List<TrafficSelector> ofSource, List<TrafficSelector> ofDestination) {
    return new SelectorMatcher(Side.of(ofSource), Side.of(ofDestination));
  }

  /** {@code NONE} when the packet is selected. */
  DropReason check(IpHeaderView packet) {
    Match from =
        source.match(packet, packet.sourceHigh(), packet.sourceLow(), packet.sourcePort(), true);
    if (from == Match.NO) {
      return DropReason.SELECTOR_MISMATCH;
    }
    // a type and code is the sender's alone and not compared with the receiver's side
    Match to =
        destination.match(
            packet,
            packet.destinationHigh(),
            packet.destinationLow(),
            packet.destinationPort(),
            !packet.isTypeAndCode());
    if (to == Match.NO) {
      return DropReason.SELECTOR_MISMATCH;
    }
    if (from == Match.YES && to == Match.YES) {
      return DropReason.NONE;
    }
    return packet.isFragment() ? DropReason.FRAGMENT_UNDECIDED : DropReason.SELECTOR_MISMATCH;
  }

  /**
   * Whether an IPv4 packet is selected, whatever its ports are: false says nothing. {@link #check}
   * says {@code NONE} where this says true.
   *
   * @param from source address
   * @param to destination address
   * @param protocol that the header names
   */
  boolean takesWithoutPorts(int from, int to, int protocol) {
    return source.takesWithoutPorts(from, protocol)
        && destination.takesWithoutPorts(to, protocol);
  }

  /** See {@link SecurityAssociation#touch}. */
  int touch() {
    return source.first + destination.first;
  }

  private enum Match {
    NO,
    /** Addresses and protocol fit, the ports would decide and are not there. */
    UNDECIDED,
    YES
  }

  private static Match matchPort(int firstPort, int lastPort, int port) {
    if (firstPort == 0 && lastPort == LAST_PORT) {
      return Match.YES;
    }
    boolean opaque = firstPort > lastPort;
    if (port == IpHeaderView.UNKNOWN) {
      return opaque ? Match.YES : Match.UNDECIDED;
    }
    return firstPort <= port && port <= lastPort ? Match.YES : Match.NO;
  }

  /** One IPv4 selector, which most SAs have, in this object itself; others in {@link #several}. */
  private static final class Side {
    /** Any IPv4 packet: shared, as the inner side of many SAs is the whole Internet. */
    private static final Side ANY_V4 = new Side(TrafficSelector.of("0.0.0.0/0"));

    private final int first;
    private final int last;
    private final short protocol;
    private final char firstPort;
    private final char lastPort;
    private final @Nullable Several several;

    private Side(TrafficSelector selector) {
      first = (int) selector.addresses().first().low();
      last = (int) selector.addresses().last().low();
      protocol = (short) selector.protocol();
      firstPort = (char) selector.firstPort();
      lastPort = (char) selector.lastPort();
      several = null;
    }

    private Side(Several several) {
      first = 0;
      last = 0;
      protocol = 0;
      firstPort = 0;
      lastPort = 0;
      this.several = several;
    }

    static Side of(List<TrafficSelector> selectors) {
      if (selectors.size() != 1 || !selectors.getFirst().addresses().first().isV4()) {
        return new Side(new Several(selectors));
      }
      Side side = new Side(selectors.getFirst());
      return side.isAny() ? ANY_V4 : side;
    }

    private boolean isAny() {
      return first == 0 && last == -1 && protocol == 0 && firstPort == 0 && lastPort == LAST_PORT;
    }

    boolean takesWithoutPorts(int address, int wanted) {
      return several == null
          && (protocol == 0 || protocol == wanted)
          && firstPort == 0
          && lastPort == LAST_PORT
          && Integer.compareUnsigned(address, first) >= 0
          && Integer.compareUnsigned(address, last) <= 0;
    }

    Match match(IpHeaderView packet, long high, long low, int port, boolean portCounts) {
      if (several != null) {
        return several.match(packet, high, low, port, portCounts);
      }
      if (!packet.isV4()
          || (protocol != 0 && protocol != packet.protocol())
          || Integer.compareUnsigned((int) low, first) < 0
          || Integer.compareUnsigned((int) low, last) > 0) {
        return Match.NO;
      }
      return portCounts ? matchPort(firstPort, lastPort, port) : Match.YES;
    }
  }

  private static final class Several {
    private final int size;
    private final boolean[] v4;
    private final long[] firstHigh;
    private final long[] firstLow;
    private final long[] lastHigh;
    private final long[] lastLow;
    private final int[] protocol;
    private final int[] firstPort;
    private final int[] lastPort;

    Several(List<TrafficSelector> selectors) {
      size = selectors.size();
      v4 = new boolean[size];
      firstHigh = new long[size];
      firstLow = new long[size];
      lastHigh = new long[size];
      lastLow = new long[size];
      protocol = new int[size];
      firstPort = new int[size];
      lastPort = new int[size];
      for (int i = 0; i < size; i++) {
        TrafficSelector selector = selectors.get(i);
        IpAddress first = selector.addresses().first();
        IpAddress last = selector.addresses().last();
        v4[i] = first.isV4();
        firstHigh[i] = first.high();
        firstLow[i] = first.low();
        lastHigh[i] = last.high();
        lastLow[i] = last.low();
        protocol[i] = selector.protocol();
        firstPort[i] = selector.firstPort();
        lastPort[i] = selector.lastPort();
      }
    }

    Match match(IpHeaderView packet, long high, long low, int port, boolean portCounts) {
      Match best = Match.NO;
      for (int i = 0; i < size; i++) {
        boolean fits =
            v4[i] == packet.isV4()
                && (protocol[i] == 0 || protocol[i] == packet.protocol())
                && atMost(firstHigh[i], firstLow[i], high, low)
                && atMost(high, low, lastHigh[i], lastLow[i]);
        if (!fits) {
          continue;
        }
        Match ports = portCounts ? matchPort(firstPort[i], lastPort[i], port) : Match.YES;
        if (ports == Match.YES) {
          return Match.YES;
        }
        if (ports == Match.UNDECIDED) {
          best = Match.UNDECIDED;
        }
      }
      return best;
    }

    private static boolean atMost(long high, long low, long otherHigh, long otherLow) {
      int byHigh = Long.compareUnsigned(high, otherHigh);
      return byHigh < 0 || (byHigh == 0 && Long.compareUnsigned(low, otherLow) <= 0);
    }
  }
}
