package org.ipsec4j.ike.v2.exchange;

import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.HashAlgorithm;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.keys.IkeKeys;
import org.ipsec4j.ike.v2.task.NatTraversal;

/**
 * What IKE_SA_INIT, or the rekey of an IKE SA, agreed. The keys belong to the IKE SA.
 *
 * @param id SPIs
 * @param initiator whether we began it
 * @param algorithms what protects the IKE SA
 * @param prf its pseudo-random function
 * @param keys its keys
 * @param ni nonce of the initiator
 * @param nr nonce of the responder
 * @param initRequest the IKE_SA_INIT request as it went over the wire, for AUTH; empty in a rekey
 * @param initResponse the response; likewise
 * @param nat what is known about NATs
 * @param peerHashes hashes that the peer verifies signatures with; empty without RFC 7427
 * @param fragmentation whether both sides do RFC 7383
 */
public record InitFacts(
    IkeSaId id,
    boolean initiator,
    ChosenIke algorithms,
    Prf prf,
    IkeKeys keys,
    Bytes ni,
    Bytes nr,
    Bytes initRequest,
    Bytes initResponse,
    NatTraversal.Finding nat,
    Set<HashAlgorithm> peerHashes,
    boolean fragmentation) {
  /** Copies the set. */
  public InitFacts {
    peerHashes = Set.copyOf(peerHashes);
  }

  /** The SPI that we chose. */
  public long ownSpi() {
    return initiator ? id.initiatorSpi() : id.responderSpi();
  }

  /** The same without the messages that only AUTH needs. */
  public InitFacts authenticated() {
    return new InitFacts(
        id,
        initiator,
        algorithms,
        prf,
        keys,
        ni,
        nr,
        Bytes.EMPTY,
        Bytes.EMPTY,
        nat,
        peerHashes,
        fragmentation);
  }

  /** What the rekey of this IKE SA agreed; what is known about the peer stays. */
  InitFacts successor(
      IkeSaId newId,
      boolean byUs,
      ChosenIke newAlgorithms,
      Prf newPrf,
      IkeKeys newKeys,
      Bytes newNi,
      Bytes newNr) {
    return new InitFacts(
        newId,
        byUs,
        newAlgorithms,
        newPrf,
        newKeys,
        newNi,
        newNr,
        Bytes.EMPTY,
        Bytes.EMPTY,
        nat,
        peerHashes,
        fragmentation);
  }
}
