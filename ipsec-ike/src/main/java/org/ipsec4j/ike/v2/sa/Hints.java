package org.ipsec4j.ike.v2.sa;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.ike.v2.exchange.Diagnoses;

/**
 * Unprotected errors of the opening: perhaps forged, so the true answer is still awaited, but told
 * when none comes (RFC 7296 2.21.1).
 */
final class Hints {
  private static final int MOST = 4;

  private final List<Diagnosis> hints = new ArrayList<>();

  /**
   * Keeps one.
   *
   * @return whether it says that waiting long is of no use
   */
  boolean add(Diagnosis diagnosis) {
    if (hints.size() < MOST && !hints.contains(diagnosis)) {
      hints.add(diagnosis);
    }
    return diagnosis.cause() == Cause.NO_COMMON_IKE_PROPOSAL
        || diagnosis.cause() == Cause.NO_COMMON_KEY_EXCHANGE;
  }

  /** IKE_SA_INIT was answered: what came before is void. */
  void clear() {
    hints.clear();
  }

  /** Nobody answered IKE_SA_INIT. */
  Diagnosis noAnswer(PadEntry peer, Endpoint remote) {
    return hints.isEmpty() ? Diagnoses.noAnswer(peer, remote) : hints.getFirst();
  }

  /** Nobody answered IKE_AUTH. */
  Diagnosis noAnswerAfterInit(PadEntry peer, Endpoint remote) {
    return Diagnoses.noAnswerAfterInit(
        peer, remote, hints.stream().map(Diagnosis::summary).toList());
  }
}
