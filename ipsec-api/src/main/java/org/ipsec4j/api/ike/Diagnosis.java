package org.ipsec4j.api.ike;

import java.util.List;
import org.ipsec4j.api.policy.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Why a negotiation failed and what cures it. Where the cause is known only to the peer, {@link
 * #candidates()} names what it may be, each with the test that separates it from the others.
 *
 * @param culprit who must act
 * @param cause what went wrong
 * @param phase the exchange, such as {@code IKE_AUTH}
 * @param summary one sentence
 * @param cure one sentence: the line of policy or the command that mends it
 * @param origin the line of policy concerned, or null
 * @param evidence what we offered, what the peer offered, the first mismatch, each a line
 * @param candidates possible causes where only the peer knows; empty otherwise
 */
public record Diagnosis(
    Culprit culprit,
    Cause cause,
    String phase,
    String summary,
    String cure,
    @Nullable Origin origin,
    List<String> evidence,
    List<String> candidates) {
  /** Copies the lists. */
  public Diagnosis {
    evidence = List.copyOf(evidence);
    candidates = List.copyOf(candidates);
  }

  /** Who must act. */
  public enum Culprit {
    /** What came cannot be read. */
    MALFORMED,
    /** The peer broke the protocol or lied. */
    PEER_MISBEHAVED,
    /** Both are right and do not fit. */
    PEER_INCOMPATIBLE,
    /** Our policy forbids it. */
    LOCAL_POLICY,
    /** The program or the operator asked for something impossible. */
    LOCAL_MISUSE,
    /** Nothing comes back. */
    NETWORK,
    /** Our own fault. */
    INTERNAL
  }

  /** What went wrong. */
  public enum Cause {
    /** No answer to IKE_SA_INIT. */
    NO_ANSWER,
    /** An answer to IKE_SA_INIT, none to what followed. */
    NO_ANSWER_AFTER_INIT,
    /** No common algorithms for the IKE SA. */
    NO_COMMON_IKE_PROPOSAL,
    /** No common key exchange method. */
    NO_COMMON_KEY_EXCHANGE,
    /** No common algorithms for the Child SA. */
    NO_COMMON_CHILD_PROPOSAL,
    /** Perfect forward secrecy is demanded by one side only. */
    PFS_MISMATCH,
    /** No common traffic. */
    TRAFFIC_SELECTORS_DISJOINT,
    /** Transport and tunnel mode. */
    MODE_MISMATCH,
    /** The pre-shared keys differ. */
    PSK_MISMATCH,
    /** There is no pre-shared key or certificate of ours. */
    NO_LOCAL_CREDENTIALS,
    /** The peer's identity is not the expected one. */
    UNEXPECTED_IDENTITY,
    /** No PAD entry fits the peer. */
    NO_PAD_ENTRY,
    /** The peer proved itself in another way than the policy demands. */
    WRONG_AUTH_METHOD,
    /** A signature is wrong. */
    BAD_SIGNATURE,
    /** No common signature algorithm. */
    NO_COMMON_SIGNATURE,
    /** The certificates were not accepted. */
    CERTIFICATE_REJECTED,
    /** The peer refused our proof. */
    REFUSED_BY_PEER,
    /** The peer answered with an error of its own. */
    PEER_ERROR,
    /** The peer's message breaks the protocol. */
    PROTOCOL_ERROR,
    /** The peer's version of IKE is another. */
    VERSION_MISMATCH,
    /** Cryptography failed. */
    CRYPTO_FAILED,
    /** The command names what is not in the policy. */
    UNKNOWN_NAME
  }

  /** Everything as lines for people. */
  public String text() {
    StringBuilder text = new StringBuilder(phase).append(": ").append(summary).append('\n');
    for (String line : evidence) {
      text.append("  saw: ").append(line).append('\n');
    }
    for (String line : candidates) {
      text.append("  may be: ").append(line).append('\n');
    }
    text.append("  to do: ").append(cure);
    if (origin != null) {
      text.append(" (").append(origin).append(')');
    }
    return text.append('\n').toString();
  }
}
