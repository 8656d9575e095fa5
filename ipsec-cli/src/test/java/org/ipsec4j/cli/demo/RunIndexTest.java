package org.ipsec4j.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RunIndexTest {
  private final Random random = new Random(20);

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void noiseSharesNothing() {
    RunIndex index = new RunIndex(1_000_000);
    for (int i = 0; i < 200; i++) {
      byte[] inner = noise(1400);
      index.inner(inner);
      index.outer(noise(1450));
      index.judge(inner);
    }
    assertEquals(0, index.leaks());
  }

  @Test
  void sixteenOctetsAreFoundAtAnyAlignment() {
    for (int at = 0; at < 40; at++) {
      RunIndex index = new RunIndex(1000);
      byte[] inner = noise(100);
      byte[] outer = noise(200);
      System.arraycopy(inner, 31, outer, at, RunIndex.RUN);
      // Noise may go on as the run does, by one chance in 128; then there would be two runs.
      outer[at + RunIndex.RUN] = (byte) ~inner[31 + RunIndex.RUN];
      if (at > 0) {
        outer[at - 1] = (byte) ~inner[30];
      }
      index.inner(inner);
      index.outer(outer);
      assertTrue(index.hasSuspects());
      index.judge(inner);
      assertEquals(1, index.leaks(), "at " + at);
    }
  }

  @Test
  void fifteenOctetsAreNoRun() {
    RunIndex index = new RunIndex(1000);
    byte[] inner = noise(15);
    byte[] outer = noise(60);
    System.arraycopy(inner, 0, outer, 20, 15);
    index.inner(inner);
    index.outer(outer);
    index.judge(inner);
    assertEquals(0, index.leaks());
  }

  @Test
  void falseSuspectsOfACrowdedFilterAreCleared() {
    RunIndex index = new RunIndex(1);
    byte[][] inner = new byte[200][];
    for (int i = 0; i < inner.length; i++) {
      inner[i] = noise(1000);
      index.inner(inner[i]);
    }
    index.outer(noise(20_000));
    assertTrue(index.hasSuspects(), "the filter is meant to be crowded here");
    for (byte[] packet : inner) {
      index.judge(packet);
    }
    assertEquals(0, index.leaks());
  }

  @Test
  void shortPacketsAreHarmless() {
    RunIndex index = new RunIndex(0);
    index.inner(new byte[0]);
    index.outer(new byte[15]);
    assertFalse(index.hasSuspects());
  }
}
