package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DatagramPort;
import org.ipsec4j.api.packet.DatagramProvider;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The side that sends and receives by a provider, and what stands in for it. */
final class VectoredOuterTest {
  private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");
  private static final int BURST = 4;

  private final int[] ports = TwoNodes.freePorts(2);
  private final Endpoint ike = new Endpoint(LOOPBACK, ports[0]);
  private final Endpoint nat = new Endpoint(LOOPBACK, ports[1]);
  private final Endpoint peer = new Endpoint(IpAddress.parse("192.0.2.7"), 4500);
  private final List<UdpOuter.Binding> bindings =
      List.of(new UdpOuter.Binding(ike, false), new UdpOuter.Binding(nat, true));
  private final List<String> seen = new ArrayList<>();
  private final OuterTap tap =
      (from, to, memory, offset, length, outgoing) ->
          seen.add((outgoing ? "out " : "in ") + from + " " + to + " " + length);

  /** Sends what is not of an odd index, and receives what it was given. */
  private final class Wire implements DatagramPort {
    private final Queue<Integer> sockets = new ArrayDeque<>();
    private final List<Integer> sent = new ArrayList<>();

    @Override
    public int receive(PacketBurst into, @Nullable Endpoint[] from, long timeoutMillis) {
      assertEquals(0, into.size(), "the burst is cleared");
      Integer socket = sockets.poll();
      if (socket == null || socket < 0) {
        return socket == null ? NOTHING : socket;
      }
      for (int length = 1; length <= 2; length++) {
        from[into.size()] = peer;
        into.add(ByteBuffer.allocate(length));
      }
      return socket;
    }

    @Override
    public boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length) {
      sent.add(length);
      return true;
    }

    @Override
    public void send(PacketBurst packets, @Nullable Endpoint[] from, @Nullable Endpoint[] to) {
      for (int i = 0; i < packets.size(); i++) {
        if (i % 2 == 1) {
          packets.drop(i, DropReason.SEND_FAILED);
        } else {
          sent.add(packets.length(i));
        }
      }
    }

    @Override
    public void wakeup() {
      sockets.add(NOTHING);
    }

    @Override
    public List<String> shortcomings() {
      return List.of("no offload of tests");
    }

    @Override
    public void close() {
      sockets.add(CLOSED);
    }
  }

  /** Gives a port, or refuses. */
  private record Provider(boolean isSupported, @Nullable DatagramPort port, List<Endpoint> asked)
      implements DatagramProvider {
    @Override
    public DatagramPort open(List<Endpoint> locals, int burst) throws IOException {
      asked.addAll(locals);
      if (port == null) {
        throw new IOException("refused for a test");
      }
      assertEquals(BURST, burst);
      return port;
    }
  }

  private UdpSide open(@Nullable DatagramProvider provider) throws NodeStartException {
    return UdpSide.open(bindings, provider, tap, BURST);
  }

  @Test
  void theProviderOpensAllAddressesAndTheTapSeesEachPacket() throws Exception {
    Wire wire = new Wire();
    Provider provider = new Provider(true, wire, new ArrayList<>());
    try (UdpSide side = open(provider)) {
      assertInstanceOf(VectoredOuter.class, side);
      assertEquals(List.of(ike, nat), provider.asked());
      PacketBurst burst = new PacketBurst(BURST, 0, 64, 0);
      for (int length = 10; length < 13; length++) {
        burst.add(ByteBuffer.allocate(length));
      }
      burst.drop(2, DropReason.NO_SA);
      @Nullable Endpoint[] from = {nat, nat, nat, null};
      @Nullable Endpoint[] to = {peer, peer, peer, null};
      side.send(burst, from, to);
      assertTrue(side.send(ike, peer, ByteBuffer.allocate(9), 1, 8));
      assertEquals(DropReason.SEND_FAILED, burst.dropReason(1));
      assertEquals(DropReason.NO_SA, burst.dropReason(2));
      assertEquals(
          List.of(
              "out " + nat + " " + peer + " 10",
              "out " + nat + " " + peer + " 11",
              "out " + ike + " " + peer + " 8"),
          seen);
    }
  }

  @Test
  void whatComesIsHandedOnWithItsSocket() throws Exception {
    Wire wire = new Wire();
    try (UdpSide side = open(new Provider(true, wire, new ArrayList<>()))) {
      wire.sockets.addAll(List.of(1, 0));
      PacketBurst burst = new PacketBurst(BURST, 0, 64, 0);
      List<String> got = new ArrayList<>();
      UdpOuter.Receiver receiver =
          (binding, packets, from) -> {
            got.add(binding.local() + " " + packets.size() + " " + from[1]);
            side.show(binding, packets, from);
          };
      assertTrue(side.receive(0, burst, receiver));
      assertTrue(side.receive(0, burst, receiver));
      assertEquals(List.of(nat + " 2 " + peer, ike + " 2 " + peer), got);
      assertEquals("in " + peer + " " + nat + " 1", seen.get(0));
      assertEquals(4, seen.size());
      side.wakeup();
      assertTrue(side.receive(0, burst, receiver));
      assertEquals(2, got.size());
      wire.close();
      assertFalse(side.receive(0, burst, receiver));
    }
  }

  @Test
  void theSocketsOfTheJdkStandInForAProviderThatCannot() throws Exception {
    Provider refuses = new Provider(true, null, new ArrayList<>());
    try (UdpSide side = open(refuses)) {
      assertInstanceOf(UdpOuter.class, side);
      assertEquals(2, refuses.asked().size());
    }
    Provider foreign = new Provider(false, null, new ArrayList<>());
    try (UdpSide side = open(foreign)) {
      assertInstanceOf(UdpOuter.class, side);
      assertEquals(List.of(), foreign.asked());
    }
    try (UdpSide side = open(null)) {
      assertInstanceOf(UdpOuter.class, side);
      PacketBurst burst = new PacketBurst(BURST, 0, 64, 0);
      burst.add(ByteBuffer.allocate(10));
      burst.add(ByteBuffer.allocate(11));
      @Nullable Endpoint[] from = {ike, new Endpoint(LOOPBACK, 9)};
      @Nullable Endpoint[] to = {nat, nat};
      side.send(burst, from, to);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertEquals(DropReason.SEND_FAILED, burst.dropReason(1));
    }
  }
}
