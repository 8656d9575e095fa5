package org.ipsec4j.auth.pki;

import static org.ipsec4j.auth.pki.TestCa.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.auth.PathOutcome.Cause;
import org.ipsec4j.api.auth.PathOutcome.Rejected;
import org.ipsec4j.api.auth.PathOutcome.Validated;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.auth.pki.TestCa.Issued;
import org.junit.jupiter.api.Test;

/** Every way in which a peer's certificates can be right or wrong, and what is said about it. */
class PathCheckerTest {
  private static final Identity PEER = new Identity.Fqdn("peer.example.org");
  private static final Issued ROOT = TestCa.root("CN=Root,O=Example");
  private static final Issued INTERMEDIATE =
      TestCa.wish("CN=Issuing CA,O=Example").ca(0).issue(ROOT);

  private static PathOutcome check(Identity claimed, Issued... chain) {
    return checkWith(PathChecker.trusting(List.of(ROOT.certificate())), claimed, chain);
  }

  private static PathOutcome checkWith(PathChecker checker, Identity claimed, Issued... chain) {
    List<Bytes> ders = new ArrayList<>();
    for (Issued issued : chain) {
      ders.add(issued.der());
    }
    return checker.validate(ders, claimed, NOW);
  }

  private static Rejected rejected(Cause cause, PathOutcome outcome) {
    Rejected rejected = assertInstanceOf(Rejected.class, outcome);
    assertEquals(cause, rejected.cause(), rejected::toString);
    assertFalse(rejected.detail().isBlank());
    assertFalse(rejected.cure().isBlank());
    return rejected;
  }

  private static TestCa.Wish peer() {
    return TestCa.wish("CN=peer,O=Example").dns("peer.example.org");
  }

  @Test
  void aChainToTheAnchorIsValidated() {
    Issued leaf = peer().issue(INTERMEDIATE);
    Validated validated = assertInstanceOf(Validated.class, check(PEER, leaf, INTERMEDIATE));
    assertEquals(Bytes.copyOf(leaf.keys().getPublic().getEncoded()), validated.publicKey());
    assertTrue(validated.subject().contains("CN=peer"), validated.subject());
    assertInstanceOf(Validated.class, check(PEER, leaf, ROOT, INTERMEDIATE), "in any order");
    assertInstanceOf(Validated.class, check(PEER, peer().issue(ROOT)), "right below the root");
  }

  @Test
  void anIntermediateOrThePeerItselfMayBeTheAnchor() {
    Issued leaf = peer().issue(INTERMEDIATE);
    assertInstanceOf(
        Validated.class,
        checkWith(PathChecker.trusting(List.of(INTERMEDIATE.certificate())), PEER, leaf));
    PathChecker pinned = PathChecker.trusting(List.of(leaf.certificate()));
    assertInstanceOf(Validated.class, checkWith(pinned, PEER, leaf));
    rejected(
        Cause.IDENTITY_MISMATCH, checkWith(pinned, new Identity.Fqdn("other.example.org"), leaf));
  }

  @Test
  void crossCertifiedPathsAreAllTried() {
    // Two CAs of one name and different keys: the wrong one comes first.
    Issued other = TestCa.root("CN=Issuing CA,O=Example");
    Issued leaf = peer().issue(INTERMEDIATE);
    PathChecker checker = PathChecker.trusting(List.of(other.certificate(), ROOT.certificate()));
    assertInstanceOf(Validated.class, checkWith(checker, PEER, leaf, INTERMEDIATE));
  }

