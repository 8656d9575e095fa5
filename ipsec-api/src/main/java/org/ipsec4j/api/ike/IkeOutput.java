package org.ipsec4j.api.ike;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.UdpEncapsulation;

/** What an IKE engine wants done. Handled in order and exhaustively. */
public sealed interface IkeOutput {
  /**
   * Send a datagram.
   *
   * @param from our address; when its port is the node's NAT-traversal port the node puts the
   *     non-ESP marker in front (RFC 3948 2.2)
   * @param to the peer's address
   * @param datagram one IKE message; or, when {@code keepalive}, the octet 0xFF without marker
   * @param keepalive whether this is a NAT keepalive (RFC 3948 2.3)
   */
  record Transmit(Endpoint from, Endpoint to, Bytes datagram, boolean keepalive)
      implements IkeOutput {}

  /**
   * A new Child SA: install inbound, then outbound, then use it.
   *
   * @param sa keys inside belong to the receiver
   */
  record InstallChildSa(ChildSa sa) implements IkeOutput {}

  /**
   * A Child SA in the place of another: install both directions; the old one's inbound side goes on
   * until it is removed.
   *
   * @param old which is replaced
   * @param sa the new one; keys inside belong to the receiver
   * @param sendOnNewAtOnce true for the initiator of the rekey; false for the responder, who goes
   *     on sending on the old one until a packet with a right ICV arrives on the new one or the old
   *     one is removed (RFC 7296 2.8)
   */
  record ReplaceChildSa(ChildSaId old, ChildSa sa, boolean sendOnNewAtOnce) implements IkeOutput {}

  /**
   * A Child SA is gone. Outbound traffic stops at once; the node may let the inbound side linger a
   * few seconds for packets that are still on their way when it was replaced.
   *
   * @param child which
   * @param replaced whether another SA took its place
   */
  record RemoveChildSa(ChildSaId child, boolean replaced) implements IkeOutput {}

  /**
   * The peer's UDP address changed (RFC 7296 2.23): send there from now on.
   *
   * @param child which
   * @param encapsulation the new addresses
   */
  record MoveChildSa(ChildSaId child, UdpEncapsulation encapsulation) implements IkeOutput {}

  /**
   * Run this and give it back.
   *
   * @param work slow step
   */
  record Offload(OffloadedWork work) implements IkeOutput {}

  /**
   * Something worth telling.
   *
   * @param event what happened
   */
  record Event(IkeEvent event) implements IkeOutput {}

  /** The shutdown is complete: no state is left, nothing more will come. */
  record Closed() implements IkeOutput {}
}
