package org.ipsec4j.cli;

import org.ipsec4j.cli.demo.DemoCommand;
import org.ipsec4j.cli.run.RunCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code ipsec} command. Each sub-command is a class of its own, listed here. */
@Command(
    name = "ipsec",
    description = "IPsec for the JVM: IKE, ESP and a policy engine that can say why.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DemoCommand.class, RunCommand.class, BenchCommand.class})
public final class Main implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it runs us
  private CommandSpec spec;

  private Main() {}

  /**
   * Runs one command and ends the JVM with its exit status: 0 done, 1 failed, 2 wrong usage.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The whole command, ready to execute; tests give it other streams. */
  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }

  /** Without a sub-command: says what there is. */
  @Override
  public void run() {
    CommandLine command = spec.commandLine();
    command.usage(command.getOut());
  }
}