  @Test
  void identitiesAreThoseOfTheAlternativeNames() {
    Issued leaf =
        TestCa.wish("CN=peer,O=Example")
            .dns("Peer.Example.org")
            .ip("192.0.2.7")
            .ip("2001:db8::7")
            .email("Joe@example.org")
            .issue(ROOT);
    for (Identity right :
        List.of(
            new Identity.Fqdn("pEER.example.ORG"),
            new Identity.Address(IpAddress.parse("192.0.2.7")),
            new Identity.Address(IpAddress.parse("2001:db8::7")),
            new Identity.Mailbox("joe@example.org"),
            new Identity.DistinguishedName(
                Bytes.copyOf(leaf.certificate().getSubjectX500Principal().getEncoded()), "x"))) {
      assertInstanceOf(Validated.class, check(right, leaf), right.toString());
    }
    for (Identity wrong :
        List.of(
            new Identity.Fqdn("peer"),
            new Identity.Fqdn("example.org"),
            new Identity.Fqdn("joe@example.org"),
            new Identity.Fqdn("192.0.2.7"),
            new Identity.Mailbox("peer.example.org"),
            new Identity.Address(IpAddress.parse("192.0.2.8")),
            new Identity.KeyId(Bytes.ofHex("00")),
            new Identity.Other(200, Bytes.ofHex("00")),
            new Identity.DistinguishedName(Bytes.ofHex("3000"), "empty"),
            new Identity.DistinguishedName(Bytes.ofHex("ffff"), "malformed"),
            new Identity.DistinguishedName(
                Bytes.copyOf(ROOT.certificate().getSubjectX500Principal().getEncoded()), "x"))) {
      Rejected rejected = rejected(Cause.IDENTITY_MISMATCH, check(wrong, leaf));
      assertTrue(
          rejected.evidence().contains("the certificate has fqdn:Peer.Example.org"),
          rejected::toString);
      assertTrue(rejected.evidence().contains("the certificate has ip:192.0.2.7"));
      assertTrue(rejected.evidence().stream().anyMatch(line -> line.contains("CN=peer")));
    }
  }

  @Test
  void theCommonNameAndWildcardsProveNothing() {
    Issued byName = TestCa.wish("CN=peer.example.org").issue(ROOT);
    rejected(Cause.IDENTITY_MISMATCH, check(PEER, byName));
    Issued wildcard = TestCa.wish("CN=x").dns("*.example.org").issue(ROOT);
    rejected(Cause.IDENTITY_MISMATCH, check(PEER, wildcard));
    assertInstanceOf(
        Validated.class,
        check(new Identity.Fqdn("*.example.org"), wildcard),
        "as a name it is one");
  }

  @Test
  void anEmptySubjectIsNoIdentity() {
    Issued leaf = TestCa.wish("").dns("peer.example.org").criticalAltNames().issue(ROOT);
    assertInstanceOf(Validated.class, check(PEER, leaf));
    rejected(
        Cause.IDENTITY_MISMATCH,
        check(new Identity.DistinguishedName(Bytes.ofHex("3000"), ""), leaf));
  }

  @Test
  void expiredCertificatesNameTheirDates() {
    Issued leaf =
        peer().valid(NOW.minus(Duration.ofDays(40)), NOW.minus(Duration.ofDays(10))).issue(ROOT);
    Rejected rejected = rejected(Cause.EXPIRED, check(PEER, leaf));
    assertTrue(rejected.detail().contains("2026-06-21"), rejected::detail);
    assertTrue(rejected.detail().contains("10 days ago"), rejected::detail);
    Issued oldCa =
        TestCa.wish("CN=Old CA,O=Example")
            .ca(0)
            .valid(NOW.minus(Duration.ofDays(40)), NOW.minus(Duration.ofHours(5)))
            .issue(ROOT);
    Rejected ca = rejected(Cause.EXPIRED, check(PEER, peer().issue(oldCa), oldCa));
    assertTrue(ca.detail().contains("Old CA"), ca::detail);
    assertTrue(ca.cure().contains("clock"), ca::cure);
  }

  @Test
  void certificatesFromTheFutureHintAtTheClock() {
    Issued leaf =
        peer().valid(NOW.plus(Duration.ofMinutes(7)), NOW.plus(Duration.ofDays(9))).issue(ROOT);
    Rejected rejected = rejected(Cause.NOT_YET_VALID, check(PEER, leaf));
    assertTrue(rejected.detail().contains("in 7 minutes"), rejected::detail);
    assertTrue(rejected.cure().contains("clock"), rejected::cure);
  }

  @Test
  void unknownAuthoritiesAndMissingLinksAreToldApart() {
    Issued stranger = TestCa.root("CN=Stranger,O=Elsewhere");
    Issued foreign = peer().issue(stranger);
    Rejected sentRoot = rejected(Cause.UNKNOWN_CA, check(PEER, foreign, stranger));
    assertTrue(sentRoot.detail().contains("Stranger"), sentRoot::detail);
    assertTrue(
        sentRoot.evidence().stream()
            .anyMatch(line -> line.contains("trusted") && line.contains("CN=Root")),
        sentRoot::toString);
    rejected(Cause.UNKNOWN_CA, check(PEER, foreign));
    Rejected missing =
        rejected(Cause.INTERMEDIATE_MISSING, check(PEER, peer().issue(INTERMEDIATE)));
    assertTrue(missing.detail().contains("Issuing CA"), missing::detail);
    Rejected nobody =
        rejected(
            Cause.UNKNOWN_CA, checkWith(PathChecker.trusting(List.of()), PEER, foreign, stranger));
    assertTrue(nobody.evidence().contains("no CA is trusted for this peer"));
  }

