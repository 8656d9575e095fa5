package org.ipsec4j.ike.keys;

import org.ipsec4j.api.sa.SaKeys;

/**
 * The keys of both directions of a Child SA (RFC 7296 2.17). "Initiator" is the initiator of the
 * exchange that made the Child SA. Prints no key.
 *
 * @param fromInitiator packets from initiator to responder
 * @param fromResponder packets from responder to initiator
 */
public record ChildKeys(SaKeys fromInitiator, SaKeys fromResponder) {
  /** Keys of what we receive. */
  public SaKeys inbound(boolean weInitiated) {
    return weInitiated ? fromResponder : fromInitiator;
  }

  /** Keys of what we send. */
  public SaKeys outbound(boolean weInitiated) {
    return weInitiated ? fromInitiator : fromResponder;
  }

  /** Wipes all; idempotent. */
  public void destroy() {
    fromInitiator.destroy();
    fromResponder.destroy();
  }
}
