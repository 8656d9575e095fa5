package org.ipsec4j.benchmarks.standard;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is measured together in one JVM: a JVM of its own each, so that the compiler sees one
 * provider as it does in a gateway, and a crash of a native library costs one group.
 */
public enum Group {
  /** Full path with crypto-mb. */
  PATH_MB(AeadRows::pathMb, List.of()),
  /** Full path with crypto-openssl. */
  PATH_OPENSSL(AeadRows::pathOpenssl, List.of()),
  /** Workers of crypto-openssl alone. */
  WORKER_OPENSSL(AeadRows::workerOpenssl, List.of()),
  /** Workers of crypto-mb alone. */
  WORKER_MB(AeadRows::workerMb, List.of()),
  /** crypto-jca on SunJCE. */
  JCA(AeadRows::jca, List.of()),
  /** CBC with HMAC in bursts. */
  CBC(HmacRows::run, List.of()),
  /** A million SAs. */
  MANY_SAS(ManyRows::run, List.of("-Xms5g", "-Xmx5g")),
  /** What the plots show; the full run only. */
  PLOTS(SweepRows::run, List.of("-Xmx5g"));

  private final Consumer<Run> rows;
  private final List<String> jvm;

  Group(Consumer<Run> rows, List<String> jvm) {
    this.rows = rows;
    this.jvm = jvm;
  }

  /** As it stands in the table. */
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Options of its JVM beside those of all. */
  List<String> jvm() {
    return jvm;
  }

  void run(Run run) {
    rows.accept(run);
  }

  /** The group of a title. */
  public static Optional<Group> named(String title) {
    for (Group group : values()) {
      if (group.title().equals(title)) {
        return Optional.of(group);
      }
    }
    return Optional.empty();
  }
}