  @Test
  void aForgedCertificateHasABadSignature() {
    Issued impostor = TestCa.root("CN=Root,O=Example");
    Rejected rejected = rejected(Cause.BAD_SIGNATURE, check(PEER, peer().issue(impostor)));
    assertTrue(rejected.detail().contains("CN=Root"), rejected::detail);
  }

  @Test
  void onlyAuthoritiesIssue() {
    Issued endEntity = TestCa.wish("CN=No CA,O=Example").issue(ROOT);
    rejected(Cause.BAD_CA, check(PEER, peer().issue(endEntity), endEntity));
    Issued denied =
        TestCa.wish("CN=Denied,O=Example")
            .extension(Extension.basicConstraints, true, new BasicConstraints(false))
            .issue(ROOT);
    rejected(Cause.BAD_CA, check(PEER, peer().issue(denied), denied));
    Issued tooDeep = TestCa.wish("CN=Too deep,O=Example").ca(0).issue(INTERMEDIATE);
    rejected(Cause.BAD_CA, check(PEER, peer().issue(tooDeep), tooDeep, INTERMEDIATE));
    Issued noSigner =
        TestCa.wish("CN=No signer,O=Example")
            .extension(Extension.basicConstraints, true, new BasicConstraints(true))
            .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
            .issue(ROOT);
    rejected(Cause.BAD_CA, check(PEER, peer().issue(noSigner), noSigner));
  }

