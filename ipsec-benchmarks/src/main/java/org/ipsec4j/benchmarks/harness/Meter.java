package org.ipsec4j.benchmarks.harness;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** CPU time and allocation of the calling thread, with what asking costs taken off. */
final class Meter {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** CPU time between two questions with nothing in between. */
  private final long overhead;

  private long nanos;
  private long done;
  private long allocated;

  Meter() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 20_000; i++) {
      long begin = THREADS.getCurrentThreadCpuTime();
      least = Math.min(least, THREADS.getCurrentThreadCpuTime() - begin);
    }
    overhead = least;
  }

  /** Runs rounds until they have taken so much CPU time. */
  void slice(Loop loop, long sliceNanos) {
    nanos = 0;
    done = 0;
    allocated = 0;
    while (nanos < sliceNanos) {
      loop.prepare();
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long begin = THREADS.getCurrentThreadCpuTime();
      int packets = loop.run();
      long end = THREADS.getCurrentThreadCpuTime();
      allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
      if (packets != loop.expected()) {
        throw new IllegalStateException(packets + " of " + loop.expected() + " came through");
      }
      nanos += Math.max(1, end - begin - overhead);
      done += packets;
    }
  }

  double nanosEach() {
    return (double) nanos / done;
  }

  double allocatedEach() {
    return (double) allocated / done;
  }
}
