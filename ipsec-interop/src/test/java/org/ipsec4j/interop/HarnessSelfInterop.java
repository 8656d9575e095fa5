package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.ipsec4j.interop.Tshark.Icv;
import org.ipsec4j.interop.Tshark.Kind;
import org.ipsec4j.interop.Tshark.Sight;
import org.ipsec4j.interop.Tshark.Verdict;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The harness judged before it judges: its probes must notice loss, wrong keys and forged packets
 * that are put there on purpose, and its namespaces must go away.
 */
@DisplayName("The harness itself")
final class HarnessSelfInterop {
  @BeforeAll
  static void machine() {
    Lab.require();
  }

  @Test
  @DisplayName("refuses to run where it cannot, and says what to do")
  void refusesToSkip() {
    String notRoot =
        assertThrows(InteropFailure.class, () -> Lab.requireLinuxRoot("Linux", 1000)).toString();
    assertTrue(
        notRoot.contains("must run as root") && notRoot.contains("sudo mvn verify -Pinterop"),
        notRoot);
    String notLinux =
        assertThrows(InteropFailure.class, () -> Lab.requireLinuxRoot("Mac OS X", 0)).toString();
    assertTrue(notLinux.contains("Linux only"), notLinux);
  }

  @Test
  @DisplayName("removes its namespaces, and ends what runs in them")
  void cleansUp() {
    String name;
    try (Namespaces namespaces = new Namespaces()) {
      name = namespaces.add("x");
      Process sleeper =
          Proc.start(
              Map.of(),
              null,
              Site.folder("self-cleans-up").resolve("stderr.log"),
              Namespaces.inside(name, List.of("sleep", "600")));
      assertTrue(
          Proc.check("ip", "netns", "pids", name)
              .lines()
              .anyMatch(Long.toString(sleeper.pid())::equals));
      Proc.end(sleeper);
      assertFalse(sleeper.isAlive());
      assertTrue(Proc.check("ip", "netns", "list").contains(name));
    }
    assertFalse(Proc.check("ip", "netns", "list").contains(name));
  }

  @Test
  @DisplayName("numbered UDP: a clean wire loses nothing, a lossy one is caught to the last number")
  void numberedUdp() {
    try (Namespaces namespaces = new Namespaces()) {
      String one = namespaces.add("a");
      String other = namespaces.add("b");
      namespaces.join(
          new Namespaces.End(one, "eth0", "10.9.0.1/24"),
          new Namespaces.End(other, "eth0", "10.9.0.2/24"));
      Path folder = Site.folder("self-numbered-udp");
      Traffic.End left = new Traffic.End(one, "10.9.0.1");
      Traffic.End right = new Traffic.End(other, "10.9.0.2");
      for (Traffic.Flow flow : flows(folder, left, right)) {
        assertTrue(flow.sent() > 2_000, flow::toString);
        assertEquals(
            0,
            flow.missing() + flow.duplicates() + flow.reordered() + flow.damaged(),
            flow::toString);
      }
      // every hundredth datagram towards the right end disappears before a socket sees it
      Namespaces.nft(
          other,
          """
          table inet loss {
            counter lost {
            }
            chain in {
              type filter hook prerouting priority -300
              meta l4proto udp numgen inc mod 100 == 7 counter name lost drop
            }
          }
          """);
      List<Traffic.Flow> flows = flows(folder, left, right);
      String counter = Namespaces.exec(other, "nft", "list", "counter", "inet", "loss", "lost");
      long lost = Long.parseLong(counter.replaceAll("(?s).*packets (\\d+).*", "$1"));
      assertTrue(lost > 20, counter);
      assertEquals(
          lost, flows.getFirst().missing(), () -> flows.getFirst() + " against " + counter);
      assertEquals(7, flows.getFirst().missingNumbers().getFirst());
      assertEquals(0, flows.getLast().missing(), () -> flows.getLast().toString());
    }
  }

