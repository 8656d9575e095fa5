package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manual keys over native ESP and AH: two gateways of ours, and one with a real kernel. */
@DisplayName("Manual keys, native ESP and AH")
final class ManualKeysInterop {
  private static final String DEVICE = "ipsec0";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @BeforeAll
  static void machine() {
    Lab.require();
  }

  private static String key(String octet, int length) {
    return "{ value: \"" + octet.repeat(length) + "\" }";
  }

  private static String layer(String name, boolean left, boolean encrypts) {
    String in = left ? "b1" : "a1";
    String out = left ? "a1" : "b1";
    return """
        %s:
          algorithms: %s
          in: { spi: %s, %sintegrity: %s }
          out: { spi: %s, %sintegrity: %s }
    """
        .formatted(
            name,
            encrypts ? "aes128-sha256" : "sha256",
            left ? "0x1001" : "0x1002",
            encrypts ? "encryption: " + key(in, 16) + ", " : "",
            key(in, 32),
            left ? "0x1002" : "0x1001",
            encrypts ? "encryption: " + key(out, 16) + ", " : "",
            key(out, 32));
  }

  private static String policy(boolean left, String layers) {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        version: 1
        node: { tun: { name: %s, addresses: [10.%d.0.1/24], mtu: 1380 } }
        manual:
          net:
            outer: { local: 192.0.2.%d, remote: 192.0.2.%d }
            local: 10.%d.0.0/24
            remote: 10.%d.0.0/24
        """
            .formatted(
                DEVICE, left ? 1 : 2, left ? 1 : 2, left ? 2 : 1, left ? 1 : 2, left ? 2 : 1));
    for (String layer : List.of(layers.split(" ", -1))) {
      text.append(layer(layer, left, layer.equals("esp")));
    }
    return text.toString();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("carry pings both ways between two gateways")
  @ValueSource(strings = {"esp", "ah", "esp ah"})
  void pings(String layers) {
    Path folder = Site.folder("manual-" + layers.replace(' ', '-'));
    try (Namespaces namespaces = new Namespaces()) {
      String left = namespaces.add("l");
      String right = namespaces.add("r");
      namespaces.join(
          new Namespaces.End(left, "eth0", "192.0.2.1/24"),
          new Namespaces.End(right, "eth0", "192.0.2.2/24"));
      try (Gateway a = Gateway.withPolicy(folder.resolve("a"), left, policy(true, layers));
          Gateway b = Gateway.withPolicy(folder.resolve("b"), right, policy(false, layers))) {
        ping(left, "10.2.0.1", 56);
        ping(right, "10.1.0.1", 1200);
        for (Gateway gateway : List.of(a, b)) {
          IpsecHost.ChildSa child = gateway.childSas().getFirst();
          assertEquals("net", child.name());
          assertTrue(child.packetsIn() >= 8, child::toString);
          assertTrue(child.packetsOut() >= 8, child::toString);
          assertEquals(List.of(), gateway.ikeSas(), "no IKE at all");
        }
      }
    }
  }

  /** What {@code ip xfrm} calls our two algorithms, with the keys of one direction. */
  private static String kernelKeys(String layer, String octet) {
    String mac = "auth-trunc 'hmac(sha256)' 0x" + octet.repeat(32) + " 128";
    // RFC 4302 pads AH over IPv4 to four octets; Linux does so when it is told
    return layer.equals("esp")
        ? mac + " enc 'cbc(aes)' 0x" + octet.repeat(16)
        : mac + " flag align4";
  }

  /** The guest is the right side of the same policy, with states and policies of its own. */
  private static void prepare(KernelGuest guest, String layer) {
    String template = "tmpl src %s dst %s proto " + layer + " mode tunnel";
    guest.check(
        """
        set -e
        sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
        ip addr add 192.0.2.2/24 dev eth0
        ip addr add 10.2.0.1/32 dev lo
        ip route add 10.1.0.0/24 via 192.0.2.1 src 10.2.0.1
        ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto %s spi 0x1002 mode tunnel %s
        ip xfrm state add src 192.0.2.2 dst 192.0.2.1 proto %s spi 0x1001 mode tunnel %s
        ip xfrm policy add src 10.2.0.0/24 dst 10.1.0.0/24 dir out %s
        ip xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir in %s
        """
            .formatted(
                layer,
                kernelKeys(layer, "a1"),
                layer,
                kernelKeys(layer, "b1"),
                template.formatted("192.0.2.2", "192.0.2.1"),
                template.formatted("192.0.2.1", "192.0.2.2")));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("carry pings both ways between a gateway and a Linux kernel")
  @ValueSource(strings = {"esp", "ah"})
  void pingsWithTheKernel(String layer) {
    Path folder = Site.folder("manual-kernel-" + layer);
    try (Namespaces namespaces = new Namespaces()) {
      String left = namespaces.add("l");
      for (String line :
          List.of(
              "tuntap add name tap0 mode tap",
              "addr add 192.0.2.1/24 dev tap0",
              "link set tap0 up")) {
        Proc.check(("ip -n " + left + " " + line).split(" ", -1));
      }
      try (KernelGuest guest = KernelGuest.boot(folder.resolve("guest"), left, "tap0");
          Gateway gateway = Gateway.withPolicy(folder.resolve("a"), left, policy(true, layer))) {
        prepare(guest, layer);
        ping(left, "10.2.0.1", 56);
        String out = guest.check("ping -q -n -c 4 -i 0.2 -W 3 -I 10.2.0.1 10.1.0.1");
        assertTrue(out.contains(" 0% packet loss"), out);
        IpsecHost.ChildSa child = gateway.childSas().getFirst();
        assertTrue(child.packetsIn() >= 8, child::toString);
        assertTrue(child.packetsOut() >= 8, child::toString);
      }
    }
  }

  private static void ping(String namespace, String address, int size) {
    Proc.Result result =
        Namespaces.run(
            namespace,
            LIMIT,
            "ping",
            "-n",
            "-c",
            "4",
            "-i",
            "0.2",
            "-s",
            Integer.toString(size),
            address);
    assertTrue(result.ok(), result::toString);
    assertTrue(result.toString().contains(" 0% packet loss"), result::toString);
  }
}
