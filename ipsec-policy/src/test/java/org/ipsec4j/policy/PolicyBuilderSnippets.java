package org.ipsec4j.policy;

import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.TrafficSelector;

/** Examples that the Javadoc shows. */
final class PolicyBuilderSnippets {
  private PolicyBuilderSnippets() {}

  static PolicySet siteToSite() {
    // @start region="site"
    PolicySet policy =
        PolicyBuilder.named("site A")
            .bypass("ssh", new TrafficSelector(6, 22, 22, any()), TrafficSelector.of(any()))
            .peer(
                "b",
                peer ->
                    peer.localAddress("192.0.2.1")
                        .localId("a.example")
                        .remoteAddress("192.0.2.2")
                        .remoteId("b.example")
                        .psk("key-of-b")
                        .child("net", child -> child.local("10.1.0.0/24").remote("10.2.0.0/24")))
            .build();
    // @end
    return policy;
  }

  private static org.ipsec4j.api.net.AddressRange any() {
    return org.ipsec4j.api.net.AddressRange.ANY_V4;
  }
}
