package org.ipsec4j.policy;

import java.util.List;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.Transform;
import org.jspecify.annotations.Nullable;

/**
 * Chooses algorithms for a Child SA (RFC 7296 2.7, 3.3.6).
 *
 * <p>A proposal without the mandatory ESN transform is refused, as 3.3.6 says. In IKE_AUTH, where a
 * key exchange transform other than NONE should not stand (1.2), it is overlooked: some peers send
 * their whole proposal there.
 */
final class ChildChoice {
  private static final int SPI_LENGTH = 4;
  private static final List<Integer> ESP_TYPES =
      List.of(Transform.ENCR, Transform.INTEG, Transform.KE, Transform.ESN);
  private static final List<Integer> AH_TYPES =
      List.of(Transform.INTEG, Transform.KE, Transform.ESN);

  private ChildChoice() {}

  static Decision<ChosenChild> choose(
      ChildProfile child, List<Proposal> offered, boolean withKeyExchange) {
    Steps steps = new Steps();
    for (int i = 0; i < child.proposals().size(); i++) {
      ChildProposal ours = child.proposals().get(i);
      for (Proposal offer : offered) {
        String subject =
            "proposal "
                + (i + 1)
                + " of child `"
                + child.name()
                + "` against offer "
                + offer.number();
        Attempt attempt = match(ours, offer, withKeyExchange);
        switch (attempt) {
          case Attempt.Fits fits -> {
            steps.chosen(subject, describe(fits.chosen()), child.origin());
            return new Decision.Yes<>(fits.chosen(), steps.explain("Child SA proposals", ""));
          }
          case Attempt.Fails fails -> steps.rejected(subject, fails.reason(), child.origin());
        }
      }
    }
    return new Decision.No<>(steps.explain("Child SA proposals", "the peer offers no proposal"));
  }

  private sealed interface Attempt {
    record Fits(ChosenChild chosen) implements Attempt {}

    record Fails(String reason) implements Attempt {}
  }

  private static Attempt match(ChildProposal ours, Proposal offer, boolean withKeyExchange) {
    boolean esp = ours.protocol() == SecurityProtocol.ESP;
    String unusable =
        Offers.unusable(offer, ours.protocol().protocolId(), esp ? ESP_TYPES : AH_TYPES);
    if (unusable != null) {
      return new Attempt.Fails(unusable);
    }
    if (offer.spi().length() != SPI_LENGTH) {
      return new Attempt.Fails(
          "its SPI has " + offer.spi().length() + " octets instead of " + SPI_LENGTH);
    }
    EncryptionTransform cipher = new EncryptionTransform(EncryptionAlgorithm.NULL, 0);
    Offers.Match<IntegrityAlgorithm> integrity;
    if (esp) {
      Offers.Match<EncryptionTransform> encryption = Offers.encryption(ours.encryption(), offer);
      if (encryption.value() == null) {
        return new Attempt.Fails(encryption.reason());
      }
      cipher = encryption.value();
      integrity = Offers.integrity(cipher, ours.integrity(), offer);
    } else {
      integrity = Offers.integrity(ours.integrity(), offer);
    }
    Offers.Match<Boolean> esn = Offers.esn(ours.esn(), offer);
    Pfs pfs = withKeyExchange ? pfs(ours, offer) : new Pfs(null, "");
    if (integrity.value() == null || esn.value() == null || !pfs.reason().isEmpty()) {
      return new Attempt.Fails(IkeChoice.join(integrity.reason(), esn.reason(), pfs.reason()));
    }
    return new Attempt.Fits(
        new ChosenChild(
            offer.number(),
            offer.spi(),
            new PacketTransform(ours.protocol(), cipher, integrity.value(), esn.value()),
            pfs.method()));
  }

  /**
   * What perfect forward secrecy comes to.
   *
   * @param method the agreed method, or null for none
   * @param reason why nothing can be agreed; empty otherwise
   */
  private record Pfs(@Nullable KeyExchangeMethod method, String reason) {}

  private static Pfs pfs(ChildProposal ours, Proposal offer) {
    List<Transform> offered = Offers.ofType(offer, Transform.KE);
    boolean noneOffered = offered.isEmpty() || offered.stream().anyMatch(Offers::isNone);
    if (ours.keyExchange().isEmpty()) {
      return noneOffered
          ? new Pfs(null, "")
          : new Pfs(
              null,
              "perfect forward secrecy: the peer demands a key exchange of "
                  + Offers.names(offered)
                  + ", our policy has none: add one to the proposal here, or take it away there");
    }
    Offers.Match<KeyExchangeMethod> match = Offers.keyExchange(ours.keyExchange(), offer);
    if (match.value() != null) {
      return new Pfs(match.value(), "");
    }
    return new Pfs(
        null,
        offered.stream().allMatch(Offers::isNone)
            ? "perfect forward secrecy: we demand a key exchange of "
                + ours.keyExchange()
                + ", the peer offers none: add one to the proposal there, or take it away here"
            : match.reason());
  }

  private static String describe(ChosenChild chosen) {
    return chosen.transform()
        + (chosen.keyExchange() == null ? "" : " with a key exchange of " + chosen.keyExchange());
  }
}
