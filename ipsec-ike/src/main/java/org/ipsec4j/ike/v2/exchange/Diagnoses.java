package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.Diagnosis.Cause;
import org.ipsec4j.api.ike.Diagnosis.Culprit;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Explanation;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.Transform;
import org.jspecify.annotations.Nullable;

/** Says why a negotiation failed and what cures it. Texts hold no secrets. */
public final class Diagnoses {
  private static final String CHECK_BOTH =
      "compare the proposals of both sides and add one that both have";

  private Diagnoses() {}

  /** Nobody answered IKE_SA_INIT. */
  public static Diagnosis noAnswer(PadEntry peer, Endpoint remote) {
    int tries = peer.ike().retransmitTries();
    List<String> evidence =
        List.of(tries + " transmissions of IKE_SA_INIT to " + remote + ", no usable answer");
    return new Diagnosis(
        Culprit.NETWORK,
        Cause.NO_ANSWER,
        "IKE_SA_INIT",
        remote + " does not answer",
        "see whether UDP port " + remote.port() + " of the peer is reached and IKE runs there",
        peer.origin(),
        evidence,
        List.of(
            "a firewall drops UDP port " + remote.port() + ": capture on the peer's side to see",
            "no IKE daemon listens there, or it has no configuration for this address: its log"
                + " tells",
            "the address of the peer is wrong: ping it"));
  }

  /** IKE_SA_INIT was answered, what followed was not. */
  public static Diagnosis noAnswerAfterInit(PadEntry peer, Endpoint remote, List<String> hints) {
    List<String> evidence = new ArrayList<>();
    evidence.add("IKE_SA_INIT was answered; IKE_AUTH to " + remote + " was not");
    evidence.addAll(hints);
    return new Diagnosis(
        Culprit.NETWORK,
        Cause.NO_ANSWER_AFTER_INIT,
        "IKE_AUTH",
        remote + " answered at first and then fell silent",
        "see whether UDP port " + remote.port() + " is open in both directions",
        peer.origin(),
        evidence,
        List.of(
            "a firewall passes port 500 and drops port "
                + remote.port()
                + ": capture on both sides",
            "large messages with certificates are lost as IP fragments: switch IKE fragmentation"
                + " on",
            "the peer dropped the request without an answer: its log tells"));
  }

  /** No common algorithms for the IKE SA; we answered. */
  public static Diagnosis noCommonIke(
      Explanation why, List<Proposal> offered, List<Proposal> ours, @Nullable Origin origin) {
    return noCommon(
        Cause.NO_COMMON_IKE_PROPOSAL,
        "IKE_SA_INIT",
        "no IKE proposal of the peer fits ours",
        why,
        offered,
        ours,
        origin);
  }

  /** No common algorithms for a Child SA; we answered. */
  public static Diagnosis noCommonChild(
      String phase, Explanation why, List<Proposal> offered, ChildProfile child) {
    return noCommon(
        Cause.NO_COMMON_CHILD_PROPOSAL,
        phase,
        "no ESP or AH proposal of the peer fits child `" + child.name() + "`",
        why,
        offered,
        List.of(),
        child.origin());
  }

