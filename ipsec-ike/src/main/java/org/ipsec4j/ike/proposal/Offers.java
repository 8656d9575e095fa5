package org.ipsec4j.ike.proposal;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.Transform;

/**
 * Profiles to proposals of an SA payload (RFC 7296 3.3). Combined modes and other ciphers stand in
 * separate proposals because the profiles keep them apart; beside a combined mode no integrity
 * transform is sent (RFC 5282 8). Stateless, thread-safe.
 */
public final class Offers {
  /** Transform ID of 64-bit sequence numbers (RFC 7296 3.3.2). */
  public static final int ESN = 1;

  /** Transform ID of 32-bit sequence numbers. */
  public static final int NO_ESN = 0;

  private Offers() {}

  /**
   * What we offer for an IKE SA.
   *
   * @param profiles in order of preference; becomes proposals 1, 2, 3 ...
   * @param spi empty in IKE_SA_INIT, our 8 octets when an IKE SA is rekeyed
   */
  public static List<Proposal> ike(List<IkeProposal> profiles, Bytes spi) {
    List<Proposal> proposals = new ArrayList<>();
    for (IkeProposal profile : profiles) {
      List<Transform> transforms = new ArrayList<>();
      profile.encryption().forEach(encryption -> transforms.add(transform(encryption)));
      profile.prf().forEach(prf -> transforms.add(transform(prf)));
      profile.integrity().forEach(integrity -> transforms.add(transform(integrity)));
      profile.keyExchange().forEach(method -> transforms.add(transform(method)));
      proposals.add(new Proposal(proposals.size() + 1, Proposal.IKE, spi, transforms));
    }
    return proposals;
  }

  /**
   * What we offer for a Child SA.
   *
   * @param profiles in order of preference; becomes proposals 1, 2, 3 ...
   * @param spi our 4 octets, the same in all proposals
   * @param withKeyExchange false in IKE_AUTH, where no key exchange takes part (1.2)
   */
  public static List<Proposal> child(
      List<ChildProposal> profiles, Bytes spi, boolean withKeyExchange) {
    List<Proposal> proposals = new ArrayList<>();
    for (ChildProposal profile : profiles) {
      List<Transform> transforms = new ArrayList<>();
      profile.encryption().forEach(encryption -> transforms.add(transform(encryption)));
      profile.integrity().forEach(integrity -> transforms.add(transform(integrity)));
      if (withKeyExchange) {
        profile.keyExchange().forEach(method -> transforms.add(transform(method)));
      }
      profile.esn().forEach(esn -> transforms.add(esn(esn)));
      proposals.add(
          new Proposal(proposals.size() + 1, profile.protocol().protocolId(), spi, transforms));
    }
    return proposals;
  }

  /**
   * What we answer for an IKE SA: the one choice, under the initiator's number.
   *
   * @param spi empty in IKE_SA_INIT, our 8 octets when an IKE SA is rekeyed
   */
  public static List<Proposal> answer(ChosenIke chosen, Bytes spi) {
    List<Transform> transforms = new ArrayList<>();
    transforms.add(transform(chosen.encryption()));
    transforms.add(transform(chosen.prf()));
    addIntegrity(transforms, chosen.integrity());
    transforms.add(transform(chosen.keyExchange()));
    return List.of(new Proposal(chosen.number(), Proposal.IKE, spi, transforms));
  }

  /**
   * What we answer for a Child SA: the one choice, under the initiator's number.
   *
   * @param spi our 4 octets
   */
  public static List<Proposal> answer(ChosenChild chosen, Bytes spi) {
    PacketTransform packet = chosen.transform();
    List<Transform> transforms = new ArrayList<>();
    if (packet.protocol() == SecurityProtocol.ESP) {
      transforms.add(transform(packet.encryption()));
    }
    addIntegrity(transforms, packet.integrity());
    KeyExchangeMethod method = chosen.keyExchange();
    if (method != null) {
      transforms.add(transform(method));
    }
    transforms.add(esn(packet.extendedSequenceNumbers()));
    return List.of(new Proposal(chosen.number(), packet.protocol().protocolId(), spi, transforms));
  }

  private static void addIntegrity(List<Transform> transforms, IntegrityAlgorithm integrity) {
    if (integrity != IntegrityAlgorithm.NONE) {
      transforms.add(transform(integrity));
    }
  }

  private static Transform transform(EncryptionTransform encryption) {
    boolean withKeyLength = encryption.algorithm().hasKeyLengthAttribute();
    return Transform.of(
        Transform.ENCR, encryption.algorithm().id(), withKeyLength ? encryption.keyBits() : 0);
  }

  private static Transform transform(PrfAlgorithm prf) {
    return Transform.of(Transform.PRF, prf.id(), 0);
  }

  private static Transform transform(IntegrityAlgorithm integrity) {
    return Transform.of(Transform.INTEG, integrity.id(), 0);
  }

  private static Transform transform(KeyExchangeMethod method) {
    return Transform.of(Transform.KE, method.id(), 0);
  }

  private static Transform esn(boolean extended) {
    return Transform.of(Transform.ESN, extended ? ESN : NO_ESN, 0);
  }
}
