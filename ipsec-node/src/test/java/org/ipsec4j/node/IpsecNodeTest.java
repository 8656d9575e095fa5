package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.PacketPort;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.node.crypto.FakeProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole nodes with sockets and threads, two of them on loopback. */
final class IpsecNodeTest {
  private final TwoNodes nodes = new TwoNodes();
  private final TwoNodes.Side left = nodes.left;
  private final TwoNodes.Side right = nodes.right;

  @AfterEach
  void closeAndCount() {
    nodes.close();
    for (TwoNodes.Side side : List.of(left, right)) {
      for (NodeEvent.Stopped stopped : side.events(NodeEvent.Stopped.class)) {
        assertTrue(stopped.counters().balanced(), () -> side.name + " " + stopped.counters());
      }
    }
  }

  private Diagnosis diagnosis(TwoNodes.Side side) {
    Diagnosis diagnosis = side.awaitIke(IkeEvent.NegotiationFailed.class).diagnosis();
    assertFalse(diagnosis.summary().isBlank());
    assertFalse(diagnosis.cure().isBlank());
    return diagnosis;
  }

  // --- traffic ---------------------------------------------------------------------------------

  @Test
  void packetsCrossBothWaysUnchanged() throws Exception {
    nodes.up();
    nodes.expectAcross(left, right, 100);
    nodes.expectAcross(right, left, 100);
    assertEquals(100, left.counters().protectedOut());
    assertEquals(100, left.counters().delivered());
    assertEquals(Map.of(), left.counters().inboundDrops());
    assertEquals(Map.of(), right.counters().outboundDrops());
  }

  @Test
  void firstPacketBringsTheAssociationUpAndArrives() throws Exception {
    nodes.start();
    assertTrue(left.node().status().ike().ikeSas().isEmpty());
    nodes.expectAcross(left, right, 1);
    nodes.expectAcross(right, left, 1);
    assertEquals("left.example", nameOf(right.awaitIke(IkeEvent.IkeUp.class)));
    assertEquals("right.example", nameOf(left.awaitIke(IkeEvent.IkeUp.class)));
  }

  private static String nameOf(IkeEvent.IkeUp up) {
    return up.remoteIdentity().toString().replace("fqdn:", "");
  }

  @Test
  void responderThatSendsFirstLosesNothing() throws Exception {
    int count = 40;
    right.settings =
        builder ->
            builder.onEvent(
                event -> {
                  if (event instanceof NodeEvent.Ike(IkeEvent.ChildUp up)) {
                    for (int i = 0; i < count; i++) {
                      right.lan.write(TwoNodes.packet(right, left, i));
                    }
                  }
                  synchronized (right.events) {
                    right.events.add(event);
                  }
                });
    nodes.up();
    for (int i = 0; i < count; i++) {
      assertEquals(TwoNodes.packet(right, left, i), left.read(any -> true));
    }
    assertEquals(Map.of(), left.counters().inboundDrops());
    assertEquals(1, right.counters().startedWithoutEvidence(), "the left side had nothing to say");
  }

  @Test
  void nothingReadableTravelsOutside() throws Exception {
    AtomicInteger leaks = new AtomicInteger();
    AtomicInteger seen = new AtomicInteger();
    byte[] needle = "sixteen byte run".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    left.settings =
        builder ->
            builder.outerTap(
                (from, to, memory, offset, length, outgoing) -> {
                  seen.incrementAndGet();
                  for (int at = offset; at + needle.length <= offset + length; at++) {
                    if (memory.slice(at, needle.length).equals(ByteBuffer.wrap(needle))) {
                      leaks.incrementAndGet();
                    }
                  }
                });
    nodes.up();
    ByteBuffer packet = Packets.udp("10.1.0.7", "10.2.0.7", 1, 2, needle);
    left.lan.write(packet);
    assertEquals(packet, right.read(any -> true));
    assertTrue(seen.get() > 4, "IKE and ESP, both directions");
    assertEquals(0, leaks.get());
  }

