package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ipsec4j.interop.KernelSite.Ends;
import org.ipsec4j.interop.KernelSuite.Cipher;
import org.ipsec4j.interop.KernelSuite.Mac;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Modes and what can be combined, against a real kernel: every pair of address families, BEET, UDP,
 * bundles, tunnels in tunnels, compression, padding.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelShapesInterop {
  private static final KernelSuite GCM = KernelSuite.esp("gcm-128/128", Cipher.gcm(128, 128));
  private static final KernelSuite CBC =
      KernelSuite.esp("cbc-128+sha256", Cipher.cbc(128), Mac.SHA256);
  private static final KernelSuite AH = KernelSuite.ah(Mac.SHA256);
  private static final int PINGS = 2;
  private static final long PACKETS = 2L * PINGS;

  private KernelLab lab;

  @BeforeAll
  void start() {
    lab = KernelLab.start("KernelShapesInterop");
  }

  @AfterAll
  void stop() {
    lab.close();
  }

  static List<KernelCase> shapes() {
    List<KernelCase> cases = new ArrayList<>();
    for (KernelSuite suite : List.of(GCM, CBC, AH)) {
      KernelCase base = KernelCase.of(suite);
      cases.add(base.tunnel(KernelSite.INNER_V6));
      cases.add(base.overV6().tunnel(KernelSite.INNER_V4));
      cases.add(base.overV6().tunnel(KernelSite.INNER_V6));
      cases.add(base.withEsn().overV6());
      cases.add(base.withEsn().tunnel(KernelSite.INNER_V4));
    }
    for (KernelSuite suite : List.of(GCM, CBC)) {
      KernelCase base = KernelCase.of(suite);
      cases.add(base.beet(KernelSite.INNER_V4));
      cases.add(base.beet(KernelSite.INNER_V6));
      cases.add(base.overV6().beet(KernelSite.INNER_V4));
      cases.add(base.overV6().beet(KernelSite.INNER_V6));
      cases.add(base.inUdp().tunnel(KernelSite.INNER_V6));
      cases.add(base.inUdp().overV6());
      cases.add(base.inUdp().overV6().tunnel(KernelSite.INNER_V4));
      cases.add(base.withEsn().inUdp());
    }
    for (Mac mac : List.of(Mac.SHA1, Mac.SHA512, Mac.XCBC)) {
      cases.add(KernelCase.of(KernelSuite.ah(mac)).overV6());
    }
    return cases;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void carries(KernelCase wanted) {
    KernelPair pair = lab.up(wanted);
    lab.assertPings(wanted.inner(), PINGS);
    lab.assertCarried(pair, PACKETS);
    lab.proved(wanted);
  }

  /** Without its flag align4 Linux pads AH over IPv4 to eight octets, and takes nothing else. */
  @Test
  void ahIsPaddedAsLinuxDoesByItself() {
    KernelCase wanted = KernelCase.of(AH);
    KernelPair pair = lab.up(wanted, KernelSetup.PLAIN.withOurs("ahpad8=true"));
    lab.assertPings(wanted.inner(), PINGS);
    lab.assertCarried(pair, PACKETS);
  }

  static List<List<KernelCase>> chains() {
    Ends inner = KernelSite.INNER_V4;
    KernelCase ah = KernelCase.of(AH);
    KernelCase gcm = KernelCase.of(GCM);
    return List.of(
        List.of(gcm, ah),
        List.of(KernelCase.of(CBC), ah.withEsn()),
        List.of(gcm.overV6(), ah.overV6()),
        List.of(gcm.tunnel(inner), ah),
        List.of(gcm.between(inner), KernelCase.of(CBC).tunnel(inner)),
        List.of(ah.between(inner), gcm.tunnel(inner)),
        List.of(
            gcm.between(inner).tunnel(KernelSite.INNERMOST_V4), KernelCase.of(CBC).tunnel(inner)),
        List.of(
            gcm.between(inner).tunnel(KernelSite.INNERMOST_V4),
            KernelCase.of(CBC).tunnel(inner),
            ah));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("chains")
  void carriesThroughSeveral(List<KernelCase> wanted) {
    List<KernelPair> chain = new ArrayList<>();
    for (KernelCase layer : wanted) {
      chain.add(lab.pair(layer, "layer" + chain.size()));
    }
    lab.up(chain, KernelSetup.PLAIN);
    lab.assertPings(wanted.getFirst().inner(), PINGS);
    for (KernelPair pair : chain) {
      lab.assertCarriedAmongOthers(pair, PACKETS);
    }
    Proofs.add("linux-kernel", wanted);
  }

  /** RFC 4301 5.2: ESP alone, where ESP inside of AH was agreed, is refused by both. */
  @Test
  void aBundleIsAllOrNothing() {
    KernelPair esp = lab.pair(KernelCase.of(GCM), "layer0");
    KernelPair ah = lab.pair(KernelCase.of(AH), "layer1");
    lab.up(List.of(esp, ah), KernelSetup.PLAIN);
    lab.site().stack().order("chain names=layer0");
    assertEquals(0, lab.site().pingFromUs(KernelSite.V4, 1, "wait=500"));
    assertEquals(Map.of("XfrmInTmplMismatch", 1L), lab.site().newErrors());

    lab.onlyTemplate(esp);
    assertEquals(0, lab.site().pingFromGuest(KernelSite.V4, "-c1 -W0.5"));
    assertEquals(1, lab.site().stack().count().get("way.in.drop.BUNDLE_MISMATCH"));
  }

  static List<KernelCase> compressed() {
    return List.of(
        KernelCase.of(GCM), KernelCase.of(CBC), KernelCase.of(GCM).overV6(), KernelCase.of(AH));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("compressed")
  void compresses(KernelCase wanted) {
    KernelPair pair = lab.up(wanted, KernelSetup.PLAIN.withCompression());
    // small and random ones go out as they are
    lab.assertPings(wanted.inner(), PINGS);
    lab.assertPings(wanted.inner(), PINGS, "size=1200 plain=true", "-s1200 -p00");
    lab.assertPings(wanted.inner(), PINGS, "size=5000 plain=true", "-s5000 -p41");
    lab.assertCarriedAmongOthers(pair, 3 * PACKETS);
    Map<String, Long> ours = lab.site().stack().count();
    assertAll(
        () -> assertEquals(2 * PACKETS, ours.get("comp.in.changed")),
        () -> assertEquals(2 * PACKETS, ours.get("comp.out.changed")));
    lab.proved(wanted, "IPComp");
  }

  /** RFC 4303 2.7: what is behind the inner packet falls away. */
  @Test
  void paddingHidesLengths() {
    KernelCase wanted = KernelCase.of(GCM).tunnel(KernelSite.INNER_V4);
    KernelSetup padded = KernelSetup.PLAIN.withGuestSends("tfcpad 600").withOurs("tfc=512");
    KernelPair pair = lab.up(wanted, padded);
    try (WireCounter counter = WireCounter.start(lab.site(), "ip length > 560")) {
      lab.assertPings(wanted.inner(), PINGS);
      lab.assertCarried(pair, PACKETS);
      assertEquals(2 * PACKETS, counter.packets());
    }
    lab.proved(wanted, "TFC padding");
  }

  /** RFC 4303 2.6: the kernel takes dummies for what they are, and their numbers as used. */
  @Test
  void dummiesGoUnnoticed() {
    KernelCase wanted = KernelCase.of(CBC).tunnel(KernelSite.INNER_V4);
    KernelPair pair = lab.up(wanted);
    lab.site().stack().order("dummies count=3 length=300");
    assertEquals(1, lab.site().pingFromUs(wanted.inner(), 1, ""));
    // Linux has one counter for all that its ESP does not hand on
    assertEquals(Map.of("XfrmInStateProtoError", 3L), lab.site().newErrors());
    String state = lab.site().guest().check("ip xfrm state");
    assertTrue(state.contains(" seq 0x4,"), state);
    lab.assertPings(wanted.inner(), PINGS);
    assertEquals(0, lab.taken(pair).failed(), lab::story);
    lab.proved(wanted, "dummy packets");
  }

  /** A long run in bursts: every number passes both windows. */
  @Test
  void manyInBursts() {
    KernelCase wanted = KernelCase.of(GCM).tunnel(KernelSite.INNER_V4);
    KernelPair pair = lab.up(wanted);
    assertEquals(1000, lab.site().pingFromUs(wanted.inner(), 1000, "burst=40 gap=5 size=900"));
    assertEquals(1000, lab.site().pingFromGuest(wanted.inner(), "-f -c1000 -s700"));
    lab.assertCarried(pair, 2000);
    long octets = lab.site().stack().count().getOrDefault("out.main.bytes", 0L);
    assertTrue(octets > 1_000_000, () -> octets + " octets");
  }
}
