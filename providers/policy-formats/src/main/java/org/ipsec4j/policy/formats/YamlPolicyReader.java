package org.ipsec4j.policy.formats;

import java.nio.file.Path;
import java.util.Locale;
import org.ipsec4j.api.policy.document.PolicyReader;
import org.ipsec4j.api.policy.document.PolicyResult;

/** The YAML form of {@code docs/policy.md}, as a service. */
public final class YamlPolicyReader implements PolicyReader {
  /** Called by ServiceLoader. */
  public YamlPolicyReader() {}

  @Override
  public String form() {
    return "yaml";
  }

  @Override
  public boolean reads(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  @Override
  public PolicyResult read(Path file) {
    return PolicyFormats.readYaml(file);
  }

  @Override
  public PolicyResult read(String name, String text) {
    return PolicyFormats.readYaml(name, text);
  }
}
