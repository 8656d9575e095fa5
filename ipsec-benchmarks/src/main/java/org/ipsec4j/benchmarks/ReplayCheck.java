package org.ipsec4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.esp.ReplayWindow;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does the replay window cost per packet: recover the number, ask, commit? In order, and with
 * every two neighbours exchanged; extended sequence numbers.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class ReplayCheck {
  private static final int PACKETS = 64;

  /** Packets that the window spans. */
  @Param({"64", "128", "4096"})
  public int width;

  private ReplayWindow window;
  private long next;

  /** For JMH. */
  public ReplayCheck() {}

  /** A fresh window. */
  @Setup(Level.Iteration)
  public void setUp() {
    window = new ReplayWindow(width, true);
    next = 2;
  }

  /** As on a path that keeps order. */
  @Benchmark
  @OperationsPerInvocation(PACKETS)
  public int inOrder() {
    int taken = 0;
    for (int i = 0; i < PACKETS; i++) {
      taken += take((int) (next + i));
    }
    next += PACKETS;
    return checked(taken);
  }

  /** As on a path with two ways. */
  @Benchmark
  @OperationsPerInvocation(PACKETS)
  public int reordered() {
    int taken = 0;
    for (int i = 0; i < PACKETS; i++) {
      taken += take((int) (next + (i ^ 1)));
    }
    next += PACKETS;
    return checked(taken);
  }

  private int take(int low) {
    long number = window.recover(low);
    return window.check(number) == DropReason.NONE && window.commit(number) ? 1 : 0;
  }

  private static int checked(int taken) {
    if (taken != PACKETS) {
      throw new IllegalStateException(taken + " of " + PACKETS + " numbers were taken");
    }
    return taken;
  }
}
