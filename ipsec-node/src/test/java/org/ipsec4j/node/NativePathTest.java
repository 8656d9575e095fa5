package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.RawPort;
import org.ipsec4j.api.packet.RawProvider;
import org.ipsec4j.api.packet.RawSettings;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.policy.PolicyBuilder;
import org.junit.jupiter.api.Test;

/** When a node has native ESP and AH, and what becomes of policies when it has not. */
final class NativePathTest {
  private static final String LEFT = "127.0.0.81";
  private static final String RIGHT = "127.0.0.82";

  /** Raw sockets of one process, joined by address. */
  private static final class Wire implements RawProvider {
    private final Map<IpAddress, BlockingQueue<byte[]>> queues = new ConcurrentHashMap<>();
    final List<byte[]> sent = Collections.synchronizedList(new ArrayList<>());

    @Override
    public boolean isSupported() {
      return true;
    }

    @Override
    public RawPort open(RawSettings settings) {
      BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
      settings.addresses().forEach(address -> queues.put(address, queue));
      return new Port(queue);
    }

    private final class Port implements RawPort {
      private final BlockingQueue<byte[]> queue;
      private final IpHeaderView view = new IpHeaderView();
      private volatile boolean closed;

      Port(BlockingQueue<byte[]> queue) {
        this.queue = queue;
      }

      @Override
      public int receive(PacketBurst into, long timeoutMillis) {
        try {
          byte[] packet = queue.poll(Math.min(timeoutMillis, 20), TimeUnit.MILLISECONDS);
          if (packet != null) {
            into.add(ByteBuffer.wrap(packet));
          }
          return closed ? -1 : into.size();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return -1;
        }
      }

      @Override
      public void send(PacketBurst from, boolean[] mine) {
        for (int i = 0; i < from.size(); i++) {
          if (mine[i] && from.isAlive(i)) {
            byte[] packet = new byte[from.length(i)];
            from.slab().get(from.offset(i), packet);
            view.parse(from.slab(), from.offset(i), from.length(i));
            sent.add(packet);
            BlockingQueue<byte[]> to = queues.get(IpAddress.v4((int) view.destinationLow()));
            if (to == null || !to.offer(packet)) {
              from.drop(i, DropReason.SEND_FAILED);
            }
          }
        }
      }

      @Override
      public void close() {
        closed = true;
      }
    }
  }

  /** As for a user without privileges. */
  private static final class Forbidden implements RawProvider {
    @Override
    public boolean isSupported() {
      return true;
    }

    @Override
    public RawPort open(RawSettings settings) throws IOException {
      throw new IOException("raw sockets are not allowed: run as root");
    }
  }

  private static Secret key(String name) {
    byte[] octets = new byte[name.endsWith("mac") ? 32 : 16];
    Arrays.fill(octets, (byte) name.charAt(0));
    return Secret.adopt(octets);
  }

  private static PskCredentials credentials() {
    return new PskCredentials(
        Map.of("a", key("a"), "a-mac", key("a-mac"), "b", key("b"), "b-mac", key("b-mac")));
  }

  private static PolicySet manual(boolean left) {
    PacketTransform transform =
        PacketTransform.esp(
            EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, false);
    ManualKeys.Names a = new ManualKeys.Names("a", "a-mac");
    ManualKeys.Names b = new ManualKeys.Names("b", "b-mac");
    return PolicyBuilder.named("p")
        .manual(
            new ManualChild(
                "net",
                IpAddress.parse(left ? LEFT : RIGHT),
                IpAddress.parse(left ? RIGHT : LEFT),
                0,
                0,
                SaMode.TUNNEL,
                List.of(TrafficSelector.of(left ? "10.1.0.0/24" : "10.2.0.0/24")),
                List.of(TrafficSelector.of(left ? "10.2.0.0/24" : "10.1.0.0/24")),
                List.of(
                    left
                        ? new ManualKeys(transform, 256, 257, a, b)
                        : new ManualKeys(transform, 257, 256, b, a)),
                0,
                Duration.ZERO,
                Duration.ZERO,
                Lifetime.UNLIMITED,
                null,
                Origin.PROGRAM))
        .build();
  }

