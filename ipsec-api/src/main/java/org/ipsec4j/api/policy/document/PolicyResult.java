package org.ipsec4j.api.policy.document;

import java.util.List;

/** What came of reading a policy file. */
public sealed interface PolicyResult {
  /**
   * The policy.
   *
   * @param document what the file says
   * @param warnings what a person should know about it
   */
  record Loaded(PolicyDocument document, List<PolicyWarning> warnings) implements PolicyResult {
    /** Copies the list. */
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * No policy: the file is wrong.
   *
   * @param errors at least one; all that could be found in one reading, in the order of the file
   */
  record Refused(List<PolicyError> errors) implements PolicyResult {
    /** Copies the list. */
    public Refused {
      errors = List.copyOf(errors);
    }

    /** One error on each line. */
    @Override
    public String toString() {
      return String.join("\n", errors.stream().map(PolicyError::toString).toList());
    }
  }
}
