package org.ipsec4j.benchmarks.anchor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The C loop over one ring of bursts, with SAs of its own. It works in the slabs that it was given,
 * which may be those of a Java loop. Thread-confined.
 */
public final class AnchorLoop implements AutoCloseable {
  /** Which library does the cryptography. */
  public enum Library {
    /** libIPSec_MB. */
    MB,
    /** libcrypto. */
    EVP
  }

  /**
   * What a loop works on.
   *
   * @param size octets of an inner packet
   * @param burst packets in a burst
   * @param slot octets of a packet's slot
   * @param headroom octets in front of a fresh packet
   * @param slabs one direct buffer for each burst
   */
  public record Memory(int size, int burst, int slot, int headroom, List<ByteBuffer> slabs) {
    /** Copies the list. */
    public Memory {
      slabs = List.copyOf(slabs);
    }
  }

  /**
   * The SAs: number i has the SPI {@code firstSpi + i}, and the keys with i exclusive-ored into
   * their first four octets.
   *
   * @param count how many
   * @param firstSpi of the first
   * @param window width of the replay window
   */
  public record Associations(int count, int firstSpi, int window) {}

  private final AnchorLibrary library;
  private final Memory memory;
  private final long anchor;
  private boolean closed;

  /**
   * @param secret key and salt
   * @param auth key of the integrity algorithm, 32 octets
   * @throws IllegalStateException when the library behind it cannot do it
   */
  public AnchorLoop(
      AnchorLibrary library,
      Library crypto,
      AnchorCipher cipher,
      Memory memory,
      Associations sas,
      byte[] secret,
      byte[] auth) {
    this.library = library;
    this.memory = memory;
    try (Arena arena = Arena.ofConfined()) {
      long[] config = {
        crypto == Library.MB ? 0 : 1,
        cipher.code(),
        sas.count(),
        sas.firstSpi() & 0xffffffffL,
        memory.size(),
        memory.burst(),
        memory.slabs().size(),
        memory.slot(),
        memory.headroom(),
        sas.window()
      };
      long[] addresses =
          memory.slabs().stream()
              .mapToLong(slab -> MemorySegment.ofBuffer(slab).address() - slab.position())
              .toArray();
      anchor =
          call(
              library.make,
              arena.allocateFrom(ValueLayout.JAVA_LONG, config).address(),
              arena.allocateFrom(ValueLayout.JAVA_BYTE, secret).address(),
              arena.allocateFrom(ValueLayout.JAVA_BYTE, auth).address(),
              arena.allocateFrom(ValueLayout.JAVA_LONG, addresses).address());
    }
    if (anchor == 0) {
      throw new IllegalStateException("no C loop with " + cipher.title() + " on " + crypto);
    }
  }

  /** Which SA each packet belongs to, over and over. Without it all belong to the first. */
  public void order(int[] order) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_INT, order);
      library.order.invokeExact(anchor, copy.address(), (long) order.length);
    } catch (Throwable e) {
      throw new AssertionError("C does not throw", e);
    }
  }

  /** Fresh inner packets in all slots. */
  public void reset() {
    try {
      library.reset.invokeExact(anchor);
    } catch (Throwable e) {
      throw new AssertionError("C does not throw", e);
    }
  }

  /** Protects all bursts; packets that came through. */
  public int outbound() {
    return (int) ask(library.outbound);
  }

  /** Opens all bursts. */
  public int inbound() {
    return (int) ask(library.inbound);
  }

  /** Header, nonce and cipher alone, with the first SA. */
  public int bareSeal() {
    return (int) ask(library.bareSeal);
  }

  /** Opens what {@link #bareSeal} has left. */
  public int bareOpen() {
    return (int) ask(library.bareOpen);
  }

  /** The window of a packet as the last call has left it; empty for a dropped one. */
  public byte[] packet(int burst, int index) {
    long offset = ask(library.offset, burst, index);
    if (offset < 0) {
      return new byte[0];
    }
    byte[] packet = new byte[(int) ask(library.length, burst, index)];
    memory.slabs().get(burst).get((int) offset, packet);
    return packet;
  }

  /** The number that an SA's next packet takes. */
  public long next(int sa) {
    try {
      return (long) library.next.invokeExact(anchor, (long) sa);
    } catch (Throwable e) {
      throw new AssertionError("C does not throw", e);
    }
  }

  /** Changes it. */
  public void setNext(int sa, long number) {
    try {
      library.setNext.invokeExact(anchor, (long) sa, number);
    } catch (Throwable e) {
      throw new AssertionError("C does not throw", e);
    }
  }

  private long ask(MethodHandle function) {
    try {
      return (long) function.invokeExact(anchor);
    } catch (Throwable e) {
      throw new AssertionError("C does not throw", e);
    }
  }

  private long ask(MethodHandle function, long one, long other) {
    try {
      return (long) function.invokeExact(anchor, one, other);
    } catch (Throwable e) {
      throw new AssertionError("C does not throw", e);
    }
  }

  private static long call(MethodHandle function, long a, long b, long c, long d) {
    try {
      return (long) function.invokeExact(a, b, c, d);
    } catch (Throwable e) {
      throw new AssertionError("C does not throw", e);
    }
  }

  /** Wipes and frees what C holds; idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        library.free.invokeExact(anchor);
      } catch (Throwable e) {
        throw new AssertionError("C does not throw", e);
      }
    }
  }
}
