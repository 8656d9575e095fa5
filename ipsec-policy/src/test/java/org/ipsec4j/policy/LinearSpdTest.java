package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;
import org.junit.jupiter.api.Test;

class LinearSpdTest {
  private static SpdRule rule(
      String name, SpdRule.Action action, int line, TrafficSelector local, String remote) {
    return new SpdRule(
        name,
        action,
        List.of(local),
        List.of(TrafficSelector.of(remote)),
        null,
        null,
        new Origin("local", "a.yaml", line, name));
  }

  private static PolicySet policy(PolicySet.Order order, SpdRule... rules) {
    return new PolicySet("test", order, List.of(), List.of(rules), Origin.PROGRAM);
  }

  private static Flow tcp(String local, int localPort, String remote) {
    return new Flow(IpAddress.parse(local), IpAddress.parse(remote), 6, localPort, 40000);
  }

  private static TrafficSelector ssh() {
    return new TrafficSelector(6, 22, 22, AddressRange.ANY_V4);
  }

  private final PolicySet written =
      policy(
          PolicySet.Order.SEQUENCE,
          rule("net", SpdRule.Action.DISCARD, 3, TrafficSelector.of("10.0.0.0/8"), "0.0.0.0/0"),
          rule("ssh", SpdRule.Action.BYPASS, 4, ssh(), "192.0.2.0/24"),
          rule("web", SpdRule.Action.BYPASS, 5, TrafficSelector.of("10.1.0.0/16"), "192.0.2.0/24"));

  @Test
  void theFirstRuleThatSelectsDecidesAndTheOthersSayWhyNot() {
    LinearSpd.Verdict verdict = new LinearSpd(written).explain(tcp("10.1.0.1", 80, "192.0.2.7"));
    assertEquals(0, verdict.index());
    String why = verdict.why().text();
    assertTrue(why.contains("chosen  rule `net`: it selects the packet: it is discarded"), why);
    assertTrue(why.contains("(a.yaml:3)"), why);
    assertTrue(
        why.contains(
            "rejected  rule `ssh`: our side is [0.0.0.0/0[6/22]], the packet's 10.1.0.1[6/80]"
                + " (a.yaml:4)"),
        why);
    assertTrue(
        why.contains(
            "lost  rule `web`: it selects the packet too; `net` is written before it (a.yaml:5)"),
        why);
  }

  @Test
  void specificityRanksByAddressesThenProtocolThenPorts() {
    PolicySet specific =
        new PolicySet(
            "test", PolicySet.Order.SPECIFICITY, List.of(), written.rules(), Origin.PROGRAM);
    LinearSpd spd = new LinearSpd(specific);
    assertEquals(2, spd.classify(tcp("10.1.0.1", 80, "192.0.2.7")));
    // web leaves 16 + 8 bits open, ssh 32 + 8, net 24 + 32: addresses go before ports
    assertEquals(2, spd.classify(tcp("10.1.0.1", 22, "192.0.2.7")));
    assertEquals(1, spd.classify(tcp("10.2.0.1", 22, "192.0.2.7")));
    assertEquals(0, spd.classify(tcp("10.2.0.1", 22, "198.51.100.1")));
    assertTrue(
        spd.explain(tcp("10.1.0.1", 80, "192.0.2.7"))
            .why()
            .text()
            .contains("`web` is more specific"));
  }

  @Test
  void equallySpecificRulesDiscardFirst() {
    PolicySet policy =
        policy(
            PolicySet.Order.SPECIFICITY,
            rule("pass", SpdRule.Action.BYPASS, 1, TrafficSelector.of("10.0.0.0/8"), "0.0.0.0/0"),
            rule("stop", SpdRule.Action.DISCARD, 2, TrafficSelector.of("10.0.0.0/8"), "0.0.0.0/0"),
            rule(
                "tcp",
                SpdRule.Action.BYPASS,
                3,
                new TrafficSelector(6, 0, 65535, AddressRange.parse("10.0.0.0/8")),
                "0.0.0.0/0"));
    LinearSpd spd = new LinearSpd(policy);
    assertEquals(2, spd.classify(tcp("10.1.1.1", 5, "192.0.2.1")));
    Flow udp = new Flow(IpAddress.parse("10.1.1.1"), IpAddress.parse("192.0.2.1"), 17, 5, 5);
    assertEquals(1, spd.classify(udp));
  }