  private static List<Traffic.Flow> flows(Path folder, Traffic.End left, Traffic.End right) {
    try (Traffic.Numbers numbers = Traffic.numbers(folder, left, right, 2_000)) {
      Proc.pause(Duration.ofMillis(1_500));
      return numbers.stop();
    }
  }

  @Test
  @DisplayName(
      "tshark: opens all with charon's keys, nothing without, and finds wrong integrity keys")
  void judges() {
    Path folder = Site.folder("self-tshark");
    Tunnel tunnel = Tunnel.plain().ike("aes256-sha256-x25519").esp("aes128-sha256-x25519");
    try (Site site = Site.captured(folder, tunnel)) {
      IpsecHost right = site.right();
      right.initiate(Tunnel.CHILD);
      assertEquals(3, site.ping(3, 100), site::story);
      right.rekeyChild(Tunnel.CHILD);
      right.rekeyIke();
      assertEquals(3, site.ping(3, 1000), site::story);
      right.deleteIke();
      Path capture = site.stopCapture();
      Path keys = right.wiresharkProfile();
      Judge.everythingOpens(capture, keys, site::story);
      for (Verdict verdict : Tshark.read(capture, empty(folder))) {
        assertTrue(
            verdict.sight() != Sight.DECRYPTED && verdict.icv() != Icv.GOOD, verdict::toString);
      }
      long bad =
          Tshark.read(capture, forged(folder, (Charon) right)).stream()
              .filter(verdict -> verdict.kind() == Kind.ESP)
              .peek(verdict -> assertEquals(Icv.BAD, verdict.icv(), verdict::toString))
              .count();
      assertTrue(bad >= 12, () -> bad + " ESP packets");
    }
  }

  private static Path empty(Path folder) {
    Path profile = folder.resolve("no-keys");
    WiresharkProfile.write(profile, List.of(), List.of());
    return profile;
  }

  private static Path forged(Path folder, Charon charon) {
    Path profile = folder.resolve("forged-keys");
    WiresharkProfile.write(
        profile,
        charon.keys().esp().stream()
            .map(
                keys ->
                    new WiresharkProfile.EspKeys(
                        keys.spi(),
                        keys.proposal(),
                        keys.encryption(),
                        "00".repeat(keys.integrity().length() / 2)))
            .toList(),
        List.of());
    return profile;
  }

  @Test
  @DisplayName("kernel counters: a growth is named, silence is not")
  void counters() {
    Map<String, Long> before = Map.of("x Udp:RcvbufErrors", 3L, "x eth0 rx dropped", 5L);
    Map<String, Long> after = Map.of("x Udp:RcvbufErrors", 10L, "x eth0 rx dropped", 5L);
    assertEquals(Map.of("x Udp:RcvbufErrors", 7L), KernelCounters.growth(before, after));
  }

  @Test
  @DisplayName("the readers of events and SA lists read what they must and refuse the rest")
  void readers() {
    Json.Node event =
        Json.parse(
            "{\"event\":\"status\",\"drops\":{\"QUEUE\":3},\"sas\":[{\"spiIn\":\"0xc0000001\",\"n\":\"a\\u00e9\"}]}");
    assertEquals(3, event.get("drops").get("QUEUE").number());
    assertEquals(0xc0000001L, event.get("sas").items().getFirst().get("spiIn").number());
    assertEquals("a\u00e9", event.get("sas").items().getFirst().get("n").text());
    assertEquals("", event.get("nothing").text());
    assertThrows(InteropFailure.class, () -> Json.parse("{\"event\":\"x\"} trailing"));
    assertThrows(InteropFailure.class, () -> Json.parse("{\"event\":"));
    var sas =
        ViciText.listSas(
            "list-sa event {t {uniqueid=1 ts=[10.0.0.0/8 ::/0] child-sas {t-1 {spi-in=0a}}}}\n"
                + "list-sas reply {}");
    var sa = ViciText.sections(sas.getFirst()).getFirst();
    assertEquals("1", ViciText.value(sa, "uniqueid"));
    assertEquals(
        "0a",
        ViciText.value(ViciText.sections(ViciText.sections(sa).getFirst()).getFirst(), "spi-in"));
  }

