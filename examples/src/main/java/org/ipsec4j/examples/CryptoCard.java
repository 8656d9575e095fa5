package org.ipsec4j.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeStartException;
import org.ipsec4j.node.NodeStatus;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.policy.PolicyBuilder;

/**
 * A node whose packets a crypto card protects, and whose handshakes the JDK does. The card's
 * provider is found by ServiceLoader and chosen by name; see {@link
 * org.ipsec4j.examples.card.CardCryptoProvider}.
 */
public final class CryptoCard {
  private CryptoCard() {}

  /** Runs the example. */
  public static void main(String[] args) throws NodeStartException, InterruptedException {
    for (NodeStatus.Crypto crypto : send(20).crypto()) {
      System.out.println(
          crypto.provider() + ": " + crypto.sas() + " SAs, " + crypto.packets() + " packets");
    }
  }

  /** Sends packets to an office that answers each; the state of the node at the end. */
  static NodeStatus send(int packets) throws NodeStartException, InterruptedException {
    Secret key = Secret.copyOf("a secret of the examples".getBytes(StandardCharsets.UTF_8));
    MemoryPort lan = new MemoryPort();
    try (OtherSite office = OtherSite.shouting(key);
        IpsecNode node =
            IpsecNode.builder()
                .policy(policy())
                .credentials(PskCredentials.of("office-key", key))
                .inner(lan)
                .cryptoOrder("card", "jca")
                .start()) {
      for (int i = 0; i < packets; i++) {
        lan.write(Udp.of("10.1.0.7", 4000, "10.2.0.1", 7, "packet " + i).packet());
        ByteBuffer answer = lan.read(10_000);
        if (answer == null || !Udp.read(answer).text().equals("PACKET " + i)) {
          throw new IllegalStateException("packet " + i + " stayed without its answer");
        }
      }
      return node.status();
    }
  }

  private static PolicySet policy() {
    return PolicyBuilder.named("laptop")
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
                        child -> child.local("10.1.0.7").remote("10.2.0.0/24").esp("aes128gcm16")))
        .build();
  }
}
