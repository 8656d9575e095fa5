package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A handful of network namespaces with names of their own, joined by veth pairs; removed on close,
 * and by a shutdown hook when a run is broken off.
 */
final class Namespaces implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Deque<String> LEFT_OVER = new ConcurrentLinkedDeque<>();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> LEFT_OVER.forEach(name -> Proc.run("ip", "netns", "del", name)),
                "namespaces"));
  }

  private final String prefix =
      "i4j" + Long.toString(ProcessHandle.current().pid(), 36) + "n" + COUNT.incrementAndGet();
  private final Deque<String> made = new ArrayDeque<>();

  /** One end of a veth pair. */
  record End(String namespace, String device, String address) {}

  /** Makes an empty namespace with its loopback up and IPv6 silent; returns its unique name. */
  String add(String role) {
    String name = prefix + role;
    Proc.check("ip", "netns", "add", name);
    made.push(name);
    LEFT_OVER.push(name);
    Proc.check("ip", "-n", name, "link", "set", "lo", "up");
    // no router solicitations and no neighbour discovery in tunnels and captures
    exec(
        name,
        "sysctl",
        "-qw",
        "net.ipv6.conf.all.disable_ipv6=1",
        "net.ipv6.conf.default.disable_ipv6=1");
    return name;
  }

  /** Joins two namespaces by a veth pair. */
  void join(End one, End other) {
    Proc.check(
        ("ip link add "
                + one.device
                + " netns "
                + one.namespace
                + " type veth peer name "
                + other.device
                + " netns "
                + other.namespace)
            .split(" ", -1));
    for (End end : List.of(one, other)) {
      Proc.check("ip", "-n", end.namespace, "addr", "add", end.address, "dev", end.device);
      // a pair carries what a card would cut: captures are to see the packets of a wire
      Proc.check("ip", "-n", end.namespace, "link", "set", end.device, "gso_max_segs", "1");
      Proc.check("ip", "-n", end.namespace, "link", "set", end.device, "up");
    }
  }

  /** Loads nft rules in a namespace. */
  static void nft(String namespace, String rules) {
    try {
      Path file = Files.createTempFile("interop", ".nft");
      Files.writeString(file, rules, StandardCharsets.US_ASCII);
      exec(namespace, "nft", "-f", file.toString());
      Files.delete(file);
    } catch (IOException e) {
      throw new InteropFailure("nft rules", e);
    }
  }

  /** Runs a short program in a namespace; it has to succeed. */
  static String exec(String namespace, String... command) {
    return Proc.check(inside(namespace, List.of(command)).toArray(String[]::new));
  }

  /** Runs a program in a namespace, whatever its exit status. */
  static Proc.Result run(String namespace, Duration limit, String... command) {
    return Proc.run(limit, Map.of(), inside(namespace, List.of(command)));
  }

  /**
   * The command line that runs a command inside a namespace; the process id is the command's own.
   */
  static List<String> inside(String namespace, List<String> command) {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    line.addAll(command);
    return line;
  }

  @Override
  public void close() {
    while (!made.isEmpty()) {
      String name = made.pop();
      Proc.run("ip", "netns", "del", name);
      LEFT_OVER.remove(name);
    }
  }
}
