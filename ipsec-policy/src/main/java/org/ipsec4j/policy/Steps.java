package org.ipsec4j.policy;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.policy.Explanation;
import org.ipsec4j.api.policy.Explanation.Outcome;
import org.ipsec4j.api.policy.Explanation.Step;
import org.ipsec4j.api.policy.Origin;
import org.jspecify.annotations.Nullable;

/** Collects the reasons of a decision. Bounded, because a peer can offer thousands of proposals. */
final class Steps {
  private static final int MOST = 100;

  private final List<Step> steps = new ArrayList<>();
  private int unrecorded;

  void chosen(String subject, String reason, @Nullable Origin origin) {
    // The decision itself is never the step that is left out.
    steps.add(new Step(subject, Outcome.CHOSEN, reason, origin));
  }

  void narrowed(String subject, String reason, @Nullable Origin origin) {
    steps.add(new Step(subject, Outcome.NARROWED, reason, origin));
  }

  void rejected(String subject, String reason, @Nullable Origin origin) {
    add(new Step(subject, Outcome.REJECTED, reason, origin));
  }

  void lost(String subject, String reason, @Nullable Origin origin) {
    add(new Step(subject, Outcome.LOST, reason, origin));
  }

  private void add(Step step) {
    if (steps.size() < MOST) {
      steps.add(step);
    } else {
      unrecorded++;
    }
  }

  /** The explanation; {@code whenEmpty} is its reason when there was nothing to look at. */
  Explanation explain(String subject, String whenEmpty) {
    if (steps.isEmpty()) {
      return Explanation.of(subject, Outcome.REJECTED, whenEmpty, null);
    }
    List<Step> all = new ArrayList<>(steps);
    if (unrecorded > 0) {
      all.add(
          new Step(
              subject,
              Outcome.REJECTED,
              unrecorded + " more steps of this kind are left out",
              null));
    }
    return new Explanation(all);
  }
}
