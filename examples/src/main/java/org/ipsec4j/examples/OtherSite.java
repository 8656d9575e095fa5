package org.ipsec4j.examples;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.packet.PacketPort;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeStartException;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.policy.PolicyBuilder;

/**
 * The office that the examples talk to: in life it is another machine, here it is a second node of
 * the same program. Behind it 10.2.0.0/24 answers every UDP datagram in capital letters.
 */
final class OtherSite implements AutoCloseable {
  private final IpsecNode node;

  private OtherSite(IpsecNode node) {
    this.node = node;
  }

  /** An office whose network shouts back. */
  static OtherSite shouting(Secret key) throws NodeStartException {
    return answering(key, text -> text.toUpperCase(Locale.ROOT));
  }

  /** An office whose network answers each datagram as {@code answer} says. */
  static OtherSite answering(Secret key, UnaryOperator<String> answer) throws NodeStartException {
    MemoryPort lan = new MemoryPort();
    OtherSite office = behind(key, lan);
    Thread.ofPlatform().name("office").daemon().start(() -> serve(lan, answer));
    return office;
  }

  /** An office with another network behind it. */
  static OtherSite behind(Secret key, PacketPort lan) throws NodeStartException {
    return new OtherSite(
        IpsecNode.builder()
            .policy(policy())
            .credentials(PskCredentials.of("laptop-key", key))
            .inner(lan)
            .start());
  }

  private static PolicySet policy() {
    return PolicyBuilder.named("office")
        .peer(
            "laptop",
            peer ->
                peer.localAddress("127.0.0.1")
                    .localPorts(25500, 24500)
                    .localId("office.example")
                    .remoteAddress("127.0.0.1")
                    .remotePorts(15500, 14500)
                    .remoteId("laptop.example")
                    .psk("laptop-key")
                    .child(
                        "net",
                        child ->
                            child
                                .local("10.2.0.0/24")
                                .remote("10.1.0.7")
                                .start(ChildProfile.StartAction.NONE)))
        .build();
  }

  private static void serve(MemoryPort lan, UnaryOperator<String> answer) {
    try {
      while (true) {
        ByteBuffer packet = lan.read(1000);
        if (packet != null) {
          Udp asked = Udp.read(packet);
          if (!lan.write(asked.reply(answer.apply(asked.text())).packet())) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  IpsecNode node() {
    return node;
  }

  @Override
  public void close() {
    node.close();
  }
}
