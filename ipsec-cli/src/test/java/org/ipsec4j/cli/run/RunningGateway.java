package org.ipsec4j.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.cli.Main;

/** {@code ipsec run --no-tun --events json} as a process of its own. */
final class RunningGateway implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final Writer commands;
  private final Path errors;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> heard = new ArrayList<>();
  private final ObjectMapper json = new ObjectMapper();

  private RunningGateway(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.commands = process.outputWriter();
    Thread reader = new Thread(this::read, "gateway-output");
    reader.setDaemon(true);
    reader.start();
  }

  static RunningGateway start(Path policy) throws Exception {
    List<String> command = new ArrayList<>();
    if (takesInterrupts()) {
      // A build in the background ignores SIGINT, and a JVM inherits that.
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.add(java());
    // as the launcher does: raw sockets are looked for by the foreign function interface
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath()));
    command.addAll(List.of(Main.class.getName(), "run", policy.toString()));
    command.addAll(List.of("--no-tun", "--events", "json"));
    Path errors = Files.createTempFile(policy.getParent(), "stderr", ".txt");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    return new RunningGateway(process, errors);
  }

  /** The Java that runs the tests; one that was only unpacked is started by a script of its own. */
  private static String java() {
    String named = System.getProperty("ipsec.test.jvm", "");
    return named.isEmpty()
        ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
        : named;
  }

  /** Whether this system lets us start a process that minds SIGINT for sure. */
  static boolean takesInterrupts() throws Exception {
    try {
      return new ProcessBuilder("env", "--default-signal=INT", "true").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What this JVM has on both of its paths. */
  private static String classPath() throws Exception {
    Set<String> path = new LinkedHashSet<>();
    path.add(
        Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    for (String property :
        List.of("jdk.module.path", "java.class.path", "surefire.real.class.path")) {
      for (String entry : System.getProperty(property, "").split(File.pathSeparator, -1)) {
        if (!entry.isEmpty()) {
          path.add(entry);
        }
      }
    }
    return String.join(File.pathSeparator, path);
  }

  private void read() {
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("{\"event\":\"unreadable\"}");
    }
  }

  void say(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
  }

  void signal(String name) throws Exception {
    int status =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("kill ended with " + status);
    }
  }

  /** The next event of that name; what comes before is passed over. */
  JsonNode await(String event) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end) {
      String line = lines.poll(100, TimeUnit.MILLISECONDS);
      if (line != null) {
        heard.add(line);
        JsonNode fields = json.readTree(line);
        if (fields.get("event").textValue().equals(event)) {
          return fields;
        }
      } else if (!process.isAlive() && lines.isEmpty()) {
        break;
      }
    }
    throw new AssertionError(
        "no `" + event + "` in " + heard + ", standard error: " + Files.readString(errors));
  }

  int exitStatus() throws Exception {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + heard);
    }
    return process.exitValue();
  }

  String standardError() throws IOException {
    return Files.readString(errors);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
