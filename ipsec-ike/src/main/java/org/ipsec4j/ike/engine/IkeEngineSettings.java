package org.ipsec4j.ike.engine;

import java.time.Duration;
import java.util.function.Function;
import org.ipsec4j.api.WallClock;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.PolicyView;

/**
 * What an IKE engine is made with.
 *
 * @param policy the policy to begin with
 * @param crypto cryptography
 * @param random randomness; seeded in simulations. Used from offloaded work too, so it is
 *     thread-safe where work runs on other threads
 * @param credentials keys, certificates, trust anchors
 * @param wallClock calendar time for certificates
 * @param defaultLocalAddress our address towards a peer, for PAD entries that name none
 * @param cookieThreshold half-open IKE SAs from which on cookies are asked for (RFC 7296 2.6)
 * @param halfOpenLimit half-open IKE SAs from which on first requests are dropped
 * @param halfOpenTimeout after which a half-open IKE SA is forgotten
 * @param exportKeys whether keys of IKE SAs are told by {@code KeysExported} events
 */
public record IkeEngineSettings(
    PolicyView policy,
    CryptoProvider crypto,
    RandomSource random,
    Credentials credentials,
    WallClock wallClock,
    Function<IpAddress, IpAddress> defaultLocalAddress,
    int cookieThreshold,
    int halfOpenLimit,
    Duration halfOpenTimeout,
    boolean exportKeys) {
  /** Half-open IKE SAs from which on cookies are asked for, when nothing else is said. */
  public static final int COOKIE_THRESHOLD = 32;

  /** Most half-open IKE SAs, when nothing else is said. */
  public static final int HALF_OPEN_LIMIT = 1024;

  /** How long an IKE SA may be half open, when nothing else is said. */
  public static final Duration HALF_OPEN_TIMEOUT = Duration.ofSeconds(30);

  /**
   * @throws IllegalArgumentException when a limit is negative or a time is not positive
   */
  public IkeEngineSettings {
    if (cookieThreshold < 0 || halfOpenLimit < 0) {
      throw new IllegalArgumentException("limits of half-open IKE SAs are not negative");
    }
    if (halfOpenTimeout.isNegative() || halfOpenTimeout.isZero()) {
      throw new IllegalArgumentException("the time for half-open IKE SAs is positive");
    }
  }

  /** With the usual limits, and without export of keys. */
  public static IkeEngineSettings of(
      PolicyView policy,
      CryptoProvider crypto,
      RandomSource random,
      Credentials credentials,
      WallClock wallClock,
      Function<IpAddress, IpAddress> defaultLocalAddress) {
    return new IkeEngineSettings(
        policy,
        crypto,
        random,
        credentials,
        wallClock,
        defaultLocalAddress,
        COOKIE_THRESHOLD,
        HALF_OPEN_LIMIT,
        HALF_OPEN_TIMEOUT,
        false);
  }

  /** The same with or without export of keys. */
  public IkeEngineSettings withExportKeys(boolean export) {
    return new IkeEngineSettings(
        policy,
        crypto,
        random,
        credentials,
        wallClock,
        defaultLocalAddress,
        cookieThreshold,
        halfOpenLimit,
        halfOpenTimeout,
        export);
  }

  /** The same with other limits of half-open IKE SAs. */
  public IkeEngineSettings withHalfOpen(int newThreshold, int newLimit, Duration newTimeout) {
    return new IkeEngineSettings(
        policy,
        crypto,
        random,
        credentials,
        wallClock,
        defaultLocalAddress,
        newThreshold,
        newLimit,
        newTimeout,
        exportKeys);
  }
}
