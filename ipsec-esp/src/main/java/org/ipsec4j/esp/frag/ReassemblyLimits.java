package org.ipsec4j.esp.frag;

/**
 * What a {@link Reassembler} may hold. All memory is taken when it is made.
 *
 * @param packets most packets that wait for fragments, 1 to 65536
 * @param octets most octets that fragments take, counted in blocks of {@value #BLOCK}; at least
 *     {@value #LEAST_OCTETS}, so that the longest packet finds room
 * @param packetsPerSource most packets of one source, 1 to {@code packets}. A source is an IPv4
 *     address, or the upper 64 bits of an IPv6 address: who has one address of such a network has
 *     all of them
 * @param octetsPerSource most octets of one source, {@value #LEAST_OCTETS} to {@code octets}
 * @param fragmentsPerPacket most fragments of one packet, 2 to 8192. A packet of 65,535 octets
 *     comes in 54 over an MTU of 1280
 * @param timeoutNanos how long the rest of a packet is waited for after its first fragment came, in
 *     ns
 */
public record ReassemblyLimits(
    int packets,
    int octets,
    int packetsPerSource,
    int octetsPerSource,
    int fragmentsPerPacket,
    long timeoutNanos) {
  /** Octets of a block of memory; fragments take whole blocks. */
  public static final int BLOCK = 256;

  /** Octets that one packet may need, in blocks that its many fragments do not fill. */
  public static final int LEAST_OCTETS = 131072;

  /**
   * 256 packets in 4 MiB, a quarter of each for one source, 128 fragments, 60 seconds (RFC 8200
   * 4.5; the least that RFC 1122 3.3.2 names).
   */
  public static final ReassemblyLimits DEFAULT =
      new ReassemblyLimits(256, 1 << 22, 64, 1 << 20, 128, 60_000_000_000L);

  /**
   * @throws IllegalArgumentException when a number is out of range
   */
  public ReassemblyLimits {
    check("packets", packets, 1, 65536);
    check("octets", octets, LEAST_OCTETS, 1 << 30);
    check("packetsPerSource", packetsPerSource, 1, packets);
    check("octetsPerSource", octetsPerSource, LEAST_OCTETS, octets);
    check("fragmentsPerPacket", fragmentsPerPacket, 2, 8192);
    if (timeoutNanos < 1) {
      throw new IllegalArgumentException("timeoutNanos " + timeoutNanos + " is not positive");
    }
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " " + value + " is not in " + least + ".." + most);
    }
  }
}
