package org.ipsec4j.benchmarks.anchor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import org.ipsec4j.ffm.NativeLibrary;

/** The functions of {@code anchor.h}. Loaded for the life of the process. */
public final class AnchorLibrary {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  final MethodHandle make;
  final MethodHandle free;
  final MethodHandle order;
  final MethodHandle reset;
  final MethodHandle outbound;
  final MethodHandle inbound;
  final MethodHandle bareSeal;
  final MethodHandle bareOpen;
  final MethodHandle offset;
  final MethodHandle length;
  final MethodHandle next;
  final MethodHandle setNext;

  private AnchorLibrary(NativeLibrary library) throws NativeLibrary.MissingException {
    make = library.function("anchor_new", FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG));
    free = library.function("anchor_free", FunctionDescriptor.ofVoid(LONG));
    order = library.function("anchor_order", FunctionDescriptor.ofVoid(LONG, LONG, LONG));
    reset = library.function("anchor_reset", FunctionDescriptor.ofVoid(LONG));
    outbound = ofAnchor(library, "anchor_outbound");
    inbound = ofAnchor(library, "anchor_inbound");
    bareSeal = ofAnchor(library, "anchor_bare_seal");
    bareOpen = ofAnchor(library, "anchor_bare_open");
    offset = ofAnchor(library, "anchor_offset", LONG, LONG);
    length = ofAnchor(library, "anchor_length", LONG, LONG);
    next = ofAnchor(library, "anchor_next", LONG);
    setNext = library.function("anchor_set_next", FunctionDescriptor.ofVoid(LONG, LONG, LONG));
  }

  private static MethodHandle ofAnchor(NativeLibrary library, String name, MemoryLayout... more)
      throws NativeLibrary.MissingException {
    return library.function(name, FunctionDescriptor.of(LONG, LONG).appendArgumentLayouts(more));
  }

  /**
   * Loads what {@link AnchorBuild} has made.
   *
   * @throws IllegalStateException when it cannot be loaded
   */
  public static AnchorLibrary load(Path library) {
    try {
      return new AnchorLibrary(
          NativeLibrary.load(List.of(library.toAbsolutePath().toString()), "build it again"));
    } catch (NativeLibrary.MissingException e) {
      throw new IllegalStateException(e);
    }
  }
}
