package org.ipsec4j.esp;

/** What the window of a protected packet holds. */
public enum PacketForm {
  /**
   * From SPI to ICV: what a UDP socket carries for an SA with UDP encapsulation (RFC 3948 2.1), and
   * a raw protocol-50 socket for one without. Neither the outer header nor what it says (ECN,
   * options) is at hand; in transport mode the IP header is made anew from the SA's addresses.
   */
  PAYLOAD,
  /** A whole IP packet: outer header, UDP header where the SA has one, ESP. */
  FULL_IP
}
