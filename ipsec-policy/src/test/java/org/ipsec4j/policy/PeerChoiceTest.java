package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.IdentitySyntax;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.PolicyView;
import org.junit.jupiter.api.Test;

class PeerChoiceTest {
  private static final IpAddress US = IpAddress.parse("192.0.2.1");

  private final PadEntry anywhere =
      TestPeers.peer("anywhere", peer -> peer.localId("gw.example").anyRemoteId());
  private final PadEntry net = TestPeers.peer("net", p -> p.remoteAddress("198.51.100.0/24"));
  private final PadEntry host =
      TestPeers.peer("host", p -> p.remoteAddress("198.51.100.7").localAddress("192.0.2.1"));

  private static PolicyView view(PolicySet.Order order, PadEntry... peers) {
    return Policies.view(
        new PolicySet("test", order, List.of(peers), List.of(), Origin.PROGRAM), 1);
  }

  private static List<String> names(Decision<List<PadEntry>> decision) {
    return assertInstanceOf(Decision.Yes.class, decision).value() instanceof List<?> list
        ? list.stream().map(entry -> ((PadEntry) entry).name()).toList()
        : List.of();
  }

  @Test
  void sequenceTakesPeersAsWritten() {
    PolicyView view = view(PolicySet.Order.SEQUENCE, anywhere, net, host);
    assertEquals(
        List.of("anywhere", "net", "host"),
        names(view.peersAt(US, IpAddress.parse("198.51.100.7"))));
    assertEquals(
        List.of("anywhere", "net"), names(view.peersAt(US, IpAddress.parse("198.51.100.8"))));
  }

  @Test
  void specificityTakesTheNarrowestRangeFirst() {
    PolicyView view = view(PolicySet.Order.SPECIFICITY, anywhere, net, host);
    assertEquals(
        List.of("host", "net", "anywhere"),
        names(view.peersAt(US, IpAddress.parse("198.51.100.7"))));
  }

  @Test
  void whoeverIsNotThereIsNamedWithTheReason() {
    PolicyView view = view(PolicySet.Order.SEQUENCE, net, host);
    Decision<List<PadEntry>> none =
        view.peersAt(IpAddress.parse("192.0.2.9"), IpAddress.parse("203.0.113.1"));
    assertInstanceOf(Decision.No.class, none);
    String why = none.why().text();
    assertTrue(why.contains("peer `net`: 203.0.113.1 is not in [198.51.100.0/24]"), why);
    assertTrue(why.contains("peer `host`: it is for our address 192.0.2.1, not 192.0.2.9"), why);
    assertTrue(
        view(PolicySet.Order.SEQUENCE)
            .peersAt(US, US)
            .why()
            .text()
            .contains("the policy has no peers"));
  }

  @Test
  void identityDecidesAmongCandidates() {
    PolicyView view = view(PolicySet.Order.SEQUENCE, net, host, anywhere);
    Decision.Yes<?> found =
        assertInstanceOf(
            Decision.Yes.class,
            view.peerByIdentity(view.peers(), IdentitySyntax.parse("HOST.example"), null));
    assertEquals(host, found.value());
    assertEquals(
        anywhere,
        assertInstanceOf(
                Decision.Yes.class,
                view.peerByIdentity(view.peers(), IdentitySyntax.parse("new.example"), null))
            .value());
  }

  @Test
  void theWantedIdentityGoesFirstButIsNoCondition() {
    PolicyView view = view(PolicySet.Order.SEQUENCE, host, anywhere);
    Identity claimed = IdentitySyntax.parse("host.example");
    assertEquals(
        anywhere,
        assertInstanceOf(
                Decision.Yes.class,
                view.peerByIdentity(view.peers(), claimed, IdentitySyntax.parse("gw.example")))
            .value());
    Decision<PadEntry> other =
        view.peerByIdentity(view.peers(), claimed, IdentitySyntax.parse("else.example"));
    assertEquals(host, assertInstanceOf(Decision.Yes.class, other).value());
    assertTrue(
        other
            .why()
            .text()
            .contains("it asks for fqdn:else.example and is answered by fqdn:us.example"),
        other.why().text());
  }

  @Test
  void strangersAreRefusedWithBothNames() {
    PolicyView view = view(PolicySet.Order.SEQUENCE, host);
    Decision<PadEntry> none =
        view.peerByIdentity(view.peers(), IdentitySyntax.parse("joe@example.org"), null);
    assertInstanceOf(Decision.No.class, none);
    assertTrue(
        none.why().text().contains("must be fqdn:host.example, and claims email:joe@example.org"),
        none.why().text());
    assertInstanceOf(
        Decision.No.class,
        view(PolicySet.Order.SEQUENCE, anywhere)
            .peerByIdentity(List.of(anywhere), new Identity.Other(201, Bytes.ofHex("00")), null));
  }
}
