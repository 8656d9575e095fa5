package org.ipsec4j.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.ipsec4j.node.NodeStartException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ipsec demo}: real packets through a real tunnel, without root, device or server. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Two IPsec nodes in this process negotiate over loopback and carry real traffic in both"
          + " directions; every packet is compared byte for byte and the outer side is searched for"
          + " plaintext.",
      "Leaves demo.pcapng (the outer side) and demo-wireshark (a profile with the keys) behind.",
      "The last line is for programs: `demo: ok packets=N mismatches=0 leaks=0 rekeys=N` with exit"
          + " status 0, or `demo: failed ...` with exit status 1."
    },
    footer = {
      "",
      "Examples:",
      "  ipsec demo                    the demo's own recording",
      "  ipsec demo trace.pcapng.gz    your own capture (pcap or pcapng, also gzipped)"
    })
public final class DemoCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "captures to replay; without one the demo's own recording")
  private List<Path> files = List.of();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "folder for the results (default: the current one)")
  private Path folder = Path.of("");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it runs us
  private CommandSpec spec;

  /** For picocli. */
  public DemoCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      for (Path file : files) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
          return failed(out, "`" + file + "` is not a readable file");
        }
      }
      Files.createDirectories(folder.toAbsolutePath());
      out.println("Two nodes negotiate IKEv2 on loopback and carry the traffic both ways ...");
      out.flush();
      try (Progress progress = Progress.onTerminal()) {
        Traffic traffic = new Traffic(files);
        DemoReport report =
            new Demo(traffic, folder.toAbsolutePath(), List.of(), progress::update)
                .announce(progress::expect)
                .run();
        progress.wipe();
        report.print(out);
        return report.ok() ? 0 : 1;
      }
    } catch (AccessDeniedException e) {
      return failed(
          out, "cannot write " + e.getFile() + ": choose another folder for the results with -o");
    } catch (IOException e) {
      return failed(out, e.getMessage() == null ? e.toString() : e.getMessage());
    } catch (NodeStartException e) {
      return failed(out, String.valueOf(e.getMessage()));
    }
  }

  private static int failed(PrintWriter out, String why) {
    out.println(
        "demo: failed packets=0 mismatches=0 leaks=0 rekeys=0 reason=\""
            + why.replace('"', '\'').replace('\n', ' ')
            + "\"");
    out.flush();
    return 1;
  }
}
