package org.ipsec4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does the packet path itself cost per packet, without cryptography? Tunnel mode over IPv4,
 * whole packets: everything from the inner packet to the outer one and back, with a provider that
 * only says yes ({@link UnsealedCrypto}). One SA, or each packet of a burst of another.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class PacketPathCost {
  private static final int BURSTS = 8;
  private static final int PACKETS = BURSTS * EspPath.BURST;

  /** For JMH. */
  public PacketPathCost() {}

  /** A path with fresh packets before each call. */
  @State(Scope.Thread)
  public static class Fresh {
    /** Octets of the inner packet. */
    @Param({"64", "1400"})
    public int size;

    /** SAs that have traffic, in random order. */
    @Param({"1", "32"})
    public int sas;

    private EspPath path;

    /** For JMH. */
    public Fresh() {}

    /** New SAs. */
    @Setup(Level.Trial)
    public void setUp() throws CryptoException {
      path =
          new EspPath(
              new UnsealedCrypto(),
              PacketTransform.esp(
                  EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, true),
              size,
              sas,
              sas,
              BURSTS);
    }

    /** New packets. */
    @Setup(Level.Invocation)
    public void refill() {
      path.refill();
    }

    /** Frees the workers. */
    @TearDown(Level.Trial)
    public void tearDown() {
      String failure = path.failure();
      path.close();
      if (failure != null) {
        throw new IllegalStateException("dropped: " + failure);
      }
    }
  }

  /** The same with packets that are protected already. */
  @State(Scope.Thread)
  public static class Protected extends Fresh {
    /** For JMH. */
    public Protected() {}

    @Override
    @Setup(Level.Invocation)
    public void refill() {
      super.refill();
      super.path.protect();
    }
  }

  /** Outbound. */
  @Benchmark
  @OperationsPerInvocation(PACKETS)
  public int out(Fresh state) {
    return state.path.protect();
  }

  /** Inbound. */
  @Benchmark
  @OperationsPerInvocation(PACKETS)
  public int in(Protected state) {
    return ((Fresh) state).path.open();
  }
}
