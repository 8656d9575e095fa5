package org.ipsec4j.api.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.junit.jupiter.api.Test;

/** What the records of a policy refuse, and what holds where a policy says nothing. */
final class ProfilesTest {
  private static final List<EncryptionTransform> GCM =
      List.of(new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 256));
  private static final List<EncryptionTransform> CBC =
      List.of(new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 128));
  private static final List<EncryptionTransform> MIXED = List.of(GCM.getFirst(), CBC.getFirst());
  private static final List<IntegrityAlgorithm> SHA2 =
      List.of(IntegrityAlgorithm.HMAC_SHA2_256_128);
  private static final List<PrfAlgorithm> PRF = List.of(PrfAlgorithm.HMAC_SHA2_256);
  private static final List<KeyExchangeMethod> KE = List.of(KeyExchangeMethod.X25519);
  private static final List<Boolean> ESN = List.of(false);

  private static void refused(Runnable making) {
    assertThrows(IllegalArgumentException.class, making::run);
  }

  @Test
  void ikeProposalNeedsEveryKindOnce() {
    assertEquals(GCM, new IkeProposal(GCM, List.of(), PRF, KE).encryption());
    assertEquals(SHA2, new IkeProposal(CBC, SHA2, PRF, KE).integrity());
    refused(() -> new IkeProposal(GCM, SHA2, PRF, KE));
    refused(() -> new IkeProposal(CBC, List.of(), PRF, KE));
    refused(() -> new IkeProposal(MIXED, List.of(), PRF, KE));
    refused(() -> new IkeProposal(MIXED, SHA2, PRF, KE));
    refused(() -> new IkeProposal(List.of(), List.of(), PRF, KE));
    refused(() -> new IkeProposal(GCM, List.of(), List.of(), KE));
    refused(() -> new IkeProposal(GCM, List.of(), PRF, List.of()));
  }

  @Test
  void childProposalFitsItsProtocol() {
    SecurityProtocol esp = SecurityProtocol.ESP;
    SecurityProtocol ah = SecurityProtocol.AH;
    assertEquals(ESN, new ChildProposal(esp, GCM, List.of(), List.of(), ESN).esn());
    assertEquals(KE, new ChildProposal(esp, CBC, SHA2, KE, ESN).keyExchange());
    assertEquals(SHA2, new ChildProposal(ah, List.of(), SHA2, List.of(), ESN).integrity());
    refused(() -> new ChildProposal(esp, GCM, SHA2, List.of(), ESN));
    refused(() -> new ChildProposal(esp, CBC, List.of(), List.of(), ESN));
    refused(() -> new ChildProposal(esp, MIXED, SHA2, List.of(), ESN));
    refused(() -> new ChildProposal(esp, List.of(), SHA2, List.of(), ESN));
    refused(() -> new ChildProposal(esp, GCM, List.of(), List.of(), List.of()));
    refused(() -> new ChildProposal(ah, CBC, SHA2, List.of(), ESN));
    refused(() -> new ChildProposal(ah, List.of(), List.of(), List.of(), ESN));
  }

  @Test
  void listsAreCopied() {
    List<EncryptionTransform> list = new ArrayList<>(GCM);
    IkeProposal proposal = new IkeProposal(list, List.of(), PRF, KE);
    list.clear();
    assertEquals(GCM, proposal.encryption());
    assertThrows(UnsupportedOperationException.class, () -> proposal.prf().clear());
  }

  private static IkeProfile ike(int jitter, int factor, int tries, int fragment, long first) {
    IkeProfile usual = Defaults.ikeProfile();
    return new IkeProfile(
        usual.proposals(),
        usual.rekeyAfter(),
        jitter,
        usual.hardLifetime(),
        usual.liveness(),
        Duration.ofMillis(first),
        factor,
        tries,
        true,
        fragment,
        usual.natKeepalive(),
        usual.encapsulation());
  }

  @Test
  void ikeProfileStaysInItsRanges() {
    assertEquals(50, ike(50, 100, 1, 576, 1).rekeyJitterPercent());
    assertEquals(100, ike(0, 100, 100, 65535, 1).retransmitTries());
    refused(() -> ike(51, 180, 7, 1280, 1));
    refused(() -> ike(-1, 180, 7, 1280, 1));
    refused(() -> ike(10, 99, 7, 1280, 1));
    refused(() -> ike(10, 180, 0, 1280, 1));
    refused(() -> ike(10, 180, 101, 1280, 1));
    refused(() -> ike(10, 180, 7, 575, 1));
    refused(() -> ike(10, 180, 7, 65536, 1));
    refused(() -> ike(10, 180, 7, 1280, 0));
    refused(() -> ike(10, 180, 7, 1280, -5));
  }

  private static ChildProfile child(
      List<TrafficSelector> local, List<ChildProposal> proposals, int window, int jitter) {
    return new ChildProfile(
        "net",
        local,
        List.of(TrafficSelector.of("10.2.0.0/24")),
        proposals,
        SaMode.TUNNEL,
        Defaults.CHILD_REKEY,
        jitter,
        Duration.ZERO,
        Lifetime.UNLIMITED,
        window,
        ChildProfile.StartAction.NONE,
        Origin.PROGRAM);
  }

  @Test
  void childProfileStaysInItsRanges() {
    List<TrafficSelector> local = List.of(TrafficSelector.of("10.1.0.0/24"));
    List<ChildProposal> proposals = Defaults.ESP_PROPOSALS;
    assertEquals(64, child(local, proposals, 64, 0).replayWindow());
    assertEquals(4096, child(local, proposals, 4096, 50).replayWindow());
    refused(() -> child(local, proposals, 63, 0));
    refused(() -> child(local, proposals, 4097, 0));
    refused(() -> child(local, proposals, 0, 0));
    refused(() -> child(List.of(), proposals, 128, 0));
    refused(() -> child(local, List.of(), 128, 0));
    refused(() -> child(local, proposals, 128, 51));
  }

  @Test
  void ruleNamesAChildExactlyWhenItProtects() {
    List<TrafficSelector> any = List.of(TrafficSelector.of(AddressRange.ANY_V4));
    refused(() -> new SpdRule("r", SpdRule.Action.PROTECT, any, any, null, null, Origin.PROGRAM));
    refused(() -> new SpdRule("r", SpdRule.Action.PROTECT, any, any, "peer", null, Origin.PROGRAM));
    refused(() -> new SpdRule("r", SpdRule.Action.BYPASS, any, any, "peer", "net", Origin.PROGRAM));
    assertEquals(
        "net",
        new SpdRule("r", SpdRule.Action.PROTECT, any, any, "peer", "net", Origin.PROGRAM).child());
  }

  private static PadEntry peer(List<AddressRange> remote) {
    AuthMethod psk = new AuthMethod.Psk("key");
    return new PadEntry(
        "b",
        null,
        remote,
        null,
        500,
        4500,
        500,
        4500,
        new Identity.Fqdn("a.example"),
        null,
        psk,
        psk,
        Defaults.ikeProfile(),
        List.of(child(List.of(TrafficSelector.of("10.1.0.0/24")), Defaults.ESP_PROPOSALS, 128, 10)),
        Origin.PROGRAM);
  }

  @Test
  void peerIsWhereItsRangesSay() {
    IpAddress here = IpAddress.parse("192.0.2.2");
    assertTrue(peer(List.of()).mayBeAt(here), "anywhere");
    assertTrue(peer(List.of(AddressRange.parse("192.0.2.0/24"))).mayBeAt(here));
    assertFalse(peer(List.of(AddressRange.parse("192.0.3.0/24"))).mayBeAt(here));
    assertTrue(peer(List.of()).child("net").isPresent());
    assertEquals(Optional.empty(), peer(List.of()).child("other"));
  }

  @Test
  void identitiesAreAsTheWireHasThem() {
    Identity v4 = new Identity.Address(IpAddress.parse("192.0.2.1"));
    Identity v6 = new Identity.Address(IpAddress.parse("::1"));
    assertEquals(1, v4.type());
    assertEquals(Bytes.ofHex("c0000201"), v4.data());
    assertEquals(5, v6.type());
    assertEquals(16, v6.data().length());
    assertEquals(new Identity.Fqdn("a.example"), new Identity.Fqdn("A.Example"));
    assertEquals(2, new Identity.Fqdn("a").type());
    assertEquals(3, new Identity.Mailbox("joe@example.org").type());
    assertEquals(11, new Identity.KeyId(Bytes.ofHex("01")).type());
    Bytes der = Bytes.ofHex("3000");
    assertEquals(
        new Identity.DistinguishedName(der, "one text"),
        new Identity.DistinguishedName(der, "another"));
    assertEquals(9, new Identity.DistinguishedName(der, "").type());
    assertNotEquals(
        (Object) new Identity.Other(2, Bytes.ofHex("61")), (Object) new Identity.Fqdn("a"));
  }

  @Test
  void secretsAreNamedButNotShown() {
    assertFalse(new AuthMethod.Psk("the-name").toString().contains("the-name"));
  }

  @Test
  void defaultsGoTogether() {
    assertTrue(Defaults.hardLifetime(Duration.ofHours(1)).compareTo(Duration.ofHours(1)) > 0);
    assertEquals(
        Duration.ofMinutes(1).plusMinutes(3), Defaults.hardLifetime(Duration.ofMinutes(1)));
    assertEquals(
        Duration.ofHours(44), Defaults.hardLifetime(Duration.ofHours(40)), "a tenth later");
    assertEquals(Duration.ZERO, Defaults.hardLifetime(Duration.ZERO));
    assertEquals(80, Defaults.softVolume(100));
    assertEquals(0, Defaults.softVolume(0));
    assertTrue(
        Defaults.IKE_PROPOSALS.stream()
            .flatMap(proposal -> proposal.encryption().stream())
            .noneMatch(each -> each.algorithm().isLegacy()));
    assertTrue(
        Defaults.IKE_PROPOSALS.stream()
            .flatMap(proposal -> proposal.keyExchange().stream())
            .noneMatch(KeyExchangeMethod::isLegacy));
  }

  @Test
  void explanationsReadAsLines() {
    Explanation explanation =
        Explanation.of("rule `a`", Explanation.Outcome.CHOSEN, "it selects the packet", null);
    assertEquals("chosen  rule `a`: it selects the packet\n", explanation.text());
  }
}
