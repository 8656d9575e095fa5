package org.ipsec4j.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.document.PolicyResult;
import org.ipsec4j.cli.policy.Readers;

/** The policy files of the two sites: templates in the jar, with free loopback ports put in. */
final class DemoPolicy {
  /** Four ports that are free now. */
  record Ports(int ikeA, int natA, int ikeB, int natB) {
    static Ports free() throws IOException {
      List<DatagramSocket> held = new ArrayList<>();
      try {
        for (int i = 0; i < 4; i++) {
          held.add(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        }
        return new Ports(
            held.get(0).getLocalPort(),
            held.get(1).getLocalPort(),
            held.get(2).getLocalPort(),
            held.get(3).getLocalPort());
      } finally {
        held.forEach(DatagramSocket::close);
      }
    }
  }

  private DemoPolicy() {}

  /** The policy file of site {@code a} or {@code b}. */
  static String text(char site, Ports ports) {
    boolean a = site == 'a';
    String text = resource("site-" + site + ".yaml");
    Map<String, Integer> values =
        Map.of(
            "@ike@", a ? ports.ikeA() : ports.ikeB(),
            "@nat@", a ? ports.natA() : ports.natB(),
            "@peer-ike@", a ? ports.ikeB() : ports.ikeA(),
            "@peer-nat@", a ? ports.natB() : ports.natA());
    for (Map.Entry<String, Integer> value : values.entrySet()) {
      text = text.replace(value.getKey(), value.getValue().toString());
    }
    return text;
  }

  private static String resource(String name) {
    try (InputStream stream = DemoPolicy.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the policy file says. */
  static PolicySet parse(char site, Ports ports) {
    return switch (Readers.of("yaml").read("site-" + site + ".yaml", text(site, ports))) {
      case PolicyResult.Loaded loaded -> loaded.document().policy();
      case PolicyResult.Refused refused -> throw new IllegalStateException(refused.toString());
    };
  }

  /** The name under which the policy asks for its pre-shared key. */
  static String pskName(PolicySet policy) {
    return policy.peers().stream()
        .map(PadEntry::localAuth)
        .filter(AuthMethod.Psk.class::isInstance)
        .map(method -> ((AuthMethod.Psk) method).secretRef())
        .findFirst()
        .orElseThrow();
  }
}
