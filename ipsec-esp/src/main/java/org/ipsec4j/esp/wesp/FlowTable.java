package org.ipsec4j.esp.wesp;

import org.ipsec4j.api.packet.IpHeaderView;

/**
 * What is remembered of ESP flows, by addresses and SPI: a table of fixed size in sets of four,
 * where the flow that was silent for longest makes room. Allocates nothing after construction.
 */
final class FlowTable {
  private static final int WAYS = 4;

  /** Octets of scores for each flow: one for each candidate, one for failures, one for state. */
  private static final int NOTES = 8;

  private final int mask;
  private final long seed;
  private final int[] spi;
  private final long[] sourceHigh;
  private final long[] sourceLow;
  private final long[] destinationHigh;
  private final long[] destinationLow;
  private final long[] lastSeen;
  private final boolean[] used;
  private final int[] ports;
  private final byte[] notes;

  FlowTable(int flows, long seed) {
    int size = Integer.highestOneBit(Math.max(WAYS, flows) * 2 - 1);
    this.seed = seed;
    mask = size / WAYS - 1;
    spi = new int[size];
    sourceHigh = new long[size];
    sourceLow = new long[size];
    destinationHigh = new long[size];
    destinationLow = new long[size];
    lastSeen = new long[size];
    used = new boolean[size];
    ports = new int[size];
    notes = new byte[size * NOTES];
  }

  /** The flow of a packet; one without notes when it is new or was silent for too long. */
  int find(IpHeaderView packet, int wantedSpi, long now, long idleNanos) {
    int first = (home(packet, wantedSpi) & mask) * WAYS;
    int victim = first;
    for (int flow = first; flow < first + WAYS; flow++) {
      if (used[flow] && isOf(flow, packet, wantedSpi)) {
        if (now - lastSeen[flow] >= idleNanos) {
          forget(flow);
        }
        lastSeen[flow] = now;
        return flow;
      }
      boolean older = used[victim] && (!used[flow] || lastSeen[flow] - lastSeen[victim] < 0);
      victim = older ? flow : victim;
    }
    used[victim] = true;
    spi[victim] = wantedSpi;
    sourceHigh[victim] = packet.sourceHigh();
    sourceLow[victim] = packet.sourceLow();
    destinationHigh[victim] = packet.destinationHigh();
    destinationLow[victim] = packet.destinationLow();
    lastSeen[victim] = now;
    forget(victim);
    return victim;
  }

  private boolean isOf(int flow, IpHeaderView packet, int wantedSpi) {
    return spi[flow] == wantedSpi
        && sourceLow[flow] == packet.sourceLow()
        && destinationLow[flow] == packet.destinationLow()
        && sourceHigh[flow] == packet.sourceHigh()
        && destinationHigh[flow] == packet.destinationHigh();
  }

  void forget(int flow) {
    ports[flow] = 0;
    for (int i = 0; i < NOTES; i++) {
      notes[flow * NOTES + i] = 0;
    }
  }

  /** A number from 0 to 255 that was noted. */
  int note(int flow, int index) {
    return notes[flow * NOTES + index] & 0xff;
  }

  void setNote(int flow, int index, int value) {
    notes[flow * NOTES + index] = (byte) Math.min(value, 255);
  }

  /** The ports of the flow's last packet that had any, as 32 bits. */
  int ports(int flow) {
    return ports[flow];
  }

  void setPorts(int flow, int value) {
    ports[flow] = value;
  }

  private int home(IpHeaderView packet, int wantedSpi) {
    long hash = seed ^ wantedSpi;
    hash = (hash ^ packet.sourceLow()) * 0x9e3779b97f4a7c15L;
    hash = (hash ^ (hash >>> 29) ^ packet.sourceHigh()) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 32) ^ packet.destinationLow()) * 0x94d049bb133111ebL;
    hash = (hash ^ (hash >>> 29) ^ packet.destinationHigh()) * 0x9e3779b97f4a7c15L;
    return (int) (hash >>> 33);
  }
}
