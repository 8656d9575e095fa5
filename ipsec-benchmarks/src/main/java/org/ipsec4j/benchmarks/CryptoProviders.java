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
 * What does a provider's worker cost per packet, by transform and size, for bursts of 32? Header,
 * IV and nonce are written, nothing else is done around it. Nanoseconds for each packet.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class CryptoProviders {
  /** Who seals. */
  @Param({"jca", "openssl", "mb"})
  public String provider;

  /** How. */
  @Param({"GCM_128", "GCM_256", "CHACHA20", "CBC_SHA256"})
  public AnchorCipher transform;

  /** Octets of the text. */
  @Param({"64", "576", "1400", "9000"})
  public int size;

  /** SAs that take turns within a burst. */
  @Param({"1", "32"})
  public int sas;

  private Workload work;

  /** For JMH. */
  public CryptoProviders() {}

  /** Keys and packets. */
  @Setup
  public void setUp() throws CryptoException {
    work = Workload.worker(BenchProviders.named(provider), transform, size, 32, sas);
  }

  /** Wipes them. */
  @TearDown
  public void tearDown() {
    work.close();
  }

  /** Seals one burst of 32. */
  @Benchmark
  @OperationsPerInvocation(32)
  public int seal() {
    return work.round();
  }
}