  @Test
  void keyUsageMustAllowSignatures() {
    Issued encipher =
        peer()
            .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment))
            .issue(ROOT);
    rejected(Cause.WRONG_USAGE, check(PEER, encipher));
    for (int usage : new int[] {KeyUsage.digitalSignature, KeyUsage.nonRepudiation}) {
      assertInstanceOf(
          Validated.class,
          check(PEER, peer().extension(Extension.keyUsage, true, new KeyUsage(usage)).issue(ROOT)));
    }
  }

  @Test
  void extendedKeyUsageIsThatOfRfc4945() {
    KeyPurposeId ike =
        KeyPurposeId.getInstance(new ASN1ObjectIdentifier(PathChecker.USAGE_IPSEC_IKE));
    for (KeyPurposeId accepted : List.of(ike, KeyPurposeId.anyExtendedKeyUsage)) {
      assertInstanceOf(
          Validated.class,
          check(
              PEER,
              peer()
                  .extension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(accepted))
                  .issue(ROOT)));
    }
    PathChecker demanding = PathChecker.trusting(List.of(ROOT.certificate())).demandingUsage();
    Issued critical = server(true);
    Issued server = server(false);
    Rejected rejected = rejected(Cause.WRONG_USAGE, check(PEER, critical));
    assertTrue(rejected.evidence().contains("has usage 1.3.6.1.5.5.7.3.1"), rejected::toString);
    assertInstanceOf(Validated.class, check(PEER, server), "not critical, and not demanded");
    rejected(Cause.WRONG_USAGE, checkWith(demanding, PEER, server));
    assertInstanceOf(
        Validated.class,
        checkWith(
            PathChecker.trusting(List.of(ROOT.certificate())).demandingUsage("1.3.6.1.5.5.7.3.1"),
            PEER,
            server));
  }

  /** A certificate as a TLS server has it. */
  private static Issued server(boolean critical) {
    return peer()
        .extension(
            Extension.extendedKeyUsage,
            critical,
            new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
        .issue(ROOT);
  }

  @Test
  void nameConstraintsBind() {
    GeneralSubtree permitted =
        new GeneralSubtree(new GeneralName(GeneralName.dNSName, "inside.example.org"));
    Issued bound =
        TestCa.wish("CN=Bound,O=Example")
            .ca(0)
            .extension(
                Extension.nameConstraints,
                true,
                new NameConstraints(new GeneralSubtree[] {permitted}, null))
            .issue(ROOT);
    rejected(Cause.NAME_CONSTRAINT, check(PEER, peer().issue(bound), bound));
    Issued inside = TestCa.wish("CN=x,O=Example").dns("a.inside.example.org").issue(bound);
    assertInstanceOf(
        Validated.class, check(new Identity.Fqdn("a.inside.example.org"), inside, bound));
  }

  @Test
  void unknownCriticalExtensionsAreRefused() {
    ASN1ObjectIdentifier unknown = new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");
    Rejected rejected =
        rejected(
            Cause.UNKNOWN_CRITICAL_EXTENSION,
            check(PEER, peer().extension(unknown, true, DERNull.INSTANCE).issue(ROOT)));
    assertTrue(rejected.evidence().contains("critical: 1.3.6.1.4.1.99999.1"), rejected::toString);
    assertInstanceOf(
        Validated.class,
        check(PEER, peer().extension(unknown, false, DERNull.INSTANCE).issue(ROOT)));
  }

  @Test
  void weakKeysAndHashesAreNamed() {
    Rejected hash =
        rejected(Cause.WEAK, check(PEER, peer().signedWith("SHA1withECDSA").issue(ROOT)));
    assertTrue(hash.detail().contains("SHA1"), hash::detail);
    Rejected key =
        rejected(Cause.WEAK, check(PEER, peer().keys(TestCa.keys("RSA", "1024")).issue(ROOT)));
    assertTrue(key.detail().contains("1024"), key::detail);
    assertInstanceOf(
        Validated.class, check(PEER, peer().keys(TestCa.keys("RSA", "2048")).issue(ROOT)));
  }

  @Test
  void nothingTooMuchAndGarbageAreOutcomes() {
    PathChecker checker = PathChecker.trusting(List.of(ROOT.certificate()));
    rejected(Cause.NO_CERTIFICATE, checker.validate(List.of(), PEER, NOW));
    rejected(Cause.MALFORMED, checker.validate(List.of(Bytes.EMPTY), PEER, NOW));
    rejected(Cause.MALFORMED, checker.validate(List.of(Bytes.ofHex("3080")), PEER, NOW));
    Bytes leaf = peer().issue(ROOT).der();
    rejected(
        Cause.MALFORMED,
        checker.validate(List.of(Bytes.concat(leaf, Bytes.ofHex("00"))), PEER, NOW));
    List<Bytes> many = new ArrayList<>();
    for (int i = 0; i <= PathChecker.MAX_CERTIFICATES; i++) {
      many.add(leaf);
    }
    rejected(Cause.MALFORMED, checker.validate(many, PEER, NOW));
    assertInstanceOf(
        Validated.class,
        checker.validate(List.of(leaf, Bytes.ofHex("dead")), PEER, NOW),
        "garbage beside a good path");
  }

  @Test
  void certificatesInCirclesEnd() {
    List<Bytes> chain = new ArrayList<>();
    Issued[] authorities = new Issued[7];
    Issued first = TestCa.root("CN=Circle");
    chain.add(peer().issue(first).der());
    for (int i = 0; i < authorities.length; i++) {
      // All of one name, each issued by another: every one may follow every other.
      authorities[i] = TestCa.wish("CN=Circle").ca(-1).issue(i == 0 ? first : authorities[i - 1]);
      chain.add(authorities[i].der());
      chain.add(TestCa.root("CN=Circle").der());
    }
    long start = System.nanoTime();
    rejected(
        Cause.UNKNOWN_CA,
        PathChecker.trusting(List.of(ROOT.certificate())).validate(chain, PEER, NOW));
    assertTrue(Duration.ofNanos(System.nanoTime() - start).toSeconds() < 5);
  }

  @Test
  void hostileNamesStayOnOneLine() {
    X500Name name =
        new X500NameBuilder()
            .addRDN(BCStyle.CN, new DERUTF8String("a\nevil\u0007" + "x".repeat(5000)))
            .build();
    Issued leaf = TestCa.wish(name).dns("b".repeat(3000)).issue(ROOT);
    Rejected rejected = rejected(Cause.IDENTITY_MISMATCH, check(PEER, leaf));
    for (String line : rejected.evidence()) {
      assertTrue(line.length() < 400, () -> line.length() + "");
      assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 0x7f), line);
    }
  }

  @Test
  void anchorsAreAnnouncedByTheirKeys() throws Exception {
    Bytes expected =
        Bytes.copyOf(
            java.security.MessageDigest.getInstance("SHA-1")
                .digest(ROOT.keys().getPublic().getEncoded()));
    assertEquals(
        List.of(expected), PathChecker.trusting(List.of(ROOT.certificate())).anchorKeyHashes());
  }
}
