package org.ipsec4j.ike.keys;

import org.ipsec4j.api.Secret;

/**
 * The keys of an IKE SA (RFC 7296 2.14). "i" is the original initiator of the IKE SA. Prints no
 * key.
 *
 * @param skD from which keys of Child SAs and of the next IKE SA are derived
 * @param skAi integrity of the initiator's messages; of length 0 beside a combined mode
 * @param skAr integrity of the responder's messages; likewise
 * @param skEi encryption of the initiator's messages, key and salt
 * @param skEr encryption of the responder's messages, key and salt
 * @param skPi for the initiator's AUTH payload
 * @param skPr for the responder's AUTH payload
 */
public record IkeKeys(
    Secret skD, Secret skAi, Secret skAr, Secret skEi, Secret skEr, Secret skPi, Secret skPr) {
  /** SK_a of one side's messages. */
  public Secret integrity(boolean ofInitiator) {
    return ofInitiator ? skAi : skAr;
  }

  /** SK_e of one side's messages. */
  public Secret encryption(boolean ofInitiator) {
    return ofInitiator ? skEi : skEr;
  }

  /** SK_p of one side's AUTH payload. */
  public Secret auth(boolean ofInitiator) {
    return ofInitiator ? skPi : skPr;
  }

  /** Wipes all; idempotent. */
  public void destroy() {
    skD.destroy();
    skAi.destroy();
    skAr.destroy();
    skEi.destroy();
    skEr.destroy();
    skPi.destroy();
    skPr.destroy();
  }
}
