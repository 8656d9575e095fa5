package org.ipsec4j.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.Transform;
import org.jspecify.annotations.Nullable;

/** Chooses algorithms for an IKE SA (RFC 7296 2.7, 3.3.6). */
final class IkeChoice {
  private static final List<Integer> TYPES =
      List.of(Transform.ENCR, Transform.PRF, Transform.INTEG, Transform.KE);

  private IkeChoice() {}

  static Decision<ChosenIke> choose(List<PadEntry> candidates, List<Proposal> offered) {
    Steps steps = new Steps();
    // Peers often share their proposals; an unproven sender shall not make us try them all again.
    Set<IkeProposal> tried = new HashSet<>();
    for (PadEntry peer : candidates) {
      List<IkeProposal> ours = peer.ike().proposals();
      for (int i = 0; i < ours.size(); i++) {
        if (!tried.add(ours.get(i))) {
          continue;
        }
        String own = "IKE proposal " + (i + 1) + " of peer `" + peer.name() + "`";
        for (Proposal offer : offered) {
          String subject = own + " against offer " + offer.number();
          ChosenIke chosen = match(ours.get(i), offer, subject, peer, steps);
          if (chosen != null) {
            return new Decision.Yes<>(chosen, steps.explain("IKE proposals", ""));
          }
        }
      }
    }
    return new Decision.No<>(
        steps.explain(
            "IKE proposals",
            candidates.isEmpty() ? "no peer is meant" : "the peer offers no proposal"));
  }

  private static @Nullable ChosenIke match(
      IkeProposal ours, Proposal offer, String subject, PadEntry peer, Steps steps) {
    String unusable = Offers.unusable(offer, Proposal.IKE, TYPES);
    if (unusable != null) {
      steps.rejected(subject, unusable, peer.origin());
      return null;
    }
    Offers.Match<EncryptionTransform> encryption = Offers.encryption(ours.encryption(), offer);
    EncryptionTransform cipher = encryption.value();
    if (cipher == null) {
      steps.rejected(subject, encryption.reason(), peer.origin());
      return null;
    }
    Offers.Match<IntegrityAlgorithm> integrity = Offers.integrity(cipher, ours.integrity(), offer);
    Offers.Match<PrfAlgorithm> prf = Offers.prf(ours.prf(), offer);
    Offers.Match<KeyExchangeMethod> keyExchange = Offers.keyExchange(ours.keyExchange(), offer);
    if (integrity.value() == null || prf.value() == null || keyExchange.value() == null) {
      steps.rejected(
          subject, join(integrity.reason(), prf.reason(), keyExchange.reason()), peer.origin());
      return null;
    }
    ChosenIke chosen =
        new ChosenIke(offer.number(), cipher, integrity.value(), prf.value(), keyExchange.value());
    steps.chosen(subject, describe(chosen), peer.origin());
    return chosen;
  }

  /** All that does not fit, so that one look is enough to mend it. */
  static String join(String... reasons) {
    return String.join("; ", java.util.Arrays.stream(reasons).filter(r -> !r.isEmpty()).toList());
  }

  private static String describe(ChosenIke chosen) {
    String integrity =
        chosen.integrity() == IntegrityAlgorithm.NONE ? "" : chosen.integrity() + "/";
    return chosen.encryption()
        + "/"
        + integrity
        + "PRF_"
        + chosen.prf()
        + "/"
        + chosen.keyExchange();
  }
}
