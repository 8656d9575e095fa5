package org.ipsec4j.ike.proposal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.Transform;
import org.junit.jupiter.api.Test;

/** RFC 7296 3.3.6: the accepted offer must be one of ours, or the exchange ends. */
final class AnswerCheckTest {
  private static final Bytes PEER_SPI = Bytes.ofHex("aabbccdd");
  private static final Transform GCM = Transform.of(Transform.ENCR, 20, 256);
  private static final Transform PRF = Transform.of(Transform.PRF, 5, 0);
  private static final Transform X25519 = Transform.of(Transform.KE, 31, 0);
  private static final Transform ESN = Transform.of(Transform.ESN, 1, 0);

  private final List<Proposal> ike = Offers.ike(OffersTest.ikeProfiles(), Bytes.EMPTY);
  private final List<Proposal> child =
      Offers.child(OffersTest.childProfiles(), OffersTest.SPI, true);

  @Test
  void agreesToEachCombinationOfAnIkeOffer() {
    int combinations = 0;
    for (Proposal offer : ike) {
      for (List<Transform> choice : choices(offer)) {
        Proposal answer = new Proposal(offer.number(), Proposal.IKE, Bytes.EMPTY, choice);
        Answer<ChosenIke> result = AnswerCheck.ike(ike, List.of(answer));
        ChosenIke chosen = agreed(result);
        assertEquals(
            sorted(choice), sorted(Offers.answer(chosen, Bytes.EMPTY).getFirst().transforms()));
        combinations++;
      }
    }
    assertEquals(2 * 2 + 2, combinations);
  }

  @Test
  void readsTheChoice() {
    assertEquals(
        new Answer.Agreed<>(
            new ChosenIke(
                1,
                OffersTest.GCM,
                IntegrityAlgorithm.NONE,
                PrfAlgorithm.HMAC_SHA2_256,
                KeyExchangeMethod.X25519)),
        AnswerCheck.ike(ike, List.of(ikeAnswer(1, GCM, PRF, X25519))));
    assertEquals(
        new Answer.Agreed<>(
            new ChosenChild(
                1,
                PEER_SPI,
                PacketTransform.esp(
                    EncryptionAlgorithm.AES_GCM_16, 256, IntegrityAlgorithm.NONE, true),
                KeyExchangeMethod.X25519)),
        AnswerCheck.child(child, List.of(espAnswer(1, PEER_SPI, GCM, X25519, ESN))));
    ChosenChild ah =
        agreed(
            AnswerCheck.child(
                child,
                List.of(
                    new Proposal(
                        2,
                        Proposal.AH,
                        PEER_SPI,
                        List.of(
                            Transform.of(Transform.INTEG, 12, 0),
                            Transform.of(Transform.ESN, 0, 0))))));
    assertEquals(SecurityProtocol.AH, ah.transform().protocol());
    assertEquals(null, ah.keyExchange());
  }

  @Test
  void refusesAnythingElseThanOneProposal() {
    Proposal right = ikeAnswer(1, GCM, PRF, X25519);
    assertIke(Answer.Reason.NOT_ONE_PROPOSAL, 0);
    assertIke(Answer.Reason.NOT_ONE_PROPOSAL, 0, right, right);
  }

  @Test
  void refusesNumbersProtocolsAndSpisThatAreNotOurs() {
    assertIke(Answer.Reason.UNKNOWN_PROPOSAL_NUMBER, 0, ikeAnswer(3, GCM, PRF, X25519));
    assertIke(Answer.Reason.OTHER_PROTOCOL, 0, espAnswer(1, PEER_SPI, GCM, PRF, X25519));
    assertIke(
        Answer.Reason.BAD_SPI,
        0,
        new Proposal(1, Proposal.IKE, Bytes.ofHex("0102030405060708"), List.of(GCM, PRF, X25519)));
    assertChild(Answer.Reason.BAD_SPI, 0, espAnswer(1, Bytes.ofHex("00000000"), GCM, X25519, ESN));
    assertChild(Answer.Reason.BAD_SPI, 0, espAnswer(1, Bytes.ofHex("0102"), GCM, X25519, ESN));
  }

