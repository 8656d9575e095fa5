package org.ipsec4j.auth.pki;

import static org.ipsec4j.auth.pki.TestCa.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.auth.pki.TestCa.Issued;
import org.junit.jupiter.api.Test;

/** What was proven once is believed again, and nothing else is. */
class ProvenPathsTest {
  private static final Identity PEER = new Identity.Fqdn("peer.example.org");
  private static final Issued ROOT = TestCa.root("CN=Root,O=Example");

  private static Issued leaf(Issued issuer) {
    return TestCa.wish("CN=peer").dns("peer.example.org").issue(issuer);
  }

  private final PathChecker checker = PathChecker.trusting(List.of(ROOT.certificate()));

  @Test
  void aPeerThatComesBackIsJudgedTheSame() {
    Issued leaf = leaf(ROOT);
    PathOutcome first = checker.validate(List.of(leaf.der()), PEER, NOW);
    assertInstanceOf(PathOutcome.Validated.class, first);
    assertEquals(first, checker.validate(List.of(leaf.der()), PEER, NOW));
  }

  @Test
  void aProvenPathExpiresAndIsBoundToItsIdentity() {
    Issued leaf = leaf(ROOT);
    assertInstanceOf(PathOutcome.Validated.class, checker.validate(List.of(leaf.der()), PEER, NOW));
    PathOutcome late = checker.validate(List.of(leaf.der()), PEER, NOW.plus(Duration.ofDays(301)));
    assertEquals(
        PathOutcome.Cause.EXPIRED, assertInstanceOf(PathOutcome.Rejected.class, late).cause());
    PathOutcome other =
        checker.validate(List.of(leaf.der()), new Identity.Fqdn("other.example.org"), NOW);
    assertEquals(
        PathOutcome.Cause.IDENTITY_MISMATCH,
        assertInstanceOf(PathOutcome.Rejected.class, other).cause());
  }

  @Test
  void aForgeryBesideAProvenPathIsStillOne() {
    assertInstanceOf(
        PathOutcome.Validated.class, checker.validate(List.of(leaf(ROOT).der()), PEER, NOW));
    Issued impostor = TestCa.root("CN=Root,O=Example");
    for (int again = 0; again < 2; again++) {
      PathOutcome forged = checker.validate(List.of(leaf(impostor).der()), PEER, NOW);
      assertInstanceOf(PathOutcome.Rejected.class, forged);
    }
  }

  /** One octet of difference anywhere makes another name, and so does another anchor. */
  @Test
  void namesTellPathsApart() throws CertificateEncodingException {
    Issued other = TestCa.root("CN=Other,O=Example");
    Issued leaf = leaf(ROOT);
    Bytes name = name(ROOT, leaf);
    assertEquals(name, name(ROOT, leaf));
    assertNotEquals(name, name(other, leaf));
    assertNotEquals(name, name(ROOT, leaf(ROOT)));
    assertNotEquals(name, name(ROOT, leaf, other));
  }

  private static Bytes name(Issued anchor, Issued... path) throws CertificateEncodingException {
    return ProvenPaths.name(
        new PathSearch.Candidate(
            List.of(path).stream().map(Issued::certificate).toList(), anchor.certificate()));
  }

  @Test
  void itIsBounded() {
    ProvenPaths paths = new ProvenPaths();
    Bytes first = name(0);
    paths.add(first);
    for (int i = 1; i < ProvenPaths.MOST; i++) {
      paths.add(name(i));
    }
    assertTrue(paths.contains(first));
    for (int i = 0; i < 100; i++) {
      paths.add(name(100_000 + i));
    }
    assertEquals(ProvenPaths.MOST, paths.size());
    assertTrue(paths.contains(first), "it was asked for last");
    assertFalse(paths.contains(name(1)));
  }

  private static Bytes name(int i) {
    return Bytes.copyOf(java.nio.ByteBuffer.allocate(32).putInt(i).array());
  }
}
