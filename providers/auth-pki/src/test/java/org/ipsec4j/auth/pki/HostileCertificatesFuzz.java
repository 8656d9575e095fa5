package org.ipsec4j.auth.pki;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.auth.pki.TestCa.Issued;
import org.ipsec4j.testkit.crypto.VectorCount;
import org.ipsec4j.testkit.crypto.VectorFile;
import org.junit.jupiter.api.Test;

/** Whatever a peer sends as a certificate, an outcome comes back and nobody is believed. */
class HostileCertificatesFuzz {
  private static final Identity PEER = new Identity.Fqdn("peer.example.org");
  private static final int CORPUS = 101;

  @Test
  void mutatedCertificatesAreNeverBelieved() {
    Issued root = TestCa.root("CN=Root,O=Example");
    Issued middle = TestCa.wish("CN=Middle,O=Example").ca(0).issue(root);
    Issued leaf = TestCa.wish("CN=p").dns("peer.example.org").ip("192.0.2.1").issue(middle);
    PathChecker checker = PathChecker.trusting(List.of(root.certificate()));
    byte[] good = leaf.der().toArray();
    long seed = 20260701;
    Random random = new Random(seed);
    for (int round = 0; round < 3000; round++) {
      byte[] bad = mutate(good, random);
      boolean endEntity = random.nextBoolean();
      List<Bytes> chain =
          endEntity
              ? List.of(Bytes.copyOf(bad), middle.der())
              : List.of(leaf.der(), Bytes.copyOf(bad));
      PathOutcome outcome = checker.validate(chain, PEER, TestCa.NOW);
      assertInstanceOf(PathOutcome.Rejected.class, outcome, "seed " + seed + " round " + round);
    }
  }

  private static byte[] mutate(byte[] good, Random random) {
    byte[] bad = good.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bad.length);
      bad[at] = (byte) (bad[at] + 1 + random.nextInt(255));
    }
    return random.nextInt(8) == 0
        ? java.util.Arrays.copyOf(bad, random.nextInt(bad.length))
        : java.util.Arrays.equals(bad, good) ? new byte[0] : bad;
  }

  @Test
  void deepNestingEnds() {
    PathChecker checker = PathChecker.trusting(List.of());
    byte[] deep = new byte[60_000];
    for (int i = 0; i + 1 < deep.length; i += 2) {
      deep[i] = 0x30;
      deep[i + 1] = (byte) 0x80;
    }
    assertInstanceOf(
        PathOutcome.Rejected.class,
        checker.validate(List.of(Bytes.copyOf(deep)), PEER, TestCa.NOW));
    assertInstanceOf(
        PathOutcome.Rejected.class,
        checker.validate(List.of(Bytes.copyOf(new byte[1 << 20])), PEER, TestCa.NOW));
  }

  @Test
  void corpusOfStrongSwan() throws IOException {
    VectorCount count = new VectorCount("strongswan-fuzzing-corpora/certs");
    Issued root = TestCa.root("CN=Root,O=Example");
    PathChecker checker = PathChecker.trusting(List.of(root.certificate()));
    Bytes leaf = TestCa.wish("CN=p").dns("peer.example.org").issue(root).der();
    Optional<Path> folder = VectorFile.shared("strongswan-fuzzing-corpora/certs");
    for (int i = 0; i < CORPUS && folder.isEmpty(); i++) {
      count.skipped();
    }
    for (Path file : files(folder)) {
      Bytes content = Bytes.copyOf(Files.readAllBytes(file));
      assertFalse(
          checker.validate(List.of(content), PEER, TestCa.NOW) instanceof PathOutcome.Validated,
          file::toString);
      assertInstanceOf(
          PathOutcome.Validated.class,
          checker.validate(List.of(leaf, content), PEER, TestCa.NOW),
          "a good path with " + file + " beside it");
      try {
        PathChecker trusting =
            PathChecker.trusting(PkiFiles.certificates(content.toArray(), file.toString()));
        trusting.validate(List.of(content, leaf), PEER, TestCa.NOW);
        trusting.validate(List.of(leaf, content), PEER, TestCa.NOW);
      } catch (PkiException e) {
        // Not even a certificate.
      }
      count.ran();
    }
    count.report();
  }

  private static List<Path> files(Optional<Path> folder) throws IOException {
    if (folder.isEmpty()) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder.get())) {
      return new ArrayList<>(files.sorted().toList());
    }
  }
}
