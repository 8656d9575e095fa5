package org.ipsec4j.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeCounters;
import org.ipsec4j.node.NodeEvent;
import org.ipsec4j.node.NodeStartException;
import org.ipsec4j.node.NodeStatus;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.policy.PolicyBuilder;

/**
 * Two sites whose networks a tunnel joins: brought up at the start, watched by events, rekeyed by
 * command while packets flow, and counted.
 */
public final class TwoSites {
  /** Which site, its network, and its UDP ports. */
  private record Site(String name, String net, int ike, int nat) {}

  private static final Site NORTH = new Site("north", "10.1.0.0/24", 15510, 14510);
  private static final Site SOUTH = new Site("south", "10.2.0.0/24", 15520, 14520);

  private final Secret key =
      Secret.copyOf("another secret of the examples".getBytes(StandardCharsets.UTF_8));
  private final MemoryPort northLan = new MemoryPort();
  private final MemoryPort southLan = new MemoryPort();
  private final CountDownLatch up = new CountDownLatch(2);
  private final CountDownLatch rekeyed = new CountDownLatch(1);

  private TwoSites() {}

  /** Runs the example. */
  public static void main(String[] args) throws NodeStartException, InterruptedException {
    System.out.println(run(200));
  }

  /**
   * Sends packets from north to south and rekeys half-way.
   *
   * @return what north has counted
   */
  static NodeCounters.Snapshot run(int packets) throws NodeStartException, InterruptedException {
    return new TwoSites().play(packets);
  }

  private NodeCounters.Snapshot play(int packets) throws NodeStartException, InterruptedException {
    try (IpsecNode south = start(SOUTH, NORTH, StartAction.NONE, southLan);
        IpsecNode north = start(NORTH, SOUTH, StartAction.INITIATE, northLan)) {
      await(up, "the tunnel does not come up");
      for (int i = 0; i < packets; i++) {
        if (i == packets / 2) {
          rekey(north);
        }
        exchange("packet " + i);
      }
      await(rekeyed, "the tunnel was not rekeyed");
      System.out.println("south holds " + south.status().children().size() + " associations");
      return north.status().counters();
    }
  }

  private IpsecNode start(Site us, Site them, StartAction action, MemoryPort lan)
      throws NodeStartException {
    return IpsecNode.builder()
        .policy(policy(us, them, action))
        .credentials(PskCredentials.of("key", key))
        .inner(lan)
        .onEvent(event -> heard(us, event))
        .start();
  }

  private static PolicySet policy(Site us, Site them, StartAction action) {
    return PolicyBuilder.named(us.name())
        .peer(
            them.name(),
            peer ->
                peer.localAddress("127.0.0.1")
                    .localPorts(us.ike(), us.nat())
                    .localId(us.name() + ".example")
                    .remoteAddress("127.0.0.1")
                    .remotePorts(them.ike(), them.nat())
                    .remoteId(them.name() + ".example")
                    .psk("key")
                    .child("nets", child -> child.local(us.net()).remote(them.net()).start(action)))
        .build();
  }

  /** Events come on a thread of the node, one at a time. */
  private void heard(Site site, NodeEvent event) {
    switch (event) {
      case NodeEvent.Ike(IkeEvent.ChildUp child) -> up.countDown();
      case NodeEvent.Ike(IkeEvent.ChildRekeyed child) -> rekeyed.countDown();
      case NodeEvent.Ike(IkeEvent.NegotiationFailed failed) ->
          System.out.println(site.name() + ": " + failed.diagnosis().text());
      case NodeEvent.Trouble trouble -> System.out.println(site.name() + ": " + trouble.what());
      default -> {}
    }
  }

  private static void rekey(IpsecNode node) {
    for (NodeStatus.Child child : node.status().children()) {
      node.command(new IkeCommand.RekeyChild(child.id()));
    }
  }

  private void exchange(String text) throws InterruptedException {
    ByteBuffer packet = Udp.of("10.1.0.7", 4000, "10.2.0.7", 5000, text).packet();
    northLan.write(packet.duplicate());
    ByteBuffer arrived = southLan.read(10_000);
    if (!packet.equals(arrived)) {
      throw new IllegalStateException(text + " did not arrive as it was sent");
    }
  }

  private static void await(CountDownLatch latch, String otherwise) throws InterruptedException {
    if (!latch.await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException(otherwise);
    }
  }
}
