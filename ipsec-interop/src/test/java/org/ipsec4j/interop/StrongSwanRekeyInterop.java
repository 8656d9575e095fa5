package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.ipsec4j.interop.IpsecHost.ChildSa;
import org.ipsec4j.interop.IpsecHost.IkeSa;
import org.ipsec4j.interop.StrongSwanInterop.Initiator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Keys change while 2,000 numbered datagrams a second flow in both directions, and no change costs
 * one of them.
 */
@DisplayName("strongSwan: rekeying under traffic")
final class StrongSwanRekeyInterop {
  private static final int RATE = 2_000;
  private static final int ROUNDS = 3;
  private static final Duration BETWEEN = Duration.ofMillis(1_200);

  @BeforeAll
  static void machine() {
    Lab.require();
  }

  /* --> CREATE_CHILD_SA { SK { N(REKEY_SA), SA, Ni, KEi, TSi, TSr } }   <-- { ... }   --> INFORMATIONAL { SK { D } } */
  @ParameterizedTest(name = "Child SA, initiator {0}")
  @EnumSource(Initiator.class)
  @DisplayName("Child SA")
  void child(Initiator initiator, TestInfo test) {
    underTraffic(
        test,
        site -> {
          List<ChildSa> before = site.left().childSas();
          site.host(initiator.left()).rekeyChild(Tunnel.CHILD);
          site.awaitAgreement();
          assertNotEquals(spis(before), spis(site.left().childSas()), site::story);
        });
  }

  /* --> CREATE_CHILD_SA { SK { SA, Ni, KEi } }   <-- { SK { SA, Nr, KEr } }   --> INFORMATIONAL { SK { D } } */
  @ParameterizedTest(name = "IKE SA, initiator {0}")
  @EnumSource(Initiator.class)
  @DisplayName("IKE SA")
  void ike(Initiator initiator, TestInfo test) {
    underTraffic(
        test,
        site -> {
          List<IkeSa> before = site.left().ikeSas();
          List<ChildSa> children = site.left().childSas();
          site.host(initiator.left()).rekeyIke();
          site.awaitAgreement();
          assertNotEquals(before, site.left().ikeSas(), site::story);
          assertEquals(spis(children), spis(site.left().childSas()), site::story);
        });
  }

  @Test
  @DisplayName("Child SA by both at once (RFC 7296 2.8.1)")
  void collision(TestInfo test) {
    underTraffic(
        test,
        site -> {
          List<ChildSa> before = site.left().childSas();
          CompletableFuture<Void> ours =
              CompletableFuture.runAsync(() -> site.left().rekeyChild(Tunnel.CHILD), Proc::spawn);
          site.right().rekeyChild(Tunnel.CHILD);
          ours.join();
          site.awaitAgreement();
          assertNotEquals(spis(before), spis(site.left().childSas()), site::story);
        });
  }

  private interface Rekey {
    void on(Site site);
  }

  private static void underTraffic(TestInfo test, Rekey rekey) {
    try (Site site = Site.direct(Site.folder(test), Tunnel.plain())) {
      site.left().initiate(Tunnel.CHILD);
      site.awaitAgreement();
      assertTrue(site.ping(3, 56) > 0, site::story);
      Map<String, Long> before = site.losses();
      List<Traffic.Flow> flows;
      try (Traffic.Numbers numbers = site.numbers(RATE)) {
        for (int round = 0; round < ROUNDS; round++) {
          Proc.pause(BETWEEN);
          rekey.on(site);
        }
        Proc.pause(BETWEEN);
        flows = numbers.stop();
      }
      Map<String, Long> grown = KernelCounters.growth(before, site.losses());
      System.out.println("interop: " + test.getDisplayName() + ": " + flows + " counters " + grown);
      Judge.paced(flows, RATE, BETWEEN.multipliedBy(ROUNDS + 1), site::story);
      Judge.onlyExplainedLoss(flows, grown, site::story);
      site.left().deleteIke();
      site.awaitNothing();
    }
  }

  private static List<Long> spis(List<ChildSa> children) {
    return children.stream().map(ChildSa::spiIn).sorted().toList();
  }
}
