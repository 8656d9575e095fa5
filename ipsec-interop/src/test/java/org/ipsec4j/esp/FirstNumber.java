package org.ipsec4j.esp;

import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.sa.ChildSa;

/** Lets the stack of the kernel tests begin where it wants to. */
public final class FirstNumber {
  private FirstNumber() {}

  /** The sending half, with its first number. */
  public static OutboundSa sender(ChildSa child, PacketKey key, SaOptions options, long first) {
    return OutboundSa.startingAt(child, key, options, first);
  }
}
