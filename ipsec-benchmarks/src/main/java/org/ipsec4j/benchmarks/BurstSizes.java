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
 * What does the outbound path gain from bursts? Nanoseconds for each of 64 packets of 1400 octets,
 * handed over in bursts of so many.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class BurstSizes {
  private static final int PACKETS = 64;

  /** Who seals. */
  @Param({"jca", "openssl", "mb"})
  public String provider;

  /** How. */
  @Param({"GCM_128", "CBC_SHA256"})
  public AnchorCipher transform;

  /** Packets in a burst. */
  @Param({"1", "2", "4", "8", "16", "32", "64"})
  public int burst;

  private Workload work;

  /** For JMH. */
  public BurstSizes() {}

  /** An SA and packets. */
  @Setup
  public void setUp() throws CryptoException {
    work = Workload.path(BenchProviders.named(provider), transform, 1400, burst, PACKETS / burst);
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
