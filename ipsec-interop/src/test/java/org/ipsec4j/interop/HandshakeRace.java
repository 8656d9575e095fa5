package org.ipsec4j.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.interop.race.HandshakeLoad;
import org.ipsec4j.interop.race.HandshakeResponder;

/**
 * One load and its responders, all in namespaces of their own on one wire; only the one whose turn
 * it is gets anything to do.
 */
final class HandshakeRace implements AutoCloseable {
  private static final int CLIENTS = 8;
  private static final Duration START = Duration.ofSeconds(90);

  /** What the handshakes are. */
  enum Kind {
    /** Pre-shared key. */
    PSK_X25519("PSK, X25519, AES-128-GCM, PRF-HMAC-SHA2-256", "aes128gcm16-prfsha256-x25519"),
    /** Certificates on both sides. */
    ECDSA_P256(
        "ECDSA P-256, ECP-256, AES-128-GCM, PRF-HMAC-SHA2-256", "aes128gcm16-prfsha256-ecp256");

    private final String title;
    private final String proposal;

    Kind(String title, String proposal) {
      this.title = title;
      this.proposal = proposal;
    }

    String title() {
      return title;
    }
  }

  /** Who answers. */
  enum Responder {
    /** strongSwan. */
    CHARON("charon"),
    /** Our node with what ServiceLoader finds. */
    NATIVE("ours, native"),
    /** Our node with the JDK alone. */
    JDK("ours, JDK");

    private final String title;

    Responder(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }

    String address() {
      return "10.9.0." + (100 + ordinal());
    }
  }

  /**
   * One turn.
   *
   * @param cpuMicros CPU time of the responder for each handshake, its deletion included
   */
  record Result(long handshakes, long failed, double cpuMicros) {}

  private record Running(Process process, Process load, BufferedReader said, Writer orders) {}

  private final Path folder;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Namespaces namespaces = new Namespaces();
  private final Map<Responder, Running> running = new EnumMap<>(Responder.class);
  private final Map<Responder, String> names = new EnumMap<>(Responder.class);
  private final RacePolicies policies;
  private final String clients;

