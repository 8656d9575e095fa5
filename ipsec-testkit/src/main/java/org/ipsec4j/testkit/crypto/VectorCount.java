package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Counts vectors and says how many ran, so that none is left out in silence. Not thread-safe. */
public final class VectorCount {
  private final String name;
  private int run;
  private int skipped;

  /**
   * @param name of the file or of the set
   */
  public VectorCount(String name) {
    this.name = name;
  }

  /** One more has run. */
  public void ran() {
    run++;
  }

  /** One more does not apply or is not there. */
  public void skipped() {
    skipped++;
  }

  /** Prints {@code vectors: NAME: N run, M skipped}. */
  public void report() {
    System.out.println("vectors: " + name + ": " + run + " run, " + skipped + " skipped");
  }

  /** Prints, and fails when fewer than {@code least} have run. */
  public void reportAtLeast(int least) {
    report();
    assertTrue(run >= least, () -> name + ": " + run + " vectors ran, expected " + least);
  }
}
