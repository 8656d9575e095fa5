package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;
import org.ipsec4j.node.crypto.ProviderChain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node does with packets, and what it asks of its IKE engine; the engine is scripted. */
final class NodeCoreTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Endpoint IKE = Sas.US.withPort(500);

  /** Does what the test says and notes what it is asked. */
  private static final class ScriptedEngine implements IkeEngine {
    final Deque<IkeOutput> outputs = new ArrayDeque<>();
    final List<IkeCommand> commands = new ArrayList<>();
    final List<ByteBuffer> datagrams = new ArrayList<>();

    @Override
    public void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer datagram) {
      ByteBuffer copy = ByteBuffer.allocate(datagram.remaining());
      datagrams.add(copy.put(datagram.duplicate()).flip());
    }

    @Override
    public void onCommand(long now, IkeCommand command) {
      commands.add(command);
    }

    @Override
    public void onTimeout(long now) {}

    @Override
    public void onCompletion(long now, OffloadedWork done) {}

    @Override
    public @Nullable IkeOutput poll() {
      return outputs.poll();
    }

    @Override
    public long nextTimeout() {
      return NO_TIMEOUT;
    }

    @Override
    public Map<IkeDropReason, Long> drops() {
      return Map.of();
    }

    @Override
    public IkeStatus status() {
      return new IkeStatus(List.of());
    }

    <C extends IkeCommand> List<C> commands(Class<C> kind) {
      return commands.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
  }

  private record Sent(Endpoint from, Endpoint to, Bytes payload) {}

  private static final class World implements NodeIo {
    final List<Sent> sent = new ArrayList<>();
    final List<ByteBuffer> delivered = new ArrayList<>();
    final List<NodeEvent> events = new ArrayList<>();
    boolean sends = true;
    boolean takes = true;

    @Override
    public boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length) {
      byte[] copy = new byte[length];
      memory.get(offset, copy);
      sent.add(new Sent(from, to, Bytes.copyOf(copy)));
      return sends;
    }

    @Override
    public void deliver(PacketBurst packets) {
      for (int i = 0; i < packets.size(); i++) {
        if (packets.isAlive(i)) {
          ByteBuffer copy = ByteBuffer.allocate(packets.length(i));
          packets.copyTo(i, copy);
          delivered.add(copy.flip());
          if (!takes) {
            packets.drop(i, DropReason.DELIVERY_FAILED);
          }
        }
      }
    }

    @Override
    public void offload(OffloadedWork work) {
      throw new AssertionError("the script hands no work out");
    }

    @Override
    public void event(NodeEvent event) {
      events.add(event);
    }
  }

  private final ScriptedEngine engine = new ScriptedEngine();
  private final World world = new World();
  private PolicySet policy = Sas.policy(StartAction.ON_TRAFFIC);
  private @Nullable NodeCore made;
  private @Nullable NodeSettings settings;
  private long now;

  private NodeSettings settings() {
    NodeSettings known = settings;
    if (known == null) {
      known =
          new NodeSettings(
              policy, new ProviderChain(List.of(Sas.CRYPTO)), Set.of(4500), 8, 2000, null);
      settings = known;
    }
    return known;
  }

  private NodeCore core() {
    NodeCore known = made;
    if (known == null) {
      known = new NodeCore(settings(), engine, world);
      made = known;
    }
    return known;
  }

  private void core(StartAction start) {
    policy = Sas.policy(start);
    core();
  }

  /** The engine says something, at its next call. */
  private void says(IkeOutput... outputs) {
    engine.outputs.addAll(List.of(outputs));
    core().onTimeout(now);
  }

  private ChildSa installed(int id) {
    ChildSa sa = Sas.ours(policy, id);
    says(new IkeOutput.InstallChildSa(sa));
    return sa;
  }

  private void inner(ByteBuffer... packets) {
    PacketBurst burst = settings().newBurst();
    for (ByteBuffer packet : packets) {
      burst.add(packet.duplicate());
    }
    core().onInner(now, burst);
  }

  private void outer(byte[]... payloads) {
    PacketBurst burst = settings().newBurst();
    Endpoint[] from = new Endpoint[payloads.length];
    for (int i = 0; i < payloads.length; i++) {
      burst.add(ByteBuffer.wrap(payloads[i]));
      from[i] = Sas.THEM;
    }
    core().onOuter(now, burst, from, Sas.US);
  }

  private static ByteBuffer to(String address) {
    return Packets.udp("10.1.0.7", address, 1000, 2000, new byte[] {1, 2, 3, 4, 5});
  }

  private static ByteBuffer back(String from) {
    return Packets.udp(from, "10.1.0.7", 2000, 1000, new byte[] {5, 4, 3, 2, 1});
  }

  /** What the peer of SA {@code id} sends. */
  private byte[] sealedByPeer(int id, ByteBuffer packet) throws Exception {
    ChildSa theirs = Sas.theirs(Sas.ours(policy, id), id);
    PacketBurst burst = settings().newBurst();
    burst.add(packet.duplicate());
    OutboundSa sa =
        OutboundSa.of(
            theirs,
            Sas.CRYPTO.packetKey(
                theirs.transform(),
                theirs.outboundKeys().encryption(),
                theirs.outboundKeys().integrity()));
    try (EspOutbound esp = new EspOutbound(List.of(Sas.CRYPTO), 8)) {
      esp.protect(burst, new OutboundSa[] {sa}, PacketForm.PAYLOAD, 0);
    }
    return octets(burst);
  }

  /** What the peer of SA {@code id} sees. */
  private ByteBuffer openedByPeer(int id, Bytes payload) throws Exception {
    ChildSa theirs = Sas.theirs(Sas.ours(policy, id), id);
    Sad sad = new Sad();
    sad.install(
        InboundSa.of(
            theirs,
            Sas.CRYPTO.packetKey(
                theirs.transform(),
                theirs.inboundKeys().encryption(),
                theirs.inboundKeys().integrity())));
    PacketBurst burst = settings().newBurst();
    burst.add(ByteBuffer.wrap(payload.toArray()));
    try (EspInbound esp = new EspInbound(sad, List.of(Sas.CRYPTO), 8)) {
      esp.open(burst, PacketForm.PAYLOAD, 0);
    }
    return ByteBuffer.wrap(octets(burst));
  }

  private static byte[] octets(PacketBurst burst) {
    assertEquals(DropReason.NONE, burst.dropReason(0));
    ByteBuffer copy = ByteBuffer.allocate(burst.length(0));
    burst.copyTo(0, copy);
    return copy.array();
  }

  private NodeCounters.Snapshot counters() {
    return core().counters();
  }

  private void assertDropped(DropReason reason, long out, long in) {
    assertEquals(out, counters().outboundDrops().getOrDefault(reason, 0L), reason + " out");
    assertEquals(in, counters().inboundDrops().getOrDefault(reason, 0L), reason + " in");
  }

  private static IkeOutput failed() {
    return new IkeOutput.Event(
        new IkeEvent.NegotiationFailed(
            "b",
            Sas.THEM,
            new Diagnosis(
                Diagnosis.Culprit.NETWORK,
                Diagnosis.Cause.NO_ANSWER,
                "IKE_SA_INIT",
                "no answer",
                "wait",
                null,
                List.of(),
                List.of())));
  }

  @AfterEach
  void everyPacketIsAccountedFor() {
    assertTrue(counters().balanced(), () -> counters().toString());
    NodeCore known = made;
    if (known != null) {
      known.close();
      assertTrue(counters().balanced(), () -> counters().toString());
    }
  }

  // --- packets out -----------------------------------------------------------------------------

  @Test
  void protectedPacketArrivesAtThePeerAsItWas() throws Exception {
    installed(1);
    inner(to("10.2.0.7"));
    assertEquals(1, world.sent.size());
    Sent sent = world.sent.getFirst();
    assertEquals(Sas.US, sent.from());
    assertEquals(Sas.THEM, sent.to());
    assertEquals(to("10.2.0.7"), openedByPeer(1, sent.payload()));
    assertEquals(1, counters().protectedOut());
    assertEquals(sent.payload().length(), counters().protectedOutBytes());
    assertEquals(to("10.2.0.7").remaining(), counters().innerInBytes());
  }

  @Test
  void eachDecisionOfThePolicyHasItsOwnReason() {
    installed(1);
    ByteBuffer broken = ByteBuffer.allocate(30).put(0, (byte) 0x45);
    inner(
        to("10.2.0.99"),
        to("10.9.0.1"),
        to("10.8.0.1"),
        broken,
        ByteBuffer.allocate(0),
        to("10.2.0.7"));
    // The policy ends with the rule that discards the rest.
    assertDropped(DropReason.POLICY_DISCARD, 2, 0);
    assertDropped(DropReason.NO_CLEAR_PATH, 1, 0);
    assertDropped(DropReason.MALFORMED_INNER, 2, 0);
    assertEquals(6, counters().innerIn());
    assertEquals(1, counters().protectedOut());
  }

  @Test
  void packetThatThePortDroppedIsCountedOnce() {
    installed(1);
    PacketBurst burst = settings().newBurst();
    burst.add(to("10.2.0.7"));
    burst.drop(burst.add(), DropReason.TOO_LONG);
    core().onInner(now, burst);
    assertDropped(DropReason.TOO_LONG, 1, 0);
    assertEquals(1, counters().protectedOut());
    assertEquals(2, counters().innerIn());
  }

  @Test
  void refusedSendIsADrop() {
    installed(1);
    world.sends = false;
    inner(to("10.2.0.7"));
    assertDropped(DropReason.SEND_FAILED, 1, 0);
    assertEquals(0, counters().protectedOut());
  }

  @Test
  void movedPeerIsSentToAtItsNewAddress() {
    ChildSa sa = installed(1);
    Endpoint moved = Sas.THEM.withPort(61000);
    says(new IkeOutput.MoveChildSa(sa.id(), new UdpEncapsulation(Sas.US, moved)));
    inner(to("10.2.0.7"));
    assertEquals(moved, world.sent.getLast().to());
    says(new IkeOutput.MoveChildSa(new ChildSaId(99), new UdpEncapsulation(Sas.US, moved)));
  }

  // --- waiting ---------------------------------------------------------------------------------

  @Test
  void firstPacketAsksAndWaitsAndLeavesWithTheAssociation() throws Exception {
    inner(to("10.2.0.7"), to("10.2.0.8"));
    IkeCommand.Initiate asked = engine.commands(IkeCommand.Initiate.class).getFirst();
    assertEquals(1, engine.commands.size(), "one negotiation for both packets");
    assertEquals("b", asked.peer());
    assertEquals("net", asked.child());
    assertEquals("10.1.0.7[17/1000]", String.valueOf(asked.local()));
    assertEquals("10.2.0.7[17/2000]", String.valueOf(asked.remote()));
    assertEquals(2, counters().waiting());
    assertTrue(world.sent.isEmpty());
    installed(1);
    assertEquals(0, counters().waiting());
    assertEquals(2, world.sent.size());
    assertEquals(to("10.2.0.7"), openedByPeer(1, world.sent.getFirst().payload()));
  }

  @Test
  void fullWaitingRoomHasItsReason() {
    for (int i = 0; i < Flow.WAITING_ROOM + 3; i++) {
      inner(to("10.2.0.7"));
    }
    assertEquals(Flow.WAITING_ROOM, counters().waiting());
    assertDropped(DropReason.ACQUIRE_QUEUE_FULL, 3, 0);
    installed(1);
    assertEquals(Flow.WAITING_ROOM, world.sent.size(), "more than one burst waited");
  }

  @Test
  void packetsThatWaitInVainAreDroppedAndTheNextOneAsksAgain() {
    inner(to("10.2.0.7"));
    assertEquals(Flow.WAITING_NANOS, core().nextTimeout());
    now = Flow.WAITING_NANOS - 1;
    core().onTimeout(now);
    assertEquals(1, counters().waiting());
    now = Flow.WAITING_NANOS;
    core().onTimeout(now);
    assertDropped(DropReason.ACQUIRE_TIMEOUT, 1, 0);
    assertEquals(Long.MAX_VALUE, core().nextTimeout());
    inner(to("10.2.0.7"));
    assertEquals(2, engine.commands(IkeCommand.Initiate.class).size());
  }

  @Test
  void failureDropsWhoWaitsAndLetsPacketsRest() {
    inner(to("10.2.0.7"));
    says(failed());
    assertDropped(DropReason.ACQUIRE_TIMEOUT, 1, 0);
    inner(to("10.2.0.7"));
    assertDropped(DropReason.NO_SA, 1, 0);
    assertEquals(1, engine.commands.size(), "no negotiation storm");
    assertEquals(Long.MAX_VALUE, core().nextTimeout());
    now += SECOND;
    inner(to("10.2.0.7"));
    assertEquals(2, engine.commands.size());
    assertEquals(1, counters().waiting());
  }

  @Test
  void childThatOnlyThePeerBeginsAsksForNothing() {
    core(StartAction.NONE);
    core().start(now);
    inner(to("10.2.0.7"));
    assertDropped(DropReason.NO_SA, 1, 0);
    assertTrue(engine.commands.isEmpty());
  }

  @Test
  void associationThatDoesNotSelectWhoWaitsDropsThem() {
    inner(to("10.2.0.7"), to("10.2.0.8"));
    says(new IkeOutput.InstallChildSa(Sas.narrowed(Sas.ours(policy, 1), "10.2.0.8")));
    assertDropped(DropReason.NO_SA, 1, 0);
    assertEquals(1, counters().protectedOut());
  }

  // --- what must be up -------------------------------------------------------------------------

  @Test
  void childThatMustBeUpIsBegunAtStartAndAgainAfterFailures() {
    core(StartAction.INITIATE);
    core().start(now);
    assertEquals(1, engine.commands.size());
    says(failed());
    assertEquals(SECOND, core().nextTimeout());
    now = SECOND;
    core().onTimeout(now);
    assertEquals(2, engine.commands.size());
    says(failed());
    assertEquals(3 * SECOND, core().nextTimeout());
  }

  @Test
  void childThatMustBeUpIsBegunAgainWhenItIsLost() {
    core(StartAction.INITIATE);
    core().start(now);
    ChildSa sa = installed(1);
    says(
        new IkeOutput.RemoveChildSa(sa.id(), false),
        new IkeOutput.Event(
            new IkeEvent.ChildDown("b", "net", sa.id(), IkeEvent.DownReason.DELETED_BY_PEER)));
    now = core().nextTimeout();
    assertEquals(SECOND, now);
    core().onTimeout(now);
    assertEquals(2, engine.commands.size());
  }

  @Test
  void childThatWasDeletedByCommandStaysDown() {
    core(StartAction.INITIATE);
    core().start(now);
    ChildSa sa = installed(1);
    says(
        new IkeOutput.RemoveChildSa(sa.id(), false),
        new IkeOutput.Event(
            new IkeEvent.ChildDown("b", "net", sa.id(), IkeEvent.DownReason.DELETED_BY_COMMAND)));
    assertEquals(Long.MAX_VALUE, core().nextTimeout());
  }

  @Test
  void requestThatWentDownWithItsIkeSaIsMadeAgain() {
    inner(to("10.2.0.7"));
    says(
        new IkeOutput.Event(
            new IkeEvent.IkeDown("b", new IkeSaId(1, 2), IkeEvent.DownReason.DELETED_BY_PEER)));
    assertEquals(1, counters().waiting(), "it may still leave in time");
    now = core().nextTimeout();
    assertEquals(SECOND, now);
    core().onTimeout(now);
    assertEquals(2, engine.commands(IkeCommand.Initiate.class).size());
    installed(1);
    assertEquals(1, counters().protectedOut());
  }

  // --- first associations that we answered for ---------------------------------------------------

  @Test
  void packetsWaitUntilThePeerShowsThatItHasTheAssociation() throws Exception {
    core(StartAction.NONE);
    says(new IkeOutput.InstallChildSa(Sas.answered(Sas.ours(policy, 1))));
    inner(to("10.2.0.7"), to("10.2.0.8"));
    assertEquals(2, counters().waiting());
    assertTrue(world.sent.isEmpty());
    outer(sealedByPeer(1, back("10.2.0.7")));
    assertEquals(2, world.sent.size());
    assertEquals(0, counters().waiting());
    assertEquals(0, counters().startedWithoutEvidence());
    assertTrue(engine.commands(IkeCommand.Initiate.class).isEmpty());
  }

  @Test
  void packetsLeaveAfterAWhileWithoutEvidenceAndTheCaseIsCounted() {
    core(StartAction.NONE);
    says(new IkeOutput.InstallChildSa(Sas.answered(Sas.ours(policy, 1))));
    inner(to("10.2.0.7"));
    assertEquals(SaLedger.EVIDENCE_NANOS, core().nextTimeout());
    now = SaLedger.EVIDENCE_NANOS;
    core().onTimeout(now);
    assertEquals(1, world.sent.size());
    assertEquals(1, counters().startedWithoutEvidence());
    assertEquals(Long.MAX_VALUE, core().nextTimeout());
  }

  // --- packets in ------------------------------------------------------------------------------

  @Test
  void packetOfThePeerIsDelivered() throws Exception {
    installed(1);
    outer(sealedByPeer(1, back("10.2.0.7")));
    assertEquals(List.of(back("10.2.0.7")), world.delivered);
    assertEquals(1, counters().delivered());
    assertEquals(back("10.2.0.7").remaining(), counters().deliveredBytes());
    assertEquals(
        List.of(new IkeCommand.InboundTraffic(new ChildSaId(1))), engine.commands, "evidence");
  }

  @Test
  void trafficIsReportedOnceASecond() throws Exception {
    installed(1);
    byte[] first = sealedByPeer(1, back("10.2.0.7"));
    outer(first);
    outer(first);
    assertEquals(1, engine.commands.size());
    now += SECOND;
    outer(first);
    assertEquals(1, engine.commands.size(), "a replay is no sign of life");
    assertDropped(DropReason.REPLAY, 0, 2);
  }

  @Test
  void forgedReplayedStrangeAndShortPacketsAreDroppedByName() throws Exception {
    installed(1);
    byte[] good = sealedByPeer(1, back("10.2.0.7"));
    byte[] forged = good.clone();
    forged[forged.length - 1] ^= 1;
    byte[] strange = good.clone();
    strange[0] = 0x7f;
    outer(forged, good, good, strange, new byte[] {1, 2, 3}, new byte[0]);
    assertDropped(DropReason.ICV_MISMATCH, 0, 1);
    assertDropped(DropReason.REPLAY, 0, 1);
    assertDropped(DropReason.UNKNOWN_SPI, 0, 1);
    assertDropped(DropReason.TOO_SHORT, 0, 2);
    assertEquals(1, counters().delivered());
    assertEquals(6, counters().outerIn());
  }

  @Test
  void packetOutsideThePolicyIsNotDelivered() throws Exception {
    installed(1);
    outer(sealedByPeer(1, back("10.2.0.99")));
    assertTrue(world.delivered.isEmpty());
    assertDropped(DropReason.POLICY_DISCARD, 0, 1);
  }

  @Test
  void packetThatTheInnerSideRefusesIsADrop() throws Exception {
    installed(1);
    world.takes = false;
    outer(sealedByPeer(1, back("10.2.0.7")));
    assertDropped(DropReason.DELIVERY_FAILED, 0, 1);
    assertEquals(0, counters().delivered());
  }

  @Test
  void ikeAndKeepalivesAmongEspGoTheirOwnWay() throws Exception {
    installed(1);
    byte[] ike = {0, 0, 0, 0, 9, 8, 7};
    outer(ike, new byte[] {(byte) 0xff}, sealedByPeer(1, back("10.2.0.7")));
    assertEquals(List.of(ByteBuffer.wrap(new byte[] {9, 8, 7})), engine.datagrams);
    assertEquals(1, counters().keepalivesIn());
    assertEquals(1, counters().outerIn(), "neither is an ESP packet");
    assertEquals(1, counters().delivered());
    assertDropped(DropReason.NOT_ESP, 0, 0);
  }

  @Test
  void packetsAfterIkeInTheSamePlaceOfABurstAreEspAgain() throws Exception {
    installed(1);
    outer(new byte[] {0, 0, 0, 0, 1});
    outer(sealedByPeer(1, back("10.2.0.7")));
    assertEquals(1, counters().delivered());
  }

  // --- the engine's wishes ---------------------------------------------------------------------

  @Test
  void ikeWearsTheMarkerOnTheNatPortOnly() {
    Bytes message = Bytes.ofHex("0102");
    says(
        new IkeOutput.Transmit(IKE, Sas.THEM, message, false),
        new IkeOutput.Transmit(Sas.US, Sas.THEM, message, false),
        new IkeOutput.Transmit(Sas.US, Sas.THEM, Bytes.ofHex("ff"), true));
    assertEquals(
        List.of("0102", "000000000102", "ff"),
        world.sent.stream().map(sent -> sent.payload().toHex()).toList());
  }

  @Test
  void unsentIkeMessageIsToldAndLeftToRetransmission() {
    world.sends = false;
    says(new IkeOutput.Transmit(IKE, Sas.THEM, Bytes.ofHex("0102"), false));
    assertInstanceOf(NodeEvent.Trouble.class, world.events.getFirst());
  }

  @Test
  void replacedSaIsCountedAndTheNewOneUsedAfterEvidence() throws Exception {
    installed(1);
    says(new IkeOutput.ReplaceChildSa(new ChildSaId(1), Sas.ours(policy, 2), false));
    assertEquals(1, counters().rekeys());
    inner(to("10.2.0.7"));
    assertNotNull(openedByPeer(1, world.sent.getLast().payload()));
    outer(sealedByPeer(2, back("10.2.0.7")));
    inner(to("10.2.0.7"));
    assertNotNull(openedByPeer(2, world.sent.getLast().payload()));
    assertEquals(2, core().status().children().size());
    says(new IkeOutput.RemoveChildSa(new ChildSaId(1), true));
    assertTrue(core().status().children().getFirst().lingering());
    outer(sealedByPeer(1, back("10.2.0.7")));
    assertEquals(2, counters().delivered(), "what was on its way still comes in");
    now = core().nextTimeout();
    core().onTimeout(now);
    outer(sealedByPeer(1, back("10.2.0.8")));
    assertDropped(DropReason.UNKNOWN_SPI, 0, 1);
  }

  @Test
  void weakAlgorithmsAreWarnedOfAtTheStartAndInEveryStatus() {
    policy =
        org.ipsec4j.policy.PolicyBuilder.named("weak")
            .peer(
                "b",
                peer ->
                    peer.localAddress("192.0.2.1")
                        .remoteAddress("192.0.2.2")
                        .psk("key")
                        .child(
                            "old",
                            child ->
                                child
                                    .local(Sas.OURS)
                                    .remote(Sas.THEIRS)
                                    .start(StartAction.NONE)
                                    .esp("legacy:3des-md5")))
            .build();
    core().start(now);
    NodeEvent.WeakAlgorithms told =
        assertInstanceOf(NodeEvent.WeakAlgorithms.class, world.events.getFirst());
    assertEquals("old", told.choice().child());
    assertEquals(List.of("3des", "md5"), told.choice().algorithms().words());
    assertEquals(List.of(told.choice()), core().status().weakChoices());
    assertEquals(1, world.events.size());
  }

  @Test
  void childThatIsNotInThePolicyIsRefusedAndItsKeysWiped() {
    PolicySet other =
        org.ipsec4j.policy.PolicyBuilder.named("other")
            .peer(
                "b",
                peer ->
                    peer.localAddress("192.0.2.1")
                        .remoteAddress("192.0.2.2")
                        .psk("key")
                        .child("new", child -> child.local(Sas.OURS).remote(Sas.THEIRS)))
            .build();
    core();
    ChildSa sa = Sas.ours(other, 1);
    says(new IkeOutput.InstallChildSa(sa));
    assertInstanceOf(NodeEvent.InstallFailed.class, world.events.getFirst());
    assertEquals(List.of(new IkeCommand.DeleteChild(sa.id())), engine.commands);
    assertTrue(sa.inboundKeys().encryption().isDestroyed());
    assertTrue(core().status().children().isEmpty());
  }

  @Test
  void shutdownDropsWhoWaitsAndCloseWipesTheRest() {
    inner(to("10.2.0.7"));
    core().command(now, new IkeCommand.Shutdown());
    assertDropped(DropReason.STOPPING, 1, 0);
    inner(to("10.2.0.7"));
    says(new IkeOutput.Closed());
    assertTrue(core().isClosed());
    core().close();
    assertDropped(DropReason.STOPPING, 2, 0);
    assertTrue(core().status().children().isEmpty());
  }
}
