package org.ipsec4j.api.crypto;

/** Security protocols (RFC 7296 3.3.1). */
public enum SecurityProtocol {
  /** Authentication Header (RFC 4302). */
  AH(2, 51),
  /** Encapsulating Security Payload (RFC 4303). */
  ESP(3, 50);

  private final int protocolId;
  private final int ipProtocol;

  SecurityProtocol(int protocolId, int ipProtocol) {
    this.protocolId = protocolId;
    this.ipProtocol = ipProtocol;
  }

  /** IKE protocol identifier. */
  public int protocolId() {
    return protocolId;
  }

  /** IP protocol number. */
  public int ipProtocol() {
    return ipProtocol;
  }
}