  @Test
  @DisplayName("unexplained loss, doubles, damage and loss by a rekey are found")
  void lossIsExplained() {
    Supplier<String> story = () -> "";
    Traffic.Flow clean = new Traffic.Flow(100, 100, 0, 0, 0, 0, List.of());
    Traffic.Flow lossy = new Traffic.Flow(100, 98, 2, 0, 0, 0, List.of(7L, 8L));
    Map<String, Long> full = Map.of("x Udp:RcvbufErrors", 2L);
    Judge.onlyExplainedLoss(List.of(clean, clean), Map.of(), story);
    Judge.onlyExplainedLoss(List.of(clean, lossy), full, story);
    Judge.onlyExplainedLoss(List.of(clean, lossy), Map.of("left: SEND_FAILED", 2L), story);
    Judge.onlyExplainedLoss(List.of(clean, clean), Map.of("left: NOT_ESP", 5L), story);
    caught(List.of(clean, lossy), Map.of("left: NOT_ESP", 5L), story);
    caught(List.of(clean, lossy), Map.of(), story);
    caught(List.of(lossy, lossy), full, story);
    caught(List.of(clean, lossy), Map.of("left: UNKNOWN_SPI", 2L), story);
    caught(List.of(clean, clean), Map.of("left: ACQUIRE_QUEUE_FULL", 1L), story);
    caught(List.of(clean, new Traffic.Flow(100, 100, 0, 1, 0, 0, List.of())), Map.of(), story);
    caught(List.of(clean, new Traffic.Flow(100, 100, 0, 0, 0, 1, List.of())), Map.of(), story);
    caught(List.of(clean, new Traffic.Flow(0, 0, 0, 0, 0, 0, List.of())), Map.of(), story);
  }

  private static void caught(
      List<Traffic.Flow> flows, Map<String, Long> grown, Supplier<String> story) {
    assertThrows(AssertionError.class, () -> Judge.onlyExplainedLoss(flows, grown, story));
  }

  @Test
  @DisplayName("the driver of our gateway understands its events, and what is wrong with them")
  void driver() {
    try (Gateway gateway = fake("behaves")) {
      gateway.initiate("net");
      assertEquals(
          List.of(new IpsecHost.ChildSa("net", 0xc0000001L, 0xc0000002L, 7, 8)),
          gateway.childSas());
      assertEquals(
          List.of(new IpsecHost.IkeSa("000000000000000a", "00000000000000ff")), gateway.ikeSas());
      assertEquals(Map.of("QUEUE_FULL", 3L), gateway.drops());
      gateway.deleteIke();
      assertEquals("deleted by order", gateway.awaitPeerLost(IpsecHost.PATIENCE));
      assertEquals(130, gateway.interrupt());
    }
    try (Gateway gateway = fake("refused")) {
      InteropFailure refused = assertThrows(InteropFailure.class, () -> gateway.initiate("net"));
      assertTrue(String.valueOf(refused.getMessage()).contains("AUTHENTICATION_FAILED"));
      assertEquals("AUTHENTICATION_FAILED", gateway.initiateInVain("net"));
    }
    InteropFailure dead = assertThrows(InteropFailure.class, () -> fake("dies"));
    assertTrue(String.valueOf(dead.getMessage()).contains("cannot open the TUN device"));
    InteropFailure noise = assertThrows(InteropFailure.class, () -> fake("babbles"));
    assertTrue(String.valueOf(noise.getMessage()).contains("Picked up"));
  }

  private static Gateway fake(String behaviour) {
    return Gateway.start(
        Site.folder("self-driver-" + behaviour), Traffic.program(FakeGateway.class, behaviour));
  }
}
