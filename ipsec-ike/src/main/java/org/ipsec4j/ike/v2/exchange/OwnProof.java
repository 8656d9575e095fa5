package org.ipsec4j.ike.v2.exchange;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.OffloadedWork.Kind;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.ike.auth.PskAuth;
import org.ipsec4j.ike.auth.SignatureAuth;
import org.ipsec4j.ike.auth.SignedOctets;
import org.ipsec4j.ike.v2.task.Certificates;
import org.ipsec4j.ike.wire.AuthPayload;
import org.ipsec4j.ike.wire.IdPayload;
import org.ipsec4j.ike.wire.Payload;

/** How we prove ourselves in IKE_AUTH (RFC 7296 2.15, RFC 7427 3). */
final class OwnProof {
  private OwnProof() {}

  /** What came of it. */
  sealed interface Result {
    /**
     * The proof.
     *
     * @param certificates CERT payloads, perhaps none
     * @param auth the AUTH payload
     */
    record Ready(List<? extends Payload> certificates, AuthPayload auth) implements Result {}

    /** We cannot prove ourselves. */
    record Failed(Diagnosis diagnosis) implements Result {}
  }

  /**
   * Makes the proof and goes on with it, now or after offloaded work.
   *
   * @param id our Identification payload
   * @param wanted whether anyone still waits
   */
  static void make(
      ExchangeContext sa,
      PadEntry peer,
      IdPayload id,
      BooleanSupplier wanted,
      Consumer<Result> next) {
    Bytes octets;
    try {
      octets = octets(sa.facts(), id);
    } catch (CryptoException e) {
      next.accept(failed(peer, e));
      return;
    }
    switch (peer.localAuth()) {
      case AuthMethod.Psk psk -> next.accept(bySharedKey(sa, peer, psk, octets));
      case AuthMethod.Certificate certificate ->
          bySignature(sa, peer, certificate, octets, wanted, next);
    }
  }

  private static Bytes octets(InitFacts facts, IdPayload id) throws CryptoException {
    boolean initiator = facts.initiator();
    Bytes own = initiator ? facts.initRequest() : facts.initResponse();
    return SignedOctets.of(
        facts.prf(),
        own.toArray(),
        initiator ? facts.nr() : facts.ni(),
        facts.keys().auth(initiator),
        id);
  }

  private static Result failed(PadEntry peer, CryptoException e) {
    return new Result.Failed(Diagnoses.cryptoFailed("IKE_AUTH", e, peer.origin()));
  }

  private static Result bySharedKey(
      ExchangeContext sa, PadEntry peer, AuthMethod.Psk psk, Bytes octets) {
    Secret shared = sa.env().credentials().preSharedKey(psk);
    if (shared == null) {
      return new Result.Failed(
          Diagnoses.noLocalCredentials(peer, "pre-shared key `" + psk.secretRef() + "`"));
    }
    try {
      return new Result.Ready(List.of(), PskAuth.sign(sa.facts().prf(), shared, octets));
    } catch (CryptoException e) {
      return failed(peer, e);
    }
  }

  private static void bySignature(
      ExchangeContext sa,
      PadEntry peer,
      AuthMethod.Certificate method,
      Bytes octets,
      BooleanSupplier wanted,
      Consumer<Result> next) {
    SigningKey key = sa.env().credentials().signingKey(method);
    if (key == null) {
      next.accept(
          new Result.Failed(
              Diagnoses.noLocalCredentials(
                  peer, "certificate with private key `" + method.credentialRef() + "`")));
      return;
    }
    SignatureAlgorithm algorithm = SignatureAuth.choose(key.algorithms(), sa.facts().peerHashes());
    if (algorithm == null) {
      String detail =
          "our key does "
              + key.algorithms()
              + ", the peer verifies with "
              + sa.facts().peerHashes();
      next.accept(new Result.Failed(Diagnoses.noCommonSignature(peer, detail)));
      return;
    }
    sa.offload(
        new Work<>(
            Kind.SIGN,
            () -> key.sign(algorithm, octets),
            wanted,
            outcome -> next.accept(signed(peer, key, algorithm, outcome)),
            signature -> {}));
  }

  private static Result signed(
      PadEntry peer, SigningKey key, SignatureAlgorithm algorithm, Outcome<Bytes> outcome) {
    return switch (outcome) {
      case Outcome.Done<Bytes> done ->
          new Result.Ready(Certificates.chain(key), SignatureAuth.emit(algorithm, done.value()));
      case Outcome.Failed<Bytes> failed ->
          new Result.Failed(Diagnoses.cryptoFailed("IKE_AUTH", failed, peer.origin()));
    };
  }
}
