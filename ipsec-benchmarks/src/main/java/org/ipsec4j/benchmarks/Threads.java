package org.ipsec4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.benchmarks.anchor.AnchorCipher;
import org.ipsec4j.benchmarks.standard.Workload;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How does the outbound path scale? Run it with {@code -t 1}, {@code -t 2} and so on: each thread
 * has a worker and an SA of its own, as the threads of a gateway have; the throughput of all
 * threads together is shown.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class Threads {
  private static final int PACKETS = 64;

  /** Who seals. */
  @Param({"jca", "openssl", "mb"})
  public String provider;

  private Workload work;

  /** For JMH. */
  public Threads() {}

  /** An SA and packets for this thread. */
  @Setup
  public void setUp() throws CryptoException {
    work =
        Workload.path(BenchProviders.named(provider), AnchorCipher.GCM_128, 1400, 32, PACKETS / 32);
  }

  /** Wipes them. */
  @TearDown
  public void tearDown() {
    work.close();
  }

  /** Fresh headers, and the whole path. */
  @Benchmark
  @OperationsPerInvocation(PACKETS)
  public int protect() {
    return work.round();
  }
}
