package org.ipsec4j.benchmarks.standard;

import java.util.SplittableRandom;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.benchmarks.anchor.AnchorCipher;
import org.ipsec4j.benchmarks.anchor.AnchorLoop;
import org.ipsec4j.benchmarks.harness.Bound;
import org.ipsec4j.benchmarks.harness.Loop;
import org.ipsec4j.benchmarks.harness.Measured;
import org.ipsec4j.benchmarks.harness.Pairing;
import org.ipsec4j.benchmarks.harness.Row;

/**
 * A million SAs: what they weigh, what traffic on a thousand of them costs against ten SAs, and
 * traffic on all of them against the C loop with the same tables in the same order.
 */
final class ManyRows {
  static final int MILLION = 1_000_000;
  private static final int HOT = 1000;
  private static final int FEW = 10;
  private static final int ORDER = 1 << 20;
  private static final String GROUP = "many-sas";

  private ManyRows() {}

  static void run(Run run) {
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    CryptoProvider provider = run.provider("mb", made, GROUP);
    if (provider == null) {
      return;
    }
    try (ManySas many = new ManySas(provider, made, MILLION, true);
        ManySas few = new ManySas(provider, made, FEW, false)) {
      Bound kib = Bound.atMost(1024);
      run.row(Row.alone(GROUP, "heap of an outbound SA of 1 M", "B", many.outboundHeap(), kib));
      run.row(Row.alone(GROUP, "heap of an inbound SA of 1 M", "B", many.inboundHeap(), kib));
      run.row(Row.alone(GROUP, "native memory of an SA", "B", many.nativeOctets(), Bound.NONE));
      for (int size : run.quick() ? new int[] {64} : new int[] {64, 1400}) {
        hot(run, many, few, size, false);
        hot(run, many, few, size, true);
        random(run, made, many, size);
      }
    } catch (CryptoException e) {
      throw Run.broken(e);
    }
  }

  private static void hot(Run run, ManySas many, ManySas few, int size, boolean inward) {
    String what = (inward ? "lookup and open " : "lookup and seal ") + size + " B, 1,000 of 1 M";
    if (!run.wants(what)) {
      return;
    }
    PacketRing ring = new PacketRing(size, AeadRows.BURST);
    PacketRing other = new PacketRing(size, AeadRows.BURST);
    // a thousand that lie anywhere among the million
    int[] hot = order(HOT, MILLION, 7);
    int[] pick = order(ORDER, HOT, 11);
    for (int i = 0; i < pick.length; i++) {
      pick[i] = hot[pick[i]];
    }
    ring.order(pick);
    other.order(order(ORDER, FEW, 11));
    Measured m = Pairing.compare(many.loop(ring, inward), few.loop(other, inward), run.plan());
    Measured cost =
        new Measured(m.ours(), m.anchor(), 1 / m.ratio(), 1 / m.high(), 1 / m.low(), m.allocated());
    run.row(Row.of(GROUP, what, "10 SAs, cost", cost, Bound.atMost(1.5), 0));
  }

  private static void random(Run run, TestSas made, ManySas many, int size) {
    if (!AeadRows.anchored(run, AnchorLoop.Library.MB, GROUP)) {
      return;
    }
    PacketRing ring = new PacketRing(size, AeadRows.BURST);
    int[] order = order(ORDER, MILLION, 13);
    ring.order(order);
    try (AnchorLoop anchor = run.anchor(AnchorLoop.Library.MB, made, MILLION, ring)) {
      anchor.order(order);
      for (boolean inward : new boolean[] {false, true}) {
        String what = (inward ? "lookup and open " : "lookup and seal ") + size + " B, all of 1 M";
        if (!run.wants(what)) {
          continue;
        }
        CLoop.Kind kind = inward ? CLoop.Kind.INBOUND : CLoop.Kind.OUTBOUND;
        Loop c = new CLoop(anchor, kind, ring.packets());
        Measured measured = Pairing.compare(many.loop(ring, inward), c, run.plan());
        run.row(Row.of(GROUP, what, "C, the same tables", measured, Bound.atLeast(0.8), 0));
      }
    }
  }

  /** So many numbers below a bound; the same for a seed. */
  static int[] order(int length, int bound, long seed) {
    return new SplittableRandom(seed).ints(length, 0, bound).toArray();
  }
}