  @Test
  void noRuleMeansDiscard() {
    LinearSpd.Verdict verdict = new LinearSpd(written).explain(tcp("172.16.0.1", 80, "192.0.2.7"));
    assertEquals(LinearSpd.NO_MATCH, verdict.index());
    assertNull(verdict.rule());
    assertTrue(verdict.why().text().contains("no rule selects the packet: it is discarded"));
    assertEquals(
        LinearSpd.NO_MATCH,
        new LinearSpd(policy(PolicySet.Order.SEQUENCE)).classify(tcp("10.0.0.1", 1, "10.0.0.2")));
  }

  @Test
  void aFragmentIsNotPassedWhereAPortWouldHaveProtectedIt() {
    // RFC 4301 7: a rule above needs ports, the one below would let everything out in clear.
    PolicySet policy =
        policy(
            PolicySet.Order.SEQUENCE,
            rule(
                "smtp",
                SpdRule.Action.DISCARD,
                1,
                new TrafficSelector(6, 25, 25, AddressRange.ANY_V4),
                "0.0.0.0/0"),
            rule("rest", SpdRule.Action.BYPASS, 2, TrafficSelector.of("0.0.0.0/0"), "0.0.0.0/0"));
    LinearSpd spd = new LinearSpd(policy);
    Flow fragment =
        new Flow(
            IpAddress.parse("10.0.0.1"),
            IpAddress.parse("10.0.0.2"),
            6,
            Flow.UNKNOWN,
            Flow.UNKNOWN);
    assertEquals(LinearSpd.UNDECIDED, spd.classify(fragment));
    assertTrue(spd.explain(fragment).why().text().contains("does not show its protocol or ports"));
    // Of another protocol it is no matter, nor where both rules do the same.
    assertEquals(
        1,
        spd.classify(
            new Flow(fragment.local(), fragment.remote(), 17, Flow.UNKNOWN, Flow.UNKNOWN)));
    assertEquals(
        1,
        new LinearSpd(
                policy(
                    PolicySet.Order.SEQUENCE,
                    rule("smtp", SpdRule.Action.BYPASS, 1, ssh(), "0.0.0.0/0"),
                    policy.rules().get(1)))
            .classify(fragment));
    // A header that does not even show its protocol is as open.
    assertEquals(
        LinearSpd.UNDECIDED,
        spd.classify(
            new Flow(
                fragment.local(), fragment.remote(), Flow.UNKNOWN, Flow.UNKNOWN, Flow.UNKNOWN)));
  }

  @Test
  void aTypeAndCodeIsTheSenders() {
    // RFC 4301 4.4.1.3 C: echo requests may be sent, not received.
    int echo = 8 << 8;
    SpdRule ping =
        new SpdRule(
            "ping",
            SpdRule.Action.BYPASS,
            List.of(new TrafficSelector(1, echo, echo | 255, AddressRange.ANY_V4)),
            List.of(new TrafficSelector(1, 65535, 0, AddressRange.ANY_V4)),
            null,
            null,
            Origin.PROGRAM);
    LinearSpd spd = new LinearSpd(policy(PolicySet.Order.SEQUENCE, ping));
    IpAddress us = IpAddress.parse("10.0.0.1");
    IpAddress them = IpAddress.parse("10.0.0.2");
    assertEquals(0, spd.classify(new Flow(us, them, 1, echo, Flow.NOT_COMPARED)));
    assertEquals(LinearSpd.NO_MATCH, spd.classify(new Flow(us, them, 1, Flow.NOT_COMPARED, echo)));
  }
}
