package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Counts vectors and says how many ran, so that none is left out in silence. Not thread-safe. */
public final class VectorCount {
  private final String name;
  private final boolean silent;
  private int run;
  private int skipped;
  private int unclaimed;

  /**
   * @param name of the file or of the set
   */
  public VectorCount(String name) {
    this(name, false);
  }

  private VectorCount(String name, boolean silent) {
    this.name = name;
    this.silent = silent;
  }

  /** A count that prints nothing: another, to which it is added, does. */
  public static VectorCount silent(String name) {
    return new VectorCount(name, true);
  }

  /** One more has run. */
  public void ran() {
    run++;
  }

  /** One more does not apply or is not there. */
  public void skipped() {
    skipped++;
  }

  /**
   * One more asks what the provider does not claim; printed as skipped, and none is owed for it.
   */
  public void unclaimed() {
    skipped++;
    unclaimed++;
  }

  /** Adds what another has counted. */
  public void add(VectorCount other) {
    run += other.run;
    skipped += other.skipped;
    unclaimed += other.unclaimed;
  }

  /** Prints {@code vectors: NAME: N run, M skipped}. */
  public void report() {
    if (!silent) {
      System.out.println("vectors: " + name + ": " + run + " run, " + skipped + " skipped");
    }
  }

  /** Prints, and fails when fewer than {@code least} have run or were not claimed. */
  public void reportAtLeast(int least) {
    report();
    assertTrue(
        run + unclaimed >= least, () -> name + ": " + run + " vectors ran, expected " + least);
  }
}
