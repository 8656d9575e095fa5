package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.ipsec4j.interop.KernelSite.State;
import org.ipsec4j.interop.KernelSuite.Cipher;
import org.ipsec4j.interop.KernelSuite.Mac;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Edges, against a real kernel: the wrap of 64-bit numbers, both ends of replay windows, the last
 * number, fragments, congestion marks, lifetimes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelEdgeInterop {
  private static final KernelSuite GCM = KernelSuite.esp("gcm-128/128", Cipher.gcm(128, 128));
  private static final KernelSuite CHACHA = KernelSuite.esp("chacha20poly1305", Cipher.chaCha());
  private static final KernelSuite CBC =
      KernelSuite.esp("cbc-128+sha256", Cipher.cbc(128), Mac.SHA256);
  private static final KernelSuite AH = KernelSuite.ah(Mac.SHA256);

  /** ECN fields (RFC 3168 5). */
  private static final int ECT_0 = 2;

  private KernelLab lab;

  @BeforeAll
  void start() {
    lab = KernelLab.start("KernelEdgeInterop");
  }

  @AfterAll
  void stop() {
    lab.close();
  }

  private Map<String, Long> ours() {
    return lab.site().stack().count();
  }

  static List<KernelCase> extended() {
    return List.of(
        KernelCase.of(GCM).withEsn(),
        KernelCase.of(CHACHA).withEsn(),
        KernelCase.of(CBC).withEsn(),
        KernelCase.of(AH).withEsn(),
        KernelCase.of(AH).withEsn().overV6(),
        KernelCase.of(CBC).withEsn().tunnel(KernelSite.INNER_V4));
  }

  /**
   * The lower half passes zero while packets are under way in both directions. They begin 256
   * before it: a fresh window takes numbers nearer to it for ones of the subspace before the first
   * (RFC 4303 A2.2).
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("extended")
  void numbersWrap(KernelCase wanted) {
    KernelSetup near =
        KernelSetup.PLAIN
            .withGuestSends("replay-seq-hi 0 replay-oseq-hi 0 replay-oseq 0xfffffeff")
            .withGuestTakes("replay-seq-hi 0 replay-oseq-hi 0 replay-seq 0xfffffeff")
            .withOurs("first=0xffffff00");
    KernelPair pair = lab.up(wanted, near);
    int pings = 150;
    lab.assertPings(wanted.inner(), pings, "burst=10 gap=5", "-i0.002");
    lab.assertCarried(pair, 2L * pings);
    String states = lab.site().guest().check("ip xfrm state");
    assertAll(
        () -> assertTrue(Pattern.compile(" oseq-hi 0x1\\b").matcher(states).find(), states),
        () -> assertTrue(Pattern.compile("\\bseq-hi 0x1\\b").matcher(states).find(), states));
    lab.proved(wanted, "wrap of the lower half");
  }

  /** RFC 4303 3.3.3: without extended numbers the SA ends with the last one. */
  @Test
  void theLastNumberIsTheLast() {
    KernelCase wanted = KernelCase.of(GCM);
    KernelPair pair = lab.up(wanted, KernelSetup.PLAIN.withOurs("first=0xfffffffe"));
    send(wanted, 4);
    awaitTaken(pair, 2);
    assertEquals(2, ours().get("out.main.drop.SEQUENCE_EXHAUSTED"));
  }

  private void send(KernelCase wanted, int count) {
    lab.site()
        .stack()
        .order(
            "udp from="
                + wanted.inner().ours()
                + " to="
                + wanted.inner().guest()
                + " count="
                + count);
  }

  private void awaitTaken(KernelPair pair, long packets) {
    Proc.poll(IpsecHost.PATIENCE, () -> lab.taken(pair).packets() >= packets);
    assertEquals(packets, lab.taken(pair).packets(), lab::story);
  }

  /** We send with chosen numbers; the kernel's window says where its edge is. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64, 128, 1024, 4096})
  void theKernelsWindowEndsWhereWeThink(int width) {
    for (KernelCase wanted : List.of(KernelCase.of(GCM), KernelCase.of(AH))) {
      KernelSetup setup = KernelSetup.PLAIN.withWindow(width);
      KernelPair pair = lab.up(wanted, setup);
      long top = 100_000;
      long[] numbers = {top, top - width + 1, top - width, top, top + 1, top - width + 1};
      for (long number : numbers) {
        lab.site().stack().order(pair.order(" first=" + number));
        send(wanted, 1);
      }
      // the third is too old, the fourth was seen, the window has moved past the sixth
      Proc.poll(
          IpsecHost.PATIENCE,
          () -> {
            State state = lab.taken(pair);
            return state.packets() + state.tooOld() + state.replayed() >= numbers.length;
          });
      State state = lab.taken(pair);
      assertAll(
          () -> assertEquals(3, state.packets(), lab::story),
          () -> assertEquals(2, state.tooOld(), lab::story),
          () -> assertEquals(1, state.replayed(), lab::story),
          () -> assertEquals(0, state.failed(), lab::story),
          () -> assertEquals(Map.of("XfrmInStateSeqError", 3L), lab.site().newErrors()));
    }
  }

  /** The kernel sends with chosen numbers; our window has its edge in the same place. */
  @ParameterizedTest
  @ValueSource(ints = {64, 128, 1024, 4096})
  void ourWindowEndsWhereTheKernelsDoes(int width) {
    for (KernelCase wanted : List.of(KernelCase.of(CBC), KernelCase.of(AH).withEsn())) {
      KernelPair pair = lab.up(wanted, KernelSetup.PLAIN.withOurs("window=" + width));
      long top = 100_000;
      for (long number : new long[] {top, top - width + 1, top - width, top, top + 1}) {
        String words = "replay-oseq " + (number - 1) + (wanted.esn() ? " replay-oseq-hi 0" : "");
        lab.replaceState(pair, true, KernelSetup.PLAIN.withGuestSends(words));
        lab.site().pingFromGuest(wanted.inner(), "-c1 -W0.3");
      }
      Map<String, Long> counts = ours();
      // what lies left of an extended window is taken for a number of the next subspace (A2.2)
      String old = wanted.esn() ? "ICV_MISMATCH" : "REPLAY_OLD";
      assertAll(
          () -> assertEquals(3, counts.get("in.main.packets"), counts::toString),
          () -> assertEquals(1, counts.get("in.main.drop." + old), counts::toString),
          () -> assertEquals(1, counts.get("in.main.drop.REPLAY"), counts::toString));
    }
  }

  static List<KernelCase> cut() {
    return List.of(
        KernelCase.of(GCM),
        KernelCase.of(GCM).overV6(),
        KernelCase.of(AH),
        KernelCase.of(AH).overV6(),
        KernelCase.of(CBC).tunnel(KernelSite.INNER_V4),
        KernelCase.of(CBC).overV6().tunnel(KernelSite.INNER_V6),
        KernelCase.of(GCM).inUdp());
  }

  /** 8,000 octets in both directions: the protected packet is cut and put together again. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("cut")
  void outerFragments(KernelCase wanted) {
    KernelPair pair = lab.up(wanted);
    lab.assertPings(wanted.inner(), 3, "size=8000", "-s8000 -Mdont");
    Map<String, Long> counts = ours();
    boolean innerCut = !wanted.isTransport() && wanted.inner().isV6();
    if (innerCut) {
      // Linux cuts IPv6 before it goes into a tunnel
      assertEquals(6, counts.get("joined.inner"), counts::toString);
    } else {
      assertEquals(6, counts.get("joined.outer"), counts::toString);
      lab.assertCarriedAmongOthers(pair, 6);
    }
    assertEquals(Map.of(), KernelLab.drops(counts));
    assertEquals(Map.of(), lab.site().newErrors());
    lab.proved(wanted, "fragments");
  }

  static List<KernelCase> tunnels() {
    return List.of(
        KernelCase.of(GCM).tunnel(KernelSite.INNER_V4),
        KernelCase.of(GCM).tunnel(KernelSite.INNER_V6),
        KernelCase.of(CBC).overV6().tunnel(KernelSite.INNER_V4),
        KernelCase.of(AH).tunnel(KernelSite.INNER_V4));
  }

  /** We cut inner packets before protection (RFC 4301 7); the kernel's host puts them together. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("tunnels")
  void innerFragments(KernelCase wanted) {
    KernelPair pair = lab.up(wanted);
    lab.site().stack().order("mtu inner=1300");
    assertEquals(3, lab.site().pingFromUs(wanted.inner(), 3, "size=4000"), lab::story);
    // 4,008 octets of ICMP in pieces of at most 1,280 or 1,256
    assertEquals(3 * 4, lab.taken(pair).packets(), lab::story);
    assertEquals(Map.of(), KernelLab.drops(ours()));
    assertEquals(Map.of(), lab.site().newErrors());
    lab.proved(wanted, "inner fragments");
  }

  /** RFC 6040 4.2: a mark on the way reaches the inner packet; its reply shows what arrived. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("tunnels")
  void congestionMarksPass(KernelCase wanted) {
    lab.up(wanted);
    String mark = wanted.outer().isV6() ? "ip6 ecn set ce" : "ip ecn set ce";
    assertEquals(2, lab.site().pingFromUs(wanted.inner(), 2, "class=" + ECT_0), lab::story);
    assertEquals(2, ours().get("host.class.02"), "unmarked");
    try (WireCounter _ = WireCounter.change(lab.site(), "iifname tun0 " + mark)) {
      assertEquals(2, lab.site().pingFromUs(wanted.inner(), 2, "class=" + ECT_0), lab::story);
      assertEquals(2, ours().get("host.class.03"), "the kernel saw the mark");
    }
    lab.up(wanted);
    try (WireCounter _ = WireCounter.change(lab.site(), "iifname tap0 " + mark)) {
      assertEquals(2, lab.site().pingFromGuest(wanted.inner(), "-c2 -i0.1 -Q2"), lab::story);
      assertEquals(2, ours().get("host.class.03"), "we saw the mark");
      assertEquals(0, lab.site().pingFromGuest(wanted.inner(), "-c2 -i0.1 -W0.3 -Q0"));
      assertEquals(2, ours().get("in.main.drop.ECN_CONGESTION"), "no sender knows the mark");
    }
    lab.proved(wanted, "ECN");
  }

  /** RFC 4301 5.1.2: the DSCP is copied outwards, and the inner one stays. */
  @Test
  void differentiatedServicesAreCopied() {
    KernelCase wanted = KernelCase.of(GCM).tunnel(KernelSite.INNER_V4);
    lab.up(wanted);
    int expedited = 46 << 2;
    try (WireCounter counter = WireCounter.start(lab.site(), "ip dscp ef")) {
      assertEquals(2, lab.site().pingFromUs(wanted.inner(), 2, "class=" + expedited));
      assertEquals(2, lab.site().pingFromGuest(wanted.inner(), "-c2 -i0.1 -Q" + expedited));
      assertEquals(8, counter.packets());
    }
    assertEquals(4, ours().get("host.class.b8"));
  }

  static List<KernelCase> forged() {
    return List.of(
        KernelCase.of(GCM), KernelCase.of(CBC).tunnel(KernelSite.INNER_V4), KernelCase.of(AH));
  }

  /** Other keys under the same SPIs: neither side takes a packet, and both say why. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("forged")
  void wrongKeysAreRefused(KernelCase wanted) {
    KernelPair pair = lab.up(wanted);
    KernelPair other = lab.pair(wanted, "main");
    KernelPair forged =
        new KernelPair(
            wanted, pair.toGuest(), pair.toUs(), other.guestKeys(), other.ourKeys(), "main");
    lab.site().stack().order(forged.order(""));
    assertEquals(0, lab.site().pingFromUs(wanted.inner(), 2, "wait=300"));
    assertEquals(0, lab.site().pingFromGuest(wanted.inner(), "-c2 -i0.1 -W0.3"));
    assertAll(
        () -> assertEquals(2, lab.taken(pair).failed(), lab::story),
        () -> assertEquals(0, lab.taken(pair).packets(), lab::story),
        () -> assertEquals(2, ours().get("in.main.drop.ICV_MISMATCH"), lab::story),
        () -> assertEquals(Map.of("XfrmInStateProtoError", 2L), lab.site().newErrors()));
  }

  /** RFC 4301 4.4.2.1: the hard limit is exact on both sides. */
  @Test
  void hardLimitsAreHard() {
    KernelCase wanted = KernelCase.of(GCM);
    KernelPair pair = lab.up(wanted, KernelSetup.PLAIN.withOurs("hardpackets=3"));
    send(wanted, 5);
    awaitTaken(pair, 3);
    assertEquals(2, ours().get("out.main.drop.LIFETIME_EXPIRED"));
    assertEquals(0, lab.site().pingFromGuest(wanted.inner(), "-c5 -i0.05 -W0.3"));
    // the kernel has told us before that nobody listens on the port: two of three are used up
    assertEquals(3, ours().get("in.main.packets"), lab::story);

    lab.up(wanted, KernelSetup.PLAIN.withGuestSends("limit packet-hard 3"));
    assertEquals(3, lab.site().pingFromGuest(wanted.inner(), "-c5 -i0.05 -W0.5"), lab::story);
    assertEquals(3, ours().get("in.main.packets"), lab::story);
    assertEquals(Map.of(), KernelLab.drops(ours()));
  }

  static List<KernelCase> narrow() {
    return List.of(
        KernelCase.of(GCM),
        KernelCase.of(AH).overV6(),
        KernelCase.of(GCM).tunnel(KernelSite.INNER_V4),
        KernelCase.of(CBC).overV6().tunnel(KernelSite.INNER_V4),
        KernelCase.of(CBC).tunnel(KernelSite.INNER_V4).inUdp());
  }

  /** RFC 4301 8.2: a router's word lowers the path MTU of our SA, and our host is told. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("narrow")
  void aNarrowLinkIsLearnt(KernelCase wanted) {
    lab.up(wanted);
    KernelSite site = lab.site();
    boolean v6 = wanted.inner().isV6();
    // more than 1280, below which IPv6 packets are cut and never refused
    site.linkMtu("tap0", 1380);
    try {
      assertEquals(0, site.pingFromUs(wanted.inner(), 1, "size=1350 df=true wait=1000"));
      assertEquals(1, ours().get("way.icmp.TOO_BIG.LOWERED"), lab::story);
      int fits = Integer.parseInt(site.stack().order("mtus").get(v6 ? "v6" : "v4"));
      assertTrue(fits > 1280 && fits < 1380, () -> "inner MTU " + fits);
      int data = fits - (v6 ? 40 : 20) - 8;
      assertEquals(2, site.pingFromUs(wanted.inner(), 2, "df=true size=" + data), lab::story);
      assertEquals(0, site.pingFromUs(wanted.inner(), 1, "wait=300 df=true size=" + (data + 1)));
      Map<String, Long> counts = ours();
      assertEquals(1, counts.get("out.main.drop.NEEDS_FRAGMENTATION"), counts::toString);
      assertEquals(1, counts.get(v6 ? "host.icmp.2" : "host.icmp.3"), counts::toString);
      if (!v6) {
        assertEquals(2, site.pingFromUs(wanted.inner(), 2, "size=1350"), lab::story);
      }
    } finally {
      site.linkMtu("tap0", 1500);
    }
    lab.proved(wanted, "path MTU");
  }

  /** The other way round: the kernel learns, cuts what it may, and we put it together. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("narrow")
  void theKernelLearnsANarrowLink(KernelCase wanted) {
    lab.up(wanted);
    KernelSite site = lab.site();
    site.linkMtu("tun0", 1300);
    try {
      site.pingFromGuest(wanted.inner(), "-c3 -i0.2 -W0.3 -Mdo -s1350");
      assertEquals(null, ours().get("in.main.packets"), "nothing came through whole");
      assertEquals(2, site.pingFromGuest(wanted.inner(), "-c2 -i0.1 -Mdont -s1350"), lab::story);
      assertEquals(2, site.pingFromGuest(wanted.inner(), "-c2 -i0.1 -Mdo -s1100"), lab::story);
    } finally {
      site.linkMtu("tun0", 1500);
      site.guest().check("ip route flush cache; ip -6 route flush cache");
    }
    assertEquals(Map.of(), KernelLab.drops(ours()));
  }
}
