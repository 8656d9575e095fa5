package org.ipsec4j.api.policy;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;

/** What holds where a policy says nothing. Every way of writing a policy takes these. */
public final class Defaults {
  /** UDP port of IKE (RFC 7296 2). */
  public static final int IKE_PORT = 500;

  /** UDP port of IKE and ESP behind NAT (RFC 3948). */
  public static final int NAT_PORT = 4500;

  /** An IKE SA is rekeyed after this time. */
  public static final Duration IKE_REKEY = Duration.ofHours(4);

  /** A Child SA is rekeyed after this time. */
  public static final Duration CHILD_REKEY = Duration.ofHours(1);

  /** Rekeys come earlier by a random part of this many percent, so that they do not bunch. */
  public static final int REKEY_JITTER_PERCENT = 10;

  /** A silent peer is probed after this time (RFC 7296 2.4). */
  public static final Duration LIVENESS = Duration.ofSeconds(30);

  /** First retransmission time-out. */
  public static final Duration RETRANSMIT_INITIAL = Duration.ofSeconds(2);

  /** Each further time-out is 1.8 times as long. */
  public static final int RETRANSMIT_FACTOR_PERCENT = 180;

  /** Transmissions before a peer is given up: with the two above after about 150 s. */
  public static final int RETRANSMIT_TRIES = 7;

  /** IKE fragments fit the smallest MTU of IPv6. */
  public static final int FRAGMENT_SIZE = 1280;

  /** Interval of NAT keepalives (RFC 3948 4). */
  public static final Duration NAT_KEEPALIVE = Duration.ofSeconds(20);

  /** Replay window in packets. */
  public static final int REPLAY_WINDOW = 128;

  /** Both kinds of sequence number; the ordinary one is preferred, as most peers have only it. */
  public static final List<Boolean> ESN = List.of(false, true);

  private static final List<EncryptionTransform> COMBINED =
      List.of(
          new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 256),
          new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 128),
          new EncryptionTransform(EncryptionAlgorithm.CHACHA20_POLY1305, 256));

  private static final List<EncryptionTransform> CBC =
      List.of(
          new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 256),
          new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 128));

  private static final List<IntegrityAlgorithm> SHA2 =
      List.of(
          IntegrityAlgorithm.HMAC_SHA2_256_128,
          IntegrityAlgorithm.HMAC_SHA2_384_192,
          IntegrityAlgorithm.HMAC_SHA2_512_256);

  private static final List<PrfAlgorithm> PRFS =
      List.of(PrfAlgorithm.HMAC_SHA2_256, PrfAlgorithm.HMAC_SHA2_384, PrfAlgorithm.HMAC_SHA2_512);

  private static final List<KeyExchangeMethod> KEY_EXCHANGE =
      List.of(
          KeyExchangeMethod.X25519,
          KeyExchangeMethod.ECP_256,
          KeyExchangeMethod.ECP_384,
          KeyExchangeMethod.MODP_2048,
          KeyExchangeMethod.MODP_3072);

  /** Combined modes first, then AES-CBC with HMAC for peers that have nothing else. */
  public static final List<IkeProposal> IKE_PROPOSALS =
      List.of(
          new IkeProposal(COMBINED, List.of(), PRFS, KEY_EXCHANGE),
          new IkeProposal(CBC, SHA2, PRFS, KEY_EXCHANGE));

  /** The same ciphers for ESP, without perfect forward secrecy. */
  public static final List<ChildProposal> ESP_PROPOSALS =
      List.of(
          new ChildProposal(SecurityProtocol.ESP, COMBINED, List.of(), List.of(), ESN),
          new ChildProposal(SecurityProtocol.ESP, CBC, SHA2, List.of(), ESN));

  private Defaults() {}

  /** How an IKE SA is run. */
  public static IkeProfile ikeProfile() {
    return new IkeProfile(
        IKE_PROPOSALS,
        IKE_REKEY,
        REKEY_JITTER_PERCENT,
        hardLifetime(IKE_REKEY),
        LIVENESS,
        RETRANSMIT_INITIAL,
        RETRANSMIT_FACTOR_PERCENT,
        RETRANSMIT_TRIES,
        true,
        FRAGMENT_SIZE,
        NAT_KEEPALIVE,
        IkeProfile.Encapsulation.WHEN_NATTED);
  }

  /**
   * When an SA dies that could not be rekeyed: a tenth later, and late enough that the peer has
   * been given up first. Zero, which is never, for zero.
   */
  public static Duration hardLifetime(Duration rekeyAfter) {
    if (rekeyAfter.isZero()) {
      return Duration.ZERO;
    }
    Duration tenth = rekeyAfter.dividedBy(10);
    Duration least = Duration.ofMinutes(3);
    return rekeyAfter.plus(tenth.compareTo(least) < 0 ? least : tenth);
  }

  /** Asks for a rekey when four fifths of a volume are used; 0, which is no limit, for 0. */
  public static long softVolume(long hard) {
    return hard - hard / 5;
  }
}
