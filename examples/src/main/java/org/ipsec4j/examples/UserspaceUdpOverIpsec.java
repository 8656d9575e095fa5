package org.ipsec4j.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeStartException;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.policy.PolicyBuilder;

/**
 * An application that brings its own UDP: a small client socket over a tunnel, without the
 * operating system's network stack and without root. It asks a directory in the other site's
 * network for names and repeats a question that stays without an answer.
 */
public final class UserspaceUdpOverIpsec implements AutoCloseable {
  private static final int TRIES = 3;
  private static final long PATIENCE_MILLIS = 3000;

  private final MemoryPort lan = new MemoryPort();
  private final IpsecNode node;
  private final Endpoint self;

  private UserspaceUdpOverIpsec(Secret key, Endpoint self) throws NodeStartException {
    this.self = self;
    this.node =
        IpsecNode.builder()
            .policy(
                PolicyBuilder.named("laptop")
                    .peer(
                        "office",
                        peer ->
                            peer.localAddress("127.0.0.1")
                                .localPorts(15500, 14500)
                                .localId("laptop.example")
                                .remoteAddress("127.0.0.1")
                                .remotePorts(25500, 24500)
                                .remoteId("office.example")
                                .psk("office-key")
                                .child(
                                    "net",
                                    child ->
                                        child
                                            .local(self.address().toString())
                                            .remote("10.2.0.0/24")))
                    .build())
            .credentials(PskCredentials.of("office-key", key))
            .inner(lan)
            .start();
  }

  /** Runs the example. */
  public static void main(String[] args) throws NodeStartException, InterruptedException {
    Map<String, String> directory = Map.of("printer", "10.2.0.20", "wiki", "10.2.0.30");
    Secret key = Secret.copyOf("a secret of the examples".getBytes(StandardCharsets.UTF_8));
    try (OtherSite office =
            OtherSite.answering(key, name -> directory.getOrDefault(name, "unknown"));
        UserspaceUdpOverIpsec client = open(key)) {
      for (String name : new String[] {"printer", "wiki", "fax"}) {
        System.out.println(name + " is " + client.ask(name).orElse("not to be reached"));
      }
    }
  }

  /** A client at 10.1.0.7, port 4000. */
  static UserspaceUdpOverIpsec open(Secret key) throws NodeStartException {
    return new UserspaceUdpOverIpsec(key, new Endpoint(IpAddress.parse("10.1.0.7"), 4000));
  }

  /** Asks the directory at 10.2.0.1; empty when it stays silent. */
  Optional<String> ask(String question) throws InterruptedException {
    Udp datagram = new Udp(self, new Endpoint(IpAddress.parse("10.2.0.1"), 5300), question);
    for (int attempt = 0; attempt < TRIES; attempt++) {
      lan.write(datagram.packet());
      Optional<String> answer = answerTo(datagram);
      if (answer.isPresent()) {
        return answer;
      }
    }
    return Optional.empty();
  }

  /** The next datagram from where the question went; what else arrives is not for us. */
  private Optional<String> answerTo(Udp question) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    for (long left = PATIENCE_MILLIS; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
      ByteBuffer packet = lan.read(left);
      if (packet != null) {
        Udp datagram = Udp.read(packet);
        if (datagram.from().equals(question.to()) && datagram.to().equals(self)) {
          return Optional.of(datagram.text());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    node.close();
  }
}