  @Test
  void largestPacketPasses() throws Exception {
    nodes.up();
    // With IPv4, UDP and ESP around it, a datagram of 65,507 octets of UDP payload is full.
    ByteBuffer large = Packets.udp("10.1.0.7", "10.2.0.7", 1, 2, new byte[65_000 - 28]);
    left.lan.write(large.duplicate());
    assertEquals(large, right.read(any -> true));
    left.lan.write(Packets.udp("10.1.0.7", "10.2.0.7", 1, 2, new byte[65_500 - 28]));
    TwoNodes.await(
        "the packet that no datagram holds is dropped by name",
        () -> !left.counters().outboundDrops().isEmpty());
  }

  @Test
  void rekeyUnderTrafficLosesNothing() throws Exception {
    nodes.up();
    List<Integer> arrived = new ArrayList<>();
    int count = 3000;
    FutureTask<Integer> reader =
        new FutureTask<>(
            () -> {
              ByteBuffer packet = right.lan.read(10_000);
              while (packet != null) {
                arrived.add(packet.getInt(28));
                packet = arrived.size() < count ? right.lan.read(10_000) : null;
              }
              return arrived.size();
            });
    Thread.ofPlatform().daemon().start(reader);
    for (int i = 0; i < count; i++) {
      byte[] number = ByteBuffer.allocate(4).putInt(i).array();
      left.lan.write(Packets.udp("10.1.0.7", "10.2.0.7", 1, 2, number));
      if (i % 500 == 250) {
        TwoNodes.Side asks = i % 1000 == 250 ? left : right;
        NodeStatus status = asks.node().status();
        status.children().stream()
            .filter(child -> !child.lingering())
            .forEach(child -> asks.node().command(new IkeCommand.RekeyChild(child.id())));
      }
      if (i == 1600) {
        left.node()
            .command(
                new IkeCommand.RekeyIke(left.node().status().ike().ikeSas().getFirst().ikeSa()));
      }
      if (i % 10 == 0) {
        Thread.sleep(1);
      }
    }
    assertEquals(count, reader.get(30, TimeUnit.SECONDS), () -> left + "\n" + right);
    assertTrue(left.counters().rekeys() >= 3, () -> left.toString());
    assertFalse(left.ike(IkeEvent.IkeRekeyed.class).isEmpty());
    assertTrue(left.ike(IkeEvent.ChildDown.class).isEmpty());
  }

  // --- negotiations that fail ------------------------------------------------------------------

  @Test
  void wrongPskIsDiagnosedOnBothSides() throws Exception {
    left.psk = "another secret";
    nodes.start();
    left.lan.write(TwoNodes.packet(left, right, 1));
    assertEquals(Diagnosis.Cause.PSK_MISMATCH, diagnosis(right).cause());
    Diagnosis initiator = diagnosis(left);
    assertEquals(Diagnosis.Cause.REFUSED_BY_PEER, initiator.cause());
    assertTrue(
        initiator.candidates().stream().anyMatch(line -> line.contains("key")), initiator::text);
    TwoNodes.await(
        "who waited is told",
        () -> left.counters().outboundDrops().containsKey(DropReason.ACQUIRE_TIMEOUT));
    assertTrue(left.ike(IkeEvent.IkeUp.class).isEmpty());
    String everything = left.toString() + right + initiator.text() + diagnosis(right).text();
    assertFalse(everything.contains("secret of the tests"), "no secret in any message");
    assertFalse(everything.contains("another secret"));
  }

  @Test
  void wrongPskUnderTrafficIsNoStorm() throws Exception {
    left.psk = "another secret";
    nodes.start();
    long end = System.nanoTime() + Duration.ofMillis(800).toNanos();
    while (System.nanoTime() < end) {
      left.lan.write(TwoNodes.packet(left, right, 1));
      Thread.sleep(1);
    }
    assertTrue(left.ike(IkeEvent.NegotiationFailed.class).size() <= 2, left::toString);
    TwoNodes.await(
        "later packets ask again", () -> !left.ike(IkeEvent.NegotiationFailed.class).isEmpty());
  }

