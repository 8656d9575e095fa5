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
    KernelPair pair = pair(wanted, "main");
    up(List.of(pair), wanted.inner(), "", "", "");
    return pair;
  }

  /**
   * Takes everything down and a chain of associations up.
   *
   * @param chain the innermost first
   * @param inner whose packets they protect
   * @param guestOut words behind the kernel's state that sends
   * @param guestIn words behind the kernel's state that receives
   * @param ours words behind our orders
   */
  void up(List<KernelPair> chain, Ends inner, String guestOut, String guestIn, String ours) {
    StringBuilder batch = new StringBuilder("xfrm state flush\nxfrm policy flush\n");
    for (KernelPair pair : chain) {
      batch.append(pair.state(true, guestOut)).append(pair.state(false, guestIn));
    }
    for (boolean toUs : new boolean[] {true, false}) {
      String source = toUs ? inner.guest() : inner.ours();
      String destination = toUs ? inner.ours() : inner.guest();
      String ends = " src " + source + " dst " + destination;
      batch.append("xfrm policy add").append(ends).append(" dir ").append(toUs ? "out" : "in");
      batch.append(" priority 10");
      chain.forEach(pair -> batch.append(pair.template(toUs)));
      batch.append('\n');
      if (chain.getFirst().wanted().udp()) {
        batch.append(clearUdp(chain.getFirst(), toUs));
      }
    }
    site.guest().check("ip -batch - <<'E'\n" + batch + "E");
    site.stack().order("reset");
    for (KernelPair pair : chain) {
      site.stack().order(pair.order(ours));
    }
    List<String> names = chain.stream().map(KernelPair::name).toList();
    site.stack().order("chain names=" + String.join(",", names));
    site.newErrors();
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
    assertAll(
        () ->
            assertEquals(
                count, site.pingFromUs(inner, count, ""), () -> "answers of the guest" + story()),
        () ->
            assertEquals(
                count,
                site.pingFromGuest(inner, "-i0.05 -c" + count),
                () -> "answers of ours" + story()));
  }

  /** What both sides counted so far, for the message of a failed assertion. */
  String story() {
    return "; ours: " + site.stack().count() + "; kernel: " + site.states() + site.newErrors();
  }

  /** Both sides saw that many packets in each direction, and neither counted anything else. */
  void assertCarried(KernelPair pair, long packets) {
    Map<String, Long> ours = site.stack().count();
    Map<Long, State> states = site.states();
    Map<String, Long> expected = new TreeMap<>();
    expected.put("in." + pair.name() + ".packets", packets);
    expected.put("out." + pair.name() + ".packets", packets);
    Map<String, Long> counted = new TreeMap<>(ours);
    counted.keySet().removeIf(key -> !key.endsWith(".packets") && !key.contains(".drop."));
    State out = states.get(pair.toUs());
    State in = states.get(pair.toGuest());
    assertNotNull(out);
    assertNotNull(in);
    assertAll(
        () -> assertEquals(expected, counted, "our counters"),
        () -> assertEquals(packets, out.packets(), "the kernel sent"),
        () -> assertEquals(packets, in.packets(), "the kernel took"),
        () -> assertEquals(0, in.tooOld() + in.replayed() + in.failed(), "the kernel refused"),
        () -> assertEquals(Map.of(), site.newErrors(), "the kernel's errors"));
  }

  /** Writes down what a case that passed has proved. */
  void proved(KernelCase wanted) {
    Proofs.add("linux-kernel", wanted);
  }

  @Override
  public void close() {
    site.close();
  }
}
