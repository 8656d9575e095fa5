package org.ipsec4j.api.ike;

import java.util.List;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;

/**
 * What an engine holds.
 *
 * @param ikeSas every IKE SA, half-open ones included
 */
public record IkeStatus(List<IkeSaStatus> ikeSas) {
  /** Copies the list. */
  public IkeStatus {
    ikeSas = List.copyOf(ikeSas);
  }

  /**
   * One IKE SA.
   *
   * @param peer name of the PAD entry, or empty while unknown
   * @param ikeSa its SPIs
   * @param initiator whether we began it
   * @param phase where it stands
   * @param local our address
   * @param remote the peer's address
   * @param children its Child SAs
   */
  public record IkeSaStatus(
      String peer,
      IkeSaId ikeSa,
      boolean initiator,
      Phase phase,
      Endpoint local,
      Endpoint remote,
      List<ChildSaStatus> children) {
    /** Copies the list. */
    public IkeSaStatus {
      children = List.copyOf(children);
    }
  }

  /** Where an IKE SA stands. */
  public enum Phase {
    /** IKE_SA_INIT under way. */
    INIT,
    /** IKE_AUTH under way. */
    AUTH,
    /** Up. */
    ESTABLISHED,
    /** Replaced, waiting to be deleted. */
    REPLACED,
    /** Being deleted. */
    CLOSING
  }

  /**
   * One Child SA.
   *
   * @param name name of the child in the policy
   * @param child its id
   * @param inboundSpi ours
   * @param outboundSpi the peer's
   * @param replaced whether another took its place and it waits to be deleted
   */
  public record ChildSaStatus(
      String name, ChildSaId child, int inboundSpi, int outboundSpi, boolean replaced) {}
}
