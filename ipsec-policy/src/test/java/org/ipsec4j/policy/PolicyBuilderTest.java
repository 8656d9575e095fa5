package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;
import org.junit.jupiter.api.Test;

class PolicyBuilderTest {
  @Test
  void tenLinesMakeASite() {
    PolicySet policy = PolicyBuilderSnippets.siteToSite();
    assertEquals(
        List.of("ssh", "b/net", "default"), policy.rules().stream().map(SpdRule::name).toList());
    PadEntry peer = policy.peers().getFirst();
    assertEquals(IpAddress.parse("192.0.2.2"), peer.remoteEndpoint());
    assertEquals(new Identity.Fqdn("b.example"), peer.remoteIdentity());
    assertEquals(new AuthMethod.Psk("key-of-b"), peer.localAuth());
    assertEquals(Defaults.ikeProfile(), peer.ike());
    assertEquals(Defaults.ESP_PROPOSALS, peer.children().getFirst().proposals());
    assertEquals(Duration.ofMinutes(66), peer.children().getFirst().hardLifetime());
    assertEquals(peer, Policies.view(policy, 7).peer("b").orElseThrow());
    assertEquals(7, Policies.view(policy, 7).revision());
  }

  @Test
  void addressesStandForIdentitiesThatAreNotSaid() {
    PadEntry peer =
        new PeerBuilder("b")
            .localAddress("192.0.2.1")
            .remoteAddress("198.51.100.0/24")
            .remoteAddress("2001:db8::2")
            .certificates("ours", "ca")
            .build();
    assertEquals(new Identity.Address(IpAddress.parse("192.0.2.1")), peer.localIdentity());
    assertEquals(new Identity.Address(IpAddress.parse("2001:db8::2")), peer.remoteIdentity());
    assertNull(new PeerBuilder("c").localId("us").anyRemoteId().psk("k").build().remoteIdentity());
  }

  @Test
  void childrenStandWhereTheyAreNamed() {
    PolicySet policy =
        PolicyBuilder.named("p")
            .peer(
                "b",
                peer ->
                    peer.localId("us")
                        .remoteId("them")
                        .psk("k")
                        .child("one", c -> c.local("10.0.0.1").remote("10.0.0.2"))
                        .child("two", c -> c.local("10.0.0.3").remote("10.0.0.4")))
            .protect("b", "two")
            .discard("rest", TrafficSelector.of("10.0.0.0/8"), TrafficSelector.of("10.0.0.0/8"))
            .otherwise(SpdRule.Action.BYPASS)
            .build();
    assertEquals(
        List.of("b/two", "rest", "b/one", "default"),
        policy.rules().stream().map(SpdRule::name).toList());
    assertEquals(SpdRule.Action.BYPASS, policy.rules().getLast().action());
  }

  @Test
  void misuseIsRefusedInWords() {
    assertRefused("say both identities", () -> new PeerBuilder("b").psk("k").build());
    assertRefused(
        "say how the sides prove themselves",
        () -> new PeerBuilder("b").localId("a").remoteId("b").build());
    assertRefused("needs selectors", () -> new ChildBuilder("c").local("10.0.0.0/8").build());
    assertRefused("did you mean `aes128gcm16`", () -> new ChildBuilder("c").esp("aes128gmc16"));
    assertRefused(
        "there is no child `b/net`", () -> PolicyBuilder.named("p").protect("b", "net").build());
    assertRefused(
        "cannot be protected", () -> PolicyBuilder.named("p").otherwise(SpdRule.Action.PROTECT));
    TrafficSelector any = TrafficSelector.of("0.0.0.0/0");
    assertRefused(
        "two rules are named `x`",
        () -> PolicyBuilder.named("p").bypass("x", any, any).discard("x", any, any).build());
  }

  @Test
  void referencesToNothingMakeNoView() {
    TrafficSelector any = TrafficSelector.of("0.0.0.0/0");
    SpdRule rule =
        new SpdRule(
            "r", SpdRule.Action.PROTECT, List.of(any), List.of(any), "b", "net", Origin.PROGRAM);
    PolicySet policy =
        new PolicySet("p", PolicySet.Order.SEQUENCE, List.of(), List.of(rule), Origin.PROGRAM);
    assertRefused("protects by `b/net`, which does not exist", () -> Policies.view(policy, 1));
  }

  private static void assertRefused(String reason, Runnable misuse) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> misuse.run());
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
  }
}
