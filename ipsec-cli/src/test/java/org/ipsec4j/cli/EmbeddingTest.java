package org.ipsec4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.policy.IkeProfile.Encapsulation;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.cli.policy.LoadedPolicy;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeEvent;
import org.ipsec4j.node.NodeListener;
import org.ipsec4j.node.NodeStatus;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.policy.PolicyBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java that docs/embedding.md shows, run against a peer: DocumentsTest looks for it here and in the
 * examples.
 */
class EmbeddingTest {
  private final byte[] key = "only for tests".getBytes(StandardCharsets.UTF_8);
  private final LinkedBlockingQueue<String> log = new LinkedBlockingQueue<>();
  @TempDir Path folder;

  private static List<Integer> freePorts() throws Exception {
    List<DatagramSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        held.add(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
      }
      return held.stream().map(DatagramSocket::getLocalPort).toList();
    } finally {
      held.forEach(DatagramSocket::close);
    }
  }

  /** An IPv4 packet of protocol 253, which is for experiments (RFC 3692). */
  private static ByteBuffer packet(int from, int to) {
    ByteBuffer packet = ByteBuffer.allocate(84);
    packet.putShort((short) 0x4500).putShort((short) 84).putInt(0);
    packet.put((byte) 64).put((byte) 253).putShort((short) 0).putInt(from).putInt(to);
    return packet.position(0);
  }

  private LoadedPolicy peer(List<Integer> ports) throws Exception {
    Path psk = folder.resolve("psk.txt");
    Files.write(psk, key);
    Files.setPosixFilePermissions(psk, PosixFilePermissions.fromString("rw-------"));
    String text =
        """
        version: 1
        node: { ports: { ike: %d, nat: %d } }
        peers:
          a:
            local: { address: 127.0.0.1, id: b.example }
            remote: { address: 127.0.0.1, id: a.example, ports: { ike: %d, nat: %d } }
            auth: { psk: { file: psk.txt } }
            ike: { encapsulation: always }
            children:
              net: { local: 10.2.0.0/24, remote: 10.1.0.0/24 }
        """
            .formatted(ports.get(2), ports.get(3), ports.get(0), ports.get(1));
    Path file = folder.resolve("site-b.yaml");
    Files.writeString(file, text);
    return LoadedPolicy.load(file);
  }

  @Test
  void tenLinesCarryAPacketToAnEchoAndBack() throws Exception {
    List<Integer> ports = freePorts();
    LoadedPolicy loaded = peer(ports);
    try (MemoryPort far = new MemoryPort();
        IpsecNode b =
            IpsecNode.builder()
                .policy(loaded.policy())
                .credentials(loaded.credentials())
                .inner(far)
                .start()) {
      Thread echo = new Thread(() -> echo(far));
      echo.setDaemon(true);
      echo.start();
      ByteBuffer answer = tenLines(ports, packet(0x0a010001, 0x0a020001));
      assertNotNull(answer, b::toString);
      assertEquals(packet(0x0a020001, 0x0a010001), answer);
      assertTrue(log.stream().anyMatch(line -> line.contains("ChildUp")), log::toString);
    }
  }

  /** Sends every packet back with its addresses exchanged. */
  private static void echo(MemoryPort port) {
    try {
      while (true) {
        ByteBuffer packet = port.read(1000);
        if (packet != null) {
          int from = packet.getInt(12);
          packet.putInt(12, packet.getInt(16)).putInt(16, from);
          port.write(packet);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("try") // nobody asks the node
  private ByteBuffer tenLines(List<Integer> ports, ByteBuffer packet) throws Exception {
    PolicySet policy =
        PolicyBuilder.named("site A")
            .peer(
                "b",
                b ->
                    b.localAddress("127.0.0.1")
                        .localId("a.example")
                        .remoteAddress("127.0.0.1")
                        .remoteId("b.example")
                        .psk("b/psk")
                        .localPorts(ports.get(0), ports.get(1))
                        .remotePorts(ports.get(2), ports.get(3))
                        .encapsulation(Encapsulation.ALWAYS)
                        .child("net", net -> net.local("10.1.0.0/24").remote("10.2.0.0/24")))
            .build();
    MemoryPort port = new MemoryPort();
    try (IpsecNode node =
        IpsecNode.builder()
            .policy(policy)
            .credentials(PskCredentials.of("b/psk", Secret.copyOf(key)))
            .inner(port)
            .onEvent(event -> log.add(event.toString()))
            .start()) {
      port.write(packet);
      ByteBuffer answer = port.read(10_000);
      return java.util.Objects.requireNonNull(answer, "no answer");
    }
  }

  /** A listener that tells what a person should know. */
  NodeListener listener() {
    return event -> {
      switch (event) {
        case NodeEvent.Ike(IkeEvent.ChildUp up) -> log.add("up: " + up.name());
        case NodeEvent.Ike(IkeEvent.NegotiationFailed failed) -> log.add(failed.diagnosis().text());
        case NodeEvent.Trouble trouble -> log.add(trouble.what());
        default -> {}
      }
    };
  }

  /** Commands of a program. */
  void commands(IpsecNode node) {
    node.command(new IkeCommand.Initiate("b", "net", null, null));
    for (NodeStatus.Child child : node.status().children()) {
      node.command(new IkeCommand.RekeyChild(child.id()));
    }
  }

  @Test
  void aListenerHearsWhatACommandBrings() throws Exception {
    List<Integer> ports = freePorts();
    LoadedPolicy loaded = peer(ports);
    try (MemoryPort port = new MemoryPort();
        IpsecNode node =
            IpsecNode.builder()
                .policy(loaded.policy())
                .credentials(loaded.credentials())
                .inner(port)
                .onEvent(listener())
                .start()) {
      commands(node);
      node.command(new IkeCommand.Initiate("nobody", "net", null, null));
      String line = log.poll(20, java.util.concurrent.TimeUnit.SECONDS);
      assertNotNull(line);
      assertTrue(line.contains("use a name that the policy has"), line);
    }
  }
}
