package org.ipsec4j.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeStartException;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.policy.PolicyBuilder;

/**
 * A node with a crypto provider of one's own, handed to its builder. One that every node should
 * find by itself is named in {@code META-INF/services/org.ipsec4j.api.crypto.CryptoProvider}, or in
 * a {@code provides} line of the module, and asked before others of a lower priority.
 */
public final class CustomCryptoProvider {
  private CustomCryptoProvider() {}

  /** Runs the example. */
  public static void main(String[] args) throws NodeStartException, InterruptedException {
    CountingCrypto crypto = count(20);
    System.out.println(
        crypto.sealed()
            + " packets sealed, "
            + crypto.opened()
            + " opened, "
            + crypto.keyExchanges()
            + " key exchange");
  }

  /** Sends packets to an office that answers each, and counts the cryptography of it. */
  static CountingCrypto count(int packets) throws NodeStartException, InterruptedException {
    CountingCrypto crypto = new CountingCrypto(new JcaCryptoProvider());
    Secret key = Secret.copyOf("a secret of the examples".getBytes(StandardCharsets.UTF_8));
    MemoryPort lan = new MemoryPort();
    try (OtherSite office = OtherSite.shouting(key);
        IpsecNode node =
            IpsecNode.builder()
                .policy(policy())
                .credentials(PskCredentials.of("office-key", key))
                .inner(lan)
                .crypto(List.of(crypto))
                .start()) {
      for (int i = 0; i < packets; i++) {
        lan.write(Udp.of("10.1.0.7", 4000, "10.2.0.1", 7, "packet " + i).packet());
        ByteBuffer answer = lan.read(10_000);
        if (answer == null || !Udp.read(answer).text().equals("PACKET " + i)) {
          throw new IllegalStateException("packet " + i + " stayed without its answer");
        }
      }
    }
    return crypto;
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
                    .child("net", child -> child.local("10.1.0.7").remote("10.2.0.0/24")))
        .build();
  }
}
