package org.ipsec4j.ike.proposal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
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
import org.junit.jupiter.api.Test;

final class OffersTest {
  static final Bytes SPI = Bytes.ofHex("c0ffee01");
  static final EncryptionTransform GCM =
      new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 256);
  static final EncryptionTransform CBC = new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 128);
  static final EncryptionTransform CHACHA =
      new EncryptionTransform(EncryptionAlgorithm.CHACHA20_POLY1305, 256);

  /** A combined mode first, CBC second: what most policies say. */
  static List<IkeProposal> ikeProfiles() {
    return List.of(
        new IkeProposal(
            List.of(GCM, CHACHA),
            List.of(),
            List.of(PrfAlgorithm.HMAC_SHA2_256),
            List.of(KeyExchangeMethod.X25519, KeyExchangeMethod.ECP_256)),
        new IkeProposal(
            List.of(CBC),
            List.of(IntegrityAlgorithm.HMAC_SHA2_256_128),
            List.of(PrfAlgorithm.HMAC_SHA2_256, PrfAlgorithm.HMAC_SHA2_512),
            List.of(KeyExchangeMethod.MODP_2048)));
  }

  static List<ChildProposal> childProfiles() {
    return List.of(
        new ChildProposal(
            SecurityProtocol.ESP,
            List.of(GCM),
            List.of(),
            List.of(KeyExchangeMethod.X25519),
            List.of(true, false)),
        new ChildProposal(
            SecurityProtocol.AH,
            List.of(),
            List.of(IntegrityAlgorithm.HMAC_SHA2_256_128),
            List.of(),
            List.of(false)));
  }

  /* RFC 5282 8: no integrity transform beside a combined mode; RFC 7296 3.3.5: key lengths. */
  @Test
  void offersCombinedModesAndOthersInProposalsOfTheirOwn() {
    List<Proposal> offered = Offers.ike(ikeProfiles(), Bytes.EMPTY);

    assertEquals(
        List.of(
            new Proposal(
                1,
                Proposal.IKE,
                Bytes.EMPTY,
                List.of(
                    Transform.of(Transform.ENCR, 20, 256),
                    Transform.of(Transform.ENCR, 28, 0),
                    Transform.of(Transform.PRF, 5, 0),
                    Transform.of(Transform.KE, 31, 0),
                    Transform.of(Transform.KE, 19, 0))),
            new Proposal(
                2,
                Proposal.IKE,
                Bytes.EMPTY,
                List.of(
                    Transform.of(Transform.ENCR, 12, 128),
                    Transform.of(Transform.PRF, 5, 0),
                    Transform.of(Transform.PRF, 7, 0),
                    Transform.of(Transform.INTEG, 12, 0),
                    Transform.of(Transform.KE, 14, 0)))),
        offered);
  }

  @Test
  void offersChildSasWithSequenceNumbersAlways() {
    List<Proposal> offered = Offers.child(childProfiles(), SPI, true);

    assertEquals(
        List.of(
            new Proposal(
                1,
                Proposal.ESP,
                SPI,
                List.of(
                    Transform.of(Transform.ENCR, 20, 256),
                    Transform.of(Transform.KE, 31, 0),
                    Transform.of(Transform.ESN, 1, 0),
                    Transform.of(Transform.ESN, 0, 0))),
            new Proposal(
                2,
                Proposal.AH,
                SPI,
                List.of(Transform.of(Transform.INTEG, 12, 0), Transform.of(Transform.ESN, 0, 0)))),
        offered);
  }

  /* RFC 7296 1.2: the SA payloads of IKE_AUTH hold no key exchange method. */
  @Test
  void leavesKeyExchangeOutOfIkeAuth() {
    Offers.child(childProfiles(), SPI, false).stream()
        .flatMap(proposal -> proposal.transforms().stream())
        .forEach(transform -> assertEquals(false, transform.type() == Transform.KE));
  }

  @Test
  void answersWithTheOneChoiceUnderTheInitiatorsNumber() {
    ChosenIke ike =
        new ChosenIke(
            7,
            CBC,
            IntegrityAlgorithm.HMAC_SHA1_96,
            PrfAlgorithm.HMAC_SHA1,
            KeyExchangeMethod.MODP_2048);
    assertEquals(
        List.of(
            new Proposal(
                7,
                Proposal.IKE,
                Bytes.EMPTY,
                List.of(
                    Transform.of(Transform.ENCR, 12, 128),
                    Transform.of(Transform.PRF, 2, 0),
                    Transform.of(Transform.INTEG, 2, 0),
                    Transform.of(Transform.KE, 14, 0)))),
        Offers.answer(ike, Bytes.EMPTY));

    ChosenChild child =
        new ChosenChild(
            3,
            Bytes.ofHex("01020304"),
            PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 256, IntegrityAlgorithm.NONE, true),
            null);
    assertEquals(
        List.of(
            new Proposal(
                3,
                Proposal.ESP,
                SPI,
                List.of(Transform.of(Transform.ENCR, 20, 256), Transform.of(Transform.ESN, 1, 0)))),
        Offers.answer(child, SPI));
  }
}