  @Test
  void silentPeerIsDiagnosed() throws Exception {
    left.start(right);
    left.lan.write(TwoNodes.packet(left, right, 1));
    TwoNodes.await("the packet waits", () -> left.counters().waiting() == 1);
    assertTrue(left.ike(IkeEvent.NegotiationFailed.class).isEmpty(), "patience");
  }

  // --- certificates ----------------------------------------------------------------------------

  private void certificates(Certified ourAuthority, Certified ours, Certified theirs) {
    left.auth = peer -> peer.certificates("me", "friends");
    right.auth = left.auth;
    left.settings = builder -> builder.credentials(ours.trusting(ourAuthority));
    right.settings = builder -> builder.credentials(theirs.trusting(ourAuthority));
  }

  @Test
  void certificatesBringTheAssociationUp() throws Exception {
    Certified authority = Certified.authority("test authority");
    certificates(authority, authority.node("left.example"), authority.node("right.example"));
    nodes.up();
    nodes.expectAcross(left, right, 3);
    nodes.expectAcross(right, left, 3);
  }

  @Test
  void expiredCertificateIsRefusedWithItsReason() throws Exception {
    Certified authority = Certified.authority("test authority");
    certificates(
        authority,
        authority.node("left.example", Instant.now().minus(Duration.ofDays(2))),
        authority.node("right.example"));
    nodes.start();
    left.lan.write(TwoNodes.packet(left, right, 1));
    Diagnosis responder = diagnosis(right);
    assertEquals(Diagnosis.Cause.CERTIFICATE_REJECTED, responder.cause());
    assertTrue(
        responder.text().contains("EXPIRED") || responder.text().contains("expired"),
        responder::text);
    assertEquals(Diagnosis.Cause.REFUSED_BY_PEER, diagnosis(left).cause());
  }

  @Test
  void certificateOfAnotherNameIsRefused() throws Exception {
    Certified authority = Certified.authority("test authority");
    certificates(authority, authority.node("stranger.example"), authority.node("right.example"));
    nodes.start();
    left.lan.write(TwoNodes.packet(left, right, 1));
    assertEquals(Diagnosis.Cause.CERTIFICATE_REJECTED, diagnosis(right).cause());
  }

  // --- the end ---------------------------------------------------------------------------------

  @Test
  void closeDeletesOnThePeer() throws Exception {
    nodes.up();
    nodes.expectAcross(left, right, 5);
    left.node().close();
    IkeEvent.IkeDown down = right.awaitIke(IkeEvent.IkeDown.class);
    assertEquals(IkeEvent.DownReason.DELETED_BY_PEER, down.reason());
    TwoNodes.await("no Child SA is left", () -> right.node().status().children().isEmpty());
    assertTrue(right.node().status().ike().ikeSas().isEmpty(), right::toString);
    assertEquals(1, left.events(NodeEvent.Stopped.class).size());
    assertInstanceOf(NodeEvent.Stopped.class, left.events(NodeEvent.class).getLast());
    assertInstanceOf(NodeEvent.Started.class, left.events(NodeEvent.class).getFirst());
    assertFalse(left.lan.write(TwoNodes.packet(left, right, 1)), "the port is closed too");
    left.node().close();
    assertTrue(left.node().status().children().isEmpty());
    left.node().command(new IkeCommand.Initiate("right", "net", null, null));
  }

  @Test
  void portsAreFreeAfterClose() throws Exception {
    nodes.up();
    nodes.close();
    TwoNodes again = new TwoNodes();
    try {
      UdpOuter.open(
              List.of(
                  new UdpOuter.Binding(
                      new org.ipsec4j.api.net.Endpoint(
                          org.ipsec4j.api.net.IpAddress.parse("127.0.0.1"), left.ike),
                      false)),
              null,
              4)
          .close();
    } finally {
      again.close();
    }
  }

