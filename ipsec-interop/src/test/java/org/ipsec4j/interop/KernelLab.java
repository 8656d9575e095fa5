package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.ipsec4j.interop.KernelSite.Ends;
import org.ipsec4j.interop.KernelSite.State;

/**
 * A {@link KernelSite} with the steps that tests are made of: associations up on both sides, pings,
 * counters. Remembers the keys of the whole run for the judges.
 */
final class KernelLab implements AutoCloseable {
  private static final String SEED = "interop.seed";
  private static final int FIRST_SPI = 0x1000;
  private static final int CPI_TO_US = 0x1001;
  private static final int CPI_TO_GUEST = 0x1002;

  private final KernelSite site;
  private final Random random;
  private final List<KernelPair> pairs = new ArrayList<>();
  private int nextSpi = FIRST_SPI;

  private KernelLab(KernelSite site, long seed) {
    this.site = site;
    this.random = new Random(seed);
  }

  static KernelLab start(String name) {
    long seed = Long.getLong(SEED, System.nanoTime());
    System.out.println(name + ": seed " + seed + " (-D" + SEED + "=" + seed + " repeats it)");
    Path folder = Site.folder(name);
    return new KernelLab(KernelSite.start(folder), seed);
  }

  KernelSite site() {
    return site;
  }

  /** All associations of the run. */
  List<KernelPair> pairs() {
    return pairs;
  }

  /** Draws SPIs and keys for an association. */
  KernelPair pair(KernelCase wanted, String name) {
    KernelPair pair = KernelPair.of(wanted, nextSpi, random, name);
    nextSpi += 0x10;
    pairs.add(pair);
    return pair;
  }

  /** Takes everything down and one association up, on both sides. */
  KernelPair up(KernelCase wanted) {
    return up(wanted, KernelSetup.PLAIN);
  }

  KernelPair up(KernelCase wanted, KernelSetup setup) {
    KernelPair pair = pair(wanted, "main");
    up(List.of(pair), setup);
    return pair;
  }

  /**
   * Takes everything down and a chain of associations up.
   *
   * @param chain the innermost first; it says whose packets are protected
   */
  void up(List<KernelPair> chain, KernelSetup setup) {
    Ends inner = chain.getFirst().wanted().inner();
    StringBuilder batch = new StringBuilder("xfrm state flush\nxfrm policy flush\n");
    for (KernelPair pair : chain) {
      batch.append(pair.state(true, setup)).append(pair.state(false, setup));
    }
    if (setup.compressed()) {
      batch.append(compressor(inner.guest(), inner.ours(), CPI_TO_US));
      batch.append(compressor(inner.ours(), inner.guest(), CPI_TO_GUEST));
    }
    for (boolean toUs : new boolean[] {true, false}) {
      String source = toUs ? inner.guest() : inner.ours();
      String destination = toUs ? inner.ours() : inner.guest();
      batch.append("xfrm policy add src ").append(source).append(" dst ").append(destination);
      batch.append(" dir ").append(toUs ? "out" : "in").append(" priority 10");
      if (setup.compressed()) {
        // what does not get shorter comes as it was
        batch.append(" tmpl proto comp reqid 77 mode transport level use");
      }
      chain.forEach(pair -> batch.append(pair.template(toUs)));
      batch.append('\n');
      if (chain.getFirst().wanted().udp()) {
        batch.append(clearUdp(chain.getFirst(), toUs));
      }
    }
    site.guest().check("ip -batch - <<'E'\n" + batch + "E");
    upOurs(chain, setup);
    site.newErrors();
  }

  private static String compressor(String source, String destination, int cpi) {
    return "xfrm state add src "
        + source
        + " dst "
        + destination
        + " proto comp spi "
        + cpi
        + " reqid 77 mode transport comp deflate\n";
  }

  private void upOurs(List<KernelPair> chain, KernelSetup setup) {
    site.stack().order("reset");
    boolean bundle = chain.size() > 1 || setup.compressed();
    for (int i = 0; i < chain.size(); i++) {
      String place = bundle ? " bundle=b layers=" + chain.size() + " layer=" + i : "";
      String compressed = setup.compressed() ? " compressed=true" : "";
      site.stack().order(chain.get(i).order(setup.ours() + place + compressed));
    }
    if (setup.compressed()) {
      Ends inner = chain.getFirst().wanted().inner();
      site.stack()
          .order(
              "compress mode=TRANSPORT cpiin="
                  + CPI_TO_US
                  + " cpiout="
                  + CPI_TO_GUEST
                  + " local="
                  + inner.ours()
                  + " remote="
                  + inner.guest());
    }
    List<String> names = chain.stream().map(KernelPair::name).toList();
    site.stack().order("chain names=" + String.join(",", names));
  }

