package org.ipsec4j.io.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.PacketBurst;

/** The memory of the last burst seen, so that a burst that comes again costs no object. */
final class SlabView {
  private ByteBuffer slab = ByteBuffer.allocateDirect(0);
  private MemorySegment memory = MemorySegment.NULL;

  @SuppressWarnings("ReferenceEquality") // the same memory, not equal octets
  MemorySegment of(PacketBurst burst) {
    if (burst.slab() != slab) {
      slab = burst.slab();
      memory = MemorySegment.ofBuffer(slab.duplicate().clear());
    }
    return memory;
  }
}
