package org.ipsec4j.interop;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A guest kernel and our packet path with a router between them:
 *
 * <pre>
 *   10.6.1.1 [ guest ] 10.5.1.2 -- tap 10.5.1.1 [ router ] tun -- 10.5.2.2 [ our stack ] 10.6.2.1
 *   fd06:1::1          fd05:1::2       fd05:1::1                  fd05:2::2              fd06:2::1
 * </pre>
 *
 * <p>The router is the kernel of this machine in a namespace: it sees what is on the wire, and
 * nothing else.
 */
final class KernelSite implements AutoCloseable {
  static final Ends V4 = new Ends("10.5.1.2", "10.5.2.2");
  static final Ends V6 = new Ends("fd05:1::2", "fd05:2::2");
  static final Ends INNER_V4 = new Ends("10.6.1.1", "10.6.2.1");
  static final Ends INNER_V6 = new Ends("fd06:1::1", "fd06:2::1");

  static final Ends INNERMOST_V4 = new Ends("10.7.1.1", "10.7.2.1");

  private static final String TAP = "tap0";
  private static final Pattern STATE =
      Pattern.compile(
          "proto (?<proto>\\S+) spi 0x(?<spi>[0-9a-f]{8}).*?lifetime"
              + " current:\\s+(?<bytes>\\d+)\\(bytes\\),"
              + " (?<packets>\\d+)\\(packets\\).*?stats:\\s+replay-window (?<old>\\d+) replay"
              + " (?<replay>\\d+) failed (?<failed>\\d+)",
          Pattern.DOTALL);

  private final Path folder;
  private final Deque<AutoCloseable> open;
  private final String namespace;
  private final KernelGuest guest;
  private final StackProcess stack;
  private final Capture capture;
  private Map<String, Long> errors = Map.of();

  /** The address of the guest and ours. */
  record Ends(String guest, String ours) {
    boolean isV6() {
      return guest.indexOf(':') >= 0;
    }

    String prefix() {
      return isV6() ? "128" : "32";
    }
  }

  /** What the kernel counted for one of its states. */
  record State(long packets, long bytes, long tooOld, long replayed, long failed) {}

  private KernelSite(
      Path folder,
      Deque<AutoCloseable> open,
      String namespace,
      KernelGuest guest,
      StackProcess stack,
      Capture capture) {
    this.folder = folder;
    this.open = open;
    this.namespace = namespace;
    this.guest = guest;
    this.stack = stack;
    this.capture = capture;
  }

  static KernelSite start(Path folder) {
    Lab.require();
    Deque<AutoCloseable> open = new ArrayDeque<>();
    try {
      Namespaces namespaces = new Namespaces();
      open.push(namespaces);
      String router = namespaces.add("k");
      prepareRouter(router);
      KernelGuest guest = KernelGuest.boot(folder.resolve("guest"), router, TAP);
      open.push(guest);
      prepareGuest(guest);
      StackProcess stack =
          StackProcess.start(folder.resolve("stack"), router, "tun0", "10.5.2.0/24", "fd05:2::/64");
      open.push(stack);
      for (Ends ends : List.of(V4, V6, INNER_V4, INNER_V6, INNERMOST_V4)) {
        stack.order("own address=" + ends.ours);
      }
      Capture capture = Capture.start(folder, router, TAP, "ip or ip6");
      open.push(capture);
      return new KernelSite(folder, open, router, guest, stack, capture);
    } catch (RuntimeException e) {
      Closing.all(open);
      throw e;
    }
  }

  private static void prepareRouter(String router) {
    Namespaces.exec(
        router,
        "sysctl",
        "-qw",
        "net.ipv6.conf.all.disable_ipv6=0",
        "net.ipv6.conf.default.disable_ipv6=0",
        "net.ipv4.ip_forward=1",
        "net.ipv6.conf.all.forwarding=1",
        "net.ipv4.conf.all.rp_filter=0",
        "net.ipv4.icmp_ratelimit=0",
        "net.ipv6.icmp.ratelimit=0");
    for (String line :
        List.of(
            "tuntap add name " + TAP + " mode tap",
            "addr add 10.5.1.1/24 dev " + TAP,
            "addr add fd05:1::1/64 dev " + TAP + " nodad",
            "link set " + TAP + " up")) {
      Proc.check(("ip -n " + router + " " + line).split(" ", -1));
    }
  }

  private static void prepareGuest(KernelGuest guest) {
    guest.check(
        """
        set -e
        sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
        ip -batch - <<E
        addr add 10.5.1.2/24 dev eth0
        addr add fd05:1::2/64 dev eth0 nodad
        addr add 10.6.1.1/32 dev lo
        addr add fd06:1::1/128 dev lo nodad
        addr add 10.7.1.1/32 dev lo
        route add default via 10.5.1.1
        route add 10.6.2.0/24 via 10.5.1.1 src 10.6.1.1
        route add 10.7.2.0/24 via 10.5.1.1 src 10.7.1.1
        E
        ip -6 -batch - <<E
        route add default via fd05:1::1
        route add fd06:2::/64 via fd05:1::1 src fd06:1::1
        E
        """);
    guest.holdEncapsulationSockets();
  }

  KernelGuest guest() {
    return guest;
  }

  StackProcess stack() {
    return stack;
  }

  String router() {
    return namespace;
  }

  Path folder() {
    return folder;
  }

  /** Sets how long packets may be that the router sends on one of its devices. */
  void linkMtu(String device, int octets) {
    Namespaces.exec(namespace, "ip", "link", "set", "dev", device, "mtu", Integer.toString(octets));
  }

  /** Pings us from the guest; returns how many answers came. */
  int pingFromGuest(Ends ends, String options) {
    String out =
        guest.run("ping -q -n -W3 " + options + " -I " + ends.guest + " " + ends.ours).out();
    String received = out.replaceAll("(?s).*?(\\d+) received.*", "$1");
    return received.matches("\\d+") ? Integer.parseInt(received) : 0;
  }

  /** Pings the guest from us; returns how many answers came. */
  int pingFromUs(Ends ends, int count, String more) {
    String order = "ping from=" + ends.ours + " to=" + ends.guest + " count=" + count + " " + more;
    return Integer.parseInt(stack.order(order.strip()).getOrDefault("answered", "0"));
  }

  /** The kernel's states by SPI. */
  Map<Long, State> states() {
    Map<Long, State> states = new LinkedHashMap<>();
    // a state begins with a line that is not indented
    for (String text : guest.check("ip -s xfrm state").split("\n(?=src )", -1)) {
      Matcher state = STATE.matcher(text);
      if (state.find()) {
        states.put(
            Long.parseLong(state.group("spi"), 16),
            new State(
                Long.parseLong(state.group("packets")),
                Long.parseLong(state.group("bytes")),
                Long.parseLong(state.group("old")),
                Long.parseLong(state.group("replay")),
                Long.parseLong(state.group("failed"))));
      }
    }
    return states;
  }

  /** What the kernel counted as wrong since the last call, by name. */
  Map<String, Long> newErrors() {
    Map<String, Long> now = new TreeMap<>();
    guest
        .check("cat /proc/net/xfrm_stat")
        .lines()
        .forEach(
            line -> {
              String[] words = line.strip().split("\\s+", -1);
              now.put(words[0], Long.parseLong(words[1]));
            });
    Map<String, Long> grown = KernelCounters.growth(errors, now);
    errors = now;
    return grown;
  }

  /** Ends the capture and returns its file. */
  Path stopCapture() {
    return capture.stop();
  }

  @Override
  public void close() {
    Closing.all(open);
  }
}
