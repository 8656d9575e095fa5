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

/** Two gateways of ours with manual keys, each in a namespace, over native ESP and AH. */
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