  @Test
  void peerThatIsGoneDoesNotHoldUpTheEnd() throws Exception {
    nodes.up();
    // Vanishes without a word: its sockets close before it can answer.
    Thread closing = Thread.ofPlatform().unstarted(() -> right.node().close());
    closing.start();
    closing.interrupt();
    closing.join();
    long start = System.nanoTime();
    left.node().close();
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(8).toNanos());
  }

  @Test
  void closeWhileTrafficFlowsEndsCleanly() throws Exception {
    for (int round = 0; round < 5; round++) {
      TwoNodes busy = new TwoNodes().up();
      AtomicBoolean stop = new AtomicBoolean();
      List<Thread> threads = new ArrayList<>();
      for (TwoNodes.Side side : List.of(busy.left, busy.right)) {
        TwoNodes.Side other = side == busy.left ? busy.right : busy.left;
        threads.add(
            Thread.ofPlatform()
                .daemon()
                .start(
                    () -> {
                      while (!stop.get() && side.lan.write(TwoNodes.packet(side, other, 1))) {
                        Thread.onSpinWait();
                      }
                    }));
        threads.add(Thread.ofPlatform().daemon().start(() -> drain(side.lan, stop)));
        threads.add(
            Thread.ofPlatform()
                .daemon()
                .start(
                    () -> {
                      while (!stop.get()) {
                        side.node()
                            .status()
                            .children()
                            .forEach(
                                child ->
                                    side.node().command(new IkeCommand.RekeyChild(child.id())));
                        sleep(2);
                      }
                    }));
      }
      Thread.sleep(100);
      FutureTask<Void> close = new FutureTask<>(busy::close, null);
      Thread.ofPlatform().daemon().start(close);
      close.get(20, TimeUnit.SECONDS);
      stop.set(true);
      for (Thread thread : threads) {
        thread.join(10_000);
        assertFalse(thread.isAlive());
      }
      for (TwoNodes.Side side : List.of(busy.left, busy.right)) {
        NodeEvent.Stopped stopped = side.events(NodeEvent.Stopped.class).getFirst();
        assertTrue(stopped.counters().balanced(), () -> side.name + stopped.counters());
        assertEquals(stopped.counters(), side.counters(), "the last counters are the last");
        assertEquals(0, stopped.counters().waiting());
        assertTrue(side.events(NodeEvent.Trouble.class).isEmpty(), side::toString);
      }
    }
  }

  private static void drain(MemoryPort port, AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        port.read(20);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void listenerMayCloseTheNode() throws Exception {
    left.settings =
        builder ->
            builder.onEvent(
                event -> {
                  synchronized (left.events) {
                    left.events.add(event);
                  }
                  if (event instanceof NodeEvent.Ike(IkeEvent.ChildUp up)) {
                    left.node().close();
                  }
                });
    nodes.start();
    left.lan.write(TwoNodes.packet(left, right, 1));
    right.awaitIke(IkeEvent.IkeDown.class);
    TwoNodes.await("the end is told", () -> !left.events(NodeEvent.Stopped.class).isEmpty());
  }

  @Test
  void interruptedCallerDoesNotHarmTheNode() throws Exception {
    nodes.up();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  Thread.currentThread().interrupt();
                  left.node()
                      .status()
                      .children()
                      .forEach(child -> left.node().command(new IkeCommand.RekeyChild(child.id())));
                });
    caller.join();
    left.awaitIke(IkeEvent.ChildRekeyed.class);
    nodes.expectAcross(left, right, 5);
  }

  // --- what the embedding program hands in -----------------------------------------------------

  @Test
  void onlookersThatThrowAreReportedAndCostNothing() throws Exception {
    AtomicInteger taps = new AtomicInteger();
    left.settings =
        builder ->
            builder
                .outerTap(
                    (from, to, memory, offset, length, outgoing) -> {
                      taps.incrementAndGet();
                      throw new IllegalStateException("the disk of the tests is full");
                    })
                .exportKeysTo(
                    new KeySink() {
                      @Override
                      public void ikeSa(IkeEvent.KeysExported keys) {
                        throw new IllegalStateException("the disk of the tests is full");
                      }

                      @Override
                      public void childSa(ChildSa sa) {
                        throw new IllegalStateException("the disk of the tests is full");
                      }
                    });
    nodes.up();
    nodes.expectAcross(left, right, 3);
    nodes.expectAcross(right, left, 3);
    assertEquals(1, taps.get(), "a tap that failed is not called again");
    assertEquals(3, left.events(NodeEvent.Trouble.class).size(), left::toString);
  }

  /** Throws at every second call. */
  private static final class MoodyPort implements PacketPort {
    private final MemoryPort port = new MemoryPort();
    private int calls;

    @Override
    public int receive(PacketBurst into, long timeoutMillis) {
      if (calls++ % 2 == 0) {
        throw new IllegalStateException("a port of the tests fails");
      }
      return port.receive(into, timeoutMillis);
    }

    @Override
    public void send(PacketBurst from) {
      throw new IllegalStateException("a port of the tests fails");
    }

    @Override
    public void close() {
      port.close();
    }
  }

  @Test
  void portThatThrowsCostsItsPacketsOnly() throws Exception {
    MoodyPort moody = new MoodyPort();
    right.settings = builder -> builder.inner(moody);
    nodes.up();
    for (int i = 0; i < 5; i++) {
      left.lan.write(TwoNodes.packet(left, right, i));
      moody.port.write(TwoNodes.packet(right, left, i));
      left.read(any -> true);
    }
    TwoNodes.await(
        "undelivered packets have their reason",
        () -> right.counters().inboundDrops().getOrDefault(DropReason.DELIVERY_FAILED, 0L) == 5);
    assertTrue(right.counters().balanced());
    assertFalse(right.events(NodeEvent.Trouble.class).isEmpty());
  }

  @Test
  void refusedProviderIsToldAndTheOthersWork() throws Exception {
    left.settings = builder -> builder.crypto(List.of(FakeProvider.failing("fake"), Sas.CRYPTO));
    nodes.up();
    assertEquals(
        List.of(
            new NodeEvent.ProviderRefused(
                "crypto provider fake failed: a vector of the tests differs")),
        left.events(NodeEvent.ProviderRefused.class));
    nodes.expectAcross(left, right, 1);
  }

  // --- starts that fail ------------------------------------------------------------------------

  @Test
  void startThatFailsLeavesNothingBehind() throws Exception {
    right.start(left);
    left.settings = builder -> builder.policy(samePorts());
    NodeStartException refused = assertThrows(NodeStartException.class, () -> left.start(right));
    assertTrue(String.valueOf(refused.getMessage()).contains("another program holds it"));
    left.settings = builder -> builder;
    left.start(right);
    nodes.expectAcross(left, right, 1);
  }

  /** A policy of the left side that wants a port of its own and one that the right side holds. */
  private org.ipsec4j.api.policy.PolicySet samePorts() {
    return org.ipsec4j.policy.PolicyBuilder.named("clash")
        .peer(
            "right",
            peer ->
                peer.localAddress("127.0.0.1")
                    .localPorts(left.ike, right.nat)
                    .localId("left.example")
                    .remoteAddress("127.0.0.1")
                    .remoteId("right.example")
                    .psk(TwoNodes.KEY)
                    .child("net", child -> child.local(left.net).remote(left.otherNet)))
        .build();
  }

  @Test
  void missingPartsAreNamed() {
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> IpsecNode.builder().start());
    assertTrue(String.valueOf(refused.getMessage()).contains("policy(...)"), refused::getMessage);
    IllegalStateException inner =
        assertThrows(
            IllegalStateException.class,
            () ->
                IpsecNode.builder()
                    .policy(left.policy(right))
                    .credentials(PskCredentials.of("k", Secret.copyOf(new byte[8])))
                    .start());
    assertTrue(String.valueOf(inner.getMessage()).contains("inner(...)"), inner::getMessage);
  }

  @Test
  void onePortForIkeAndEspWorks() throws Exception {
    TwoNodes one = new TwoNodes(true);
    try {
      one.up();
      one.expectAcross(one.left, one.right, 3);
      one.expectAcross(one.right, one.left, 3);
    } finally {
      one.close();
    }
  }

  @Test
  void textOfANodeNamesItsPolicyAndNoSecret() throws Exception {
    left.start = StartAction.NONE;
    nodes.start();
    assertEquals("IpsecNode[left]", left.node().toString());
    assertNotEquals(left.node().toString(), right.node().toString());
  }
}
