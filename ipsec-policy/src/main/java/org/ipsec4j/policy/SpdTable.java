package org.ipsec4j.policy;

import java.util.List;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.policy.TrafficSelector;

/** The ranked entries of one address family and protocol, in primitive arrays. */
final class SpdTable {
  private static final int ANY_PORT = 65535;
  private static final int OPAQUE = 65535 << 16;

  private final int[] rule;
  private final int[] effect;
  private final int[] protocolFit;
  private final Ranges local;
  private final Ranges remote;
  private final int[] localPorts;
  private final int[] remotePorts;
  private final AddressIndex index;
  private final boolean indexIsRemote;

  /**
   * @param entries the one that wins first
   * @param effects a number for what each rule does
   * @param protocolKnown whether the packets show a protocol, which all entries then select
   */
  SpdTable(List<SpdEntry> entries, int[] effects, boolean protocolKnown) {
    int size = entries.size();
    rule = new int[size];
    effect = new int[size];
    protocolFit = new int[size];
    localPorts = new int[size];
    remotePorts = new int[size];
    local = new Ranges(entries.stream().map(entry -> entry.local().addresses()).toList());
    remote = new Ranges(entries.stream().map(entry -> entry.remote().addresses()).toList());
    for (int i = 0; i < size; i++) {
      SpdEntry entry = entries.get(i);
      rule[i] = entry.index();
      effect[i] = effects[entry.index()];
      boolean anyProtocol = entry.local().protocol() == 0 && entry.remote().protocol() == 0;
      protocolFit[i] = protocolKnown || anyProtocol ? YES : MAYBE;
      localPorts[i] = ports(entry.local());
      remotePorts[i] = ports(entry.remote());
    }
    AddressIndex byRemote = new AddressIndex(remote);
    AddressIndex byLocal = new AddressIndex(local);
    indexIsRemote = byRemote.longestList() <= byLocal.longestList();
    index = indexIsRemote ? byRemote : byLocal;
  }

  /** First port in the upper half, last in the lower. */
  private static int ports(TrafficSelector selector) {
    return selector.firstPort() << 16 | selector.lastPort();
  }

  int classify(
      long localHigh,
      long localLow,
      long remoteHigh,
      long remoteLow,
      int localPort,
      int remotePort) {
    int slot = indexIsRemote ? index.slot(remoteHigh, remoteLow) : index.slot(localHigh, localLow);
    int end = index.end(slot);
    int maybe = -1;
    for (int at = index.start(slot); at < end; at++) {
      int i = index.entry(at);
      int fit = protocolFit[i] & fit(localPorts[i], localPort) & fit(remotePorts[i], remotePort);
      if (fit != NO
          && local.contains(i, localHigh, localLow)
          && remote.contains(i, remoteHigh, remoteLow)) {
        if (fit == YES) {
          return maybe < 0 || maybe == effect[i] ? rule[i] : LinearSpd.UNDECIDED;
        }
        if (maybe >= 0 && maybe != effect[i]) {
          return LinearSpd.UNDECIDED;
        }
        maybe = effect[i];
      }
    }
    return maybe < 0 ? LinearSpd.NO_MATCH : LinearSpd.UNDECIDED;
  }

  // Chosen so that & gives the worse of two: 3 & 1 = 1, anything & 0 = 0.
  private static final int YES = 3;
  private static final int MAYBE = 1;
  private static final int NO = 0;

  private static int fit(int ports, int port) {
    if (ports == ANY_PORT || port == Flow.NOT_COMPARED) {
      return YES;
    }
    if (port < 0) {
      return ports == OPAQUE ? YES : MAYBE;
    }
    return ports >>> 16 <= port && port <= (ports & 0xffff) ? YES : NO;
  }

  /** Address ranges by index, compared as unsigned 128-bit numbers. */
  static final class Ranges {
    private final long[] firstHigh;
    private final long[] firstLow;
    private final long[] lastHigh;
    private final long[] lastLow;

    Ranges(List<AddressRange> ranges) {
      int size = ranges.size();
      firstHigh = new long[size];
      firstLow = new long[size];
      lastHigh = new long[size];
      lastLow = new long[size];
      for (int i = 0; i < size; i++) {
        AddressRange range = ranges.get(i);
        firstHigh[i] = range.first().high();
        firstLow[i] = range.first().low();
        lastHigh[i] = range.last().high();
        lastLow[i] = range.last().low();
      }
    }

    int size() {
      return firstHigh.length;
    }

    boolean contains(int i, long high, long low) {
      return AddressIndex.notAbove(firstHigh[i], firstLow[i], high, low)
          && AddressIndex.notAbove(high, low, lastHigh[i], lastLow[i]);
    }

    long firstHigh(int i) {
      return firstHigh[i];
    }

    long firstLow(int i) {
      return firstLow[i];
    }

    long lastHigh(int i) {
      return lastHigh[i];
    }

    long lastLow(int i) {
      return lastLow[i];
    }
  }
}
