package org.ipsec4j.benchmarks.standard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.benchmarks.anchor.AnchorCipher;
import org.ipsec4j.benchmarks.anchor.AnchorLoop;
import org.ipsec4j.benchmarks.harness.Loop;
import org.ipsec4j.benchmarks.harness.Pairing;
import org.ipsec4j.benchmarks.harness.Plan;

/**
 * What the plots show: nanoseconds of CPU time for an outbound packet against its size, the burst,
 * the number of SAs and the number of threads. Nothing here is judged.
 */
final class SweepRows {
  /** Short name, title, horizontal axis. */
  enum Plot {
    SIZE("size", "Outbound tunnel path, AES-128-GCM, burst 32", "octets of the inner packet"),
    BURST("burst", "Outbound tunnel path, 1400 octets", "packets in a burst"),
    SAS("sas", "Lookup and seal, 64 octets, AES-128-GCM, uniformly random", "SAs"),
    THREADS("threads", "Outbound tunnel path, 1400 octets, AES-128-GCM", "threads");

    private final String file;
    private final String title;
    private final String across;

    Plot(String file, String title, String across) {
      this.file = file;
      this.title = title;
      this.across = across;
    }

    String file() {
      return file;
    }

    String title() {
      return title;
    }

    String across() {
      return across;
    }
  }

  private static final List<String> PROVIDERS = List.of("mb", "openssl", "jca");
  private static final int[] SIZES = {64, 128, 256, 576, 1024, 1400, 2048, 4096, 9000};
  private static final int[] BURSTS = {1, 2, 4, 8, 16, 32, 64};
  private static final int[] COUNTS = {1, 10, 100, 1000, 10_000, 100_000, 1_000_000};
  private static final Plan PLAN = new Plan(400_000_000L, 9, 8_000_000L);

  private SweepRows() {}

  static void run(Run run) {
    try {
      sizes(run);
      bursts(run);
      counts(run);
      threads(run);
    } catch (CryptoException e) {
      throw Run.broken(e);
    }
  }

  private static void sizes(Run run) throws CryptoException {
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    for (String name : PROVIDERS) {
      CryptoProvider provider = run.provider(name, made, "plot of sizes");
      if (provider != null) {
        for (int size : SIZES) {
          path(run, Plot.SIZE, "crypto-" + name, provider, made, size, AeadRows.BURST, size);
        }
      }
    }
    for (AnchorLoop.Library library : AnchorLoop.Library.values()) {
      if (run.has(library)) {
        for (int size : SIZES) {
          PacketRing ring = new PacketRing(size, AeadRows.BURST);
          AnchorLoop anchor = run.anchor(library, made, 1, ring);
          try (Loop c = new CLoop(anchor, CLoop.Kind.OUTBOUND, ring.packets())) {
            String line = library == AnchorLoop.Library.MB ? "C, libIPSec_MB" : "C, libcrypto";
            run.sample(Plot.SIZE.file(), line, size, Pairing.cost(c, PLAN));
          }
        }
      }
    }
  }

  private static void bursts(Run run) throws CryptoException {
    for (AnchorCipher cipher : List.of(AnchorCipher.GCM_128, AnchorCipher.CBC_SHA256)) {
      TestSas made = new TestSas(cipher);
      for (String name : PROVIDERS) {
        CryptoProvider provider = run.provider(name, made, "plot of bursts");
        if (provider != null) {
          String line = name + (cipher == AnchorCipher.GCM_128 ? " GCM" : " CBC+HMAC");
          for (int burst : BURSTS) {
            path(run, Plot.BURST, line, provider, made, 1400, burst, burst);
          }
        }
      }
    }
  }

  private static void path(
      Run run,
      Plot plot,
      String line,
      CryptoProvider provider,
      TestSas made,
      int size,
      int burst,
      double x)
      throws CryptoException {
    PacketRing ring = new PacketRing(size, burst);
    try (Loop loop = new PathLoop(provider, made, 1, ring, false)) {
      run.sample(plot.file(), line, x, Pairing.cost(loop, PLAN));
    }
  }

  private static void counts(Run run) throws CryptoException {
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    CryptoProvider provider = run.provider("mb", made, "plot of SAs");
    for (int count : COUNTS) {
      int[] order = ManyRows.order(1 << 20, count, 13);
      PacketRing ring = new PacketRing(64, AeadRows.BURST);
      ring.order(order);
      if (provider != null) {
        try (ManySas many = new ManySas(provider, made, count, false)) {
          double cost = Pairing.cost(many.loop(ring, false), PLAN);
          run.sample(Plot.SAS.file(), "crypto-mb", count, cost);
        }
      }
      if (run.has(AnchorLoop.Library.MB)) {
        AnchorLoop anchor = run.anchor(AnchorLoop.Library.MB, made, count, ring);
        anchor.order(order);
        try (Loop c = new CLoop(anchor, CLoop.Kind.OUTBOUND, ring.packets())) {
          run.sample(Plot.SAS.file(), "C, libIPSec_MB", count, Pairing.cost(c, PLAN));
        }
      }
    }
  }

  private static void threads(Run run) throws CryptoException {
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    int most = Math.min(16, Runtime.getRuntime().availableProcessors());
    for (String name : PROVIDERS) {
      CryptoProvider provider = run.provider(name, made, "plot of threads");
      if (provider != null) {
        for (int count = 1; count <= most; count++) {
          run.sample(Plot.THREADS.file(), "crypto-" + name, count, together(provider, made, count));
        }
      }
    }
  }

  /** CPU time of a packet when so many threads work at once, each with an SA of its own. */
  private static double together(CryptoProvider provider, TestSas made, int count)
      throws CryptoException {
    CountDownLatch all = new CountDownLatch(count);
    List<Callable<Double>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Loop loop = new PathLoop(provider, made, 1, new PacketRing(1400, AeadRows.BURST), false);
      tasks.add(() -> costBeside(all, loop));
    }
    double sum = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      for (Future<Double> cost : threads.invokeAll(tasks)) {
        sum += cost.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return sum / count;
  }

  private static double costBeside(CountDownLatch all, Loop loop) throws InterruptedException {
    try (loop) {
      all.countDown();
      all.await();
      return Pairing.cost(loop, PLAN);
    }
  }
}
