package org.ipsec4j.interop;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.ipsec4j.interop.IpsecHost.ChildSa;
import org.ipsec4j.interop.Tunnel.Side;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInfo;

/**
 * Two IPsec hosts in two namespaces with a wire (or a NAT router) between them:
 *
 * <pre>
 *   10.1.0.1 [ left, under test ] 10.9.0.1 ------ 10.9.0.2 [ right, charon ] 10.2.0.1
 *   10.1.0.1 [ left ] 10.8.0.1 -- 10.8.0.254 [ router ] 10.9.0.1 ------ 10.9.0.2 [ right ] 10.2.0.1
 * </pre>
 *
 * <p>The left host is our gateway; with {@code -Dinterop.subject=charon} it is another charon,
 * which proves scenarios and judges without us. Everything a run leaves behind (logs,
 * configurations, captures) stays in {@code target/interop/NAME}.
 */
final class Site implements AutoCloseable {
  private static final String SUBJECT = "interop.subject";
  private static final String INSIDE = "10.8.0.1";
  private static final String ROUTER_RULES =
      """
      table ip nat {
        chain post {
          type nat hook postrouting priority 100
          oifname "wan" meta l4proto udp masquerade to :20000-20500 random
        }
      }
      """;

  private final Path folder;
  private final Tunnel tunnel;
  private final Deque<AutoCloseable> open;
  private final String leftNamespace;
  private final String rightNamespace;
  private final @Nullable Capture capture;
  private final IpsecHost left;
  private Charon right;

  private Site(
      Path folder,
      Tunnel tunnel,
      Deque<AutoCloseable> open,
      String leftNamespace,
      String rightNamespace,
      @Nullable Capture capture,
      IpsecHost left,
      Charon right) {
    this.folder = folder;
    this.tunnel = tunnel;
    this.open = open;
    this.leftNamespace = leftNamespace;
    this.rightNamespace = rightNamespace;
    this.capture = capture;
    this.left = left;
    this.right = right;
  }

  /** A fresh, empty folder for a test's certificates and logs. */
  static Path folder(String name) {
    Path folder =
        Path.of(System.getProperty("interop.folder", "target/interop"), name).toAbsolutePath();
    try {
      if (Files.exists(folder)) {
        empty(folder);
      }
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InteropFailure("cannot make " + folder, e);
    }
  }

  /** A folder named after a test and its arguments. */
  static Path folder(TestInfo test) {
    String type = test.getTestClass().map(Class::getSimpleName).orElse("");
    String method = test.getTestMethod().map(Method::getName).orElse("");
    String arguments = test.getDisplayName().replaceAll("[^A-Za-z0-9]+", "-");
    return folder(
        type + "-" + method + "-" + arguments.substring(0, Math.min(100, arguments.length())));
  }

  /** Two hosts on one wire. */
  static Site direct(Path folder, Tunnel tunnel) {
    return start(folder, tunnel, false, false);
  }

  /** Two hosts on one wire, with a capture of all that passes. */
  static Site captured(Path folder, Tunnel tunnel) {
    return start(folder, tunnel, false, true);
  }

  /**
   * The left host behind a router that masquerades and changes ports, with a capture behind the
   * router.
   */
  static Site behindNat(Path folder, Tunnel tunnel) {
    return start(folder, tunnel.behindNat(INSIDE), true, true);
  }

  private static Site start(Path folder, Tunnel tunnel, boolean nat, boolean captured) {
    Lab.require();
    Deque<AutoCloseable> open = new ArrayDeque<>();
    try {
      Namespaces namespaces = new Namespaces();
      open.push(namespaces);
      String a = namespaces.add("a");
      String b = namespaces.add("b");
      if (nat) {
        router(namespaces, a, b, tunnel);
      } else {
        namespaces.join(
            end(a, "eth0", tunnel.left().address()), end(b, "eth0", tunnel.right().address()));
      }
      Namespaces.exec(b, "ip", "addr", "add", tunnel.right().inner() + "/32", "dev", "lo");
      Capture capture = captured ? Capture.start(folder, b, "eth0") : null;
      if (capture != null) {
        open.push(capture);
      }
      Charon right = Charon.start(folder.resolve("right"), b, tunnel, false);
      open.push(right);
      IpsecHost left = startLeft(folder.resolve("left"), a, tunnel);
      open.push(left);
      return new Site(folder, tunnel, open, a, b, capture, left, right);
    } catch (RuntimeException e) {
      Closing.all(open);
      throw e;
    }
  }

  private static IpsecHost startLeft(Path folder, String namespace, Tunnel tunnel) {
    if (!System.getProperty(SUBJECT, "").equals("charon")) {
      return Gateway.start(folder, namespace, tunnel);
    }
    Namespaces.exec(namespace, "ip", "addr", "add", tunnel.left().inner() + "/32", "dev", "lo");
    return Charon.start(folder, namespace, tunnel, true);
  }