  /** The kernel asks its policies about the UDP packet around ESP too. */
  private static String clearUdp(KernelPair pair, boolean toUs) {
    Ends outer = pair.wanted().outer();
    return "xfrm policy add src "
        + (toUs ? outer.guest() : outer.ours())
        + " dst "
        + (toUs ? outer.ours() : outer.guest())
        + " proto udp sport 4500 dport 4500 dir "
        + (toUs ? "out" : "in")
        + " priority 1 action allow\n";
  }

  /** Pings in both directions; every one has to be answered. */
  void assertPings(Ends inner, int count) {
    assertPings(inner, count, "", "");
  }

  /** The same, with words for our ping order and for the guest's ping command. */
  void assertPings(Ends inner, int count, String ours, String guest) {
    assertAll(
        () ->
            assertEquals(
                count, site.pingFromUs(inner, count, ours), () -> "answers of the guest" + story()),
        () ->
            assertEquals(
                count,
                site.pingFromGuest(inner, "-i0.05 -c" + count + " " + guest),
                () -> "answers of ours" + story()));
  }

  /** What both sides counted so far, for the message of a failed assertion. */
  String story() {
    return "; ours: " + site.stack().count() + "; kernel: " + site.states() + site.newErrors();
  }

  /** Both sides saw that many packets in each direction, and neither counted anything else. */
  void assertCarried(KernelPair pair, long packets) {
    Map<String, Long> ours = new TreeMap<>(site.stack().count());
    ours.keySet().removeIf(key -> !key.endsWith(".packets"));
    Map<String, Long> expected = new TreeMap<>();
    expected.put("in." + pair.name() + ".packets", packets);
    expected.put("out." + pair.name() + ".packets", packets);
    assertEquals(expected, ours);
    assertCarriedAmongOthers(pair, packets);
  }

  /** Both sides saw that many packets of this association, and nothing was dropped anywhere. */
  void assertCarriedAmongOthers(KernelPair pair, long packets) {
    Map<String, Long> ours = site.stack().count();
    Map<Long, State> states = site.states();
    State out = states.get(pair.toUs());
    State in = states.get(pair.toGuest());
    assertNotNull(out);
    assertNotNull(in);
    assertAll(
        () -> assertEquals(packets, ours.get("in." + pair.name() + ".packets"), "we took"),
        () -> assertEquals(packets, ours.get("out." + pair.name() + ".packets"), "we sent"),
        () -> assertEquals(packets, out.packets(), "the kernel sent"),
        () -> assertEquals(packets, in.packets(), "the kernel took"),
        () -> assertEquals(0, in.tooOld() + in.replayed() + in.failed(), "the kernel refused"),
        () -> assertEquals(Map.of(), drops(ours), "our drops"),
        () -> assertEquals(Map.of(), site.newErrors(), "the kernel's errors"));
  }

  /** Replaces one of the kernel's states, so that it goes on with other numbers. */
  void replaceState(KernelPair pair, boolean toUs, KernelSetup setup) {
    Ends outer = pair.wanted().outer();
    String ends =
        " src "
            + (toUs ? outer.guest() : outer.ours())
            + " dst "
            + (toUs ? outer.ours() : outer.guest());
    site.guest()
        .check(
            "ip -batch - <<'E'\nxfrm state delete"
                + ends
                + " proto "
                + pair.wanted().suite().protocol()
                + " spi "
                + (toUs ? pair.toUs() : pair.toGuest())
                + "\n"
                + pair.state(toUs, setup)
                + "E");
  }

  /** What the kernel counted for what it takes from us. */
  State taken(KernelPair pair) {
    State state = site.states().get(pair.toGuest());
    if (state == null) {
      throw new InteropFailure("the kernel has lost its state of " + pair.wanted());
    }
    return state;
  }

  /** Drops among the counters of our stack. */
  static Map<String, Long> drops(Map<String, Long> counts) {
    Map<String, Long> drops = new TreeMap<>(counts);
    drops.entrySet().removeIf(e -> !e.getKey().contains("drop.") || e.getValue() == 0);
    return drops;
  }

  /** Has the guest send through one association only, whatever was agreed. */
  void onlyTemplate(KernelPair pair) {
    Ends inner = pair.wanted().inner();
    site.guest()
        .check(
            "ip xfrm policy update src "
                + inner.guest()
                + " dst "
                + inner.ours()
                + " dir out priority 10"
                + pair.template(true));
  }

  /** Writes down what a case that passed has proved. */
  void proved(KernelCase wanted) {
    Proofs.add("linux-kernel", wanted, "");
  }

  /** The same for a case with something on top. */
  void proved(KernelCase wanted, String with) {
    Proofs.add("linux-kernel", wanted, with);
  }

  @Override
  public void close() {
    site.close();
  }
}
