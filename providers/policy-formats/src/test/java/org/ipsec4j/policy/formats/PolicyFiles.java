package org.ipsec4j.policy.formats;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The policy files that come with the tests. */
final class PolicyFiles {
  static final List<String> GOOD =
      List.of(
          "site.yaml",
          "full.yaml",
          "roadwarrior.yaml",
          "hosts.yaml",
          "rules-only.yaml",
          "manual.yaml");

  private PolicyFiles() {}

  static String good(String name) {
    try (InputStream in = PolicyFiles.class.getResourceAsStream("good/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
