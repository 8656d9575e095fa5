package org.ipsec4j.interop;

/**
 * What a test wants beyond the associations themselves. Begin with {@link #PLAIN}.
 *
 * @param guestSends words behind the kernel's states that send
 * @param guestTakes words behind the kernel's states that receive
 * @param ours words behind the orders for our stack
 * @param window of replay protection at the kernel, in packets
 * @param compressed whether IPComp comes before the innermost association
 */
record KernelSetup(
    String guestSends, String guestTakes, String ours, int window, boolean compressed) {
  static final KernelSetup PLAIN = new KernelSetup("", "", "", 64, false);

  KernelSetup withGuestSends(String words) {
    return new KernelSetup(" " + words, guestTakes, ours, window, compressed);
  }

  KernelSetup withGuestTakes(String words) {
    return new KernelSetup(guestSends, " " + words, ours, window, compressed);
  }

  KernelSetup withOurs(String words) {
    return new KernelSetup(guestSends, guestTakes, " " + words, window, compressed);
  }

  KernelSetup withWindow(int packets) {
    return new KernelSetup(guestSends, guestTakes, ours, packets, compressed);
  }

  KernelSetup withCompression() {
    return new KernelSetup(guestSends, guestTakes, ours, window, true);
  }
}
