package org.ipsec4j.api.policy;

/**
 * When a Child SA must be replaced and when it must die (RFC 4301 4.4.2.1); 0 means no limit. Time
 * limits are kept by the IKE engine; octets and packets are counted on the packet path, which
 * reports the soft limit once.
 *
 * @param softBytes octets of inner packets after which a rekey is asked for
 * @param hardBytes octets after which nothing passes
 * @param softPackets packets after which a rekey is asked for
 * @param hardPackets packets after which nothing passes
 */
public record Lifetime(long softBytes, long hardBytes, long softPackets, long hardPackets) {
  /** Only sequence numbers and time limit the SA. */
  public static final Lifetime UNLIMITED = new Lifetime(0, 0, 0, 0);
}
