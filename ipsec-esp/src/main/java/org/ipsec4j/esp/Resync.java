package org.ipsec4j.esp;

import java.nio.ByteBuffer;

/**
 * A copy of one packet of a burst, taken before it is opened, so that it can be opened once more
 * with another upper half of its sequence number when the first attempt fails (RFC 4303 A3.2). One
 * copy for each burst bounds the cost: an outsider buys at most one more verification with a burst
 * of forgeries. Thread-confined.
 */
final class Resync {
  private static final int NOTHING = -1;

  private final ByteBuffer copy = ByteBuffer.allocate(65536);
  private int index = NOTHING;
  private boolean failed;

  Resync() {}

  /** Copies a packet that is about to be opened, unless another was copied before. */
  void keep(ByteBuffer slab, Arrival in, int i) {
    if (index == NOTHING && in.espLength <= copy.capacity()) {
      index = i;
      copy.put(0, slab, in.espOffset, in.espLength);
    }
  }

  /** Whether a wrong ICV is not the last word on this packet. */
  boolean takesUp(int i) {
    if (i == index) {
      failed = true;
    }
    return i == index;
  }

  /** The packet that shall be opened once more, or -1. Forgets it. */
  int take() {
    int taken = failed ? index : NOTHING;
    index = NOTHING;
    failed = false;
    return taken;
  }

  void restore(ByteBuffer slab, Arrival in) {
    slab.put(in.espOffset, copy, 0, in.espLength);
  }
}
