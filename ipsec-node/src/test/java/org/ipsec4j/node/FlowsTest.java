package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.esp.Sad;
import org.ipsec4j.policy.PolicyBuilder;
import org.junit.jupiter.api.Test;

/** Waiting rooms and second attempts. */
final class FlowsTest {
  private static final long SECOND = 1_000_000_000L;

  private static Flow flow(StartAction start) {
    PadEntry peer = Sas.policy(start).peers().getFirst();
    return new Flow(peer, peer.children().getFirst());
  }

  private static boolean await(Flow flow, long now) {
    return flow.await(now, ByteBuffer.wrap(new byte[] {0, 1, 2, 3}), 1, 2);
  }

  @Test
  void waitingRoomIsBounded() {
    Flow flow = flow(StartAction.ON_TRAFFIC);
    for (int i = 0; i < Flow.WAITING_ROOM; i++) {
      assertTrue(await(flow, 0));
    }
    assertFalse(await(flow, 0));
    assertEquals(2, java.util.Objects.requireNonNull(flow.nextWaiting()).length);
    assertTrue(await(flow, 0));
  }

  @Test
  void waitCountsFromTheFirstPacketAndEndsWithTheLast() {
    Flow flow = flow(StartAction.ON_TRAFFIC);
    assertEquals(Long.MAX_VALUE, flow.waitingUntil());
    await(flow, 5);
    await(flow, 5 + SECOND);
    assertEquals(5 + Flow.WAITING_NANOS, flow.waitingUntil());
    assertTrue(flow.hasWaiting());
    flow.nextWaiting();
    assertEquals(5 + Flow.WAITING_NANOS, flow.waitingUntil());
    flow.nextWaiting();
    assertEquals(Long.MAX_VALUE, flow.waitingUntil());
    assertNull(flow.nextWaiting());
  }

  @Test
  void eachFailureDoublesTheWaitUpToAMinute() {
    Flow flow = flow(StartAction.INITIATE);
    long now = 0;
    for (long wait : List.of(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L)) {
      flow.asked();
      assertEquals(Long.MAX_VALUE, flow.retryAt());
      flow.retryLater(now);
      assertEquals(now + wait * SECOND, flow.retryAt());
      assertFalse(flow.isAsked());
      now = flow.retryAt();
    }
  }

  @Test
  void packetsRestAfterAFailureButNotLong() {
    Flow flow = flow(StartAction.ON_TRAFFIC);
    assertFalse(flow.isQuiet(0));
    for (long quiet : List.of(1L, 2L, 4L, 5L, 5L)) {
      flow.asked();
      flow.failed(0);
      assertTrue(flow.isQuiet(quiet * SECOND - 1));
      assertFalse(flow.isQuiet(quiet * SECOND));
      assertEquals(Long.MAX_VALUE, flow.retryAt(), "only packets ask again");
    }
  }

  @Test
  void successForgetsFailures() throws Exception {
    PolicySet policy = Sas.policy(StartAction.ON_TRAFFIC);
    Flow flow = flow(StartAction.ON_TRAFFIC);
    flow.failed(0);
    flow.failed(0);
    SaLedger ledger = new SaLedger(Sas.CRYPTO, new Sad());
    Association association = ledger.install(0, Sas.ours(policy, 1), flow);
    assertFalse(flow.isQuiet(0));
    assertTrue(flow.isUp());
    flow.stopUsing(association);
    assertFalse(flow.isUp());
    flow.failed(0);
    assertTrue(flow.isQuiet(SECOND - 1));
    assertFalse(flow.isQuiet(SECOND));
  }

  @Test
  void packetsAskOnceUntilTheyWaitedInVain() {
    Flow flow = flow(StartAction.ON_TRAFFIC);
    assertTrue(flow.isToBeAsked());
    flow.asked();
    assertFalse(flow.isToBeAsked());
    flow.askAgain();
    assertTrue(flow.isToBeAsked());
    assertTrue(flow.isAsked(), "the engine may still be at it");
  }

  @Test
  void newestAssociationThatSelectsThePacketIsTaken() throws Exception {
    PolicySet policy = Sas.policy(StartAction.NONE);
    Flow flow = flow(StartAction.NONE);
    SaLedger ledger = new SaLedger(Sas.CRYPTO, new Sad());
    ledger.install(0, Sas.ours(policy, 1), flow);
    ledger.install(0, Sas.narrowed(Sas.ours(policy, 2), "10.2.0.7"), flow);
    assertEquals(2, chosen(flow, "10.2.0.7"));
    assertEquals(1, chosen(flow, "10.2.0.8"));
    assertEquals(0, chosen(flow, "10.3.0.1"));
  }

  private static long chosen(Flow flow, String to) {
    ByteBuffer packet = Packets.udp("10.1.0.1", to, 1, 2, new byte[1]);
    IpHeaderView view = new IpHeaderView();
    assertTrue(view.parse(packet, 0, packet.remaining()));
    Association association = flow.select(view);
    return association == null ? 0 : association.sa().id().value();
  }

  @Test
  void onlyFlowsThatCanBeBegunAreBegun() {
    PolicySet policy =
        PolicyBuilder.named("gateway")
            .peer(
                "roaming",
                peer ->
                    peer.localId("gw.example")
                        .remoteId("phone.example")
                        .psk("k")
                        .child(
                            "all",
                            child ->
                                child
                                    .local("10.1.0.0/24")
                                    .remote("10.2.0.0/24")
                                    .start(StartAction.INITIATE)))
            .peer(
                "fixed",
                peer ->
                    peer.localId("gw.example")
                        .remoteAddress("192.0.2.2")
                        .psk("k")
                        .child(
                            "up",
                            child ->
                                child
                                    .local("10.1.0.0/24")
                                    .remote("10.3.0.0/24")
                                    .start(StartAction.INITIATE))
                        .child("lazy", child -> child.local("10.1.0.0/24").remote("10.4.0.0/24")))
            .build();
    List<String> begun =
        new Flows(policy).startAtOnce().stream().map(flow -> flow.peer + "/" + flow.child).toList();
    assertEquals(List.of("fixed/up"), begun);
  }

  @Test
  void ruleThatNamesNoChildOfThePolicyIsRefused() {
    PolicySet good = Sas.policy(StartAction.NONE);
    SpdRule rule =
        good.rules().stream()
            .filter(each -> each.action() == SpdRule.Action.PROTECT)
            .findFirst()
            .orElseThrow();
    PolicySet bad =
        new PolicySet(
            "bad",
            good.order(),
            good.peers(),
            List.of(
                new SpdRule(
                    "lost",
                    SpdRule.Action.PROTECT,
                    rule.localSelectors(),
                    rule.remoteSelectors(),
                    "b",
                    "nothing",
                    rule.origin())),
            good.origin());
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new Flows(bad));
    assertTrue(String.valueOf(refused.getMessage()).contains("b/nothing"), refused::getMessage);
    assertNull(new Flows(good).of("stranger", good.peers().getFirst().children().getFirst()));
  }
}
