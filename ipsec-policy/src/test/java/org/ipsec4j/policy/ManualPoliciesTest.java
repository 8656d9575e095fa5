package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Manual children among the rules, and what two of them must not share. */
class ManualPoliciesTest {
  private static ManualChild child(String name, int in, int out, @Nullable String store) {
    PacketTransform transform =
        PacketTransform.esp(
            EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, false);
    ManualKeys.Names names = new ManualKeys.Names("e", "i");
    return new ManualChild(
        name,
        IpAddress.parse("192.0.2.1"),
        IpAddress.parse("192.0.2.2"),
        0,
        0,
        SaMode.TUNNEL,
        List.of(TrafficSelector.of("10.1.0.0/24")),
        List.of(TrafficSelector.of("10.2.0.0/24")),
        List.of(new ManualKeys(transform, in, out, names, names)),
        0,
        Duration.ZERO,
        Duration.ZERO,
        Lifetime.UNLIMITED,
        store,
        Origin.PROGRAM);
  }

  private static List<String> problems(ManualChild... children) {
    return Policies.problems(
        new PolicySet(
            "p",
            PolicySet.Order.SEQUENCE,
            List.of(),
            List.of(children),
            List.of(),
            Origin.PROGRAM));
  }

  @Test
  void rulesStandWhereTheyAreNamedAndBehindAllOthers() {
    PolicySet policy =
        PolicyBuilder.named("p")
            .manual(child("a", 256, 257, null))
            .manual(child("b", 258, 259, null))
            .protect(ManualChild.PEER, "b")
            .build();
    assertEquals(
        List.of("manual/b", "manual/a", "default"),
        policy.rules().stream().map(SpdRule::name).toList());
    assertEquals(List.of(), Policies.problems(policy));
    assertThrows(
        IllegalArgumentException.class,
        () -> PolicyBuilder.named("p").protect(ManualChild.PEER, "c").build());
  }

  @Test
  void spisNamesAndStoresAreNotShared() {
    assertEquals(List.of(), problems(child("a", 256, 257, "x"), child("b", 257, 256, "y")));
    List<String> inbound = problems(child("a", 256, 257, null), child("b", 256, 258, null));
    assertEquals(1, inbound.size(), inbound::toString);
    assertTrue(inbound.getFirst().contains("inbound ESP SPI 0x100"), inbound::toString);
    assertEquals(1, problems(child("a", 256, 257, null), child("b", 258, 257, null)).size());
    assertEquals(1, problems(child("a", 256, 257, "x"), child("b", 258, 259, "x")).size());
    assertEquals(1, problems(child("a", 256, 257, null), child("a", 258, 259, null)).size());
  }
}
