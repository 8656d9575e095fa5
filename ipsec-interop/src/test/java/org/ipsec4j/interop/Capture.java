package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** tcpdump on the outer side of one end. */
final class Capture implements AutoCloseable {
  private final Path file;
  private final Process process;

  private Capture(Path file, Process process) {
    this.file = file;
    this.process = process;
  }

  /** Starts to capture; returns when tcpdump listens. */
  static Capture start(Path folder, String namespace, String device) {
    return start(folder, namespace, device, "ip");
  }

  /** Starts to capture what a filter of tcpdump's language lets through. */
  static Capture start(Path folder, String namespace, String device, String filter) {
    Path file = folder.resolve("outer.pcap");
    Path log = folder.resolve("tcpdump.log");
    List<String> command =
        List.of(
            "tcpdump",
            "-Z",
            "root",
            "-U",
            "--immediate-mode",
            "-B",
            "32768",
            "-s",
            "0",
            "-i",
            device,
            "-w",
            file.toString(),
            filter);
    Process process =
        Proc.start(
            Map.of(), folder.resolve("tcpdump.out"), log, Namespaces.inside(namespace, command));
    boolean listening =
        Proc.poll(
            Duration.ofSeconds(15),
            () -> {
              try {
                return Files.readString(log).contains("listening on");
              } catch (IOException e) {
                return false;
              }
            });
    if (!listening) {
      Proc.end(process);
      throw new InteropFailure("tcpdump does not listen; see " + log);
    }
    return new Capture(file, process);
  }

  /** Ends the capture and returns its file. */
  Path stop() {
    if (process.isAlive()) {
      Proc.pause(Duration.ofMillis(300));
      Proc.signal(process, "INT");
      Proc.await(process, Duration.ofSeconds(15), "tcpdump");
    }
    return file;
  }

  @Override
  public void close() {
    Proc.end(process);
  }
}
