package org.ipsec4j.api.crypto;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;

/**
 * One run of a key exchange method. The shape serves Diffie-Hellman and key encapsulation alike:
 * the initiator sends a value and completes with the answer; the responder answers and has the
 * secret at once. Thread-safe; slow, so engines call it from offloaded work.
 */
public interface KeyExchange {
  /** The initiator's side between its request and the answer. */
  interface Initiation {
    /** Key Exchange Data of the KEi payload. */
    Bytes publicValue();

    /**
     * The shared secret g^ir.
     *
     * @param peerValue Key Exchange Data of the peer, not yet checked
     * @throws CryptoException with {@code PEER_VALUE} when the value fails the tests of RFC 6989
     */
    Secret complete(Bytes peerValue) throws CryptoException;

    /** Wipes the private value; idempotent. */
    void destroy();
  }

  /**
   * The responder's answer.
   *
   * @param publicValue Key Exchange Data of the KEr payload
   * @param sharedSecret g^ir
   */
  record Answer(Bytes publicValue, Secret sharedSecret) {}

  /** Which method. */
  KeyExchangeMethod method();

  /** Makes a fresh private value (never reused, RFC 7296 2.12). */
  Initiation initiate() throws CryptoException;

  /**
   * Answers an initiator.
   *
   * @throws CryptoException with {@code PEER_VALUE} when the value fails the tests of RFC 6989
   */
  Answer respond(Bytes peerValue) throws CryptoException;
}
