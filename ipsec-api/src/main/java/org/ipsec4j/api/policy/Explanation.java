package org.ipsec4j.api.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a decision came out as it did: the steps in the order in which they were taken.
 *
 * @param steps at least one
 */
public record Explanation(List<Step> steps) {
  /**
   * One step.
   *
   * @param subject what was looked at: a rule, a proposal, a peer
   * @param outcome what became of it
   * @param reason why, one sentence
   * @param origin where the subject was written, when it was
   */
  public record Step(String subject, Outcome outcome, String reason, @Nullable Origin origin) {}

  /** What became of a subject. */
  public enum Outcome {
    /** It decided. */
    CHOSEN,
    /** It did not fit. */
    REJECTED,
    /** It would have fitted; another came first. */
    LOST,
    /** It was narrowed, then used. */
    NARROWED
  }

  /** Copies the list. */
  public Explanation {
    steps = List.copyOf(steps);
  }

  /** One step. */
  public static Explanation of(
      String subject, Outcome outcome, String reason, @Nullable Origin origin) {
    return new Explanation(List.of(new Step(subject, outcome, reason, origin)));
  }

  /** The steps as lines for people. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Step step : steps) {
      text.append(step.outcome().name().toLowerCase(java.util.Locale.ROOT))
          .append("  ")
          .append(step.subject())
          .append(": ")
          .append(step.reason());
      if (step.origin() != null) {
        text.append(" (").append(step.origin()).append(')');
      }
      text.append('\n');
    }
    return text.toString();
  }
}
