package org.ipsec4j.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
  @Test
  void memoryIsZeroAlignedAndCounted() {
    long before = NativeMemory.inUse();
    long address = NativeMemory.allocate(100);
    assertEquals(0, address % 64);
    assertEquals(before + 128, NativeMemory.inUse());
    MemorySegment memory = NativeMemory.at(address, 100);
    for (long i = 0; i < 100; i++) {
      assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, i));
    }
    NativeMemory.free(address, 100);
    assertEquals(before, NativeMemory.inUse());
    assertThrows(IllegalArgumentException.class, () -> NativeMemory.allocate(0));
  }

  @Test
  void aSlabHasOneAddressWhateverItsPosition() {
    SlabAddresses addresses = new SlabAddresses();
    ByteBuffer slab = ByteBuffer.allocateDirect(1000);
    slab.position(17);
    long address = addresses.of(slab);
    slab.put(3, (byte) 42);
    assertEquals(42, NativeMemory.at(address, 1000).get(ValueLayout.JAVA_BYTE, 3));
    slab.position(500);
    assertEquals(address, addresses.of(slab));
    for (int i = 0; i < 10; i++) {
      assertNotEquals(address, addresses.of(ByteBuffer.allocateDirect(1000)));
    }
    assertEquals(address, addresses.of(slab));
    assertEquals(0, addresses.of(ByteBuffer.allocate(10)));
    assertEquals(0, addresses.of(slab.asReadOnlyBuffer()));
  }

  @Test
  void whatLeavesTheSlabIsFound() {
    ByteBuffer slab = ByteBuffer.allocateDirect(100);
    CryptoOp op = new CryptoBurst(1).next();
    op.aadOffset = 0;
    op.aadLength = 8;
    op.textOffset = 16;
    op.textLength = 68;
    op.icvOffset = 84;
    assertTrue(SlabAddresses.contains(slab, op, 16));
    assertFalse(SlabAddresses.contains(slab, op, 17));
    op.textLength = 85;
    assertFalse(SlabAddresses.contains(slab, op, 16));
    op.textLength = -1;
    assertFalse(SlabAddresses.contains(slab, op, 16));
    op.textLength = Integer.MAX_VALUE;
    assertFalse(SlabAddresses.contains(slab, op, 16));
    op.textLength = 68;
    op.aadOffset = -8;
    assertFalse(SlabAddresses.contains(slab, op, 16));
    op.aadOffset = Integer.MAX_VALUE;
    assertFalse(SlabAddresses.contains(slab, op, 16));
  }

  @Test
  void aLibraryThatIsNotThereIsNamedWithAdvice() {
    NativeLibrary.MissingException missing =
        assertThrows(
            NativeLibrary.MissingException.class,
            () -> NativeLibrary.load(List.of("libnot-there.so.9"), "install it"));
    assertEquals("none of libnot-there.so.9 could be loaded: install it", missing.getMessage());
  }
}
