package org.ipsec4j.ike.proposal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.Transform;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a responder chose from what we offered: one proposal of ours, and in it exactly one
 * transform of each type (RFC 7296 2.7, 3.3.6). Stateless, thread-safe.
 */
public final class AnswerCheck {
  private AnswerCheck() {}

  /**
   * Checks the answer for an IKE SA.
   *
   * @param offered what {@link Offers#ike} gave
   * @param answered the peer's SA payload
   */
  public static Answer<ChosenIke> ike(List<Proposal> offered, List<Proposal> answered) {
    Check check = new Check();
    Proposal answer = check.choice(offered, answered);
    if (answer == null) {
      return check.mismatch();
    }
    EncryptionTransform encryption = check.encryption();
    PrfAlgorithm prf = PrfAlgorithm.ofId(check.id(Transform.PRF)).orElse(null);
    KeyExchangeMethod method = KeyExchangeMethod.ofId(check.id(Transform.KE)).orElse(null);
    IntegrityAlgorithm integrity = check.integrity();
    if (encryption == null || prf == null || method == null || integrity == null) {
      return check.mismatch();
    }
    return new Answer.Agreed<>(new ChosenIke(answer.number(), encryption, integrity, prf, method));
  }

  /**
   * Checks the answer for a Child SA.
   *
   * @param offered what {@link Offers#child} gave
   * @param answered the peer's SA payload
   */
  public static Answer<ChosenChild> child(List<Proposal> offered, List<Proposal> answered) {
    Check check = new Check();
    Proposal answer = check.choice(offered, answered);
    if (answer == null) {
      return check.mismatch();
    }
    boolean ah = answer.protocolId() == Proposal.AH;
    EncryptionTransform encryption =
        ah ? new EncryptionTransform(EncryptionAlgorithm.NULL, 0) : check.encryption();
    IntegrityAlgorithm integrity = check.integrity();
    if (encryption == null || integrity == null) {
      return check.mismatch();
    }
    boolean esn = check.id(Transform.ESN) == Offers.ESN;
    PacketTransform transform =
        new PacketTransform(
            ah ? SecurityProtocol.AH : SecurityProtocol.ESP, encryption, integrity, esn);
    KeyExchangeMethod method = KeyExchangeMethod.ofId(check.id(Transform.KE)).orElse(null);
    return new Answer.Agreed<>(new ChosenChild(answer.number(), answer.spi(), transform, method));
  }

  /** One check; remembers the transforms chosen, or the reason why not. */
  private static final class Check {
    private final Map<Integer, Transform> chosen = new HashMap<>();
    private Answer.Reason reason = Answer.Reason.TRANSFORM_NOT_OFFERED;
    private int transformType;

    <T> Answer<T> mismatch() {
      return new Answer.Mismatch<>(reason, transformType);
    }

    /** The one proposal of the answer when it is one of ours, or null with the reason kept. */
    @Nullable Proposal choice(List<Proposal> offered, List<Proposal> answered) {
      if (answered.size() != 1) {
        return fail(Answer.Reason.NOT_ONE_PROPOSAL, 0);
      }
      Proposal answer = answered.getFirst();
      Proposal ours =
          offered.stream()
              .filter(offer -> offer.number() == answer.number())
              .findFirst()
              .orElse(null);
      if (ours == null) {
        return fail(Answer.Reason.UNKNOWN_PROPOSAL_NUMBER, 0);
      }
      if (ours.protocolId() != answer.protocolId()) {
        return fail(Answer.Reason.OTHER_PROTOCOL, 0);
      }
      if (!isSpi(answer.spi(), ours.spi().length())) {
        return fail(Answer.Reason.BAD_SPI, 0);
      }
      return transforms(ours, answer);
    }

    private @Nullable Proposal transforms(Proposal ours, Proposal answer) {
      for (Transform transform : answer.transforms()) {
        // Our transforms have no unknown attributes, so one with such is never found among them.
        if (!ours.transforms().contains(transform)) {
          return fail(Answer.Reason.TRANSFORM_NOT_OFFERED, transform.type());
        }
        if (chosen.put(transform.type(), transform) != null) {
          return fail(Answer.Reason.TWO_TRANSFORMS_OF_A_TYPE, transform.type());
        }
      }
      for (Transform transform : ours.transforms()) {
        if (!chosen.containsKey(transform.type())) {
          return fail(Answer.Reason.TRANSFORM_MISSING, transform.type());
        }
      }
      return answer;
    }

    private @Nullable Proposal fail(Answer.Reason why, int type) {
      reason = why;
      transformType = type;
      return null;
    }

    /** SPIs are never zero (RFC 7296 3.1, RFC 4303 2.1); in IKE_SA_INIT there is none. */
    private static boolean isSpi(Bytes spi, int length) {
      if (spi.length() != length) {
        return false;
      }
      for (int i = 0; i < length; i++) {
        if (spi.at(i) != 0) {
          return true;
        }
      }
      return length == 0;
    }

    /** ID of the transform chosen of a type; -1 without one. */
    int id(int type) {
      Transform transform = chosen.get(type);
      return transform == null ? -1 : transform.id();
    }

    @Nullable IntegrityAlgorithm integrity() {
      int id = id(Transform.INTEG);
      return id < 0 ? IntegrityAlgorithm.NONE : IntegrityAlgorithm.ofId(id).orElse(null);
    }

    @Nullable EncryptionTransform encryption() {
      Transform transform = chosen.get(Transform.ENCR);
      if (transform == null) {
        return null;
      }
      return EncryptionAlgorithm.ofId(transform.id())
          .map(algorithm -> encryption(algorithm, transform.keyBits()))
          .orElse(null);
    }

    private static EncryptionTransform encryption(EncryptionAlgorithm algorithm, int bits) {
      return new EncryptionTransform(
          algorithm, algorithm.hasKeyLengthAttribute() ? bits : algorithm.keyBits().getFirst());
    }
  }
}