  @Test
  void refusesTransformsThatWereNotOffered() {
    Transform weaker = Transform.of(Transform.ENCR, 20, 128);
    Transform noLength = Transform.of(Transform.ENCR, 20, 0);
    Transform marked = new Transform(Transform.ENCR, 20, 256, true);
    Transform none = Transform.of(Transform.INTEG, 0, 0);
    for (Transform wrong : List.of(weaker, noLength, marked)) {
      assertIke(
          Answer.Reason.TRANSFORM_NOT_OFFERED, Transform.ENCR, ikeAnswer(1, wrong, PRF, X25519));
    }
    assertIke(
        Answer.Reason.TRANSFORM_NOT_OFFERED, Transform.INTEG, ikeAnswer(1, GCM, PRF, none, X25519));
    assertIke(
        Answer.Reason.TRANSFORM_NOT_OFFERED,
        Transform.KE,
        ikeAnswer(1, GCM, PRF, Transform.of(Transform.KE, 14, 0)));
    // Both are offered, but never together.
    assertIke(
        Answer.Reason.TRANSFORM_NOT_OFFERED,
        Transform.ENCR,
        ikeAnswer(2, GCM, PRF, Transform.of(Transform.KE, 14, 0)));
  }

  @Test
  void refusesTwoTransformsOfATypeAndNone() {
    Transform ecp = Transform.of(Transform.KE, 19, 0);
    assertIke(
        Answer.Reason.TWO_TRANSFORMS_OF_A_TYPE, Transform.KE, ikeAnswer(1, GCM, PRF, X25519, ecp));
    assertIke(
        Answer.Reason.TWO_TRANSFORMS_OF_A_TYPE,
        Transform.ENCR,
        ikeAnswer(1, GCM, GCM, PRF, X25519));
    assertIke(Answer.Reason.TRANSFORM_MISSING, Transform.KE, ikeAnswer(1, GCM, PRF));
    assertIke(Answer.Reason.TRANSFORM_MISSING, Transform.ENCR, ikeAnswer(1));
    assertChild(
        Answer.Reason.TRANSFORM_MISSING, Transform.ESN, espAnswer(1, PEER_SPI, GCM, X25519));
    assertChild(Answer.Reason.TRANSFORM_MISSING, Transform.KE, espAnswer(1, PEER_SPI, GCM, ESN));
  }

  private void assertIke(Answer.Reason reason, int type, Proposal... answer) {
    assertEquals(
        new Answer.Mismatch<ChosenIke>(reason, type), AnswerCheck.ike(ike, List.of(answer)));
  }

  private void assertChild(Answer.Reason reason, int type, Proposal... answer) {
    assertEquals(
        new Answer.Mismatch<ChosenChild>(reason, type), AnswerCheck.child(child, List.of(answer)));
  }

  private static <T> T agreed(Answer<T> answer) {
    return switch (answer) {
      case Answer.Agreed<T> agreed -> agreed.value();
      case Answer.Mismatch<T> mismatch -> throw new AssertionError(mismatch);
    };
  }

  private static Proposal ikeAnswer(int number, Transform... transforms) {
    return new Proposal(number, Proposal.IKE, Bytes.EMPTY, List.of(transforms));
  }

  private static Proposal espAnswer(int number, Bytes spi, Transform... transforms) {
    return new Proposal(number, Proposal.ESP, spi, List.of(transforms));
  }

  /** One transform of each type, in all ways. */
  private static List<List<Transform>> choices(Proposal offer) {
    List<List<Transform>> choices = new ArrayList<>();
    choices.add(List.of());
    for (int type = Transform.ENCR; type <= Transform.ESN; type++) {
      int wanted = type;
      List<Transform> ofType =
          offer.transforms().stream().filter(transform -> transform.type() == wanted).toList();
      if (!ofType.isEmpty()) {
        List<List<Transform>> longer = new ArrayList<>();
        for (List<Transform> choice : choices) {
          for (Transform transform : ofType) {
            List<Transform> extended = new ArrayList<>(choice);
            extended.add(transform);
            longer.add(extended);
          }
        }
        choices = longer;
      }
    }
    return choices;
  }

  private static List<Transform> sorted(List<Transform> transforms) {
    return transforms.stream().sorted(Comparator.comparingInt(Transform::type)).toList();
  }
}
