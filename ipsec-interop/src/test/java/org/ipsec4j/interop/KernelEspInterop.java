package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every algorithm and mode of a Linux kernel against ours, with keys set by hand: pings in both
 * directions, and the counters of both sides agree to the packet.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KernelEspInterop {
  private static final int PINGS = 2;
  private static final long PACKETS = 2L * PINGS;

  private KernelLab lab;

  @BeforeAll
  void start() {
    lab = KernelLab.start("KernelEspInterop");
  }

  @AfterAll
  void stop() {
    lab.close();
  }

  static List<KernelCase> cases() {
    return KernelCase.all();
  }

  @Test
  @Order(1)
  void thereAreAllCasesThatTwoKernelsPass() {
    assertEquals(54, KernelCase.all().size());
    assertEquals(54, KernelCase.all().stream().map(KernelCase::name).distinct().count());
  }

  @Order(2)
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void pingsBothWays(KernelCase wanted) {
    KernelPair pair = lab.up(wanted);
    lab.assertPings(wanted.inner(), PINGS);
    lab.assertCarried(pair, PACKETS);
    lab.proved(wanted);
  }

  /** Both judges read what was on the wire between the guest and us. */
  @Test
  @Order(3)
  void independentJudgesOpenTheCapture() {
    KernelJudges judges =
        new KernelJudges(lab.site().folder(), lab.site().stopCapture(), lab.pairs());
    int scapy = judges.scapy(PACKETS);
    int wireshark = judges.wireshark(PACKETS);
    System.out.println("judges: scapy opened " + scapy + " SAs, Wireshark " + wireshark);
    // of 108: scapy has no XCBC, GMAC and Camellia; Wireshark has GCM, CBC and CTR with HMACs
    assertEquals(100, scapy);
    assertTrue(wireshark >= 50, () -> "Wireshark opened " + wireshark + " SAs");
  }
}
