package org.ipsec4j.ike.v2.sa;

import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeStatus.Phase;

/**
 * Where an IKE SA stands.
 *
 * <pre>
 *   Opening --&gt; Authenticating --&gt; Up --&gt; Replaced --.
 *      |              |            |                 v
 *      '--------------+------------+----&gt; Closing --&gt; Lingering --&gt; Gone
 * </pre>
 */
sealed interface Life {
  /** IKE_SA_INIT runs. */
  record Opening() implements Life {}

  /** There are keys; IKE_AUTH runs or is awaited. */
  record Authenticating() implements Life {}

  /** Both sides are authenticated. */
  record Up() implements Life {}

  /** Another IKE SA took its children; one side deletes it. */
  record Replaced() implements Life {}

  /**
   * We asked, or are about to ask, the peer to delete it.
   *
   * @param reason told when it is gone
   * @param wasUp whether anything is told then
   */
  record Closing(DownReason reason, boolean wasUp) implements Life {}

  /** It is gone for us; only the last answer is repeated when the peer did not get it. */
  record Lingering() implements Life {}

  /** Nothing is left. */
  record Gone() implements Life {}

  /** As monitors see it. */
  static Phase phase(Life life) {
    return switch (life) {
      case Opening opening -> Phase.INIT;
      case Authenticating authenticating -> Phase.AUTH;
      case Up up -> Phase.ESTABLISHED;
      case Replaced replaced -> Phase.REPLACED;
      case Closing closing -> Phase.CLOSING;
      case Lingering lingering -> Phase.CLOSING;
      case Gone gone -> Phase.CLOSING;
    };
  }
}
