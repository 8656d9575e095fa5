package org.ipsec4j.esp;

import java.util.List;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.TrafficSelector;

/**
 * The selectors of an SA in one direction, compiled: whether a packet may go through it (RFC 4301
 * 5.1, 5.2 step 4). Immutable.
 */
final class SelectorMatcher {
  private final Side source;
  private final Side destination;

  /**
   * @param ofSource selectors of the side that the packet comes from
   * @param ofDestination selectors of the side that it goes to
   */
  SelectorMatcher(List<TrafficSelector> ofSource, List<TrafficSelector> ofDestination) {
    source = new Side(ofSource);
    destination = new Side(ofDestination);
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

  private enum Match {
    NO,
    /** Addresses and protocol fit, the ports would decide and are not there. */
    UNDECIDED,
    YES
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
        Match ports = portCounts ? matchPort(i, port) : Match.YES;
        if (ports == Match.YES) {
          return Match.YES;
        }
        if (ports == Match.UNDECIDED) {
          best = Match.UNDECIDED;
        }
      }
      return best;
    }

    private Match matchPort(int i, int port) {
      boolean any = firstPort[i] == 0 && lastPort[i] == 65535;
      if (any) {
        return Match.YES;
      }
      boolean opaque = firstPort[i] > lastPort[i];
      if (port == IpHeaderView.UNKNOWN) {
        return opaque ? Match.YES : Match.UNDECIDED;
      }
      return firstPort[i] <= port && port <= lastPort[i] ? Match.YES : Match.NO;
    }

    private static boolean atMost(long high, long low, long otherHigh, long otherLow) {
      int byHigh = Long.compareUnsigned(high, otherHigh);
      return byHigh < 0 || (byHigh == 0 && Long.compareUnsigned(low, otherLow) <= 0);
    }
  }
}
