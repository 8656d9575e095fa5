package org.ipsec4j.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code ipsec} command. Each sub-command is a class of its own, listed here. */
@Command(
    name = "ipsec",
    description = "IPsec for the JVM: IKE, ESP and a policy engine that can say why.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  private Main() {}

  /**
   * Runs one command and ends the JVM with its exit status: 0 done, 1 failed, 2 wrong usage.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  /** Without a sub-command: says what there is. */
  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
