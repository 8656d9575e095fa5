package org.ipsec4j.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is counted, not how fast anything is. */
class PairingTest {
  private static final Plan SHORT = new Plan(1000, 5, 1000);

  /** Counts its calls; allocates what it is told to for a round of ten packets. */
  private static final class Fake implements Loop {
    private final int allocates;
    private final int loses;
    private final List<String> calls = new ArrayList<>();
    private byte[] last = {};

    Fake(int allocates, int loses) {
      this.allocates = allocates;
      this.loses = loses;
    }

    @Override
    public void prepare() {
      calls.add("prepare");
      last = new byte[100_000];
    }

    @Override
    public int run() {
      calls.add("run");
      if (allocates > 0) {
        last = new byte[allocates];
      }
      return expected() - loses;
    }

    @Override
    public int expected() {
      return 10;
    }
  }

  @Test
  void eachRoundIsPrepared() {
    Fake ours = new Fake(0, 0);
    Fake anchor = new Fake(0, 0);
    Measured measured = Pairing.compare(ours, anchor, SHORT);
    for (Fake fake : List.of(ours, anchor)) {
      assertTrue(fake.calls.size() >= 2 * (SHORT.pairs() + 1), fake.calls::toString);
      for (int i = 0; i < fake.calls.size(); i++) {
        assertEquals(i % 2 == 0 ? "prepare" : "run", fake.calls.get(i));
      }
    }
    assertTrue(measured.low() <= measured.ratio() && measured.ratio() <= measured.high());
    assertTrue(measured.ours() > 0 && measured.anchor() > 0);
  }

  @Test
  void whatARoundAllocatesIsCountedAndNotWhatPreparingDoes() {
    Fake lavish = new Fake(10_000, 0);
    double allocated = Pairing.compare(lavish, new Fake(0, 0), SHORT).allocated();
    // an array has a header, and the list of calls grows now and then
    assertTrue(allocated >= 1000 && allocated < 1500, "allocated " + allocated);
    assertEquals(10_000, lavish.last.length);
  }

  @Test
  void lostPacketsAreAnError() {
    Fake good = new Fake(0, 0);
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class, () -> Pairing.compare(new Fake(0, 1), good, SHORT));
    assertEquals("9 of 10 came through", e.getMessage());
    assertThrows(IllegalStateException.class, () -> Pairing.cost(new Fake(0, 10), SHORT));
  }

  @Test
  void quantilesAreThoseOfTheSortedValues() {
    double[] values = {5, 1, 4, 2, 3};
    assertEquals(3, Pairing.quantile(values, 0.5));
    assertEquals(2, Pairing.quantile(values, 0.25));
    assertEquals(5, Pairing.quantile(values, 1));
    assertEquals(1.5, Pairing.quantile(new double[] {2, 1}, 0.5));
    assertEquals(5, values[0], "left as it was");
  }

  @Test
  void aPlanMeasuresSomething() {
    assertThrows(IllegalArgumentException.class, () -> new Plan(1, 0, 1));
    assertTrue(Plan.QUICK.pairs() >= 15 && Plan.FULL.pairs() >= 31);
  }
}
