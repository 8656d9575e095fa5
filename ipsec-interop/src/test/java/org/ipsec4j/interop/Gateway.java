package org.ipsec4j.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.ipsec4j.interop.Json.Node;
import org.ipsec4j.interop.Tunnel.Psk;

/**
 * Our own gateway as a user runs it: {@code ipsec run POLICY --events json --wireshark FOLDER},
 * with orders on its standard input and one JSON object a line on its standard output.
 */
final class Gateway implements IpsecHost {
  private static final String MAIN = "org.ipsec4j.cli.Main";
  private static final int INTERRUPTED = 130;

  /** Time for a JVM to start on a busy machine. */
  private static final Duration START = Duration.ofSeconds(60);

  private final Path folder;
  private final Process process;
  private final Writer orders;

  /** Everything it said so far; guarded by itself, notified at each event and at the end. */
  private final List<Event> events = new ArrayList<>();

  private boolean ended;

  private Gateway(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** One line of the gateway. */
  record Event(String name, Node line, String raw) {
    String text(String member) {
      return line.get(member).text();
    }
  }

  /** Writes the policy with its credentials and starts the gateway; returns when it is ready. */
  static Gateway start(Path folder, String namespace, Tunnel tunnel) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("policy.yaml"), Policies.left(tunnel));
      for (Path file : Policies.credentialFiles(tunnel)) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
      if (tunnel.auth() instanceof Psk psk) {
        Files.writeString(folder.resolve("psk.txt"), psk.left());
      }
    } catch (IOException e) {
      throw new InteropFailure("cannot write the policy in " + folder, e);
    }
    return start(folder, Namespaces.inside(namespace, commandLine(folder)));
  }

  /** Starts the gateway with a policy as it is. */
  static Gateway withPolicy(Path folder, String namespace, String policy) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("policy.yaml"), policy);
    } catch (IOException e) {
      throw new InteropFailure("cannot write the policy in " + folder, e);
    }
    return start(folder, Namespaces.inside(namespace, commandLine(folder)));
  }

  /** Starts a program that speaks as the gateway does. */
  static Gateway start(Path folder, List<String> command) {
    Process process = Proc.start(Map.of(), null, folder.resolve("stderr.log"), command);
    Gateway gateway = new Gateway(folder, process);
    Proc.spawn(gateway::listen);
    try {
      gateway.await(0, START, "ready", event -> true);
    } catch (InteropFailure e) {
      gateway.close();
      throw e;
    }
    return gateway;
  }

  private static List<String> commandLine(Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp", classPath(), MAIN));
    command.addAll(List.of("run", folder.resolve("policy.yaml").toString(), "--events", "json"));
    command.addAll(List.of("--wireshark", folder.resolve("wireshark").toString()));
    return command;
  }

  /**
   * The class path of the command: a given one, or the tests' own, on which the CLI and all that it
   * needs is.
   */
  private static String classPath() {
    String given = System.getProperty("interop.cli.classpath");
    String path = given != null ? given : System.getProperty("java.class.path");
    if (path.isBlank()) {
      throw new InteropFailure("no class path for the gateway");
    }
    return path;
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      Path log = folder.resolve("events.log");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (line.isBlank()) {
          continue;
        }
        Event event = event(line);
        synchronized (events) {
          events.add(event);
          events.notifyAll();
        }
      }
    } catch (IOException e) {
      // the pipe breaks when the process is killed: that is an end like any other
    } finally {
      synchronized (events) {
        ended = true;
        events.notifyAll();
      }
    }
  }

  /**
   * With {@code --events json} nothing but events may stand on standard output; another line fails
   * the next wait.
   */
  private static Event event(String line) {
    try {
      Node node = Json.parse(line);
      return new Event(node.get("event").text(), node, line);
    } catch (InteropFailure e) {
      return new Event("not-json", new Json.Absent(), line);
    }
  }

  private int mark() {
    synchronized (events) {
      return events.size();
    }
  }

  /**
   * Waits for an event that came after {@code mark}; a failed negotiation ends the wait unless it
   * is what is awaited, or the loss of the peer is, which comes with a diagnosis of its own.
   */
  private Event await(int mark, Duration limit, String name, Predicate<Event> wanted) {
    long end = System.nanoTime() + limit.toNanos();
    synchronized (events) {
      int next = mark;
      while (true) {
        for (; next < events.size(); next++) {
          Event event = events.get(next);
          if (event.name.equals(name) && wanted.test(event)) {
            return event;
          }
          if (event.name.equals("not-json")
              || (event.name.equals("negotiation-failed") && !name.equals("ike-down"))) {
            throw new InteropFailure(
                "instead of '" + name + "' the gateway says: " + event.raw + "\n" + lastWords());
          }
        }
        long left = (end - System.nanoTime()) / 1_000_000;
        if (ended || left <= 0) {
          String why = ended ? "the gateway ended before its event '" : "no event '";
          throw new InteropFailure(why + name + "' within " + limit + "\n" + lastWords());
        }
        try {
          events.wait(left);
        } catch (InterruptedException e) {
          throw Proc.interrupted(e);
        }
      }
    }
  }

  private Event order(String order, String answer, Predicate<Event> wanted) {
    int mark = mark();
    say(order);
    return await(mark, PATIENCE, answer, wanted);
  }

  private void say(String order) {
    try {
      orders.write(order + "\n");
      orders.flush();
    } catch (IOException e) {
      throw new InteropFailure("the gateway takes no orders:\n" + lastWords(), e);
    }
  }

  @Override
  public void initiate(String child) {
    order("initiate " + child, "child-up", event -> event.text("child").equals(child));
  }

  @Override
  public String initiateInVain(String child) {
    return order("initiate " + child, "negotiation-failed", event -> true).text("diagnosis");
  }

  @Override
  public void rekeyChild(String child) {
    order("rekey-child " + child, "child-rekeyed", event -> event.text("child").equals(child));
  }

  @Override
  public void rekeyIke() {
    order("rekey-ike " + Policies.PEER, "ike-rekeyed", event -> true);
  }

  @Override
  public void deleteChild(String child) {
    order("delete-child " + child, "child-down", event -> event.text("child").equals(child));
  }

  @Override
  public void deleteIke() {
    order("delete-ike " + Policies.PEER, "ike-down", event -> true);
  }

  @Override
  public int interrupt() {
    Proc.signal(process, "INT");
    return Proc.await(process, PATIENCE, "the gateway");
  }

  @Override
  public int interruptedStatus() {
    return INTERRUPTED;
  }

  @Override
  public void kill() {
    process.destroyForcibly();
    Proc.await(process, PATIENCE, "the gateway");
  }

  @Override
  public String awaitPeerLost(Duration limit) {
    return await(0, limit, "ike-down", event -> true).text("reason");
  }

  @Override
  public String awaitRefusal(Duration limit) {
    return await(0, limit, "negotiation-failed", event -> true).text("diagnosis");
  }

  private Node status() {
    return order("status", "status", event -> true).line;
  }

  @Override
  public List<IkeSa> ikeSas() {
    return status().get("ikeSas").items().stream()
        .map(sa -> new IkeSa(spi(sa.get("ispi").text()), spi(sa.get("rspi").text())))
        .toList();
  }

  private static String spi(String written) {
    String digits = written.startsWith("0x") ? written.substring(2) : written;
    return "0".repeat(Math.max(0, 16 - digits.length())) + digits.toLowerCase(Locale.ROOT);
  }

  @Override
  public List<ChildSa> childSas() {
    return status().get("childSas").items().stream()
        .filter(sa -> !sa.get("lingering").isTrue())
        .map(
            sa ->
                new ChildSa(
                    sa.get("name").text(),
                    sa.get("spiIn").number(),
                    sa.get("spiOut").number(),
                    sa.get("packetsIn").number(),
                    sa.get("packetsOut").number()))
        .toList();
  }

  @Override
  public Map<String, Long> drops() {
    Map<String, Long> drops = new LinkedHashMap<>();
    status().get("drops").members().forEach((reason, count) -> drops.put(reason, count.number()));
    return drops;
  }

  @Override
  public Path wiresharkProfile() {
    return folder.resolve("wireshark");
  }

  @Override
  public String lastWords() {
    StringBuilder words = new StringBuilder();
    synchronized (events) {
      events.stream()
          .skip(Math.max(0, events.size() - 20))
          .forEach(event -> words.append(event.raw).append('\n'));
    }
    try {
      List<String> errors = Files.readAllLines(folder.resolve("stderr.log"));
      errors.stream()
          .skip(Math.max(0, errors.size() - 30))
          .forEach(line -> words.append(line).append('\n'));
    } catch (IOException e) {
      words.append("(no standard error: ").append(e.getMessage()).append(")\n");
    }
    return words.toString();
  }

  @Override
  public void close() {
    Proc.end(process);
  }
}
