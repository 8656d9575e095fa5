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

  // one IPv4 selector on each side, which is what most SAs have, lies in this object itself
  private final int firstSource;
  private final int lastSource;
  private final int firstDestination;
  private final int lastDestination;
  private final short protocol;

  /** Whether the fields above say all. */
  private final boolean plain;

  /** All selectors; null where there is no port among them and the fields say all. */
  private final @Nullable Side source;

  private final @Nullable Side destination;

  private SelectorMatcher(List<TrafficSelector> from, List<TrafficSelector> to) {
    plain = isPlain(from) && isPlain(to) && protocolsFit(from.getFirst(), to.getFirst());
    if (plain) {
      TrafficSelector ofSource = from.getFirst();
      TrafficSelector ofDestination = to.getFirst();
      firstSource = (int) ofSource.addresses().first().low();
      lastSource = (int) ofSource.addresses().last().low();
      firstDestination = (int) ofDestination.addresses().first().low();
      lastDestination = (int) ofDestination.addresses().last().low();
      protocol = (short) Math.max(ofSource.protocol(), ofDestination.protocol());
      source = null;
      destination = null;
    } else {
      firstSource = 0;
      lastSource = 0;
      firstDestination = 0;
      lastDestination = 0;
      protocol = 0;
      source = new Side(from);
      destination = new Side(to);
    }
  }

  /**
   * @param ofSource selectors of the side that the packet comes from
   * @param ofDestination selectors of the side that it goes to
   */
  static SelectorMatcher of(List<TrafficSelector> ofSource, List<TrafficSelector> ofDestination) {
    return new SelectorMatcher(ofSource, ofDestination);
  }

  /** One selector for all ports of an IPv4 range. */
  private static boolean isPlain(List<TrafficSelector> selectors) {
    TrafficSelector first = selectors.getFirst();
    return selectors.size() == 1
        && first.addresses().first().isV4()
        && first.firstPort() == 0
        && first.lastPort() == LAST_PORT;
  }

  private static boolean protocolsFit(TrafficSelector one, TrafficSelector other) {
    return one.protocol() == 0 || other.protocol() == 0 || one.protocol() == other.protocol();
  }

  /** {@code NONE} when the packet is selected. */
  DropReason check(IpHeaderView packet) {
    Side ofSource = source;
    Side ofDestination = destination;
    if (ofSource == null || ofDestination == null) {
      boolean taken =
          packet.isV4()
              && takesWithoutPorts(
                  (int) packet.sourceLow(), (int) packet.destinationLow(), packet.protocol());
      return taken ? DropReason.NONE : DropReason.SELECTOR_MISMATCH;
    }
    Match from =
        ofSource.match(packet, packet.sourceHigh(), packet.sourceLow(), packet.sourcePort(), true);
    if (from == Match.NO) {
      return DropReason.SELECTOR_MISMATCH;
    }
    // a type and code is the sender's alone and not compared with the receiver's side
    Match to =
        ofDestination.match(
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
   * @param wanted protocol that the header names
   */
  boolean takesWithoutPorts(int from, int to, int wanted) {
    return plain
        && (protocol == 0 || protocol == wanted)
        && Integer.compareUnsigned(from, firstSource) >= 0
        && Integer.compareUnsigned(from, lastSource) <= 0
        && Integer.compareUnsigned(to, firstDestination) >= 0
        && Integer.compareUnsigned(to, lastDestination) <= 0;
  }

  /** See {@link SecurityAssociation#touch}. */
  int touch() {
    return firstSource + protocol;
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

  private static final class Side {
    private final int size;
    private final boolean[] v4;
    private final long[] firstHigh;
    private final long[] firstLow;
    private final long[] lastHigh;
    private final long[] lastLow;
    private final int[] protocol;
    private final int[] firstPort;
    private final int[] lastPort;

    Side(List<TrafficSelector> selectors) {
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
