package org.ipsec4j.cli.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.ipsec4j.api.auth.CredentialsBuilder;
import org.ipsec4j.api.auth.CredentialsProvider;
import org.ipsec4j.api.policy.document.PolicyReader;

/** Finds who reads policy files, keys and certificates. */
public final class Readers {
  /** What a file is taken for when its name says nothing. */
  private static final String DEFAULT_FORM = "yaml";

  private Readers() {}

  /** The reader that knows the file by its name, else that of YAML. */
  public static PolicyReader of(Path file) {
    String name = String.valueOf(file.getFileName());
    List<PolicyReader> readers = all();
    return readers.stream()
        .filter(reader -> reader.reads(name))
        .findFirst()
        .orElseGet(() -> of(readers, DEFAULT_FORM));
  }

  /** The reader of a form. */
  public static PolicyReader of(String form) {
    return of(all(), form);
  }

  /** Takes keys and certificates of any kind that a policy names. */
  public static CredentialsBuilder credentials() {
    return ServiceLoader.load(CredentialsProvider.class)
        .findFirst()
        .orElseThrow(() -> missing("credentials", "ipsec-auth-pki"))
        .builder();
  }

  private static List<PolicyReader> all() {
    return ServiceLoader.load(PolicyReader.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  private static PolicyReader of(List<PolicyReader> readers, String form) {
    return readers.stream()
        .filter(reader -> reader.form().equals(form))
        .findFirst()
        .orElseThrow(() -> missing(form + " policies", "ipsec-policy-formats"));
  }

  private static IllegalStateException missing(String what, String artifact) {
    return new IllegalStateException(
        "nothing here reads " + what + ": put " + artifact + " on the path");
  }
}
