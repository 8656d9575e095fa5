package org.ipsec4j.api.ike;

import org.ipsec4j.api.policy.PolicyView;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.jspecify.annotations.Nullable;

/** What a node asks of its IKE engine. A command that no longer fits is ignored. */
public sealed interface IkeCommand {
  /**
   * Bring a child up, with an IKE SA if there is none. While one is being negotiated nothing
   * happens twice.
   *
   * @param peer name of the PAD entry
   * @param child name of the child
   * @param local the packet that asked for it, our side, first in TSi or TSr (RFC 7296 2.9); or
   *     null
   * @param remote the packet's other side; or null
   */
  record Initiate(
      String peer, String child, @Nullable TrafficSelector local, @Nullable TrafficSelector remote)
      implements IkeCommand {}

  /**
   * Replace a Child SA now; also sent when its soft volume limit is reached.
   *
   * @param child which
   */
  record RekeyChild(ChildSaId child) implements IkeCommand {}

  /**
   * Replace an IKE SA now.
   *
   * @param ikeSa which
   */
  record RekeyIke(IkeSaId ikeSa) implements IkeCommand {}

  /**
   * Delete a Child SA on both sides.
   *
   * @param child which
   */
  record DeleteChild(ChildSaId child) implements IkeCommand {}

  /**
   * Delete an IKE SA with its children on both sides.
   *
   * @param ikeSa which
   */
  record DeleteIke(IkeSaId ikeSa) implements IkeCommand {}

  /**
   * A packet with a right ICV came in on a Child SA: the peer lives, and on a replaced SA the new
   * one may be used. The node reports at most about once a second per SA.
   *
   * @param child which
   */
  record InboundTraffic(ChildSaId child) implements IkeCommand {}

  /**
   * Probe a peer now (RFC 7296 2.4).
   *
   * @param ikeSa which
   */
  record CheckLiveness(IkeSaId ikeSa) implements IkeCommand {}

  /**
   * Use a changed policy for everything that comes; what exists stays.
   *
   * @param policy the new state
   */
  record UsePolicy(PolicyView policy) implements IkeCommand {}

  /** Delete everything on the peers, then close. {@link IkeOutput.Closed} says when it is done. */
  record Shutdown() implements IkeCommand {}
}