  private static PolicySet peer(IkeProfile.Encapsulation encapsulation, boolean ah) {
    return PolicyBuilder.named("p")
        .peer(
            "b",
            peer ->
                peer.localAddress(LEFT)
                    .localId("a.example")
                    .remoteAddress(RIGHT)
                    .remoteId("b.example")
                    .psk("b/psk")
                    .encapsulation(encapsulation)
                    .child(
                        "net",
                        net -> {
                          net.local("10.1.0.0/24").remote("10.2.0.0/24");
                          if (ah) {
                            net.proposals(
                                List.of(
                                    ProposalSyntax.child(SecurityProtocol.AH, "sha256", false)
                                        .orThrow()));
                          }
                        }))
        .build();
  }

  @Test
  void twoNodesWithManualKeysCarryPacketsWithoutUdp() throws Exception {
    Wire wire = new Wire();
    MemoryPort lanOfLeft = new MemoryPort();
    MemoryPort lanOfRight = new MemoryPort();
    try (IpsecNode left =
            IpsecNode.builder()
                .policy(manual(true))
                .credentials(credentials())
                .inner(lanOfLeft)
                .nativePath(wire)
                .start();
        IpsecNode right =
            IpsecNode.builder()
                .policy(manual(false))
                .credentials(credentials())
                .inner(lanOfRight)
                .nativePath(wire)
                .start()) {
      ByteBuffer packet = Packets.udp("10.1.0.7", "10.2.0.7", 1, 2, new byte[] {1, 2, 3});
      ByteBuffer answer = Packets.udp("10.2.0.7", "10.1.0.7", 2, 1, new byte[] {4, 5, 6});
      for (int i = 0; i < 20; i++) {
        assertTrue(lanOfLeft.write(packet.duplicate()));
        assertEquals(packet, lanOfRight.read(10_000));
        assertTrue(lanOfRight.write(answer.duplicate()));
        assertEquals(answer, lanOfLeft.read(10_000));
      }
      assertEquals(20, left.status().children().getFirst().packetsOut());
      assertEquals(20, right.status().children().getFirst().packetsOut());
      assertTrue(right.status().counters().balanced());
    }
    assertEquals(40, wire.sent.size());
    wire.sent.forEach(sent -> assertEquals(50, sent[9]));
  }

  @Test
  void whatCannotDoWithoutIsRefusedWithEveryReason() {
    Set<IpAddress> ours = Set.of(IpAddress.parse(LEFT));
    for (PolicySet policy :
        List.of(
            manual(true),
            peer(IkeProfile.Encapsulation.NEVER, false),
            peer(IkeProfile.Encapsulation.WHEN_NATTED, true))) {
      NodeStartException refused =
          assertThrows(
              NodeStartException.class, () -> NativePath.open(policy, new Forbidden(), ours));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("needs raw sockets"), refused::toString);
      assertTrue(
          String.valueOf(refused.getMessage()).endsWith("not allowed: run as root"),
          refused::toString);
      assertThrows(NodeStartException.class, () -> NativePath.open(policy, null, ours));
    }
  }

  @Test
  void whatCanDoWithoutRunsOverUdpAndSaysWhy() throws Exception {
    Set<IpAddress> ours = Set.of(IpAddress.parse(LEFT));
    PolicySet policy = peer(IkeProfile.Encapsulation.WHEN_NATTED, false);
    NativePath.Opened refused = NativePath.open(policy, new Forbidden(), ours);
    assertNull(refused.port());
    assertTrue(refused.reason().contains("not allowed"));
    NativePath.Opened nobodyAsked = NativePath.open(policy, null, ours);
    assertNull(nobodyAsked.port());
    assertEquals("", nobodyAsked.reason());
    NativePath.Opened opened = NativePath.open(policy, new Wire(), ours);
    assertNotNull(opened.port());
    assertEquals("", opened.reason());
  }
}
