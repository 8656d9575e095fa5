package org.ipsec4j.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * {@code ipsec bench}, so that the list of commands is whole. The launcher script of a source tree
 * starts the benchmarks themselves, which are no part of this command; without it there is nothing
 * to start.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the packet path and its crypto providers against loops in C on the same libraries.",
      "Runs from a source tree only, by its script ipsec: the benchmarks are built there, and loops"
          + " in C are compiled on the spot."
    },
    footer = {
      "",
      "Examples:",
      "  ./ipsec bench --help     all options",
      "  ./ipsec bench --quick    a first answer in three minutes"
    })
final class BenchCommand implements Callable<Integer> {
  @Unmatched private List<String> rest = List.of();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it runs us
  private CommandSpec spec;

  /** For picocli. */
  BenchCommand() {}

  @Override
  public Integer call() {
    spec.commandLine()
        .getErr()
        .println(
            "`ipsec bench " + String.join(" ", rest) + "` runs from a source tree: ./ipsec bench");
    return 1;
  }
}
