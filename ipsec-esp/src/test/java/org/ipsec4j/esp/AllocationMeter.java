package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import org.jspecify.annotations.NullUnmarked;

/** What the calling thread allocates. */
@NullUnmarked
public final class AllocationMeter {
  private static final int MEASURED = 5;

  private static final Object BEAN;
  private static final Method METER;

  static {
    try {
      // by name, as the bean is no part of java.base
      BEAN =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      METER =
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes");
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private AllocationMeter() {}

  /** Octets that this thread has allocated so far. */
  public static long octets() throws ReflectiveOperationException {
    return (long) METER.invoke(BEAN);
  }

  /**
   * Runs a loop until it is warm, and then measures: it must allocate as much as an empty one.
   *
   * @param warm runs before the measurement
   * @param around what the octets are allocated around, for the message
   */
  public static void assertNothing(Runnable loop, int warm, String around)
      throws ReflectiveOperationException {
    for (int i = 0; i < warm; i++) {
      loop.run();
    }
    // the least of several: the JVM itself may allocate in between, the path may not
    long least = Long.MAX_VALUE;
    long idle = Long.MAX_VALUE;
    for (int i = 0; i < MEASURED; i++) {
      long before = octets();
      long after = octets();
      idle = Math.min(idle, after - before);
      before = octets();
      loop.run();
      after = octets();
      least = Math.min(least, after - before);
    }
    assertEquals(idle, least, "octets allocated " + around);
  }
}
