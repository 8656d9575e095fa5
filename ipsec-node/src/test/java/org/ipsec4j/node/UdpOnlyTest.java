package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ipsec4j.api.policy.IkeProfile.Encapsulation;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.policy.PolicyBuilder;
import org.junit.jupiter.api.Test;

class UdpOnlyTest {
  private static PolicySet policy(Encapsulation when) {
    return PolicyBuilder.named("site")
        .peer(
            "b",
            peer ->
                peer.localAddress("192.0.2.1")
                    .localId("a.example")
                    .remoteAddress("192.0.2.2")
                    .remoteId("b.example")
                    .psk("b/psk")
                    .encapsulation(when)
                    .child("net", net -> net.local("10.1.0.0/24").remote("10.2.0.0/24")))
        .build();
  }

  @Test
  void nothingButTheEncapsulationChanges() {
    assertEquals(policy(Encapsulation.ALWAYS), UdpOnly.of(policy(Encapsulation.WHEN_NATTED)));
  }
}
