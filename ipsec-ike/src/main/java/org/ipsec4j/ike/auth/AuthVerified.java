package org.ipsec4j.ike.auth;

import org.ipsec4j.ike.wire.IdPayload;

/**
 * The fact that a peer's AUTH payload was right. Only {@link AuthVerifier} makes it, so whoever
 * holds one need not ask again. What it proves: whoever sent the Identification payload holds the
 * key. Whether that key belongs to the identity is for the certificate path or the policy to say.
 */
public final class AuthVerified {
  private final int method;
  private final IdPayload id;

  AuthVerified(int method, IdPayload id) {
    this.method = method;
    this.id = id;
  }

  /** Authentication method number. */
  public int method() {
    return method;
  }

  /** The Identification payload that the proof covers. */
  public IdPayload id() {
    return id;
  }

  @Override
  public String toString() {
    return id.identity() + " by " + AuthMethodNumber.name(method);
  }
}
