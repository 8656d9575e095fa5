package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IkeHeader;
import org.jspecify.annotations.Nullable;

/** Two engines in a box: virtual time, a network in memory, and knobs on both. */
final class EnginePair {
  static final JcaCryptoProvider CRYPTO = new JcaCryptoProvider();

  /** A datagram on its way. */
  record Packet(Side sender, Endpoint from, Endpoint to, Bytes octets, boolean keepalive) {
    IkeHeader header() {
      IkeHeader header = IkeHeader.parse(octets.toArray(), 0, octets.length());
      if (header == null) {
        throw new AssertionError("no header");
      }
      return header;
    }

    boolean is(int exchange, boolean response) {
      return !keepalive && header().exchangeType() == exchange && header().response() == response;
    }

    Packet with(Bytes other) {
      return new Packet(sender, from, to, other, keepalive);
    }

    Packet between(Endpoint newFrom, Endpoint newTo) {
      return new Packet(sender, newFrom, newTo, octets, keepalive);
    }
  }

  private record Flying(long at, long order, Packet packet) {}

  /** Keys in memory. */
  static final class Keys implements Credentials {
    final Map<String, Secret> shared = new LinkedHashMap<>();
    final Map<String, SigningKey> signing = new LinkedHashMap<>();
    @Nullable PathOutcome path;

    @Override
    public @Nullable Secret preSharedKey(AuthMethod.Psk method) {
      return shared.get(method.secretRef());
    }

    @Override
    public @Nullable SigningKey signingKey(AuthMethod.Certificate method) {
      return signing.get(method.credentialRef());
    }

    @Override
    public List<Bytes> anchorKeyHashes(AuthMethod.Certificate method) {
      return List.of(Bytes.copyOf(new byte[20]));
    }

    @Override
    public PathOutcome validate(
        AuthMethod.Certificate method, List<Bytes> chain, Identity claimed, Instant at) {
      if (path != null) {
        return path;
      }
      return chain.isEmpty()
          ? new PathOutcome.Rejected(
              PathOutcome.Cause.NO_CERTIFICATE, "no certificate came", "send one", List.of())
          // The tests' certificates are bare public keys with octets behind them to make them long.
          : new PathOutcome.Validated(
              chain.getFirst().slice(2, chain.getFirst().at(0) << 8 | chain.getFirst().at(1)),
              "test");
    }
  }

  /** One engine with all that it said. */
  final class Side {
    final String name;
    final Keys keys = new Keys();
    final TestPeer peer;
    final List<IkeEvent> events = new ArrayList<>();
    final List<IkeOutput> outputs = new ArrayList<>();
    final Map<ChildSaId, ChildSa> installed = new LinkedHashMap<>();
    final Deque<OffloadedWork> held = new ArrayDeque<>();
    boolean holdWork;
    boolean closed;
    int cookieThreshold = IkeEngineSettings.COOKIE_THRESHOLD;
    int halfOpenLimit = IkeEngineSettings.HALF_OPEN_LIMIT;
    boolean exportKeys;
    private @Nullable IkeEngine engine;

