package org.ipsec4j.benchmarks.standard;

import org.ipsec4j.esp.OutboundSa;
import org.jspecify.annotations.Nullable;

/**
 * Outbound SAs by inner destination: an open-addressing table, a quarter full at most, the same as
 * that of the C loop. It stands for whatever a host decides by which SA protects a packet.
 */
final class FlowTable {
  private final int mask;
  private final int[] keys;
  private final @Nullable OutboundSa[] sas;

  FlowTable(int count) {
    int length = 16;
    while (length < count * 4) {
      length *= 2;
    }
    mask = length - 1;
    keys = new int[length];
    sas = new OutboundSa[length];
  }

  void put(int destination, OutboundSa sa) {
    int at = home(destination);
    while (sas[at] != null) {
      at = (at + 1) & mask;
    }
    keys[at] = destination;
    sas[at] = sa;
  }

  @Nullable OutboundSa find(int destination) {
    for (int at = home(destination); ; at = (at + 1) & mask) {
      OutboundSa sa = sas[at];
      if (sa == null || keys[at] == destination) {
        return sa;
      }
    }
  }

  private int home(int destination) {
    int mixed = destination * 0x9e3779b1;
    return (mixed ^ (mixed >>> 16)) & mask;
  }
}