  private static Diagnosis noCommon(
      Cause cause,
      String phase,
      String summary,
      Explanation why,
      List<Proposal> offered,
      List<Proposal> ours,
      @Nullable Origin origin) {
    List<String> evidence = new ArrayList<>();
    evidence.addAll(lines("the peer offered", offered));
    evidence.addAll(lines("we accept", ours));
    evidence.addAll(lines(why));
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE, cause, phase, summary, CHECK_BOTH, origin, evidence, List.of());
  }

  /** The peer refused all our algorithms. */
  public static Diagnosis refusedProposals(
      Cause cause, String phase, List<Proposal> ours, Origin origin) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        cause,
        phase,
        "the peer accepts none of our proposals (NO_PROPOSAL_CHOSEN)",
        CHECK_BOTH,
        origin,
        lines("we offered", ours),
        List.of(
            "an algorithm, key length or group that the peer lacks: its log lists what it accepts",
            "perfect forward secrecy on one side only: see the key exchange of the child",
            "the peer has no configuration for our address: its log tells"));
  }

  /** The peer wants a key exchange method that our policy does not have. */
  public static Diagnosis noCommonKeyExchange(
      String phase, int wanted, List<KeyExchangeMethod> ours, Origin origin) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.NO_COMMON_KEY_EXCHANGE,
        phase,
        "the peer wants key exchange method " + keyExchange(wanted) + ", which we do not offer",
        "add it to the proposals, or one of ours to the peer's",
        origin,
        List.of("the peer wants " + keyExchange(wanted), "we offer " + ours),
        List.of());
  }

  /** One side demands perfect forward secrecy. */
  public static Diagnosis pfsMismatch(String phase, String detail, ChildProfile child) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.PFS_MISMATCH,
        phase,
        "perfect forward secrecy is demanded by one side only",
        "give child `" + child.name() + "` the same key exchange methods on both sides",
        child.origin(),
        List.of(detail),
        List.of());
  }

  /** No common traffic; we answered. */
  public static Diagnosis selectorsDisjoint(
      String phase,
      PadEntry peer,
      Explanation why,
      List<TrafficSelector> local,
      List<TrafficSelector> remote) {
    List<String> evidence = new ArrayList<>();
    evidence.add("the peer asked for our side " + local + " and its side " + remote);
    for (ChildProfile child : peer.children()) {
      evidence.add("child `" + child.name() + "` has " + selectors(child));
    }
    evidence.addAll(lines(why));
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.TRAFFIC_SELECTORS_DISJOINT,
        phase,
        "no child of `" + peer.name() + "` covers the traffic that the peer asked for",
        "let the selectors of both sides overlap",
        peer.origin(),
        evidence,
        List.of());
  }

  /** The peer refused our traffic. */
  public static Diagnosis selectorsRefused(String phase, ChildProfile child) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.TRAFFIC_SELECTORS_DISJOINT,
        phase,
        "the peer grants none of the traffic of child `" + child.name() + "` (TS_UNACCEPTABLE)",
        "let the selectors of both sides overlap",
        child.origin(),
        List.of("we asked for " + selectors(child)),
        List.of());
  }

  /** The answer selects traffic that we did not ask for. */
  public static Diagnosis selectorsWidened(String phase, ChildProfile child, String answered) {
    return new Diagnosis(
        Culprit.PEER_MISBEHAVED,
        Cause.TRAFFIC_SELECTORS_DISJOINT,
        phase,
        "the peer's answer is no part of the traffic of child `" + child.name() + "`",
        "mend the peer: its answer must be a subset of what it was asked (RFC 7296 2.9)",
        child.origin(),
        List.of("we asked for " + selectors(child), "the peer answered " + answered),
        List.of());
  }

  /** Transport and tunnel mode. */
  public static Diagnosis modeMismatch(String phase, ChildProfile child, String detail) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.MODE_MISMATCH,
        phase,
        "the peer and child `" + child.name() + "` want different modes",
        "set the same mode on both sides",
        child.origin(),
        List.of(detail),
        List.of());
  }

  /** The pre-shared keys differ; seen by who checks. */
  public static Diagnosis pskMismatch(PadEntry peer, Identity claimed) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.PSK_MISMATCH,
        "IKE_AUTH",
        "the peer `" + peer.name() + "` has another pre-shared key",
        "set the same key on both sides; beware of blanks and line ends",
        peer.origin(),
        List.of("the peer claims to be " + claimed, "its proof does not fit our key"),
        List.of());
  }

  /** Nothing to prove ourselves with. */
  public static Diagnosis noLocalCredentials(PadEntry peer, String what) {
    return new Diagnosis(
        Culprit.LOCAL_POLICY,
        Cause.NO_LOCAL_CREDENTIALS,
        "IKE_AUTH",
        "there is no " + what + " for `" + peer.name() + "`",
        "give the node the credentials that the policy names",
        peer.origin(),
        List.of(),
        List.of());
  }

  /** The peer is somebody else. */
  public static Diagnosis unexpectedIdentity(PadEntry peer, Identity claimed) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.UNEXPECTED_IDENTITY,
        "IKE_AUTH",
        "the peer `" + peer.name() + "` claims another identity than the policy expects",
        "write " + claimed + " as the remote identity, or mend the peer's local identity",
        peer.origin(),
        List.of("expected " + peer.remoteIdentity(), "claimed " + claimed),
        List.of());
  }

  /** No PAD entry fits. */
  public static Diagnosis noPadEntry(String phase, String what, Explanation why) {
    return new Diagnosis(
        Culprit.LOCAL_POLICY,
        Cause.NO_PAD_ENTRY,
        phase,
        "no peer of the policy fits " + what,
        "add a peer with that address and identity, or mend the peer's configuration",
        why.steps().isEmpty() ? null : why.steps().getLast().origin(),
        lines(why),
        List.of());
  }

  /** Another way of proof than demanded. */
  public static Diagnosis wrongAuthMethod(PadEntry peer, String came) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.WRONG_AUTH_METHOD,
        "IKE_AUTH",
        "the peer `" + peer.name() + "` proves itself with " + came,
        "use the same authentication method on both sides",
        peer.origin(),
        List.of("demanded " + peer.remoteAuth(), "came " + came),
        List.of());
  }

  /** A signature is wrong. */
  public static Diagnosis badSignature(PadEntry peer, String detail) {
    return new Diagnosis(
        Culprit.PEER_MISBEHAVED,
        Cause.BAD_SIGNATURE,
        "IKE_AUTH",
        "the signature of `" + peer.name() + "` is wrong",
        "see whether the peer signs with the private key of the certificate that it sends",
        peer.origin(),
        List.of(detail),
        List.of());
  }

  /** No common signature algorithm. */
  public static Diagnosis noCommonSignature(PadEntry peer, String detail) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.NO_COMMON_SIGNATURE,
        "IKE_AUTH",
        "there is no signature algorithm that both sides have",
        "use a certificate with a key that the peer can check (RFC 7427)",
        peer.origin(),
        List.of(detail),
        List.of());
  }

  /** The certificates were not accepted by us. */
  public static Diagnosis certificateRejected(PadEntry peer, PathOutcome.Rejected rejected) {
    List<String> evidence = new ArrayList<>();
    evidence.add(rejected.cause() + ": " + rejected.detail());
    evidence.addAll(rejected.evidence());
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.CERTIFICATE_REJECTED,
        "IKE_AUTH",
        "the certificate of `" + peer.name() + "` was not accepted",
        rejected.cure(),
        peer.origin(),
        evidence,
        List.of());
  }

  /** The peer refused our proof. Only it knows why. */
  public static Diagnosis refusedByPeer(PadEntry peer) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.REFUSED_BY_PEER,
        "IKE_AUTH",
        "the peer refused our proof (AUTHENTICATION_FAILED)",
        "read the peer's log: it knows which of the candidates it is",
        peer.origin(),
        List.of(
            "we claimed to be " + peer.localIdentity() + ", proven by " + peer.localAuth(),
            "we asked for " + (peer.remoteIdentity() == null ? "anyone" : peer.remoteIdentity())),
        List.of(
            "the pre-shared keys differ: set the same key on both sides and try again",
            "the peer expects another identity of us: its log names the one it looks for",
            "the peer does not trust our certificate: its log tells of the path",
            "the peer does not have the identity that we ask for: leave the remote identity open"
                + " and try again"));
  }

  /** The peer answered with an error of its own. */
  public static Diagnosis peerError(String phase, String notify, Origin origin) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.PEER_ERROR,
        phase,
        "the peer answered with " + notify,
        "read the peer's log",
        origin,
        List.of(notify),
        List.of());
  }

  /** The algorithms agreed in IKE_SA_INIT are not those of the peer that came out. */
  public static Diagnosis notForPeer(PadEntry peer, ChosenIke chosen) {
    return new Diagnosis(
        Culprit.LOCAL_POLICY,
        Cause.NO_COMMON_IKE_PROPOSAL,
        "IKE_AUTH",
        "`" + peer.name() + "` may not use the algorithms that IKE_SA_INIT agreed",
        "give all peers at one address the same IKE proposals",
        peer.origin(),
        List.of("agreed " + chosen, "allowed " + peer.ike().proposals()),
        List.of());
  }

  /** The peer breaks the protocol. */
  public static Diagnosis protocolError(String phase, String detail, @Nullable Origin origin) {
    return new Diagnosis(
        Culprit.PEER_MISBEHAVED,
        Cause.PROTOCOL_ERROR,
        phase,
        "the peer's message breaks the protocol: " + detail,
        "report it to who makes the peer's software, with a capture",
        origin,
        List.of(detail),
        List.of());
  }

  /** The peer speaks another version of IKE. */
  public static Diagnosis versionMismatch(Origin origin) {
    return new Diagnosis(
        Culprit.PEER_INCOMPATIBLE,
        Cause.VERSION_MISMATCH,
        "IKE_SA_INIT",
        "the peer does not speak IKEv2",
        "let the peer speak IKEv2",
        origin,
        List.of("INVALID_MAJOR_VERSION came back"),
        List.of());
  }

  /** An IKE SA that was up is not answered any more. */
  public static Diagnosis unresponsive(PadEntry peer, Endpoint remote, int tries) {
    return new Diagnosis(
        Culprit.NETWORK,
        Cause.NO_ANSWER,
        "INFORMATIONAL",
        remote + " fell silent: its SAs are removed",
        "see whether the peer runs and the path to it is open",
        peer.origin(),
        List.of(tries + " transmissions without an answer"),
        List.of(
            "the peer restarted and forgot the SAs: they come up again by themselves",
            "the path is interrupted: ping the peer",
            "a NAT forgot its mapping: shorten the interval of keepalives"));
  }

  /** Cryptography failed. */
  public static Diagnosis cryptoFailed(
      String phase, CryptoException failure, @Nullable Origin origin) {
    return cryptoFailed(phase, InitKeys.failed(failure), origin);
  }

  /** Offloaded cryptography failed. */
  public static Diagnosis cryptoFailed(
      String phase, Outcome.Failed<?> failed, @Nullable Origin origin) {
    Culprit culprit =
        switch (failed.culprit()) {
          case PEER_VALUE -> Culprit.PEER_MISBEHAVED;
          case LOCAL_KEY -> Culprit.LOCAL_POLICY;
          case PROVIDER -> Culprit.INTERNAL;
        };
    return new Diagnosis(
        culprit,
        Cause.CRYPTO_FAILED,
        phase,
        "a cryptographic step failed: " + failed.message(),
        failed.culprit() == CryptoException.Culprit.PEER_VALUE
            ? "the peer's software is wrong, or somebody changes its messages: capture on both"
                + " sides"
            : "see whether the crypto provider has the algorithms that the policy names",
        origin,
        List.of(failed.message()),
        List.of());
  }

  /** A command names what is not there. */
  public static Diagnosis unknownName(String what) {
    return new Diagnosis(
        Culprit.LOCAL_MISUSE,
        Cause.UNKNOWN_NAME,
        "command",
        what,
        "use a name that the policy has",
        null,
        List.of(),
        List.of());
  }

  /** Proposals as lines for people. */
  public static List<String> lines(String prefix, List<Proposal> proposals) {
    return proposals.stream().map(p -> prefix + " " + text(p)).toList();
  }

  private static List<String> lines(Explanation why) {
    return why.text().lines().toList();
  }

  private static String selectors(ChildProfile child) {
    return child.localSelectors() + " === " + child.remoteSelectors();
  }

  private static String text(Proposal proposal) {
    String protocol =
        switch (proposal.protocolId()) {
          case Proposal.IKE -> "IKE";
          case Proposal.AH -> "AH";
          case Proposal.ESP -> "ESP";
          default -> "protocol " + proposal.protocolId();
        };
    return "#"
        + proposal.number()
        + " "
        + protocol
        + ": "
        + proposal.transforms().stream().map(Diagnoses::text).collect(Collectors.joining(" "));
  }

  private static String text(Transform transform) {
    String name =
        switch (transform.type()) {
          case Transform.ENCR ->
              EncryptionAlgorithm.ofId(transform.id())
                  .map(Enum::name)
                  .orElse("ENCR_" + transform.id());
          case Transform.PRF ->
              PrfAlgorithm.ofId(transform.id())
                  .map(prf -> "PRF_" + prf.name())
                  .orElse("PRF_" + transform.id());
          case Transform.INTEG ->
              IntegrityAlgorithm.ofId(transform.id())
                  .map(Enum::name)
                  .orElse("INTEG_" + transform.id());
          case Transform.KE -> keyExchange(transform.id());
          case Transform.ESN -> transform.id() == 0 ? "NO_ESN" : "ESN";
          default -> "type-" + transform.type() + "-" + transform.id();
        };
    return transform.keyBits() > 0 ? name + "_" + transform.keyBits() : name;
  }

  private static String keyExchange(int id) {
    return KeyExchangeMethod.ofId(id).map(Enum::name).orElse("KE_" + id);
  }
}
