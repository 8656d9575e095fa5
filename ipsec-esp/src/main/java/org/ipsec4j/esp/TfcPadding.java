package org.ipsec4j.esp;

/**
 * Octets behind the inner packet that hide its length (RFC 4303 2.7). Only in tunnel mode: there
 * the inner packet's own length tells the receiver where it ends.
 */
public sealed interface TfcPadding {
  /** Most octets of a payload with its padding. */
  int MAX_LENGTH = 65535;

  /** No padding. */
  record None() implements TfcPadding {}

  /**
   * Up to the next multiple.
   *
   * @param octets 1 to {@link #MAX_LENGTH}
   */
  record ToMultiple(int octets) implements TfcPadding {
    /**
     * @throws IllegalArgumentException when out of range
     */
    public ToMultiple {
      requireLength(octets);
    }
  }

  /**
   * Up to one length for all; a longer packet goes out as it is.
   *
   * @param octets 1 to {@link #MAX_LENGTH}
   */
  record ToLength(int octets) implements TfcPadding {
    /**
     * @throws IllegalArgumentException when out of range
     */
    public ToLength {
      requireLength(octets);
    }
  }

  /**
   * Octets of payload after padding.
   *
   * @param payload octets of the inner packet
   * @return {@code payload} or more
   */
  default int padded(int payload) {
    return switch (this) {
      case None none -> payload;
      case ToMultiple multiple -> {
        int beyond = payload % multiple.octets;
        yield beyond == 0 ? payload : payload + multiple.octets - beyond;
      }
      case ToLength length -> Math.max(payload, length.octets);
    };
  }

  private static void requireLength(int octets) {
    if (octets < 1 || octets > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "padding to " + octets + " octets is not in 1.." + MAX_LENGTH);
    }
  }
}
