package org.ipsec4j.ike.v2.exchange;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.OffloadedWork.Kind;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.ike.auth.AuthMethodNumber;
import org.ipsec4j.ike.auth.AuthResult;
import org.ipsec4j.ike.auth.AuthVerified;
import org.ipsec4j.ike.auth.AuthVerifier;
import org.ipsec4j.ike.auth.SignedOctets;
import org.ipsec4j.ike.v2.task.Certificates;
import org.ipsec4j.ike.v2.task.SignatureHashes;
import org.ipsec4j.ike.wire.AuthPayload;
import org.ipsec4j.ike.wire.IdPayload;
import org.ipsec4j.ike.wire.IkeMessage;

/** How the peer proves itself in IKE_AUTH, and what is wrong when it does not (RFC 7296 2.15). */
final class PeerProof {
  private PeerProof() {}

  /** What came of it. */
  sealed interface Result {
    /** It is who it claims to be. */
    record Proven(AuthVerified fact) implements Result {}

    /** It is not believed. */
    record Refused(Diagnosis diagnosis) implements Result {}
  }

  /** What offloaded work found out. */
  private record Checked(PathOutcome path, AuthResult signature) {}

  /**
   * Checks the proof of a message and goes on with it, now or after offloaded work.
   *
   * @param message the peer's IKE_AUTH message
   * @param id its Identification payload
   * @param wanted whether anyone still waits
   */
  static void check(
      ExchangeContext sa,
      PadEntry peer,
      IkeMessage message,
      IdPayload id,
      BooleanSupplier wanted,
      Consumer<Result> next) {
    AuthPayload auth = message.first(AuthPayload.class);
    if (auth == null) {
      next.accept(refused(Diagnoses.wrongAuthMethod(peer, "no AUTH payload (EAP)")));
      return;
    }
    Bytes octets;
    try {
      octets = octets(sa.facts(), id);
    } catch (CryptoException e) {
      next.accept(refused(Diagnoses.cryptoFailed("IKE_AUTH", e, peer.origin())));
      return;
    }
    switch (peer.remoteAuth()) {
      case AuthMethod.Psk psk -> next.accept(bySharedKey(sa, peer, psk, id, octets, auth));
      case AuthMethod.Certificate certificate ->
          bySignature(sa, peer, certificate, message, id, octets, auth, wanted, next);
    }
  }

  private static Bytes octets(InitFacts facts, IdPayload id) throws CryptoException {
    boolean byInitiator = !facts.initiator();
    Bytes message = byInitiator ? facts.initRequest() : facts.initResponse();
    return SignedOctets.of(
        facts.prf(),
        message.toArray(),
        byInitiator ? facts.nr() : facts.ni(),
        facts.keys().auth(byInitiator),
        id);
  }

  private static Result refused(Diagnosis diagnosis) {
    return new Result.Refused(diagnosis);
  }

  private static Result bySharedKey(
      ExchangeContext sa,
      PadEntry peer,
      AuthMethod.Psk psk,
      IdPayload id,
      Bytes octets,
      AuthPayload auth) {
    Secret shared = sa.env().credentials().preSharedKey(psk);
    if (shared == null) {
      return refused(
          Diagnoses.noLocalCredentials(peer, "pre-shared key `" + psk.secretRef() + "`"));
    }
    return result(
        peer, id, auth, AuthVerifier.sharedKey(sa.facts().prf(), shared, id, octets, auth));
  }

  private static void bySignature(
      ExchangeContext sa,
      PadEntry peer,
      AuthMethod.Certificate method,
      IkeMessage message,
      IdPayload id,
      Bytes octets,
      AuthPayload auth,
      BooleanSupplier wanted,
      Consumer<Result> next) {
    if (auth.method() == AuthMethodNumber.SHARED_KEY) {
      next.accept(result(peer, id, auth, new AuthResult.Failed(AuthResult.Reason.OTHER_METHOD)));
      return;
    }
    Environment env = sa.env();
    List<Bytes> chain = Certificates.read(message);
    Instant at = env.wallClock().now();
    Set<SignatureAlgorithm> accepted = SignatureHashes.accepted(env.crypto());
    sa.offload(
        new Work<>(
            Kind.VERIFY,
            () -> {
              PathOutcome path = env.credentials().validate(method, chain, id.identity(), at);
              AuthResult signature =
                  path instanceof PathOutcome.Validated validated
                      ? AuthVerifier.signature(
                          env.crypto(), validated.publicKey(), accepted, id, octets, auth)
                      : new AuthResult.Failed(AuthResult.Reason.KEY_UNUSABLE);
              return new Checked(path, signature);
            },
            wanted,
            outcome -> next.accept(checked(peer, id, auth, outcome)),
            checked -> {}));
  }

  private static Result checked(
      PadEntry peer, IdPayload id, AuthPayload auth, Outcome<Checked> outcome) {
    return switch (outcome) {
      case Outcome.Failed<Checked> failed ->
          refused(Diagnoses.cryptoFailed("IKE_AUTH", failed, peer.origin()));
      case Outcome.Done<Checked> done ->
          done.value().path() instanceof PathOutcome.Rejected rejected
              ? refused(Diagnoses.certificateRejected(peer, rejected))
              : result(peer, id, auth, done.value().signature());
    };
  }

  private static Result result(PadEntry peer, IdPayload id, AuthPayload auth, AuthResult outcome) {
    return switch (outcome) {
      case AuthResult.Verified verified -> new Result.Proven(verified.fact());
      case AuthResult.Failed failed ->
          refused(
              switch (failed.reason()) {
                case OTHER_METHOD ->
                    Diagnoses.wrongAuthMethod(peer, AuthMethodNumber.name(auth.method()));
                case VALUE_MISMATCH ->
                    auth.method() == AuthMethodNumber.SHARED_KEY
                        ? Diagnoses.pskMismatch(peer, id.identity())
                        : Diagnoses.badSignature(peer, "of " + id.identity());
                case UNKNOWN_SIGNATURE, ALGORITHM_NOT_ALLOWED ->
                    Diagnoses.noCommonSignature(
                        peer, "the peer signed otherwise than we accept: " + failed.reason());
                case KEY_UNUSABLE ->
                    Diagnoses.badSignature(peer, "the key of the certificate does not fit");
                case PROVIDER_FAILED ->
                    Diagnoses.cryptoFailed(
                        "IKE_AUTH",
                        new Outcome.Failed<>(
                            CryptoException.Culprit.PROVIDER, "the check of AUTH failed"),
                        peer.origin());
              });
    };
  }
}
