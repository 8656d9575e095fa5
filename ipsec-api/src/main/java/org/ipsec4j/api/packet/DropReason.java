package org.ipsec4j.api.packet;

/**
 * Why a packet went no further. Every dropped packet has exactly one; counters are kept per SA,
 * peer and node. The sentence says what a person may do about it.
 */
public enum DropReason {
  /** Not dropped. */
  NONE("the packet was not dropped"),

  // what came in from the inner side
  /** No valid IP header. */
  MALFORMED_INNER("the inner packet has no valid IPv4 or IPv6 header"),
  /** Longer than the path allows. */
  TOO_LONG("the packet is longer than 65,535 octets can carry with its protection"),
  /** Its content lives on in its fragments. */
  FRAGMENTED("the packet was cut: its fragments go on in its place"),
  /** Don't Fragment is set and the packet does not fit. */
  NEEDS_FRAGMENTATION("the packet does not fit the path and must not be fragmented: lower the MTU"),
  /** A rule says DISCARD. */
  POLICY_DISCARD("a rule of the policy discards this traffic"),
  /** No rule matches. */
  NO_POLICY("no rule of the policy matches: add a rule if this traffic should pass"),
  /** The rule protects, the association is being negotiated, and the waiting room is full. */
  ACQUIRE_QUEUE_FULL("the association is still being negotiated and too many packets wait for it"),
  /** The association did not come in time. */
  ACQUIRE_TIMEOUT("no association could be negotiated in time: see the negotiation's diagnosis"),
  /** The rule protects and there is no association. */
  NO_SA("the rule demands protection and there is no association"),
  /** It waits for its association and is not lost. */
  WAITING("the packet waits for its association"),
  /** The rule lets it pass in clear, and the node has no way for clear packets. */
  NO_CLEAR_PATH(
      "a rule lets the packet pass in clear, and this node has no port for clear packets"),
  /** The association wants native ESP, and the node has UDP sockets only. */
  NO_NATIVE_PATH(
      "the association uses ESP without UDP and this node only has UDP sockets: set ike:"
          + " { encapsulation: always } for the peer"),
  /** Hop limit used up. */
  TTL_EXPIRED("the packet's time to live is used up"),
  /** Not this node's traffic. */
  NOT_FORWARDED("neither end of the packet belongs to this node or to a forwarded network"),
  /** A non-initial fragment whose ports are unknown where ports decide. */
  FRAGMENT_UNDECIDED("a fragment without ports met a rule that needs ports"),

  // what protection refuses
  /** All sequence numbers are used. */
  SEQUENCE_EXHAUSTED("all sequence numbers of the association are used: it must be rekeyed"),
  /** Hard lifetime. */
  LIFETIME_EXPIRED("the association has outlived its hard lifetime"),
  /** A fragment or header that transport mode cannot protect. */
  NOT_TRANSPORTABLE(
      "transport mode cannot carry this packet: it is a fragment, or has headers that would be"
          + " lost"),
  /** No room in the buffer. */
  NO_HEADROOM("the buffer has no room for the headers and trailers of the protection"),
  /** Cryptography failed. */
  CRYPTO_FAILED("the crypto provider failed"),

