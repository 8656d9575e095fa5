package org.ipsec4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/**
 * The profiles that promise tests on Java 21 keep it; a build that silently takes 25 fails here.
 */
class TestRuntimeTest {
  @Test
  void runsOnThePromisedJava() {
    String jvm = System.getProperty("ipsec.test.jvm", "");
    if (!jvm.isEmpty()) {
      assertEquals(21, Runtime.version().feature());
    }
  }
}
