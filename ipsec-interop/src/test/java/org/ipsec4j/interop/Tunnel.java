package org.ipsec4j.interop;

import java.time.Duration;

/**
 * What both ends of a test tunnel agree on. One description, two renderings: {@link Policies}
 * writes it for our gateway and {@link SwanctlConf} for charon. Proposal names are the ones that
 * both read alike.
 *
 * @param left the end under test
 * @param right the reference end
 * @param auth how the ends prove who they are
 * @param leftIke the left end's IKE proposals, separated by commas
 * @param rightIke the right end's IKE proposals
 * @param leftEsp the left end's Child SA proposals
 * @param rightEsp the right end's Child SA proposals
 * @param leftLiveness silence after which the left end asks whether the peer lives; zero: never
 * @param rightLiveness the same for the right end
 * @param leftBehindNat whether the right end must accept any address of the left one
 */
record Tunnel(
    Side left,
    Side right,
    Auth auth,
    String leftIke,
    String rightIke,
    String leftEsp,
    String rightEsp,
    Duration leftLiveness,
    Duration rightLiveness,
    boolean leftBehindNat) {

  /** The name of the only Child SA, in both configurations. */
  static final String CHILD = "net";

  /**
   * One end.
   *
   * @param id the fully qualified name that it authenticates as
   * @param address its outer IPv4 address
   * @param inner its own IPv4 address inside of the tunnel
   * @param net the network that it protects
   */
  record Side(String id, String address, String inner, String net) {}

  /** How the ends authenticate. */
  sealed interface Auth {}

  /** Pre-shared keys; different ones make a test of refusal. */
  record Psk(String left, String right) implements Auth {}

  /**
   * Certificates and RFC 7427 signatures.
   *
   * @param scheme what charon calls its way to sign, for example {@code pubkey} or {@code
   *     rsa/pss-sha256}
   */
  record Certificates(Pki.Identity left, Pki.Identity right, Pki.Authority authority, String scheme)
      implements Auth {}

  /** The plain case: pre-shared key, AES-GCM, X25519, no liveness checks, no NAT. */
  static Tunnel plain() {
    return new Tunnel(
        new Side("a.interop.example", "10.9.0.1", "10.1.0.1", "10.1.0.0/24"),
        new Side("b.interop.example", "10.9.0.2", "10.2.0.1", "10.2.0.0/24"),
        new Psk("only for the interop suite", "only for the interop suite"),
        "aes256gcm16-prfsha256-x25519",
        "aes256gcm16-prfsha256-x25519",
        "aes128gcm16-x25519",
        "aes128gcm16-x25519",
        Duration.ZERO,
        Duration.ZERO,
        false);
  }

  Tunnel with(Auth other) {
    return new Tunnel(
        left,
        right,
        other,
        leftIke,
        rightIke,
        leftEsp,
        rightEsp,
        leftLiveness,
        rightLiveness,
        leftBehindNat);
  }

  Tunnel ike(String both) {
    return ike(both, both);
  }

  Tunnel ike(String ofLeft, String ofRight) {
    return new Tunnel(
        left,
        right,
        auth,
        ofLeft,
        ofRight,
        leftEsp,
        rightEsp,
        leftLiveness,
        rightLiveness,
        leftBehindNat);
  }

  Tunnel esp(String both) {
    return new Tunnel(
        left,
        right,
        auth,
        leftIke,
        rightIke,
        both,
        both,
        leftLiveness,
        rightLiveness,
        leftBehindNat);
  }

  Tunnel liveness(Duration ofLeft, Duration ofRight) {
    return new Tunnel(
        left, right, auth, leftIke, rightIke, leftEsp, rightEsp, ofLeft, ofRight, leftBehindNat);
  }

  /** The same tunnel with the left end inside of a network that a router hides. */
  Tunnel behindNat(String insideAddress) {
    Side inside = new Side(left.id, insideAddress, left.inner, left.net);
    return new Tunnel(
        inside,
        right,
        auth,
        leftIke,
        rightIke,
        leftEsp,
        rightEsp,
        leftLiveness,
        rightLiveness,
        true);
  }
}