  /** Starts the reference host anew after its end, as after a crash. */
  void restartRight() {
    right.close();
    right = Charon.start(folder.resolve("right-again"), rightNamespace, tunnel, false);
    open.push(right);
  }

  private static Namespaces.End end(String namespace, String device, String address) {
    return new Namespaces.End(namespace, device, address + "/24");
  }

  private static void router(Namespaces namespaces, String left, String right, Tunnel tunnel) {
    String router = namespaces.add("r");
    namespaces.join(end(left, "eth0", INSIDE), end(router, "lan", "10.8.0.254"));
    namespaces.join(
        end(router, "wan", Tunnel.plain().left().address()),
        end(right, "eth0", tunnel.right().address()));
    Namespaces.exec(left, "ip", "route", "add", "default", "via", "10.8.0.254");
    Namespaces.exec(router, "sysctl", "-qw", "net.ipv4.ip_forward=1");
    Namespaces.nft(router, ROUTER_RULES);
  }

  IpsecHost left() {
    return left;
  }

  Charon right() {
    return right;
  }

  String leftNamespace() {
    return leftNamespace;
  }

  String rightNamespace() {
    return rightNamespace;
  }

  /** The host that begins: ours or the reference. */
  IpsecHost host(boolean leftOne) {
    return leftOne ? left : right;
  }

  /** Ends the capture and returns its file. */
  Path stopCapture() {
    if (capture == null) {
      throw new InteropFailure("this site has no capture");
    }
    return capture.stop();
  }

  /**
   * Pings from the left inner address to the right one and returns how many answers of {@code
   * count} came.
   */
  int ping(int count, int size) {
    Proc.Result result =
        Namespaces.run(
            leftNamespace,
            Duration.ofSeconds(30L + count),
            "ping",
            "-q",
            "-n",
            "-c",
            Integer.toString(count),
            "-i",
            "0.2",
            "-W",
            "3",
            "-s",
            Integer.toString(size),
            "-I",
            tunnel.left().inner(),
            tunnel.right().inner());
    String received = result.out().replaceAll("(?s).*?(\\d+) received.*", "$1");
    return received.matches("\\d+") ? Integer.parseInt(received) : 0;
  }

  /**
   * Sends pseudo-random bytes through the tunnel over TCP, compares the hashes and returns Mbit/s.
   */
  double transfer(boolean fromLeft, long bytes) {
    return Traffic.transfer(folder, leftEnd(fromLeft), leftEnd(!fromLeft), bytes);
  }

  /** Starts numbered UDP in both directions. */
  Traffic.Numbers numbers(int rate) {
    return Traffic.numbers(folder, leftEnd(true), leftEnd(false), rate);
  }

  private Traffic.End leftEnd(boolean isLeft) {
    Side side = isLeft ? tunnel.left() : tunnel.right();
    return new Traffic.End(isLeft ? leftNamespace : rightNamespace, side.inner());
  }

  /**
   * Loss counters of both kernels and of the left host; names of the latter begin with "left: ".
   */
  Map<String, Long> losses() {
    Map<String, Long> losses = new TreeMap<>();
    losses.putAll(KernelCounters.of(leftNamespace));
    losses.putAll(KernelCounters.of(rightNamespace));
    left.drops().forEach((reason, count) -> losses.put("left: " + reason, count));
    return losses;
  }

  /** Waits until neither host has a Child SA or an IKE SA. */
  void awaitNothing() {
    await(
        "neither host has an SA",
        () ->
            left.ikeSas().isEmpty()
                && left.childSas().isEmpty()
                && right.ikeSas().isEmpty()
                && right.childSas().isEmpty());
  }

  /** Waits until both hosts name the same single IKE SA and the same single pair of Child SAs. */
  void awaitAgreement() {
    await("both hosts agree on one IKE SA and one Child SA", this::agree);
  }

  private boolean agree() {
    Set<Long> leftPairs = pairs(left.childSas(), true);
    return leftPairs.size() == 1
        && leftPairs.equals(pairs(right.childSas(), false))
        && left.ikeSas().size() == 1
        && left.ikeSas().equals(right.ikeSas());
  }

  private static Set<Long> pairs(List<ChildSa> children, boolean inFirst) {
    Set<Long> pairs = new HashSet<>();
    for (ChildSa child : children) {
      long first = inFirst ? child.spiIn() : child.spiOut();
      long second = inFirst ? child.spiOut() : child.spiIn();
      pairs.add(first << 32 | second);
    }
    return pairs;
  }

  /** Waits for a condition of this site; fails with both hosts' last words. */
  void await(String what, BooleanSupplier condition) {
    if (!Proc.poll(IpsecHost.PATIENCE, condition)) {
      throw new AssertionError("it never came true that " + what + story());
    }
  }

  /** What both hosts said last, for the message of a failed assertion. */
  String story() {
    return "\n--- left:\n"
        + left.lastWords()
        + "--- right:\n"
        + right.lastWords()
        + "--- files: "
        + folder;
  }

  @Override
  public void close() {
    Closing.all(open);
  }

  private static void empty(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
