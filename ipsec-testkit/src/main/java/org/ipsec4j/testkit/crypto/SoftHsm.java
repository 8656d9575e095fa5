package org.ipsec4j.testkit.crypto;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ipsec4j.api.Secret;
import org.junit.jupiter.api.Assumptions;

/**
 * Tokens of SoftHSM 2 for tests of PKCS #11, fresh in each process. The library finds its tokens by
 * the environment variable SOFTHSM2_CONF, which a running Java cannot set for itself: a module with
 * such tests has Surefire set it to a file below {@code target}. Without the variable or without
 * SoftHSM the tests are skipped, with the reason.
 */
public final class SoftHsm {
  private static final String VARIABLE = "SOFTHSM2_CONF";
  private static final String PIN = "1234";
  private static final Pattern SLOT = Pattern.compile("slot (\\d+)");
  private static final List<Path> LIBRARIES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/softhsm/libsofthsm2.so"));

  /** What SoftHSM is asked to keep to itself: private keys and AES keys that are brought in. */
  private static final String KEYS =
      """
      attributes(*, CKO_PRIVATE_KEY, *) = {
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
      }
      attributes(generate, CKO_PRIVATE_KEY, CKK_EC) = {
        CKA_DERIVE = true
        CKA_SIGN = true
      }
      attributes(import, CKO_PRIVATE_KEY, CKK_EC) = {
        CKA_DERIVE = true
        CKA_SIGN = true
      }
      attributes(*, CKO_PRIVATE_KEY, CKK_DH) = {
        CKA_DERIVE = true
      }
      attributes(import, CKO_SECRET_KEY, CKK_AES) = {
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
        CKA_ENCRYPT = true
        CKA_DECRYPT = true
      }
      """;

  private static final String SECRETS_LEAVE =
      """
      attributes(*, CKO_SECRET_KEY, CKK_GENERIC_SECRET) = {
        CKA_SENSITIVE = false
        CKA_EXTRACTABLE = true
        CKA_SIGN = true
      }
      """;

  private static final String SECRETS_STAY =
      """
      attributes(*, CKO_SECRET_KEY, CKK_GENERIC_SECRET) = {
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
        CKA_SIGN = true
      }
      """;

  private final Path folder;
  private final Path library;
  private final String slot;

  private SoftHsm(Path folder, Path library, String slot) {
    this.folder = folder;
    this.library = library;
    this.slot = slot;
  }

  /** The token of this process; its tests are skipped when there can be none. */
  public static SoftHsm token() {
    Object found = Holder.FOUND;
    Assumptions.assumeTrue(found instanceof SoftHsm, found::toString);
    return (SoftHsm) found;
  }

  /** A configuration of SunPKCS11 under which shared secrets may leave the token, as IKE needs. */
  public Path configuration() {
    return write("token.cfg", SECRETS_LEAVE);
  }

  /**
   * The same for MODP_2048 alone: SoftHSM wants to be told how long a secret will be, which
   * SunPKCS11 tells by its configuration only.
   */
  public Path configurationForModp2048() {
    return write(
        "modp.cfg",
        SECRETS_LEAVE
            .replace("}", "  CKA_VALUE_LEN = 256\n}")
            .replace("*, CKO_SECRET", "generate, CKO_SECRET"));
  }

  /** The same under which they may not. */
  public Path configurationThatKeepsSecrets() {
    return write("strict.cfg", SECRETS_STAY);
  }

  private Path write(String file, String secrets) {
    String text =
        "name = "
            + file.substring(0, file.indexOf('.'))
            + "\nlibrary = "
            + library
            + "\nslot = "
            + slot
            + "\n"
            + KEYS
            + secrets;
    try {
      return Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file with the PIN. */
  public Path pinFile() {
    try {
      return Files.writeString(folder.resolve("token.pin"), PIN + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The PIN; known to everybody, for nothing is in the token but keys of tests. */
  public Secret pin() {
    return Secret.copyOf(PIN.getBytes(StandardCharsets.US_ASCII));
  }

  /** A token, or a text that says why there is none. */
  private static Object make() {
    String variable = System.getenv(VARIABLE);
    if (variable == null) {
      return "skipped: " + VARIABLE + " is not set, the build sets it";
    }
    Optional<Path> library = LIBRARIES.stream().filter(Files::exists).findFirst();
    if (library.isEmpty()) {
      return "skipped: no SoftHSM here (package softhsm2)";
    }
    Path configuration = Path.of(variable).toAbsolutePath();
    Path folder = configuration.getParent();
    if (folder == null || !folder.toString().contains("target")) {
      return "skipped: " + VARIABLE + " does not lie below a folder called target";
    }
    try {
      Path tokens = folder.resolve("tokens");
      clear(tokens);
      Files.createDirectories(tokens);
      Files.writeString(
          configuration,
          "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
      return initialized(folder, library.get());
    } catch (IOException e) {
      return "skipped: SoftHSM cannot be set up: " + e;
    }
  }

  private static Object initialized(Path folder, Path library) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("softhsm2-util", "--init-token", "--free", "--label", "tests"));
    command.addAll(List.of("--pin", PIN, "--so-pin", "5678"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "skipped: softhsm2-util does not end";
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "skipped: interrupted";
    }
    Matcher slot = SLOT.matcher(said);
    return slot.find()
        ? new SoftHsm(folder, library, slot.group(1))
        : "skipped: softhsm2-util says " + said.strip();
  }

  private static void clear(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> inside = Files.walk(folder)) {
        for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static final class Holder {
    static final Object FOUND = make();
  }
}
