package org.ipsec4j.ike.engine;

import org.ipsec4j.api.ike.IkeEngine;

/** Makes IKE engines. */
public final class IkeEngines {
  private IkeEngines() {}

  /** An engine that speaks IKEv2 (RFC 7296), as initiator and responder. */
  public static IkeEngine v2(IkeEngineSettings settings) {
    return new Ikev2Engine(settings);
  }
}
