package org.ipsec4j.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeCounters;
import org.ipsec4j.node.NodeStatus;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.policy.PolicyBuilder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two nodes on loopback whose SAs are replaced and deleted without pause under traffic in both
 * directions. Seconds by default; minutes with {@code -Dipsec4j.stress.seconds=600}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class SaChurnStress {
  private static final byte[] KEY = "only for stress tests".getBytes(StandardCharsets.US_ASCII);

  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong right = new AtomicLong();

  private static int[] freePorts() throws Exception {
    List<DatagramSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      sockets.add(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }
    int[] ports = sockets.stream().mapToInt(DatagramSocket::getLocalPort).toArray();
    sockets.forEach(DatagramSocket::close);
    return ports;
  }

  private static PolicySet policy(boolean left, int[] ports) {
    int mine = left ? 0 : 2;
    int other = 2 - mine;
    return PolicyBuilder.named(left ? "left" : "right")
        .peer(
            "peer",
            peer ->
                peer.localAddress("127.0.0.1")
                    .localPorts(ports[mine], ports[mine + 1])
                    .localId(left ? "left.example" : "right.example")
                    .remoteAddress("127.0.0.1")
                    .remotePorts(ports[other], ports[other + 1])
                    .remoteId(left ? "right.example" : "left.example")
                    .psk("key")
                    .child(
                        "net",
                        child ->
                            child
                                .local(left ? "10.1.0.0/16" : "10.2.0.0/16")
                                .remote(left ? "10.2.0.0/16" : "10.1.0.0/16")
                                .start(left ? StartAction.INITIATE : StartAction.NONE)))
        .build();
  }

  private static IpsecNode node(boolean left, int[] ports, MemoryPort lan, String... order)
      throws Exception {
    return IpsecNode.builder()
        .policy(policy(left, ports))
        .credentials(PskCredentials.of("key", Secret.copyOf(KEY)))
        .inner(lan)
        .cryptoOrder(order)
        .start();
  }

  /** An IPv4/UDP packet whose payload repeats its number. */
  private static ByteBuffer packet(boolean left, int number) {
    int length = 28 + 8 * (1 + number % 150);
    ByteBuffer packet = ByteBuffer.allocate(length);
    packet.putShort((short) 0x4500).putShort((short) length).putInt(0);
    packet.putShort((short) 0x4011).putShort((short) 0);
    packet.putInt(left ? 0x0a010007 : 0x0a020007).putInt(left ? 0x0a020007 : 0x0a010007);
    packet.putShort((short) 1).putShort((short) 2).putShort((short) (length - 20));
    packet.putShort((short) 0);
    while (packet.hasRemaining()) {
      packet.putLong(number);
    }
    return packet.flip();
  }

  private void send(boolean left, MemoryPort lan) {
    int number = 0;
    while (!stopping.get()) {
      for (int i = 0; i < 16; i++) {
        lan.write(packet(left, number++));
      }
      pause(1);
    }
  }

  private void receive(MemoryPort lan) {
    while (!stopping.get()) {
      ByteBuffer packet = read(lan);
      if (packet != null) {
        int at = packet.position();
        boolean fits = packet.remaining() >= 36;
        long number = fits ? packet.getLong(at + 28) : 0;
        for (int i = 28; fits && i < packet.remaining(); i += 8) {
          fits = packet.getLong(at + i) == number;
        }
        (fits ? right : wrong).incrementAndGet();
      }
    }
  }

  private static @org.jspecify.annotations.Nullable ByteBuffer read(MemoryPort lan) {
    try {
      return lan.read(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void churn(IpsecNode left, IpsecNode right) {
    int round = 0;
    while (!stopping.get()) {
      IpsecNode node = round % 3 == 0 ? right : left;
      for (NodeStatus.Child child : node.status().children()) {
        if (!child.lingering()) {
          node.command(
              round % 10 == 9
                  ? new IkeCommand.DeleteChild(child.id())
                  : new IkeCommand.RekeyChild(child.id()));
        }
      }
      if (left.status().children().isEmpty()) {
        left.command(new IkeCommand.Initiate("peer", "net", null, null));
      }
      round++;
      pause(5);
    }
  }

  @ParameterizedTest
  @MethodSource("org.ipsec4j.checks.Providers#names")
  void sasComeAndGoUnderTraffic(String name) throws Exception {
    Providers.usable(name);
    String[] order = name.equals("jca") ? new String[] {"jca"} : new String[] {name, "jca"};
    int[] ports = freePorts();
    MemoryPort leftLan = new MemoryPort();
    MemoryPort rightLan = new MemoryPort();
    try (IpsecNode right = node(false, ports, rightLan, order);
        IpsecNode left = node(true, ports, leftLan, order)) {
      List<Thread> threads =
          List.of(
              new Thread(() -> send(true, leftLan)),
              new Thread(() -> send(false, rightLan)),
              new Thread(() -> receive(leftLan)),
              new Thread(() -> receive(rightLan)),
              new Thread(() -> churn(left, right)));
      threads.forEach(Thread::start);
      Thread.sleep(1000 * Long.getLong("ipsec4j.stress.seconds", 6));
      stopping.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      NodeCounters.Snapshot counters = left.status().counters();
      System.out.println(
          "stress: " + name + ", " + right() + " packets, " + counters.rekeys() + " rekeys");
      assertEquals(0, wrong.get(), "packets that came out changed");
      assertTrue(right() > 500, () -> left.status() + "\n" + right.status());
      assertTrue(counters.rekeys() > 20, counters::toString);
      for (IpsecNode node : List.of(left, right)) {
        NodeStatus status = node.status();
        assertTrue(status.counters().balanced(), status::toString);
        assertEquals(0, drops(status, DropReason.CRYPTO_FAILED), status::toString);
        assertEquals(0, drops(status, DropReason.ICV_MISMATCH), status::toString);
        assertEquals("", status.crypto().getFirst().retired());
        assertTrue(status.crypto().getFirst().packets() > 500, status::toString);
      }
    }
  }

  private long right() {
    return right.get();
  }

  private static long drops(NodeStatus status, DropReason reason) {
    return status.counters().inboundDrops().getOrDefault(reason, 0L)
        + status.counters().outboundDrops().getOrDefault(reason, 0L);
  }
}
