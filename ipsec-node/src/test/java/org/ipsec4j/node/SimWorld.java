package org.ipsec4j.node;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeStatus.IkeSaStatus;
import org.ipsec4j.api.ike.IkeStatus.Phase;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.ike.engine.IkeEngineSettings;
import org.ipsec4j.ike.engine.IkeEngines;
import org.ipsec4j.node.crypto.CryptoLoader;
import org.ipsec4j.node.crypto.ProviderChain;
import org.ipsec4j.policy.Policies;
import org.ipsec4j.policy.PolicyBuilder;
import org.ipsec4j.sim.Datagram;
import org.ipsec4j.sim.Fault;
import org.ipsec4j.sim.SimRandom;
import org.ipsec4j.sim.Simulation;
import org.ipsec4j.testkit.RekeyInvariant;
import org.ipsec4j.testkit.SaAssertions;
import org.ipsec4j.testkit.SaView;
import org.jspecify.annotations.Nullable;

/**
 * Two gateways, each with a network behind it, in virtual time. After every step it checks that the
 * rekey invariant holds and that the counters of both balance; every inner packet that comes out
 * must have gone in on the other side, unchanged, and comes once.
 */
final class SimWorld {
  static final long MILLI = 1_000_000L;
  static final long SECOND = 1_000 * MILLI;
  static final long DELAY = 10 * MILLI;

  static final IpAddress LEFT = IpAddress.parse("192.0.2.1");
  static final IpAddress RIGHT = IpAddress.parse("198.51.100.1");

  private static final String KEY = "sites";
  private static final ProviderChain CRYPTO =
      CryptoLoader.of(List.of(new JcaCryptoProvider())).chain();
  private static final PskCredentials CREDENTIALS =
      PskCredentials.of(
          KEY, Secret.copyOf("only for simulations".getBytes(StandardCharsets.US_ASCII)));

  /**
   * What differs between worlds.
   *
   * @param leftAddress of the left gateway as itself knows it
   * @param leftSeen the address at which the right gateway sees it; null for any address, which
   *     makes the right one a responder
   * @param childRekey zero for never
   * @param ikeRekey zero for never
   */
  record Setup(
      IpAddress leftAddress,
      @Nullable IpAddress leftSeen,
      Duration childRekey,
      Duration ikeRekey,
      String espProposal,
      boolean alwaysEncapsulate) {
    /** Gateways that see each other and rekey on command alone. */
    static final Setup PLAIN =
        new Setup(LEFT, LEFT, Duration.ZERO, Duration.ZERO, "aes128gcm16-noesn", true);

    Setup rekeying(Duration child, Duration ike) {
      return new Setup(leftAddress, leftSeen, child, ike, espProposal, alwaysEncapsulate);
    }

    Setup esp(String proposal) {
      return new Setup(leftAddress, leftSeen, childRekey, ikeRekey, proposal, alwaysEncapsulate);
    }

    /** The left gateway hides behind a NAT. */
    Setup natted(IpAddress inside) {
      return new Setup(inside, null, childRekey, ikeRekey, espProposal, false);
    }
  }

  private record Sent(SimNode by, Bytes packet) {}

  final long seed;
  final Simulation simulation;
  final SimRandom random;
  final SimNode left;
  final SimNode right;
  final RekeyInvariant invariant;
  final List<Datagram> recorded = new ArrayList<>();
  private final Map<Integer, Sent> sent = new HashMap<>();
  private final Set<Integer> delivered = new HashSet<>();
  private final List<String> trace = new ArrayList<>();
  private Instant wall = Instant.parse("2030-01-01T00:00:00Z");
  private int numbers;
  private int restarts;
  private long startedBefore;
  private boolean recording;
  private boolean strangers;

  SimWorld(long seed) {
    this(seed, Setup.PLAIN);
  }

  SimWorld(long seed, Setup setup) {
    this(seed, setup, CRYPTO);
  }

  /**
   * @param leftCrypto what the left gateway has
   */
  SimWorld(long seed, Setup setup, ProviderChain leftCrypto) {
    this.seed = seed;
    simulation = new Simulation(seed);
    simulation.network(Fault.delay(DELAY, DELAY));
    random = new SimRandom(seed).split("world");
    left = node("left", setup.leftAddress(), policy(setup, true), leftCrypto);
    right = node("right", RIGHT, policy(setup, false), CRYPTO);
    invariant = new RekeyInvariant(left, right);
    left.onEvent(event -> checkEvent(left, event));
    right.onEvent(event -> checkEvent(right, event));
    simulation.tap((now, datagram) -> onSent(datagram));
    simulation.invariant(this::check);
  }

