package org.ipsec4j.cli.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.document.PolicyError;
import org.ipsec4j.api.policy.document.PolicyWarning;
import org.ipsec4j.api.policy.document.SecretRef;
import org.jspecify.annotations.Nullable;

/** Fetches the secrets that a policy names. Thread-safe. */
public final class SecretResolver {
  private static final int MOST = 65536;

  private final Path folder;
  private final Function<String, @Nullable String> environment;

  /**
   * @param folder that relative paths begin at
   * @param environment gives the value of a variable, or null
   */
  public SecretResolver(Path folder, Function<String, @Nullable String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /** Paths are relative to the policy file's folder, variables those of this process. */
  public static SecretResolver of(Path policyFile) {
    Path parent = policyFile.toAbsolutePath().getParent();
    return new SecretResolver(
        parent == null ? policyFile.toAbsolutePath() : parent, System::getenv);
  }

  /** The file that a policy names: of a secret, a certificate, a key. */
  public Path path(String written) {
    return folder.resolve(written);
  }

  /** Fetches a secret now. */
  public SecretResult resolve(SecretRef reference) {
    return switch (reference) {
      case SecretRef.File file -> fromFile(file);
      case SecretRef.Environment variable -> {
        String value = environment.apply(variable.name());
        yield value == null
            ? failed(
                variable.origin(),
                "the environment variable `" + variable.name() + "`",
                "none of that name",
                variable.name() + "=... ipsec run policy.yaml")
            : decode(value.getBytes(StandardCharsets.UTF_8), variable, List.of());
      }
      case SecretRef.Inline inline ->
          decode(inline.value().reveal(SecretAccess.raw()), inline, List.of());
    };
  }

  private SecretResult fromFile(SecretRef.File file) {
    Path path = path(file.path());
    byte[] bytes;
    try (InputStream in = Files.newInputStream(path)) {
      bytes = in.readNBytes(MOST + 1);
    } catch (NoSuchFileException e) {
      return failed(file.origin(), "the secret's file " + path, "no such file", null);
    } catch (IOException e) {
      return failed(file.origin(), "the secret's file " + path, e.getClass().getSimpleName(), null);
    }
    return decode(withoutLineEnd(bytes), file, warnings(path, file.origin()));
  }

  private static List<PolicyWarning> warnings(Path path, Origin origin) {
    List<PolicyWarning> warnings = new ArrayList<>();
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
        warnings.add(
            new PolicyWarning(
                origin.file(),
                origin.line(),
                0,
                "everyone may read the secret's file " + path + ": chmod 600 " + path));
      }
    } catch (IOException | UnsupportedOperationException e) {
      // A file system without such permissions has nothing to warn of.
      return List.of();
    }
    return warnings;
  }

  private static byte[] withoutLineEnd(byte[] bytes) {
    int end = bytes.length;
    if (end > 0 && bytes[end - 1] == '\n') {
      end--;
      if (end > 0 && bytes[end - 1] == '\r') {
        end--;
      }
    }
    byte[] rest = Arrays.copyOf(bytes, end);
    Arrays.fill(bytes, (byte) 0);
    return rest;
  }

  /** Takes {@code text} over and wipes it unless it becomes the secret itself. */
  private static SecretResult decode(
      byte[] text, SecretRef reference, List<PolicyWarning> warnings) {
    if (text.length == 0 || text.length > MOST) {
      return failed(
          reference.origin(), "a secret of 1 to " + MOST + " octets", text.length + "", null);
    }
    if (reference.encoding() == SecretRef.Encoding.TEXT) {
      return new SecretResult.Resolved(Secret.adopt(text), warnings);
    }
    boolean hex = reference.encoding() == SecretRef.Encoding.HEX;
    byte[] octets = hex ? unhex(text) : unbase64(text);
    Arrays.fill(text, (byte) 0);
    if (octets == null || octets.length == 0) {
      return failed(
          reference.origin(),
          hex ? "a secret of hexadecimal digits, two for an octet" : "a secret in base64",
          "something else",
          null);
    }
    return new SecretResult.Resolved(Secret.adopt(octets), warnings);
  }

  private static byte @Nullable [] unhex(byte[] text) {
    int start = text.length >= 2 && text[0] == '0' && text[1] == 'x' ? 2 : 0;
    if ((text.length - start) % 2 != 0) {
      return null;
    }
    byte[] octets = new byte[(text.length - start) / 2];
    for (int i = 0; i < octets.length; i++) {
      int high = Character.digit((char) text[start + 2 * i], 16);
      int low = Character.digit((char) text[start + 2 * i + 1], 16);
      if (high < 0 || low < 0) {
        Arrays.fill(octets, (byte) 0);
        return null;
      }
      octets[i] = (byte) (high << 4 | low);
    }
    return octets;
  }

  private static byte @Nullable [] unbase64(byte[] text) {
    boolean prefixed = text.length >= 2 && text[0] == '0' && text[1] == 's';
    byte[] plain = Arrays.copyOfRange(text, prefixed ? 2 : 0, text.length);
    try {
      return Base64.getDecoder().decode(plain);
    } catch (IllegalArgumentException e) {
      return null;
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private static SecretResult failed(
      Origin origin, String expected, String found, @Nullable String example) {
    return new SecretResult.Failed(
        new PolicyError(origin.file(), origin.line(), 0, expected, found, example));
  }
}
