package org.ipsec4j.esp;

/**
 * How much an SA can carry in an outer packet of a given length: pure arithmetic over the lengths
 * of headers, IV, padding, trailer and ICV.
 */
final class InnerMtu {
  private InnerMtu() {}

  /**
   * Octets of payload that fit into an outer packet with ESP.
   *
   * @param layout of the SA
   * @param outside octets in front of the SPI: IP header and UDP
   * @param mtu octets of the whole outer packet
   * @return 0 or more; negative when not even an empty payload fits
   */
  static int ofEsp(EspLayout layout, int outside, int mtu) {
    int text = mtu - outside - layout.front() - layout.icvLength();
    // whole units of the alignment, the trailer among them
    return text - Math.floorMod(text, layout.alignment()) - EspLayout.TRAILER_LENGTH;
  }

  /**
   * Octets of payload that fit into an outer packet with AH.
   *
   * @param headerLength octets of AH
   * @param outside octets in front of it
   * @param mtu octets of the whole outer packet
   * @return as for {@link #ofEsp}
   */
  static int ofAh(int headerLength, int outside, int mtu) {
    return mtu - outside - headerLength;
  }
}