  /** A proposal for ESP, or for AH behind {@code ah:}. */
  private static ChildProposal proposal(String text) {
    return text.startsWith("ah:")
        ? ProposalSyntax.child(SecurityProtocol.AH, text.substring(3), false).orThrow()
        : ProposalSyntax.child(SecurityProtocol.ESP, text, false).orThrow();
  }

  private static PolicySet policy(Setup setup, boolean ofLeft) {
    IkeProfile defaults = Defaults.ikeProfile();
    IkeProfile ike =
        new IkeProfile(
            List.of(ProposalSyntax.ike("aes128gcm16-prfsha256-x25519", false).orThrow()),
            setup.ikeRekey(),
            50,
            Defaults.hardLifetime(setup.ikeRekey()),
            defaults.liveness(),
            defaults.retransmitInitial(),
            defaults.retransmitFactorPercent(),
            defaults.retransmitTries(),
            true,
            defaults.fragmentSize(),
            defaults.natKeepalive(),
            setup.alwaysEncapsulate()
                ? IkeProfile.Encapsulation.ALWAYS
                : IkeProfile.Encapsulation.WHEN_NATTED);
    IpAddress seen = setup.leftSeen();
    return PolicyBuilder.named(ofLeft ? "left" : "right")
        .peer(
            "peer",
            peer -> {
              peer.psk(KEY)
                  .ike(ike)
                  .localId(ofLeft ? "left.example" : "right.example")
                  .remoteId(ofLeft ? "right.example" : "left.example")
                  .localAddress((ofLeft ? setup.leftAddress() : RIGHT).toString())
                  .child(
                      "net",
                      child ->
                          child
                              .local(ofLeft ? "10.1.0.0/16" : "10.2.0.0/16")
                              .remote(ofLeft ? "10.2.0.0/16" : "10.1.0.0/16")
                              .proposals(List.of(proposal(setup.espProposal())))
                              .rekey(setup.childRekey()));
              if (ofLeft) {
                peer.remoteAddress(RIGHT.toString());
              } else if (seen != null) {
                peer.remoteAddress(seen.toString());
              }
            })
        .build();
  }

  private SimNode node(String name, IpAddress address, PolicySet policy, ProviderChain crypto) {
    return new SimNode(
        name,
        address,
        simulation,
        keys -> new NodeSettings(policy, crypto, Set.of(Defaults.NAT_PORT), 8, 1500, keys),
        settings -> engine(name, settings, address),
        this::onDelivered);
  }

  private IkeEngine engine(String name, NodeSettings settings, IpAddress address) {
    return IkeEngines.v2(
        IkeEngineSettings.of(
            Policies.view(settings.policy(), 1),
            settings.crypto(),
            new SimRandom(seed).split(name + restarts++),
            CREDENTIALS,
            () -> wall,
            remote -> address));
  }

  // --- what is checked all the time ------------------------------------------------------------

  private void check(long now) {
    invariant.check(now);
    long unconfirmed = invariant.excused().getOrDefault(RekeyInvariant.Excuse.FIRST_UNCONFIRMED, 0);
    if (unconfirmed > startedWithoutEvidence()) {
      throw new AssertionError("a first SA is sent on without evidence, and nobody counted it");
    }
    for (SimNode node : List.of(left, right)) {
      if (!node.counters().balanced()) {
        throw new AssertionError(node.name() + " lost count of packets: " + node.counters());
      }
    }
  }

  /** From now on strangers may make the nodes tell of failures. */
  void expectStrangers() {
    strangers = true;
  }

  private long startedWithoutEvidence() {
    return startedBefore
        + left.counters().startedWithoutEvidence()
        + right.counters().startedWithoutEvidence();
  }

  /** Two of our own never find that the other breaks the protocol, whatever the network does. */
  private void checkEvent(SimNode node, IkeEvent event) {
    boolean wrong =
        switch (event) {
          case IkeEvent.IkeDown down -> down.reason() == DownReason.PROTOCOL_ERROR;
          case IkeEvent.ChildDown down -> down.reason() == DownReason.PROTOCOL_ERROR;
          case IkeEvent.NegotiationFailed failed ->
              !strangers && failed.diagnosis().culprit() != Diagnosis.Culprit.NETWORK;
          default -> false;
        };
    if (wrong) {
      throw new AssertionError(node.name() + " tells " + event);
    }
  }

