package org.ipsec4j.cli.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.packet.TunSettings;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.PadEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that a policy names are found, read, and complained about with the policy's line. */
class LoadedPolicyTest {
  /** The line of {@link #policy} that says how the peer is authenticated. */
  private static final int AUTH_LINE = 6;

  @TempDir Path folder;

  @BeforeEach
  void putFiles() throws Exception {
    for (String name :
        List.of("ca.pem", "host.pem", "host.key", "host-encrypted.key", "other.key")) {
      try (InputStream stream = LoadedPolicyTest.class.getResourceAsStream(name)) {
        Files.write(folder.resolve(name), Objects.requireNonNull(stream, name).readAllBytes());
      }
    }
  }

  private Path policy(String auth) throws Exception {
    Path file = folder.resolve("site-a.yaml");
    String text =
        """
        version: 1
        peers:
          b:
            local: { address: 192.0.2.1, id: a.example }
            remote: { address: 192.0.2.2, id: b.example }
            auth: @auth@
            children:
              net: { local: 10.1.0.0/24, remote: 10.2.0.0/24 }
        """;
    Files.writeString(file, text.replace("@auth@", auth));
    return file;
  }

  private Path secret(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static PadEntry peer(LoadedPolicy loaded) {
    return loaded.policy().peers().getFirst();
  }

  private static String text(Secret secret) {
    return new String(secret.reveal(SecretAccess.raw()), StandardCharsets.UTF_8);
  }

  private List<String> problems(Path file) {
    PolicyProblem problem = assertThrows(PolicyProblem.class, () -> LoadedPolicy.load(file));
    return String.valueOf(problem.getMessage()).lines().toList();
  }

  @Test
  void thePreSharedKeyStandsRelativeToThePolicy() throws Exception {
    Files.createDirectories(folder.resolve("keys"));
    secret("keys/b.txt", "only for tests\n");
    LoadedPolicy loaded = LoadedPolicy.load(policy("{ psk: { file: keys/b.txt } }"));
    AuthMethod.Psk method = assertInstanceOf(AuthMethod.Psk.class, peer(loaded).localAuth());
    Secret key = loaded.credentials().preSharedKey(method);
    assertNotNull(key);
    assertEquals("only for tests", text(key), "the line end is not part of the key");
    assertEquals(List.of(), loaded.warnings());
  }

  @Test
  void aPreSharedKeyInHexadecimalDigitsIsOctets() throws Exception {
    secret("b.txt", "0x00ff10\n");
    LoadedPolicy loaded = LoadedPolicy.load(policy("{ psk: { file: b.txt, encoding: hex } }"));
    AuthMethod.Psk method = assertInstanceOf(AuthMethod.Psk.class, peer(loaded).localAuth());
    Secret key = loaded.credentials().preSharedKey(method);
    assertNotNull(key);
    assertArrayEquals(new byte[] {0, (byte) 0xff, 0x10}, key.reveal(SecretAccess.raw()));
  }

  @Test
  void aKeyFileThatEveryoneMayReadIsWarnedOf() throws Exception {
    Path file = secret("b.txt", "only for tests");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    List<String> warnings = LoadedPolicy.load(policy("{ psk: { file: b.txt } }")).warnings();
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains("chmod 600"), warnings::toString);
    assertFalse(warnings.getFirst().contains("only for tests"), warnings::toString);
  }

