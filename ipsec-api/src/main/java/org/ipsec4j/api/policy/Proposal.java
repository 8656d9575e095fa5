package org.ipsec4j.api.policy;

import java.util.List;
import org.ipsec4j.api.Bytes;

/**
 * One proposal of an SA payload as it stands on the wire (RFC 7296 3.3.1).
 *
 * @param number proposal number, from 1
 * @param protocolId 1 IKE, 2 AH, 3 ESP, or unknown
 * @param spi the proposer's SPI; empty in IKE_SA_INIT
 * @param transforms in the order of the message
 */
public record Proposal(int number, int protocolId, Bytes spi, List<Transform> transforms) {
  /** Protocol identifier of IKE. */
  public static final int IKE = 1;

  /** Protocol identifier of AH. */
  public static final int AH = 2;

  /** Protocol identifier of ESP. */
  public static final int ESP = 3;

  /** Copies the list. */
  public Proposal {
    transforms = List.copyOf(transforms);
  }
}
