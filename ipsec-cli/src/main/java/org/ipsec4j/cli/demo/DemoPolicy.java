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

  static org.ipsec4j.api.policy.PolicySet tmp(char site, Ports p) {
    boolean a = site == 'a';
    return org.ipsec4j.policy.PolicyBuilder.named("demo " + site)
        .peer(
            a ? "b" : "a",
            peer ->
                peer.localAddress("127.0.0.1")
                    .remoteAddress("127.0.0.1")
                    .localPorts(a ? p.ikeA() : p.ikeB(), a ? p.natA() : p.natB())
                    .remotePorts(a ? p.ikeB() : p.ikeA(), a ? p.natB() : p.natA())
                    .localId(a ? "a.demo.example" : "b.demo.example")
                    .remoteId(a ? "b.demo.example" : "a.demo.example")
                    .psk("demo")
                    .ikeProposals("aes256gcm16-prfsha384-x25519")
                    .encapsulation(org.ipsec4j.api.policy.IkeProfile.Encapsulation.ALWAYS)
                    .child(
                        "all",
                        c ->
                            c.local("0.0.0.0/0")
                                .local("::/0")
                                .remote("0.0.0.0/0")
                                .remote("::/0")
                                .esp("aes256gcm16-x25519-noesn")
                                .start(
                                    a
                                        ? org.ipsec4j.api.policy.ChildProfile.StartAction.INITIATE
                                        : org.ipsec4j.api.policy.ChildProfile.StartAction.NONE)))
        .build();
  }
}
