package org.ipsec4j.policy;

import java.util.function.UnaryOperator;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.PadEntry;

/** Peers and children for tests, complete but for what a test is about. */
final class TestPeers {
  private TestPeers() {}

  static PadEntry peer(String name, UnaryOperator<PeerBuilder> about) {
    PeerBuilder peer =
        new PeerBuilder(name).localId("us.example").remoteId(name + ".example").psk(name + "-key");
    return about.apply(peer).build();
  }

  static ChildProfile child(String name, UnaryOperator<ChildBuilder> about) {
    return about.apply(new ChildBuilder(name)).build();
  }
}
