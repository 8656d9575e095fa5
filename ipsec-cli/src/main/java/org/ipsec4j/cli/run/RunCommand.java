package org.ipsec4j.cli.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.ipsec4j.cli.policy.LoadedPolicy;
import org.ipsec4j.cli.policy.PolicyProblem;
import org.ipsec4j.node.NodeStartException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ipsec run}: a gateway in the foreground. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a gateway by a policy file until Ctrl-C, which deletes its associations on the peers.",
      "Commands are read from standard input, a line each: initiate CHILD, rekey-child CHILD,"
          + " rekey-ike PEER, delete-child CHILD, delete-ike PEER, readmit PROVIDER, status, quit."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:ended by `quit`",
      "1:could not start",
      "2:wrong usage or a wrong policy file",
      "130:ended by Ctrl-C, after the associations were deleted on the peers"
    },
    footer = {
      "",
      "Examples:",
      "  ipsec run site-a.yaml",
      "  ipsec run site-a.yaml --events json     events for a program",
      "  ipsec run site-a.yaml --wireshark keys  capture and keys for Wireshark in folder `keys`"
    })
public final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "POLICY", description = "policy file (YAML, see docs/policy.md)")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it runs us
  private Path policy;

  @Option(
      names = "--events",
      paramLabel = "text|json",
      description = "how events are printed (default: ${DEFAULT-VALUE})")
  private EventPrinter.Style style = EventPrinter.Style.text;

  @Option(
      names = "--wireshark",
      paramLabel = "DIR",
      description = {
        "writes the KEYS of all associations in clear into DIR, with a capture of the outer side",
        "(outer.pcapng), as a Wireshark profile; for debugging only"
      })
  private @Nullable Path wireshark;

  @Option(
      names = "--tun",
      paramLabel = "NAME",
      description = "name of the TUN device (default: what the policy says, or ipsec0)")
  private @Nullable String tun;

  @Option(
      names = "--no-tun",
      description =
          "no TUN device: negotiates, keeps associations, carries no packets; needs no root")
  private boolean withoutTun;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it runs us
  private CommandSpec spec;

  /** For picocli. */
  public RunCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      LoadedPolicy loaded = LoadedPolicy.load(policy);
      loaded.warnings().forEach(err::println);
      err.flush();
      EventPrinter printer = new EventPrinter(out, style);
      Gateway.Options options =
          new Gateway.Options(
              tun,
              withoutTun,
              wireshark,
              Objects.requireNonNull(policy.toAbsolutePath().getParent()));
      return serve(loaded, options, printer);
    } catch (PolicyProblem e) {
      err.println(e.getMessage());
      err.flush();
      return 2;
    } catch (NodeStartException | IOException e) {
      err.println("ipsec: " + e.getMessage());
      err.flush();
      return 1;
    }
  }

  private static int serve(LoadedPolicy loaded, Gateway.Options options, EventPrinter printer)
      throws NodeStartException, IOException, InterruptedException {
    Gateway gateway = Gateway.start(loaded, options, printer);
    // Ctrl-C and SIGTERM: the JVM ends with 130 or 143 after the hook.
    Thread hook = new Thread(gateway::close, "ipsec-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    CountDownLatch quit = new CountDownLatch(1);
    Thread console =
        new Thread(
            () -> {
              if (obey(gateway)) {
                quit.countDown();
              }
            },
            "ipsec-console");
    console.setDaemon(true);
    console.start();
    quit.await();
    gateway.close();
    Runtime.getRuntime().removeShutdownHook(hook);
    return 0;
  }

  private static boolean obey(Gateway gateway) {
    try {
      return gateway
          .console()
          .obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      // Without a standard input the gateway goes on.
      return false;
    }
  }
}