  private void onSent(Datagram datagram) {
    if (recording) {
      recorded.add(datagram);
    }
  }

  private void onDelivered(SimNode node, byte[] packet) {
    int number = InnerPackets.number(packet);
    Sent origin = sent.get(number);
    if (origin == null || origin.by() == node) {
      throw new AssertionError(node.name() + " got packet " + number + ", which nobody sent there");
    }
    if (!origin.packet().equals(Bytes.copyOf(packet))) {
      throw new AssertionError(node.name() + " got packet " + number + " changed");
    }
    if (!delivered.add(number)) {
      throw new AssertionError(node.name() + " got packet " + number + " twice");
    }
  }

  // --- verbs -----------------------------------------------------------------------------------

  SimNode other(SimNode node) {
    return node == left ? right : left;
  }

  /** Offers a packet to a node's inner side; its number tells later whether it arrived. */
  int send(SimNode node) {
    return send(node, 1).getFirst();
  }

  /** Offers a burst of packets. */
  List<Integer> send(SimNode node, int count) {
    List<Integer> fresh = new ArrayList<>();
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = ++numbers;
      byte[] packet =
          InnerPackets.numbered(number, node == left, InnerPackets.SMALLEST + random.below(200));
      sent.put(number, new Sent(node, Bytes.copyOf(packet)));
      fresh.add(number);
      packets.add(packet);
    }
    node.sendInner(packets);
    return fresh;
  }

  boolean arrived(int number) {
    return delivered.contains(number);
  }

  int delivered() {
    return delivered.size();
  }

  /** Numbers of packets that were offered and did not come out, so far. */
  List<Integer> missing() {
    return sent.keySet().stream().filter(number -> !delivered.contains(number)).sorted().toList();
  }

  /** Brings SAs up on a well network and lets two packets pass. */
  SimWorld established() {
    initiate(left);
    simulation.settle();
    send(left);
    send(right);
    simulation.settle();
    SaAssertions.assertEstablished(left, right);
    return this;
  }

  /** Both nodes send a packet every so often until a moment. */
  void chatter(long every, long until) {
    for (long at = simulation.now(); at < until; at += every) {
      simulation.at(at, () -> send(left));
      simulation.at(at + every / 2, () -> send(right));
    }
  }

  int offered() {
    return sent.size();
  }

  void initiate(SimNode node) {
    say(node, "initiates");
    node.command(new IkeCommand.Initiate("peer", "net", null, null));
  }

  /** Lets a node rekey one of its Child SAs in use, chosen by chance; nothing when it has none. */
  void rekeyChild(SimNode node) {
    List<ChildSaId> used = used(node);
    if (!used.isEmpty()) {
      ChildSaId id = used.get(random.below(used.size()));
      say(node, "rekeys " + id);
      node.command(new IkeCommand.RekeyChild(id));
    }
  }

  void rekeyIke(SimNode node) {
    List<IkeSaId> up = SaAssertions.established(node);
    if (!up.isEmpty()) {
      IkeSaId id = up.get(random.below(up.size()));
      say(node, "rekeys " + id);
      node.command(new IkeCommand.RekeyIke(id));
    }
  }

  void deleteChild(SimNode node) {
    List<ChildSaId> used = used(node);
    if (!used.isEmpty()) {
      ChildSaId id = used.get(random.below(used.size()));
      say(node, "deletes " + id);
      node.command(new IkeCommand.DeleteChild(id));
    }
  }

  void deleteIke(SimNode node) {
    List<IkeSaId> up = SaAssertions.established(node);
    if (!up.isEmpty()) {
      IkeSaId id = up.get(random.below(up.size()));
      say(node, "deletes " + id);
      node.command(new IkeCommand.DeleteIke(id));
    }
  }

  /** Everything that a node has with the other goes, on both sides. */
  void deleteAll(SimNode node) {
    for (IkeSaId id : SaAssertions.established(node)) {
      node.command(new IkeCommand.DeleteIke(id));
    }
  }

  void restart(SimNode node) {
    say(node, "restarts");
    startedBefore += node.counters().startedWithoutEvidence();
    node.restart();
  }

  private static List<ChildSaId> used(SimNode node) {
    return node.childSas().stream().filter(SaView::sending).map(view -> view.sa().id()).toList();
  }

  /** The network of now on: faults on top of a plain delay. */
  void network(Fault fault) {
    simulation.network(Fault.delay(DELAY, DELAY).then(fault));
  }

  void record(boolean on) {
    recording = on;
  }

  void jumpWallClock(Duration by) {
    wall = wall.plus(by);
  }

  void runFor(Duration duration) {
    simulation.runFor(duration.toNanos());
  }

  // --- verdicts --------------------------------------------------------------------------------

  /**
   * The longest that a side may go on believing in what the other has lost: it probes after the
   * liveness time, gives the peer up after the last retransmission, and a closing SA is given half
   * a minute more.
   */
  static Duration livenessTime() {
    IkeProfile profile = Defaults.ikeProfile();
    double wait = profile.retransmitInitial().toMillis();
    double sum = 0;
    for (int i = 0; i < profile.retransmitTries(); i++) {
      sum += wait;
      wait = wait * profile.retransmitFactorPercent() / 100;
    }
    return profile.liveness().plusMillis((long) sum).plusSeconds(60);
  }

  /**
   * A rekey by time may be under way at any moment. Without faults it is over in no time, but for
   * an IKE SA that a collision left over: who lost may have dropped it while the answer that made
   * it was being worked on, and the other side waits half a minute for its deletion, and as long
   * for the answer to its own.
   */
  void calmDown() {
    simulation.runUntil(() -> calm(left) && calm(right), simulation.now() + 90 * SECOND);
  }

  /** Nothing is half done on a side: no IKE SA opening or closing, no Child SA being replaced. */
  private static boolean calm(SimNode node) {
    for (IkeSaStatus sa : node.ike().ikeSas()) {
      if (sa.phase() != Phase.ESTABLISHED
          || sa.children().stream().anyMatch(child -> child.replaced())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Both sides have the same SAs, and packets pass both ways, new SAs being made if there are none.
   */
  void assertAgreement() {
    calmDown();
    SaAssertions.assertAgree(left, right);
    for (SimNode node : List.of(left, right)) {
      List<Integer> probes = send(node, 3);
      boolean there =
          simulation.runUntil(
              () -> probes.stream().allMatch(this::arrived), simulation.now() + 30 * SECOND);
      if (!there) {
        throw new AssertionError("of " + probes + " from " + node.name() + " not all arrive");
      }
    }
    simulation.runFor(SECOND);
    calmDown();
    SaAssertions.assertEstablished(left, right);
  }

  void say(SimNode node, String what) {
    trace.add(String.format("%10.3f s %s %s", simulation.now() / 1e9, node.name(), what));
  }

  /** A failure with the seed that repeats it, what was done so far and where the sides stand. */
  AssertionError failure(Throwable cause) {
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(seed).append(" at ").append(simulation.now() / 1e9).append(" s: ");
    text.append(cause.getMessage()).append("\nrepeat it with -Dsim.seed=").append(seed);
    trace.forEach(line -> text.append("\n  ").append(line));
    text.append("\n  ").append(left).append("\n  ").append(right);
    return new AssertionError(text.toString(), cause);
  }

  /** One line per datagram on standard output, for a look at a single seed. */
  void talkative() {
    simulation.tap(
        (now, datagram) -> {
          ByteBuffer bytes = ByteBuffer.wrap(datagram.payload().toArray());
          boolean esp =
              datagram.from().port() == Defaults.NAT_PORT
                  && bytes.remaining() > 4
                  && bytes.getInt(0) != 0;
          int at = datagram.from().port() == Defaults.NAT_PORT ? 4 : 0;
          String what =
              esp
                  ? String.format("ESP %08x #%d", bytes.getInt(0), bytes.getInt(4))
                  : bytes.remaining() < 28
                      ? "keepalive"
                      : String.format(
                          "IKE %08x %08x type %d id %d %s, %d octets",
                          bytes.getInt(at),
                          bytes.getInt(at + 8),
                          bytes.get(at + 18),
                          bytes.getInt(at + 20),
                          (bytes.get(at + 19) & 0x20) != 0 ? "response" : "request",
                          bytes.remaining() - at);
          System.out.printf(
              "%10.3f s %s > %s %s%n", now / 1e9, datagram.from(), datagram.to(), what);
        });
    for (SimNode node : List.of(left, right)) {
      node.onEvent(
          event ->
              System.out.printf("%10.3f s %s %s%n", simulation.now() / 1e9, node.name(), event));
    }
  }
}
