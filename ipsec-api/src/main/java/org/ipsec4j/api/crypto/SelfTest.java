package org.ipsec4j.api.crypto;

import java.util.List;

/**
 * Outcome of the known-answer vectors that run when a provider is loaded.
 *
 * @param vectorsRun how many vectors ran
 * @param failures what failed, one sentence each; empty when the provider may be used
 */
public record SelfTest(int vectorsRun, List<String> failures) {
  /** Copies the list. */
  public SelfTest {
    failures = List.copyOf(failures);
  }

  /** Whether the provider may be used. */
  public boolean passed() {
    return failures.isEmpty() && vectorsRun > 0;
  }
}
