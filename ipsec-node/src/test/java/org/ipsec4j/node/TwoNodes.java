package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.policy.ChildBuilder;
import org.ipsec4j.policy.PeerBuilder;
import org.ipsec4j.policy.PolicyBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes on loopback, {@code left} with 10.1.0.0/24 and {@code right} with 10.2.0.0/24 behind
 * it. Only the left one begins; what is not said is as a user would have it.
 */
final class TwoNodes implements AutoCloseable {
  static final String KEY = "psk-of-tests";

  /** One side before and after its start. */
  static final class Side {
    final String name;
    final String other;
    final String net;
    final String otherNet;
    final int ike;
    final int nat;
    final MemoryPort lan = new MemoryPort();
    final List<NodeEvent> events = new ArrayList<>();
    String psk = "a good secret of the tests";
    Consumer<PeerBuilder> auth = peer -> peer.psk(KEY);
    Consumer<ChildBuilder> child = child -> {};
    StartAction start = StartAction.NONE;
    UnaryOperator<IpsecNodeBuilder> settings = UnaryOperator.identity();
    @Nullable IpsecNode started;

    Side(String name, String other, int net, int ike, int nat) {
      this.name = name;
      this.other = other;
      this.net = "10." + net + ".0.0/24";
      this.otherNet = "10." + (3 - net) + ".0.0/24";
      this.ike = ike;
      this.nat = nat;
    }

    PolicySet policy(Side peer) {
      return PolicyBuilder.named(name)
          .peer(
              other,
              builder -> {
                auth.accept(
                    builder
                        .localAddress("127.0.0.1")
                        .localPorts(ike, nat)
                        .localId(name + ".example")
                        .remoteAddress("127.0.0.1")
                        .remotePorts(peer.ike, peer.nat)
                        .remoteId(other + ".example")
                        .ike(impatient()));
                builder.child(
                    "net",
                    net -> {
                      net.local(this.net).remote(otherNet).start(start);
                      child.accept(net);
                    });
              })
          .build();
    }

    void start(Side peer) throws NodeStartException {
      started =
          settings
              .apply(
                  IpsecNode.builder()
                      .policy(policy(peer))
                      .credentials(
                          PskCredentials.of(
                              KEY, Secret.copyOf(psk.getBytes(StandardCharsets.UTF_8))))
                      .inner(lan)
                      .onEvent(this::heard))
              .start();
    }

    private void heard(NodeEvent event) {
      synchronized (events) {
        events.add(event);
      }
    }

    IpsecNode node() {
      IpsecNode node = started;
      assertNotNull(node, name + " was started");
      return node;
    }

    NodeCounters.Snapshot counters() {
      return node().status().counters();
    }

    <E extends NodeEvent> List<E> events(Class<E> kind) {
      synchronized (events) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
      }
    }

    <E extends IkeEvent> List<E> ike(Class<E> kind) {
      return events(NodeEvent.Ike.class).stream()
          .map(NodeEvent.Ike::event)
          .filter(kind::isInstance)
          .map(kind::cast)
          .toList();
    }

    <E extends IkeEvent> E awaitIke(Class<E> kind) {
      await(name + " tells " + kind.getSimpleName(), () -> !ike(kind).isEmpty());
      return ike(kind).getFirst();
    }

    /** Reads until a packet fits, or fails. */
    ByteBuffer read(Predicate<ByteBuffer> wanted) throws InterruptedException {
      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (System.nanoTime() < end) {
        ByteBuffer packet = lan.read(100);
        if (packet != null && wanted.test(packet)) {
          return packet;
        }
      }
      throw new AssertionError(name + " got no such packet; " + this);
    }

    @Override
    public String toString() {
      synchronized (events) {
        return name + ": " + events + (started == null ? "" : " " + started.status());
      }
    }
  }

  final Side left;
  final Side right;

  TwoNodes() {
    this(false);
  }

  /**
   * @param onePort whether each side has the same port for IKE and for ESP
   */
  TwoNodes(boolean onePort) {
    int[] ports = freePorts(4);
    left = new Side("left", "right", 1, ports[0], ports[onePort ? 0 : 1]);
    right = new Side("right", "left", 2, ports[2], ports[onePort ? 2 : 3]);
    left.start = StartAction.ON_TRAFFIC;
  }

  private static IkeProfile impatient() {
    IkeProfile usual = Defaults.ikeProfile();
    return new IkeProfile(
        usual.proposals(),
        usual.rekeyAfter(),
        usual.rekeyJitterPercent(),
        usual.hardLifetime(),
        usual.liveness(),
        Duration.ofMillis(200),
        usual.retransmitFactorPercent(),
        usual.retransmitTries(),
        usual.fragmentation(),
        usual.fragmentSize(),
        usual.natKeepalive(),
        IkeProfile.Encapsulation.ALWAYS);
  }

  TwoNodes start() throws NodeStartException {
    right.start(left);
    left.start(right);
    return this;
  }

  /** Starts both and has the left one bring the child up. */
  TwoNodes up() throws NodeStartException {
    left.start = StartAction.INITIATE;
    start();
    left.awaitIke(IkeEvent.ChildUp.class);
    right.awaitIke(IkeEvent.ChildUp.class);
    await("the left side has a Child SA", () -> !left.node().status().children().isEmpty());
    return this;
  }

  /** Sends numbered packets from one side and expects each, unchanged, on the other. */
  void expectAcross(Side from, Side to, int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      ByteBuffer packet = packet(from, to, i);
      assertTrue(from.lan.write(packet.duplicate()), "the node takes packets");
      assertEquals(packet, to.read(any -> true), "packet " + i + " arrives as it was sent");
    }
  }

  /** An IPv4/UDP packet with a number in it. */
  static ByteBuffer packet(Side from, Side to, int number) {
    return Packets.udp(address(from), address(to), 4000, 5000, new byte[] {(byte) number, 1, 2, 3});
  }

  private static String address(Side side) {
    return side.net.replace("0/24", "7");
  }

  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited in vain: " + what);
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** UDP ports of loopback that nobody has at this moment. */
  static int[] freePorts(int count) {
    List<DatagramSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
      }
      return sockets.stream().mapToInt(DatagramSocket::getLocalPort).toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      sockets.forEach(DatagramSocket::close);
    }
  }

  @Override
  public void close() {
    for (Side side : List.of(left, right)) {
      IpsecNode node = side.started;
      if (node != null) {
        node.close();
      }
    }
  }
}
