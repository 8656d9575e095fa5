package org.ipsec4j.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.Transform;
import org.jspecify.annotations.Nullable;

/** Reads what a peer offers (RFC 7296 3.3) and puts it into words. */
final class Offers {
  private static final int NAMED = 12;

  /**
   * What one transform type comes to.
   *
   * @param value what both accept, or null
   * @param reason why there is nothing; empty otherwise
   */
  record Match<T>(@Nullable T value, String reason) {}

  private Offers() {}

  static List<Transform> ofType(Proposal offer, int type) {
    return offer.transforms().stream().filter(transform -> transform.type() == type).toList();
  }

  /** Why an offer cannot be used at all (RFC 7296 3.3.6); null when it can. */
  static @Nullable String unusable(Proposal offer, int protocol, List<Integer> types) {
    if (offer.protocolId() != protocol) {
      return "it is for " + protocolName(offer.protocolId()) + ", not " + protocolName(protocol);
    }
    for (Transform transform : offer.transforms()) {
      if (transform.type() < Transform.ENCR || transform.type() > Transform.ESN) {
        return "it has a transform of the unknown type "
            + transform.type()
            + ", which makes it unacceptable as a whole";
      }
      if (!types.contains(transform.type())) {
        return "it has a transform of type "
            + typeName(transform.type())
            + ", which has no place in "
            + protocolName(protocol);
      }
    }
    return null;
  }

  static Match<EncryptionTransform> encryption(List<EncryptionTransform> ours, Proposal offer) {
    return pick(Transform.ENCR, ours, offer, Offers::wire, EncryptionTransform::toString);
  }

  /** Integrity beside {@code cipher}: NONE or nothing beside a combined mode. */
  static Match<IntegrityAlgorithm> integrity(
      EncryptionTransform cipher, List<IntegrityAlgorithm> ours, Proposal offer) {
    if (!cipher.algorithm().isAead()) {
      return integrity(ours, offer);
    }
    List<Transform> offered = ofType(offer, Transform.INTEG);
    return offered.isEmpty() || offered.stream().anyMatch(Offers::isNone)
        ? new Match<>(IntegrityAlgorithm.NONE, "")
        : new Match<>(
            null,
            "integrity: "
                + cipher
                + " is combined-mode and takes none, the peer insists on "
                + names(offered));
  }

  static Match<IntegrityAlgorithm> integrity(List<IntegrityAlgorithm> ours, Proposal offer) {
    return pick(
        Transform.INTEG,
        ours,
        offer,
        algorithm -> Transform.of(Transform.INTEG, algorithm.id(), 0),
        IntegrityAlgorithm::toString);
  }

  static Match<PrfAlgorithm> prf(List<PrfAlgorithm> ours, Proposal offer) {
    return pick(
        Transform.PRF,
        ours,
        offer,
        algorithm -> Transform.of(Transform.PRF, algorithm.id(), 0),
        PrfAlgorithm::toString);
  }

  static Match<KeyExchangeMethod> keyExchange(List<KeyExchangeMethod> ours, Proposal offer) {
    return pick(
        Transform.KE,
        ours,
        offer,
        method -> Transform.of(Transform.KE, method.id(), 0),
        KeyExchangeMethod::toString);
  }

  static Match<Boolean> esn(List<Boolean> ours, Proposal offer) {
    return pick(
        Transform.ESN,
        ours,
        offer,
        extended -> Transform.of(Transform.ESN, extended ? 1 : 0, 0),
        extended -> extended ? "ESN" : "NO_ESN");
  }

  /** Whether a transform is the value NONE of its type, without attributes. */
  static boolean isNone(Transform transform) {
    return transform.id() == 0 && transform.keyBits() == 0 && !transform.unknownAttribute();
  }

  private static Transform wire(EncryptionTransform transform) {
    EncryptionAlgorithm algorithm = transform.algorithm();
    return Transform.of(
        Transform.ENCR,
        algorithm.id(),
        algorithm.hasKeyLengthAttribute() ? transform.keyBits() : 0);
  }

  private static <T> Match<T> pick(
      int type,
      List<T> ours,
      Proposal offer,
      Function<T, Transform> wire,
      Function<T, String> name) {
    List<Transform> offered = ofType(offer, type);
    for (T own : ours) {
      if (offered.contains(wire.apply(own))) {
        return new Match<>(own, "");
      }
    }
    String accepted = ours.stream().map(name).toList().toString();
    if (offered.isEmpty()) {
      return new Match<>(
          null, typeName(type) + ": we accept " + accepted + ", the peer offers nothing");
    }
    return new Match<>(
        null,
        typeName(type)
            + ": we accept "
            + accepted
            + ", the peer offers "
            + names(offered)
            + hint(ours.stream().map(wire).toList(), offered));
  }

  private static String hint(List<Transform> ours, List<Transform> offered) {
    for (Transform own : ours) {
      for (Transform theirs : offered) {
        if (own.id() == theirs.id() && own.keyBits() == theirs.keyBits()) {
          return ": an attribute that is not understood makes the transform unacceptable";
        }
      }
    }
    for (Transform own : ours) {
      if (offered.stream().anyMatch(theirs -> theirs.id() == own.id())) {
        return ": the key length differs";
      }
    }
    return "";
  }

  static String names(List<Transform> transforms) {
    List<String> names = new ArrayList<>();
    for (Transform transform : transforms) {
      if (names.size() == NAMED) {
        names.add((transforms.size() - NAMED) + " more");
        break;
      }
      names.add(name(transform));
    }
    return names.toString();
  }

  private static String name(Transform transform) {
    String name =
        switch (transform.type()) {
          case Transform.ENCR ->
              EncryptionAlgorithm.ofId(transform.id()).map(Offers::encryptionName).orElse("");
          case Transform.PRF -> PrfAlgorithm.ofId(transform.id()).map(Enum::name).orElse("");
          case Transform.INTEG ->
              IntegrityAlgorithm.ofId(transform.id()).map(Enum::name).orElse("");
          case Transform.KE ->
              transform.id() == 0
                  ? "NONE"
                  : KeyExchangeMethod.ofId(transform.id()).map(Enum::name).orElse("");
          case Transform.ESN ->
              switch (transform.id()) {
                case 0 -> "NO_ESN";
                case 1 -> "ESN";
                default -> "";
              };
          default -> "";
        };
    return (name.isEmpty() ? "unknown " + transform.id() : name)
        + (transform.keyBits() == 0 ? "" : "_" + transform.keyBits())
        + (transform.unknownAttribute() ? " with an unknown attribute" : "");
  }

  private static String encryptionName(EncryptionAlgorithm algorithm) {
    return algorithm.name();
  }

  static String typeName(int type) {
    return switch (type) {
      case Transform.ENCR -> "encryption";
      case Transform.PRF -> "pseudo-random function";
      case Transform.INTEG -> "integrity";
      case Transform.KE -> "key exchange";
      case Transform.ESN -> "sequence numbers";
      default -> "type " + type;
    };
  }

  private static String protocolName(int protocol) {
    return switch (protocol) {
      case Proposal.IKE -> "IKE";
      case Proposal.AH -> "AH";
      case Proposal.ESP -> "ESP";
      default -> "protocol " + protocol;
    };
  }
}