  @Test
  void aMissingKeyFileNamesTheLine() throws Exception {
    List<String> problems = problems(policy("{ psk: { file: b.txt } }"));
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().contains("site-a.yaml:" + AUTH_LINE + ":"), problems::toString);
    assertTrue(problems.getFirst().contains(folder.resolve("b.txt").toString()));
  }

  @Test
  void aCertificateComesWithItsKeyAndTrust() throws Exception {
    LoadedPolicy loaded =
        LoadedPolicy.load(
            policy("{ certificate: { chain: host.pem, key: host.key, trust: ca.pem } }"));
    AuthMethod.Certificate ours =
        assertInstanceOf(AuthMethod.Certificate.class, peer(loaded).localAuth());
    SigningKey key = loaded.credentials().signingKey(ours);
    assertNotNull(key);
    AuthMethod.Certificate theirs =
        assertInstanceOf(AuthMethod.Certificate.class, peer(loaded).remoteAuth());
    assertEquals(1, loaded.credentials().anchorKeyHashes(theirs).size());
  }

  @Test
  void aKeyOfAnotherCertificateNamesTheLine() throws Exception {
    List<String> problems =
        problems(policy("{ certificate: { chain: host.pem, key: other.key, trust: ca.pem } }"));
    assertEquals(1, problems.size(), problems::toString);
    String problem = problems.getFirst();
    assertTrue(problem.contains("site-a.yaml:" + AUTH_LINE + ": other.key: "), problem);
    assertTrue(problem.contains("does not match the certificate of CN=a.example"), problem);
  }

  @Test
  void anEncryptedKeyOpensWithItsPassword() throws Exception {
    secret("password.txt", "only for tests\n");
    LoadedPolicy loaded = LoadedPolicy.load(policy(encrypted("password.txt")));
    AuthMethod.Certificate ours =
        assertInstanceOf(AuthMethod.Certificate.class, peer(loaded).localAuth());
    assertNotNull(loaded.credentials().signingKey(ours));
  }

  private static String encrypted(String passwordFile) {
    return "{ certificate: { chain: host.pem, key: host-encrypted.key, password: { file: "
        + passwordFile
        + " }, trust: ca.pem } }";
  }

  @Test
  void aWrongPasswordSaysSoAndDoesNotShowIt() throws Exception {
    secret("password.txt", "another one");
    List<String> problems = problems(policy(encrypted("password.txt")));
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().contains("the password is wrong"), problems::toString);
    assertTrue(problems.getFirst().contains("site-a.yaml:" + AUTH_LINE), problems::toString);
    assertFalse(problems.getFirst().contains("another one"), problems::toString);
  }

  @Test
  void aMissingPasswordFileIsOneProblemAndNotTwo() throws Exception {
    List<String> problems = problems(policy(encrypted("password.txt")));
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().contains("password.txt"), problems::toString);
  }

  @Test
  void aPasswordBeyondAsciiIsExplained() throws Exception {
    secret("password.txt", "gr\u00f6\u00dfe");
    List<String> problems = problems(policy(encrypted("password.txt")));
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().contains("outside of ASCII"), problems::toString);
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() throws Exception {
    List<String> problems =
        problems(policy("{ certificate: { chain: no.pem, key: no.key, trust: [no-ca.pem] } }"));
    assertEquals(2, problems.size(), problems::toString);
    assertTrue(problems.stream().anyMatch(line -> line.contains("no.pem")), problems::toString);
    assertTrue(problems.stream().anyMatch(line -> line.contains("no-ca.pem")), problems::toString);
  }

  @Test
  void aHugeKeyFileIsNotRead() throws Exception {
    Files.write(folder.resolve("huge.key"), new byte[(1 << 20) + 1]);
    List<String> problems =
        problems(policy("{ certificate: { chain: host.pem, key: huge.key, trust: ca.pem } }"));
    assertTrue(problems.getFirst().contains("larger than 1 MiB"), problems::toString);
  }

  @Test
  void withoutATunInThePolicyItIsNamedIpsec0() throws Exception {
    secret("b.txt", "only for tests");
    LoadedPolicy loaded = LoadedPolicy.load(policy("{ psk: { file: b.txt } }"));
    TunSettings tun = loaded.tun(null);
    assertEquals("ipsec0", tun.name());
    assertEquals(1400, tun.mtu());
    assertEquals("vpn7", loaded.tun("vpn7").name());
  }

  private Path changed(String from, String to) throws Exception {
    secret("b.txt", "only for tests");
    Path file = policy("{ psk: { file: b.txt } }");
    String text = Files.readString(file);
    assertTrue(text.contains(from), text);
    Files.writeString(file, text.replace(from, to));
    return file;
  }

  @Test
  void ahIsAccepted() throws Exception {
    LoadedPolicy loaded =
        LoadedPolicy.load(changed("remote: 10.2.0.0/24 }", "remote: 10.2.0.0/24, ah: sha256 }"));
    assertEquals(List.of(), loaded.warnings());
  }

  @Test
  void manualKeysHaveTheLengthOfTheirAlgorithms() throws Exception {
    secret("short.key", "00112233");
    secret("right.key", "00".repeat(32));
    secret("b.txt", "only for tests");
    Path file = policy("{ psk: { file: b.txt } }");
    Files.writeString(
        file,
        Files.readString(file)
            + """
            manual:
              hand:
                outer: { local: 192.0.2.1, remote: 192.0.2.9 }
                local: 10.1.0.0/24
                remote: 10.9.0.0/24
                ah:
                  algorithms: sha256
                  in: { spi: 0x1001, integrity: { file: right.key } }
                  out: { spi: 0x1002, integrity: { file: short.key } }
            """);
    List<String> problems = problems(file);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems
            .getFirst()
            .contains(
                "manual child `hand`: the outbound AH integrity key has 4 octets; expected 32"),
        problems::toString);
    assertTrue(problems.getFirst().contains("site-a.yaml:"), problems::toString);
  }

  @Test
  void packetsInClearAreWarnedOf() throws Exception {
    LoadedPolicy loaded =
        LoadedPolicy.load(changed("version: 1\n", "version: 1\ndefault: bypass\n"));
    assertEquals(1, loaded.warnings().size(), loaded.warnings()::toString);
    assertTrue(loaded.warnings().getFirst().contains("NO_CLEAR_PATH"));
  }

  @Test
  void noSecretIsInTheText() throws Exception {
    secret("b.txt", "only for tests");
    LoadedPolicy loaded = LoadedPolicy.load(policy("{ psk: { file: b.txt } }"));
    assertFalse(loaded.toString().contains("only for tests"), loaded::toString);
  }
}
