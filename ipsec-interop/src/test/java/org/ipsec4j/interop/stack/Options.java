package org.ipsec4j.interop.stack;

import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.SaOptions;

/** What an order says beyond the agreement of the association. */
final class Options {
  private Options() {}

  static SaOptions of(Order order) {
    return SaOptions.DEFAULT;
  }

  /** The sending half, with its first number. */
  static OutboundSa outbound(ChildSa child, PacketKey key, SaOptions options, long first) {
    if (first != 1) {
      throw new IllegalArgumentException("first=" + first + " is not there yet");
    }
    return OutboundSa.of(child, key, options);
  }
}
