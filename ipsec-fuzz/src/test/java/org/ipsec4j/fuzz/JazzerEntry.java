package org.ipsec4j.fuzz;

/** What Jazzer calls, by name. The property {@code fuzz.target} says which target it is for. */
public final class JazzerEntry {
  private static final FuzzTarget TARGET = Targets.named(System.getProperty("fuzz.target", ""));

  private JazzerEntry() {}

  public static void fuzzerTestOneInput(byte[] input) {
    TARGET.run(input);
  }
}
