package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.PacketBurst;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The sockets of a node on loopback. */
final class UdpOuterTest {
  private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");

  private final int[] ports = TwoNodes.freePorts(3);
  private final Endpoint ike = new Endpoint(LOOPBACK, ports[0]);
  private final Endpoint nat = new Endpoint(LOOPBACK, ports[1]);
  private final PacketBurst burst = new PacketBurst(4, 128, 65535, 128);

  private UdpOuter open() throws NodeStartException {
    return UdpOuter.open(
        List.of(new UdpOuter.Binding(ike, false), new UdpOuter.Binding(nat, true)), null, 4);
  }

  private static String refusal(Endpoint local) {
    NodeStartException refused =
        assertThrows(
            NodeStartException.class,
            () -> UdpOuter.open(List.of(new UdpOuter.Binding(local, false)), null, 4).close());
    return String.valueOf(refused.getMessage());
  }

  @Test
  void datagramsArriveWithSourceAndSocket() throws Exception {
    List<String> seen = new ArrayList<>();
    try (UdpOuter outer = open()) {
      byte[] payload = {9, 1, 2, 3, 9};
      assertTrue(outer.send(ike, nat, ByteBuffer.wrap(payload), 1, 3));
      assertTrue(outer.send(nat, nat, ByteBuffer.wrap(payload), 0, 0));
      UdpOuter.Receiver receiver =
          (binding, packets, from) -> {
            for (int i = 0; i < packets.size(); i++) {
              byte[] got = new byte[packets.length(i)];
              packets.slab().get(packets.offset(i), got);
              seen.add(from[i] + ">" + binding.local() + " nat=" + binding.nat());
              if (i == 0) {
                assertArrayEquals(new byte[] {1, 2, 3}, got);
              }
              assertTrue(packets.headroom(i) >= 128 && packets.tailroom(i) >= 128);
            }
          };
      while (seen.size() < 2) {
        assertTrue(outer.receive(5000, burst, receiver));
      }
    }
    assertEquals(List.of(ike + ">" + nat + " nat=true", nat + ">" + nat + " nat=true"), seen);
  }

  @Test
  void moreThanABurstComesInSeveral() throws Exception {
    List<Integer> sizes = new ArrayList<>();
    try (UdpOuter outer = open()) {
      for (int i = 0; i < 6; i++) {
        outer.send(ike, nat, ByteBuffer.wrap(new byte[10]), 0, 10);
      }
      while (sizes.stream().mapToInt(Integer::intValue).sum() < 6) {
        outer.receive(5000, burst, (binding, packets, from) -> sizes.add(packets.size()));
      }
    }
    assertTrue(sizes.stream().allMatch(size -> size <= 4), sizes::toString);
  }

  @Test
  void largestDatagramPasses() throws Exception {
    List<Integer> lengths = new ArrayList<>();
    try (UdpOuter outer = open()) {
      assertTrue(outer.send(ike, nat, ByteBuffer.allocate(65507), 0, 65507));
      while (lengths.isEmpty()) {
        outer.receive(5000, burst, (binding, packets, from) -> lengths.add(packets.length(0)));
      }
      assertFalse(outer.send(ike, nat, ByteBuffer.allocate(65508), 0, 65508), "too long for UDP");
    }
    assertEquals(List.of(65507), lengths);
  }

  @Test
  void wakeupAndCloseEndTheWait() throws Exception {
    UdpOuter outer = open();
    FutureTask<Boolean> waiting =
        new FutureTask<>(() -> outer.receive(60_000, burst, (binding, packets, from) -> {}));
    Thread.ofPlatform().daemon().start(waiting);
    outer.wakeup();
    assertTrue(waiting.get(10, TimeUnit.SECONDS), "still open");
    FutureTask<Boolean> again =
        new FutureTask<>(() -> outer.receive(60_000, burst, (binding, packets, from) -> {}));
    Thread.ofPlatform().daemon().start(again);
    outer.close();
    TwoNodes.await("the wait ends", again::isDone);
    assertFalse(outer.receive(60_000, burst, (binding, packets, from) -> {}));
    assertFalse(outer.send(ike, nat, ByteBuffer.allocate(1), 0, 1));
  }

  @Test
  void interruptedSenderDoesNotCloseTheSocket() throws Exception {
    try (UdpOuter outer = open()) {
      FutureTask<Boolean> sender =
          new FutureTask<>(
              () -> {
                Thread.currentThread().interrupt();
                return outer.send(ike, nat, ByteBuffer.allocate(1), 0, 1);
              });
      Thread.ofPlatform().start(sender);
      assertTrue(sender.get(10, TimeUnit.SECONDS));
      assertTrue(outer.send(ike, nat, ByteBuffer.allocate(1), 0, 1));
    }
  }

  @Test
  void whatCannotBeSentIsSaidSo() throws Exception {
    try (UdpOuter outer = open()) {
      Endpoint unbound = new Endpoint(LOOPBACK, ports[2]);
      assertFalse(outer.send(unbound, nat, ByteBuffer.allocate(1), 0, 1));
      Endpoint otherFamily = new Endpoint(IpAddress.parse("::1"), 500);
      assertFalse(outer.send(ike, otherFamily, ByteBuffer.allocate(1), 0, 1));
      assertFalse(outer.send(ike, new Endpoint(LOOPBACK, 0), ByteBuffer.allocate(1), 0, 1));
    }
  }

  @Test
  void portInUseNamesTheCure() throws Exception {
    try (DatagramSocket holder =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      String message = refusal(new Endpoint(LOOPBACK, holder.getLocalPort()));
      assertTrue(message.contains("127.0.0.1:" + holder.getLocalPort()), message);
      assertTrue(message.contains("another program holds it"), message);
      assertTrue(message.contains("ss -lunp"), message);
    }
  }

  @Test
  void socketsBoundBeforeTheRefusedOneAreFreedAgain() throws Exception {
    try (UdpOuter holder = open()) {
      Endpoint free = new Endpoint(LOOPBACK, ports[2]);
      assertThrows(
          NodeStartException.class,
          () ->
              UdpOuter.open(
                      List.of(new UdpOuter.Binding(free, false), new UdpOuter.Binding(nat, true)),
                      null,
                      4)
                  .close());
      UdpOuter.open(List.of(new UdpOuter.Binding(free, false)), null, 4).close();
      assertTrue(holder.receive(0, burst, (binding, packets, from) -> {}));
    }
  }

  @Test
  void foreignAddressNamesTheCure() {
    String message = refusal(new Endpoint(IpAddress.parse("192.0.2.77"), ports[0]));
    assertTrue(message.contains("no interface of this machine has that address"), message);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void privilegedPortNamesTheCure() {
    assumeFalse("root".equals(System.getProperty("user.name")), "root may bind any port");
    String message = refusal(new Endpoint(LOOPBACK, 500));
    assertTrue(message.contains("CAP_NET_BIND_SERVICE"), message);
    assertTrue(message.contains("node: { ports: { ike: 15500, nat: 14500 } }"), message);
  }
}