    Side(String name, String other) {
      this.name = name;
      this.peer = new TestPeer(name, other);
      keys.shared.put(
          "psk",
          Secret.copyOf("correct horse".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }

    IkeEngine engine() {
      IkeEngine made = engine;
      if (made == null) {
        made = IkeEngines.v2(settings());
        engine = made;
      }
      return made;
    }

    IkeEngineSettings settings() {
      Random seeded = new Random(seed * 31 + name.hashCode());
      return new IkeEngineSettings(
          new TestPolicy(List.of(peer.entry())),
          CRYPTO,
          seeded::nextBytes,
          keys,
          () -> Instant.EPOCH,
          remote -> {
            throw new AssertionError("the entry names an address");
          },
          cookieThreshold,
          halfOpenLimit,
          IkeEngineSettings.HALF_OPEN_TIMEOUT,
          exportKeys);
    }

    /** As after a crash: everything is forgotten. */
    void restart() {
      seed++;
      engine = null;
      installed.clear();
    }

    void command(IkeCommand command) {
      engine().onCommand(now, command);
      drain();
    }

    void initiate() {
      initiate("net");
    }

    void initiate(String child) {
      command(new IkeCommand.Initiate(peer.name, child, null, null));
    }

    void drain() {
      IkeEngine made = engine();
      for (IkeOutput output = made.poll(); output != null; output = made.poll()) {
        outputs.add(output);
        handle(output);
      }
    }

    private void handle(IkeOutput output) {
      switch (output) {
        case IkeOutput.Transmit send ->
            launch(new Packet(this, send.from(), send.to(), send.datagram(), send.keepalive()));
        case IkeOutput.InstallChildSa install -> install(install.sa());
        case IkeOutput.ReplaceChildSa replace -> {
          assertTrue(installed.containsKey(replace.old()), "replaces what is not there");
          install(replace.sa());
        }
        case IkeOutput.RemoveChildSa remove ->
            assertTrue(installed.remove(remove.child()) != null, "removes what is not there");
        case IkeOutput.MoveChildSa move ->
            assertTrue(installed.containsKey(move.child()), "moves what is not there");
        case IkeOutput.Offload offload -> {
          if (holdWork) {
            held.add(offload.work());
          } else {
            complete(offload.work());
          }
        }
        case IkeOutput.Event event -> events.add(event.event());
        case IkeOutput.Closed done -> closed = true;
      }
    }

    private void install(ChildSa sa) {
      assertTrue(installed.put(sa.id(), sa) == null, "installs twice");
    }

    void complete(OffloadedWork work) {
      work.run();
      engine().onCompletion(now, work);
      drain();
    }

    void completeHeld() {
      holdWork = false;
      for (OffloadedWork work = held.poll(); work != null; work = held.poll()) {
        complete(work);
      }
    }

    void receive(Packet packet) {
      ByteBuffer buffer = ByteBuffer.wrap(packet.octets().toArray());
      engine().onDatagram(now, packet.from(), packet.to(), buffer);
      assertEquals(0, buffer.position(), "the datagram is borrowed");
      drain();
    }

    <E extends IkeEvent> List<E> events(Class<E> kind) {
      return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <E extends IkeEvent> E one(Class<E> kind) {
      List<E> found = events(kind);
      assertEquals(
          1, found.size(), () -> name + " tells one " + kind.getSimpleName() + ": " + events);
      return found.getFirst();
    }

    Diagnosis diagnosis() {
      return one(IkeEvent.NegotiationFailed.class).diagnosis();
    }

    long drops(IkeDropReason reason) {
      return engine().drops().getOrDefault(reason, 0L);
    }

    List<IkeStatus.IkeSaStatus> ikeSas() {
      return engine().status().ikeSas();
    }

    ChildSa child() {
      assertEquals(1, installed.size(), () -> name + " has one Child SA: " + installed.keySet());
      return installed.values().iterator().next();
    }

    UdpEncapsulation encapsulation() {
      UdpEncapsulation found = child().encapsulation();
      if (found == null) {
        throw new AssertionError(name + " does not encapsulate");
      }
      return found;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  long seed;
  long now = 1_000_000_000L;
  final Side alice;
  final Side bob;
  final List<Packet> sent = new ArrayList<>();
  Duration latency = Duration.ofMillis(10);

  /** What the network does: null loses the packet, another packet goes instead. */
  UnaryOperator<@Nullable Packet> network = packet -> packet;

  private final PriorityQueue<Flying> flying =
      new PriorityQueue<>(Comparator.comparingLong(Flying::at).thenComparingLong(Flying::order));
  private long order;

  EnginePair() {
    this(1);
  }

  EnginePair(long seed) {
    this.seed = seed;
    this.alice = new Side("alice", "bob");
    this.bob = new Side("bob", "alice");
  }

  Side other(Side side) {
    return side == alice ? bob : alice;
  }

  private void launch(Packet packet) {
    sent.add(packet);
    Packet through = network.apply(packet);
    if (through != null) {
      deliver(through, latency);
    }
  }

  /** Lets a packet arrive at the other side. */
  void deliver(Packet packet, Duration after) {
    flying.add(new Flying(now + after.toNanos(), order++, packet));
  }

  /** Runs until nothing is in flight, without letting timers run. */
  void settle() {
    for (Flying next = flying.poll(); next != null; next = flying.poll()) {
      arrive(next);
    }
  }

  private void arrive(Flying next) {
    now = Math.max(now, next.at());
    if (!next.packet().keepalive()) {
      other(next.packet().sender()).receive(next.packet());
    }
  }

  /** Runs packets and timers for a time. */
  void run(Duration time) {
    long end = now + time.toNanos();
    while (true) {
      long timers = Math.min(alice.engine().nextTimeout(), bob.engine().nextTimeout());
      long packets = flying.isEmpty() ? Long.MAX_VALUE : flying.peek().at();
      if (Math.min(timers, packets) > end) {
        now = end;
        return;
      }
      if (packets <= timers) {
        arrive(flying.poll());
      } else {
        now = Math.max(now, timers);
        for (Side side : List.of(alice, bob)) {
          if (side.engine().nextTimeout() <= now) {
            side.engine().onTimeout(now);
            side.drain();
          }
        }
      }
    }
  }

  void up() {
    alice.initiate();
    settle();
    assertUp();
  }

  void assertUp() {
    alice.one(IkeEvent.IkeUp.class);
    bob.one(IkeEvent.IkeUp.class);
    assertAgree();
    assertEquals(1, alice.installed.size());
  }

  /** Both sides hold the same SAs, with the same keys. */
  void assertAgree() {
    assertEquals(
        alice.ikeSas().stream().map(IkeStatus.IkeSaStatus::ikeSa).sorted(BY_SPI).toList(),
        bob.ikeSas().stream().map(IkeStatus.IkeSaStatus::ikeSa).sorted(BY_SPI).toList(),
        "the same IKE SAs");
    assertEquals(alice.installed.size(), bob.installed.size(), "as many Child SAs");
    for (ChildSa ours : alice.installed.values()) {
      ChildSa theirs =
          bob.installed.values().stream()
              .filter(sa -> sa.inboundSpi() == ours.outboundSpi())
              .findFirst()
              .orElseThrow(() -> new AssertionError("bob lacks " + ours.id()));
      assertEquals(ours.inboundSpi(), theirs.outboundSpi());
      assertEquals(ours.transform(), theirs.transform());
      assertEquals(ours.mode(), theirs.mode());
      assertEquals(ours.localSelectors(), theirs.remoteSelectors());
      assertEquals(ours.remoteSelectors(), theirs.localSelectors());
      assertEquals(ours.encapsulation() == null, theirs.encapsulation() == null);
      assertEquals(hex(ours.inboundKeys().encryption()), hex(theirs.outboundKeys().encryption()));
      assertEquals(hex(ours.outboundKeys().encryption()), hex(theirs.inboundKeys().encryption()));
      assertEquals(hex(ours.inboundKeys().integrity()), hex(theirs.outboundKeys().integrity()));
      assertTrue(ours.initiator() != theirs.initiator());
    }
  }

  private static final Comparator<org.ipsec4j.api.sa.IkeSaId> BY_SPI =
      Comparator.comparing(org.ipsec4j.api.sa.IkeSaId::toString);

  static String hex(Secret secret) {
    return java.util.HexFormat.of().formatHex(secret.reveal(SecretAccess.raw()));
  }

  /** The packets of one kind that were sent. */
  long count(int exchange, boolean response) {
    return sent.stream().filter(packet -> packet.is(exchange, response)).count();
  }

  /** Loses what fits, from now on. */
  void lose(java.util.function.Predicate<Packet> which) {
    network = packet -> packet != null && which.test(packet) ? null : packet;
  }

  void loseNothing() {
    network = packet -> packet;
  }

  static final int INIT = ExchangeType.IKE_SA_INIT;
  static final int AUTH = ExchangeType.IKE_AUTH;
  static final int CREATE = ExchangeType.CREATE_CHILD_SA;
  static final int INFO = ExchangeType.INFORMATIONAL;
}
