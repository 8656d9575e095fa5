package org.ipsec4j.testkit.crypto;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Measures what code allocates, for tests that promise how little it is. */
public final class Allocation {
  private Allocation() {}

  /**
   * Octets that one run of {@code code} allocates in this thread, on average.
   *
   * @param warm runs before the measurement, enough for the compiler
   * @param measured runs in the measurement
   */
  public static long octetsPerRun(Runnable code, int warm, int measured) {
    for (int i = 0; i < warm; i++) {
      code.run();
    }
    long before = allocated();
    for (int i = 0; i < measured; i++) {
      code.run();
    }
    return (allocated() - before) / measured;
  }

  private static long allocated() {
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      Object octets =
          server.invoke(
              new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME),
              "getThreadAllocatedBytes",
              new Object[] {Thread.currentThread().threadId()},
              new String[] {"long"});
      return (Long) octets;
    } catch (JMException e) {
      throw new IllegalStateException("this JVM does not count allocations", e);
    }
  }
}
