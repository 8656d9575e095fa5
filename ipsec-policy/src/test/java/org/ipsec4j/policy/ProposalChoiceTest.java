package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.Explanation;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.ipsec4j.api.policy.Transform;
import org.junit.jupiter.api.Test;

/** RFC 7296 2.7 and 3.3: our order, the peer's numbers, and every mismatch named. */
class ProposalChoiceTest {
  private static final Bytes SPI = Bytes.ofHex("c0ffee01");

  // The numbers are IANA's, written out so that a wrong one in the enums shows here.
  private static final Transform GCM_128 = Transform.of(1, 20, 128);
  private static final Transform GCM_256 = Transform.of(1, 20, 256);
  private static final Transform CBC_128 = Transform.of(1, 12, 128);
  private static final Transform CBC_256 = Transform.of(1, 12, 256);
  private static final Transform CHACHA = Transform.of(1, 28, 0);
  private static final Transform PRF_256 = Transform.of(2, 5, 0);
  private static final Transform PRF_384 = Transform.of(2, 6, 0);
  private static final Transform SHA_256 = Transform.of(3, 12, 0);
  private static final Transform NO_INTEGRITY = Transform.of(3, 0, 0);
  private static final Transform MODP_2048 = Transform.of(4, 14, 0);
  private static final Transform ECP_256 = Transform.of(4, 19, 0);
  private static final Transform X25519 = Transform.of(4, 31, 0);
  private static final Transform NO_KE = Transform.of(4, 0, 0);
  private static final Transform NO_ESN = Transform.of(5, 0, 0);
  private static final Transform ESN = Transform.of(5, 1, 0);

  private static Proposal ike(int number, Transform... transforms) {
    return new Proposal(number, Proposal.IKE, Bytes.EMPTY, Arrays.asList(transforms));
  }

  private static Proposal esp(int number, Transform... transforms) {
    return new Proposal(number, Proposal.ESP, SPI, Arrays.asList(transforms));
  }

  private static Decision<ChosenIke> chooseIke(String ours, Proposal... offered) {
    return IkeChoice.choose(
        List.of(TestPeers.peer("b", peer -> peer.ikeProposals(ours.split(",")))), List.of(offered));
  }

  private static ChosenIke chosenIke(String ours, Proposal... offered) {
    return (ChosenIke) assertInstanceOf(Decision.Yes.class, chooseIke(ours, offered)).value();
  }

  private static void refusedIke(String reason, String ours, Proposal... offered) {
    Decision<ChosenIke> decision = chooseIke(ours, offered);
    assertInstanceOf(Decision.No.class, decision);
    assertTrue(decision.why().text().contains(reason), decision.why().text());
  }

  private static ChildProfile child(String... ours) {
    return TestPeers.child("net", c -> c.local("10.1.0.0/24").remote("10.2.0.0/24").esp(ours));
  }

  private static ChosenChild chosenChild(String ours, boolean withKe, Proposal... offered) {
    return (ChosenChild)
        assertInstanceOf(
                Decision.Yes.class, ChildChoice.choose(child(ours), List.of(offered), withKe))
            .value();
  }

  private static void refusedChild(
      String reason, String ours, boolean withKe, Proposal... offered) {
    Decision<ChosenChild> decision = ChildChoice.choose(child(ours), List.of(offered), withKe);
    assertInstanceOf(Decision.No.class, decision);
    assertTrue(decision.why().text().contains(reason), decision.why().text());
  }