  HandshakeRace(Path folder, Kind kind) throws IOException {
    this.folder = folder;
    open.push(namespaces);
    try {
      clients = namespaces.add("c");
      bridge();
      policies = new RacePolicies(folder, kind == Kind.ECDSA_P256, kind.proposal, CLIENTS);
      for (Responder who : Responder.values()) {
        start(who);
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** All responders hang on one bridge in the namespace of the clients. */
  private void bridge() {
    Namespaces.exec(clients, "ip", "link", "add", "br0", "type", "bridge");
    Namespaces.exec(clients, "ip", "link", "set", "br0", "up");
    for (int i = 0; i < CLIENTS; i++) {
      String address = RacePolicies.clientAddress(i) + "/24";
      Namespaces.exec(clients, "ip", "addr", "add", address, "dev", "br0");
    }
  }

  private void start(Responder who) throws IOException {
    String namespace = namespaces.add("r" + who.ordinal());
    names.put(who, namespace);
    String wire = "w" + who.ordinal();
    namespaces.join(
        new Namespaces.End(clients, wire, "169.254." + who.ordinal() + ".1/30"),
        new Namespaces.End(namespace, "eth0", who.address() + "/24"));
    Namespaces.exec(clients, "ip", "addr", "flush", "dev", wire);
    Namespaces.exec(clients, "ip", "link", "set", wire, "master", "br0");
    // without an address of its own network charon's user-space ESP refuses the Child SA
    Namespaces.exec(namespace, "ip", "addr", "add", "10.2.0.1/32", "dev", "lo");
    Path own = Files.createDirectories(folder.resolve(who.name()));
    Process responder =
        who == Responder.CHARON ? charon(own, namespace) : ours(own, namespace, who, "");
    Process load = program(own, "load", clients, HandshakeLoad.class, policies.clients(own, who));
    BufferedReader said = load.inputReader(StandardCharsets.UTF_8);
    await(said, "ready");
    running.put(who, new Running(responder, load, said, load.outputWriter(StandardCharsets.UTF_8)));
  }

  private Process charon(Path own, String namespace) throws IOException {
    policies.charon(own);
    Charon charon = Charon.quiet(own, namespace);
    open.push(charon);
    return charon.process();
  }

  private Process ours(Path own, String namespace, Responder who, String suffix)
      throws IOException {
    String crypto = (who == Responder.JDK ? "jdk" : "native") + suffix;
    List<String> arguments = List.of(crypto, policies.responder(own, who).toString());
    Process process = program(own, crypto, namespace, HandshakeResponder.class, arguments);
    await(process.inputReader(StandardCharsets.UTF_8), "ready");
    return process;
  }

  private Process program(
      Path own, String name, String namespace, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Process process =
        Proc.start(
            Map.of(), null, own.resolve(name + ".err"), Namespaces.inside(namespace, command));
    open.push(() -> Proc.end(process));
    return process;
  }

  private static String await(BufferedReader said, String word) throws IOException {
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() - end < 0) {
      String line = said.readLine();
      if (line == null) {
        break;
      }
      if (line.startsWith(word)) {
        return line;
      }
    }
    throw new InteropFailure("a program of the race ended before it said '" + word + "'");
  }

  /** Some rounds for each in turn, after a first one that warms up and is not counted. */
  Map<Responder, List<Result>> run(int rounds, int millis) throws IOException {
    Map<Responder, List<Result>> results = new EnumMap<>(Responder.class);
    for (Responder who : Responder.values()) {
      turn(who, who == Responder.CHARON ? millis : Math.max(millis, Math.min(20_000, 8 * millis)));
    }
    for (int round = 0; round < rounds; round++) {
      for (Responder who : Responder.values()) {
        List<Result> all = results.computeIfAbsent(who, absent -> new ArrayList<>());
        all.add(turn(who, millis));
      }
    }
    return results;
  }

  /**
   * The same load against responders that measure the time inside cryptography; only ours can.
   *
   * @return CPU microseconds inside cryptography for each handshake
   */
  Map<Responder, Double> cryptoMicros(int millis) throws IOException {
    Map<Responder, Double> inside = new EnumMap<>(Responder.class);
    for (Responder who : List.of(Responder.NATIVE, Responder.JDK)) {
      Running plain = of(who);
      Proc.end(plain.process());
      Process process =
          ours(folder.resolve(who.name()), String.valueOf(names.get(who)), who, "-metered");
      BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
      Writer orders = process.outputWriter(StandardCharsets.UTF_8);
      running.put(who, new Running(process, plain.load(), plain.said(), plain.orders()));
      turn(who, Math.min(20_000, 8 * millis));
      long before = crypto(said, orders);
      long handshakes = turn(who, millis).handshakes();
      inside.put(who, (crypto(said, orders) - before) / 1e3 / Math.max(1, handshakes));
    }
    return inside;
  }

  private static long crypto(BufferedReader said, Writer orders) throws IOException {
    orders.write("crypto\n");
    orders.flush();
    return Long.parseLong(await(said, "crypto ").substring("crypto ".length()));
  }

  private Running of(Responder who) {
    Running one = running.get(who);
    if (one == null) {
      throw new InteropFailure(who + " does not run");
    }
    return one;
  }

  private Result turn(Responder who, int millis) throws IOException {
    Running one = of(who);
    long before = cpuMicros(one.process());
    one.orders().write("run " + millis + "\n");
    one.orders().flush();
    String[] words = await(one.said(), "done").split(" ", -1);
    long handshakes = Long.parseLong(words[1]);
    double each = (cpuMicros(one.process()) - before) / (double) Math.max(1, handshakes);
    return new Result(handshakes, Long.parseLong(words[2]), each);
  }

  /** User and system time of a process, in the kernel's hundredths of a second. */
  private static long cpuMicros(Process process) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10_000;
  }

  /** What a responder wrote to its error output. */
  String story(Responder who) {
    StringBuilder story = new StringBuilder();
    try (var files = Files.walk(folder.resolve(who.name()))) {
      for (Path file : files.filter(each -> each.toString().matches(".*\\.(err|log)")).toList()) {
        List<String> lines = Files.readAllLines(file);
        story.append(file.getFileName()).append(":\n");
        lines.stream()
            .skip(Math.max(0, lines.size() - 20))
            .forEach(line -> story.append(line).append('\n'));
      }
    } catch (IOException e) {
      story.append(e.getMessage());
    }
    return story.toString();
  }

  @Override
  public void close() {
    Closing.all(open);
  }
}
