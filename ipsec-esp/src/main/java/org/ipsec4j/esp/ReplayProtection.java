package org.ipsec4j.esp;

/** Whether the receiver refuses what it has seen before (RFC 4303 3.4.3). */
public enum ReplayProtection {
  /** A window of the width that the SA was agreed with. */
  WINDOW,
  /**
   * No check of sequence numbers: a captured packet is taken again. Only for a policy that says so,
   * such as one with manual keys, whose peer begins again at 1 when it restarts. With extended
   * sequence numbers the highest number is still remembered, as half of it is not in the packet.
   */
  OFF
}
