package org.ipsec4j.cli.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Map;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.document.SecretRef;
import org.ipsec4j.api.policy.document.SecretRef.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretResolverTest {
  private static final Origin ORIGIN = new Origin("local", "a.yaml", 7, "b");

  @TempDir Path folder;

  private SecretResolver resolver() {
    return new SecretResolver(folder, Map.of("PSK", "from the environment", "EMPTY", "")::get);
  }

  private byte[] bytes(SecretRef reference) {
    SecretResult result = resolver().resolve(reference);
    return assertInstanceOf(SecretResult.Resolved.class, result, result::toString)
        .secret()
        .reveal(SecretAccess.raw());
  }

  private String failure(SecretRef reference) {
    SecretResult result = resolver().resolve(reference);
    String text = assertInstanceOf(SecretResult.Failed.class, result).error().toString();
    assertTrue(text.startsWith("a.yaml:7: expected "), text);
    return text;
  }

  private SecretRef file(String content, Encoding encoding) throws IOException {
    Path file = folder.resolve("psk.txt");
    Files.writeString(file, content);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    return new SecretRef.File("psk.txt", encoding, ORIGIN);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void aFileLosesOneLineEnd() throws IOException {
    assertArrayEquals(ascii("secret"), bytes(file("secret\n", Encoding.TEXT)));
    assertArrayEquals(ascii("secret"), bytes(file("secret\r\n", Encoding.TEXT)));
    assertArrayEquals(ascii(" secret \n"), bytes(file(" secret \n\n", Encoding.TEXT)));
    assertArrayEquals(ascii("0x616263"), bytes(file("0x616263", Encoding.TEXT)));
  }

  @Test
  void encodingsAreUndone() throws IOException {
    byte[] octets = HexFormat.of().parseHex("00ff10ab");
    assertArrayEquals(octets, bytes(file("0x00FF10ab\n", Encoding.HEX)));
    assertArrayEquals(octets, bytes(file("00ff10ab", Encoding.HEX)));
    assertArrayEquals(octets, bytes(file("0sAP8Qqw==\n", Encoding.BASE64)));
    assertArrayEquals(octets, bytes(file("AP8Qqw==", Encoding.BASE64)));
    assertTrue(failure(file("00ff1", Encoding.HEX)).contains("hexadecimal digits"));
    assertTrue(failure(file("0xzz", Encoding.HEX)).contains("hexadecimal digits"));
    assertTrue(failure(file("0x", Encoding.HEX)).contains("hexadecimal digits"));
    assertTrue(failure(file("hunter 2", Encoding.BASE64)).contains("a secret in base64"));
    assertFalse(failure(file("hunter 2", Encoding.BASE64)).contains("hunter"));
  }

  @Test
  void theEnvironmentAndThePolicyItselfAreSources() {
    assertArrayEquals(
        ascii("from the environment"),
        bytes(new SecretRef.Environment("PSK", Encoding.TEXT, ORIGIN)));
    assertArrayEquals(
        ascii("inline"),
        bytes(new SecretRef.Inline(Secret.copyOf(ascii("inline")), Encoding.TEXT, ORIGIN)));
    assertTrue(
        failure(new SecretRef.Environment("NONE", Encoding.TEXT, ORIGIN))
            .contains("the environment variable `NONE`; found none of that name"));
    assertTrue(
        failure(new SecretRef.Environment("EMPTY", Encoding.TEXT, ORIGIN))
            .contains("1 to 65536 octets; found 0"));
  }

  @Test
  void missingEmptyAndEndlessFilesFail() throws IOException {
    assertTrue(
        failure(new SecretRef.File("none.txt", Encoding.TEXT, ORIGIN)).contains("no such file"));
    assertTrue(
        failure(new SecretRef.File(".", Encoding.TEXT, ORIGIN)).contains("the secret's file"));
    assertTrue(failure(file("\n", Encoding.TEXT)).contains("found 0"));
    assertTrue(failure(file("x".repeat(70_000), Encoding.TEXT)).contains("1 to 65536 octets"));
  }

  @Test
  void aFileThatEveryoneReadsIsReported() throws IOException {
    SecretRef reference = file("secret", Encoding.TEXT);
    Path file = folder.resolve("psk.txt");
    assumeTrue(file.getFileSystem().supportedFileAttributeViews().contains("posix"));
    SecretResult closed = resolver().resolve(reference);
    assertEquals(0, assertInstanceOf(SecretResult.Resolved.class, closed).warnings().size());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    SecretResult open = resolver().resolve(reference);
    String warning =
        assertInstanceOf(SecretResult.Resolved.class, open).warnings().getFirst().toString();
    assertTrue(warning.startsWith("a.yaml:7: warning: everyone may read"), warning);
  }

  @Test
  void pathsBeginAtThePolicyFile() {
    SecretResolver resolver = SecretResolver.of(folder.resolve("a.yaml"));
    assertEquals(folder.toAbsolutePath().resolve("keys/b.pem"), resolver.path("keys/b.pem"));
    assertEquals(Path.of("/etc/b.pem").toAbsolutePath(), resolver.path("/etc/b.pem"));
  }
}