  @Test
  void ourOrderWinsAndTheNumberIsThePeers() {
    ChosenIke chosen =
        chosenIke(
            "aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp256-x25519",
            ike(1, CBC_128, SHA_256, PRF_256, MODP_2048),
            ike(2, GCM_128, GCM_256, PRF_256, PRF_384, X25519, ECP_256));
    assertEquals(
        new ChosenIke(
            2,
            new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 256),
            IntegrityAlgorithm.NONE,
            PrfAlgorithm.HMAC_SHA2_384,
            KeyExchangeMethod.ECP_256),
        chosen);
  }

  @Test
  void ourFirstProposalGoesBeforeThePeersFirst() {
    ChosenIke chosen =
        chosenIke(
            "aes256gcm16-prfsha256-x25519,aes128-sha256-x25519",
            ike(1, CBC_128, SHA_256, PRF_256, X25519),
            ike(2, GCM_256, PRF_256, X25519));
    assertEquals(2, chosen.number());
  }

  @Test
  void theNextCandidateIsTriedAndSharedProposalsOnlyOnce() {
    Decision<ChosenIke> decision =
        IkeChoice.choose(
            List.of(
                TestPeers.peer("a", peer -> peer.ikeProposals("aes128gcm16-prfsha256-x25519")),
                TestPeers.peer("b", peer -> peer.ikeProposals("aes128gcm16-prfsha256-x25519")),
                TestPeers.peer("c", peer -> peer.ikeProposals("aes128-sha256-ecp256"))),
            List.of(ike(1, CBC_128, SHA_256, PRF_256, ECP_256)));
    assertInstanceOf(Decision.Yes.class, decision);
    assertEquals(2, decision.why().steps().size(), decision.why().text());
    assertEquals(Explanation.Outcome.CHOSEN, decision.why().steps().getLast().outcome());
  }

  @Test
  void keyLengthMustBeThere() {
    refusedIke(
        "encryption: we accept [AES_GCM_16_256], the peer offers [AES_GCM_16_128]: the key length"
            + " differs",
        "aes256gcm16-prfsha256-x25519",
        ike(1, GCM_128, PRF_256, X25519));
    refusedIke(
        "the key length differs",
        "aes256gcm16-prfsha256-x25519",
        ike(1, Transform.of(1, 20, 0), PRF_256, X25519));
  }

  @Test
  void aFixedKeyHasNoKeyLength() {
    assertEquals(
        new EncryptionTransform(EncryptionAlgorithm.CHACHA20_POLY1305, 256),
        chosenIke("chacha20poly1305-prfsha256-x25519", ike(1, CHACHA, PRF_256, X25519))
            .encryption());
    refusedIke(
        "the key length differs",
        "chacha20poly1305-prfsha256-x25519",
        ike(1, Transform.of(1, 28, 256), PRF_256, X25519));
  }

  @Test
  void anUnknownAttributeSpoilsOneTransform() {
    Transform odd = new Transform(1, 20, 256, true);
    refusedIke(
        "an attribute that is not understood",
        "aes256gcm16-prfsha256-x25519",
        ike(1, odd, PRF_256, X25519));
    assertEquals(
        128,
        chosenIke("aes256gcm16-aes128gcm16-prfsha256-x25519", ike(1, odd, GCM_128, PRF_256, X25519))
            .encryption()
            .keyBits());
  }

  @Test
  void anUnknownTransformTypeSpoilsTheProposalButNotTheNext() {
    Proposal odd = ike(1, GCM_256, PRF_256, X25519, Transform.of(6, 35, 0));
    refusedIke("unknown type 6", "aes256gcm16-prfsha256-x25519", odd);
    assertEquals(
        2,
        chosenIke("aes256gcm16-prfsha256-x25519", odd, ike(2, GCM_256, PRF_256, X25519)).number());
  }

  @Test
  void combinedModesTakeNoIntegrity() {
    String ours = "aes256gcm16-prfsha256-x25519";
    assertEquals(
        IntegrityAlgorithm.NONE,
        chosenIke(ours, ike(1, GCM_256, NO_INTEGRITY, PRF_256, X25519)).integrity());
    refusedIke(
        "is combined-mode and takes none, the peer insists on [HMAC_SHA2_256_128]",
        ours,
        ike(1, GCM_256, SHA_256, PRF_256, X25519));
    refusedIke(
        "integrity: we accept [HMAC_SHA2_256_128], the peer offers nothing",
        "aes256-sha256-x25519",
        ike(1, CBC_256, PRF_256, X25519));
    refusedIke(
        "integrity: we accept [HMAC_SHA2_256_128], the peer offers [NONE]",
        "aes256-sha256-x25519",
        ike(1, CBC_256, NO_INTEGRITY, PRF_256, X25519));
  }

  @Test
  void everyMismatchOfAProposalIsNamed() {
    refusedIke(
        "pseudo-random function: we accept [HMAC_SHA2_256], the peer offers [HMAC_SHA2_384];"
            + " key exchange: we accept [X25519], the peer offers [MODP_2048, unknown 999]",
        "aes256gcm16-prfsha256-x25519",
        ike(1, GCM_256, PRF_384, MODP_2048, Transform.of(4, 999, 0)));
    refusedIke("it is for ESP, not IKE", "aes256gcm16-prfsha256-x25519", esp(1, GCM_256, NO_ESN));
    refusedIke(
        "sequence numbers, which has no place in IKE",
        "aes256gcm16-prfsha256-x25519",
        ike(1, GCM_256, PRF_256, X25519, NO_ESN));
    refusedIke("the peer offers no proposal", "aes256gcm16-prfsha256-x25519");
  }

  @Test
  void thousandsOfOffersAreABoundedExplanation() {
    List<Proposal> offers = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      offers.add(ike(i, CBC_128));
    }
    Decision<ChosenIke> decision =
        IkeChoice.choose(
            List.of(TestPeers.peer("b", p -> p.ikeProposals("aes256gcm16-prfsha256-x25519"))),
            offers);
    assertEquals(101, decision.why().steps().size());
    assertTrue(decision.why().text().contains("4900 more steps"));
  }

  @Test
  void childTakesOurSequenceNumbers() {
    ChosenChild chosen = chosenChild("aes128gcm16-esn-noesn", false, esp(3, GCM_128, NO_ESN, ESN));
    assertEquals(3, chosen.number());
    assertEquals(SPI, chosen.peerSpi());
    assertTrue(chosen.transform().extendedSequenceNumbers());
    assertEquals(SecurityProtocol.ESP, chosen.transform().protocol());
    refusedChild(
        "sequence numbers: we accept [ESN], the peer offers [NO_ESN]",
        "aes128gcm16-esn",
        false,
        esp(1, GCM_128, NO_ESN));
  }

  @Test
  void childWithoutTheMandatoryEsnIsRefused() {
    refusedChild(
        "sequence numbers: we accept [NO_ESN, ESN], the peer offers nothing",
        "aes128gcm16",
        false,
        esp(1, GCM_128));
  }

  @Test
  void childIntegrityFollowsTheCipher() {
    assertEquals(
        IntegrityAlgorithm.HMAC_SHA2_256_128,
        chosenChild("aes256-sha256", false, esp(1, CBC_256, SHA_256, NO_ESN))
            .transform()
            .integrity());
    refusedChild(
        "integrity: we accept", "aes256-sha256", false, esp(1, CBC_256, NO_INTEGRITY, NO_ESN));
    // A mixed offer: the cipher that is combined-mode goes with NONE, the other with HMAC.
    Proposal mixed = esp(1, CBC_256, GCM_256, SHA_256, NO_INTEGRITY, NO_ESN);
    assertEquals(
        IntegrityAlgorithm.NONE, chosenChild("aes256gcm16", false, mixed).transform().integrity());
    assertEquals(
        IntegrityAlgorithm.HMAC_SHA2_256_128,
        chosenChild("aes256-sha256", false, mixed).transform().integrity());
  }

  @Test
  void perfectForwardSecrecyIsAgreedOrNamed() {
    String pfs = "aes128gcm16-x25519-ecp256";
    assertEquals(
        KeyExchangeMethod.ECP_256,
        chosenChild(pfs, true, esp(1, GCM_128, NO_ESN, MODP_2048, ECP_256)).keyExchange());
    refusedChild(
        "perfect forward secrecy: we demand a key exchange of [X25519, ECP_256], the peer offers"
            + " none",
        pfs,
        true,
        esp(1, GCM_128, NO_ESN));
    refusedChild("the peer offers none", pfs, true, esp(1, GCM_128, NO_ESN, NO_KE));
    refusedChild(
        "key exchange: we accept [X25519, ECP_256], the peer offers [MODP_2048]",
        pfs,
        true,
        esp(1, GCM_128, NO_ESN, MODP_2048));
    refusedChild(
        "the peer demands a key exchange of [MODP_2048], our policy has none",
        "aes128gcm16",
        true,
        esp(1, GCM_128, NO_ESN, MODP_2048));
    assertNull(
        chosenChild("aes128gcm16", true, esp(1, GCM_128, NO_ESN, MODP_2048, NO_KE)).keyExchange());
    assertNull(chosenChild("aes128gcm16", true, esp(1, GCM_128, NO_ESN)).keyExchange());
  }

  @Test
  void withoutKeyExchangeItIsOverlooked() {
    assertNull(chosenChild("aes128gcm16-x25519", false, esp(1, GCM_128, NO_ESN)).keyExchange());
    assertNull(chosenChild("aes128gcm16", false, esp(1, GCM_128, NO_ESN, MODP_2048)).keyExchange());
  }

  @Test
  void anSpiHasFourOctets() {
    refusedChild(
        "its SPI has 0 octets instead of 4",
        "aes128gcm16",
        false,
        new Proposal(1, Proposal.ESP, Bytes.EMPTY, List.of(GCM_128, NO_ESN)));
  }

  @Test
  void ahHasNoEncryption() {
    ChildProfile child =
        TestPeers.child(
            "net",
            c ->
                c.local("10.1.0.0/24")
                    .remote("10.2.0.0/24")
                    .proposals(
                        List.of(
                            ProposalSyntax.child(SecurityProtocol.AH, "sha256", false).orThrow())));
    ChosenChild chosen =
        (ChosenChild)
            assertInstanceOf(
                    Decision.Yes.class,
                    ChildChoice.choose(
                        child,
                        List.of(new Proposal(1, Proposal.AH, SPI, List.of(SHA_256, NO_ESN))),
                        false))
                .value();
    assertEquals(SecurityProtocol.AH, chosen.transform().protocol());
    assertEquals(EncryptionAlgorithm.NULL, chosen.transform().encryption().algorithm());
    Decision<ChosenChild> odd =
        ChildChoice.choose(
            child,
            List.of(new Proposal(1, Proposal.AH, SPI, List.of(CBC_128, SHA_256, NO_ESN))),
            false);
    assertTrue(odd.why().text().contains("encryption, which has no place in AH"));
  }
}
