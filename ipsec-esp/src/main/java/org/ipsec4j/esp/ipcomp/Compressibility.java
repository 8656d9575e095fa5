package org.ipsec4j.esp.ipcomp;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.ipsec4j.api.packet.IpHeaderView;

/**
 * Remembers which flows do not compress, so that they cost nothing for a while (RFC 3173 2.2).
 *
 * <p>After {@value #PATIENCE} failures in a row the next 4 packets of the flow are not tried, then
 * 8, and so on up to {@value #MOST_SKIPPED}; one success forgets it all. Flows are told apart by a
 * hash, so those that collide share their luck. Threads may overwrite each other's notes, which
 * costs a try or saves one.
 */
final class Compressibility {
  static final int PATIENCE = 3;
  static final int MOST_SKIPPED = 256;

  private static final int FLOWS = 64;
  private static final int FIRST_SKIPPED = 4;

  /** Packets still to skip in the lower half; failures in a row in the upper half. */
  private final AtomicIntegerArray notes = new AtomicIntegerArray(FLOWS);

  /** Which note a packet's flow has. */
  static int flow(IpHeaderView packet) {
    long hash = packet.sourceLow() * 31 + packet.destinationLow();
    hash = hash * 31 + packet.sourceHigh();
    hash = hash * 31 + packet.destinationHigh();
    hash = hash * 31 + packet.protocol();
    hash = hash * 31 + packet.sourcePort();
    hash = hash * 31 + packet.destinationPort();
    return (int) ((hash * 0x9e3779b97f4a7c15L) >>> 58);
  }

  /** Whether the next packet of the flow shall be tried; counts it when not. */
  boolean mayTry(int flow) {
    int note = notes.getOpaque(flow);
    if ((note & 0xffff) == 0) {
      return true;
    }
    notes.setOpaque(flow, note - 1);
    return false;
  }

  void succeeded(int flow) {
    if (notes.getOpaque(flow) != 0) {
      notes.setOpaque(flow, 0);
    }
  }

  void failed(int flow) {
    int failures = Math.min((notes.getOpaque(flow) >>> 16) + 1, 0x7fff);
    int beyond = failures - PATIENCE;
    int skip = beyond < 0 ? 0 : FIRST_SKIPPED << Math.min(beyond, 6);
    notes.setOpaque(flow, (failures << 16) | Math.min(skip, MOST_SKIPPED));
  }
}
