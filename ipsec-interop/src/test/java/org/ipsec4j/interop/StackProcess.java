package org.ipsec4j.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Our packet path in a process of its own, driven by lines of text. */
final class StackProcess implements AutoCloseable {
  private static final String MAIN = "org.ipsec4j.interop.stack.KernelStack";
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String GONE = "gone";

  private final Path folder;
  private final Process process;
  private final Writer orders;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  private StackProcess(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
    this.orders = process.outputWriter(StandardCharsets.US_ASCII);
  }

  /**
   * Starts it.
   *
   * @param namespace where, or null for here
   * @param arguments a TUN device and its routes; nothing for a stack that only seals and opens
   */
  static StackProcess start(Path folder, @Nullable String namespace, String... arguments) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InteropFailure("cannot make " + folder, e);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", classPath(), MAIN));
    command.addAll(List.of(arguments));
    List<String> line = namespace == null ? command : Namespaces.inside(namespace, command);
    Process process = Proc.start(Map.of(), null, folder.resolve("stack.log"), line);
    StackProcess stack = new StackProcess(folder, process);
    Proc.spawn(stack::listen);
    try {
      stack.answer("start");
    } catch (InteropFailure e) {
      stack.close();
      throw e;
    }
    return stack;
  }

  /** The tests' own class path, or the one that was given for a run outside of the build. */
  private static String classPath() {
    String given = System.getProperty("interop.cli.classpath");
    return given != null ? given : System.getProperty("java.class.path");
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.add(line);
      }
    } catch (IOException e) {
      // the pipe breaks when the process ends
    } finally {
      answers.add(GONE);
    }
  }

  /** Gives an order that has to be obeyed; returns the values of the answer. */
  Map<String, String> order(String order) {
    try {
      orders.write(order + "\n");
      orders.flush();
    } catch (IOException e) {
      throw new InteropFailure("the stack takes no orders; see " + folder, e);
    }
    return answer(order.substring(0, Math.min(60, order.length())));
  }

  private Map<String, String> answer(String order) {
    String line;
    try {
      line = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw Proc.interrupted(e);
    }
    if (line == null || !line.startsWith("ok")) {
      throw new InteropFailure("'" + order + "' gave: " + line + "; see " + folder);
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (String word : line.split(" ", -1)) {
      int sign = word.indexOf('=');
      if (sign > 0) {
        values.put(word.substring(0, sign), word.substring(sign + 1));
      }
    }
    return values;
  }

  /** All counters that are not zero. */
  Map<String, Long> count() {
    Map<String, Long> counts = new LinkedHashMap<>();
    order("count").forEach((name, value) -> counts.put(name, Long.parseLong(value)));
    return counts;
  }

  @Override
  public void close() {
    try {
      orders.close();
    } catch (IOException e) {
      // it is gone already
    }
    Proc.end(process);
  }
}
