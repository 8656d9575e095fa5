package org.ipsec4j.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeStartException;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.policy.PolicyBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The shortest way to embed IPsec: an application of 10.1.0.7 writes an IP packet, the node
 * negotiates and protects it, and the answer of the network behind the peer is read. No root, no
 * network device.
 */
public final class TenLines {
  private TenLines() {}

  /** Runs the example against an office that lives in the same program. */
  public static void main(String[] args) throws NodeStartException, InterruptedException {
    Secret key = Secret.copyOf("a secret of the examples".getBytes(StandardCharsets.UTF_8));
    try (OtherSite office = OtherSite.shouting(key)) {
      ByteBuffer packet = Udp.of("10.1.0.7", 4000, "10.2.0.1", 7, "hello, office").packet();
      ByteBuffer answer = ask(key, packet);
      System.out.println(answer == null ? "no answer" : Udp.read(answer).text());
    }
  }

  static @Nullable ByteBuffer ask(Secret key, ByteBuffer packet)
      throws NodeStartException, InterruptedException {
    // @start region="ten-lines"
    PolicySet policy =
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
                        .child("net", child -> child.local("10.1.0.7").remote("10.2.0.0/24")))
            .build();
    MemoryPort lan = new MemoryPort();
    PskCredentials credentials = PskCredentials.of("office-key", key);
    try (IpsecNode node =
        IpsecNode.builder().policy(policy).credentials(credentials).inner(lan).start()) {
      lan.write(packet); // an IP packet; the first one brings the tunnel up
      return lan.read(10_000); // the next IP packet that comes out of it
    }
    // @end
  }
}