  // what came in from the outer side
  /** Too short to be what it claims. */
  TOO_SHORT("the packet is too short for its headers, IV and ICV"),
  /** Not an IP, UDP or ESP packet. */
  MALFORMED_OUTER("the outer packet is malformed"),
  /** An IKE message or keepalive among ESP packets; it went its own way. */
  NOT_ESP("the datagram is an IKE message or a keepalive and went its own way"),
  /** No such SPI. */
  UNKNOWN_SPI("no association has this SPI: the peer uses one that was deleted or never existed"),
  /** Same number twice. */
  REPLAY("the sequence number was seen before"),
  /** Left of the window. */
  REPLAY_OLD(
      "the sequence number is older than the replay window: widen the window if the path reorders"),
  /** Sequence number zero. */
  SEQUENCE_ZERO("the sequence number is zero, which no sender may use"),
  /** Wrong ICV. */
  ICV_MISMATCH("the integrity check failed: damaged, forged, or the keys differ"),
  /** Bad pad length or bytes. */
  BAD_PADDING("the padding is not as RFC 4303 2.4 demands"),
  /** Next header unknown or not of the SA's mode. */
  BAD_NEXT_HEADER("the next header does not fit the mode of the association"),
  /** Traffic-flow-confidentiality dummy. */
  DUMMY("a dummy packet, discarded as RFC 4303 2.6 says"),
  /** Inner packet outside the SA's selectors. */
  SELECTOR_MISMATCH("the decrypted packet lies outside the selectors of its association"),
  /** Congestion marked on the way of a packet, or a part of it, that cannot show the mark. */
  ECN_CONGESTION(
      "the path marked congestion on a packet that cannot show it: RFC 6040 4.2 and RFC 3168 5.3"
          + " demand its loss"),
  /** Clear although the policy protects. */
  CLEAR_UNDER_PROTECT("the packet came in clear although the policy demands protection"),
  /** Bad checksum after NAT. */
  BAD_CHECKSUM("the transport checksum is wrong"),
  /** The AH header contradicts the packet around it. */
  MALFORMED_AH("the AH header does not fit its packet or its association (RFC 4302 2)"),
  /** More layers of protection than are opened. */
  NESTED_TOO_DEEP("the packet is wrapped in more layers of protection than are ever agreed"),
  /** The packet came through other associations than its policy asks for. */
  BUNDLE_MISMATCH("the packet was not protected by all associations that its policy demands"),
  /** IPComp header or its data are wrong. */
  MALFORMED_IPCOMP("the compressed packet is malformed (RFC 3173)"),
  /** No such CPI. */
  UNKNOWN_CPI("no association agreed on this compression (CPI)"),
  /** It expands beyond what a packet can be, or beyond the bound of the association. */
  IPCOMP_TOO_LARGE("the packet expands to more octets than are allowed: a decompression bomb"),
  /** Wrapped ESP header is wrong. */
  MALFORMED_WESP("the WESP header contradicts the packet (RFC 5840 2)"),
  /** AGGFRAG payload is wrong. */
  MALFORMED_AGGFRAG("the AGGFRAG payload is malformed (RFC 9347 2.2)"),
  /** The other parts of an inner packet did not come. */
  AGGFRAG_INCOMPLETE("outer packets were lost that carried the rest of the inner packet"),
  /** The reorder window has moved past it. */
  AGGFRAG_LATE(
      "the payload came after its turn was given up: widen the reorder window if the path"
          + " reorders"),
  /** It waits for its place in a payload and is not lost. */
  AGGFRAG_QUEUED("the packet waits to leave in an AGGFRAG payload"),
  /** Too many wait for their place in a payload. */
  AGGFRAG_QUEUE_FULL("more packets came than the rate of the AGGFRAG tunnel lets pass"),
  /** The circuit breaker is open. */
  AGGFRAG_TRIPPED(
      "the circuit breaker of the AGGFRAG tunnel is open, as the path lost too much for too long"),
  /** Its content lives on in the inner packets that it carried. */
  AGGFRAG_CONSUMED("the packet was an AGGFRAG carrier: its inner packets go on in its place"),
  /** A stream that does not hold what it must. */
  MALFORMED_STREAM("the TCP stream does not follow RFC 9329 3: the connection must be closed"),
  /** A fragment that no honest sender makes. */
  MALFORMED_FRAGMENT(
      "the fragment has an impossible offset or length, a wrong header checksum, or is a first part"
          + " without all headers"),
  /** The same fragment twice. */
  FRAGMENT_DUPLICATE("the fragment came twice and is needed once"),
  /** More parts than are accepted. */
  TOO_MANY_FRAGMENTS("the packet came in more fragments than are accepted"),
  /** Two fragments claim the same octets. */
  FRAGMENT_OVERLAP("fragments overlap: all of them are discarded (RFC 8200 4.5, RFC 4301 7)"),
  /** A fragment that waits for the others and is not lost. */
  FRAGMENT_HELD("the fragment waits for the rest of its packet"),
  /** The rest did not come in time. */
  REASSEMBLY_TIMEOUT("the rest of the fragmented packet did not come in time"),
  /** Reassembly has no room. */
  REASSEMBLY_FULL("too many fragmented packets wait for their rest"),

  // the node
  /** The socket refused. */
  SEND_FAILED("the operating system refused to send the packet"),
  /** The inner side refused. */
  DELIVERY_FAILED("the inner port did not take the packet"),
  /** Shut down. */
  STOPPING("the node is stopping");

  private final String sentence;

  DropReason(String sentence) {
    this.sentence = sentence;
  }

  /** One sentence for people. */
  public String sentence() {
    return sentence;
  }
}
