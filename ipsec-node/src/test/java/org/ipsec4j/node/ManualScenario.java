package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.esp.manual.ManualSa;
import org.ipsec4j.node.NodeEvent.Manual.Change;
import org.ipsec4j.node.crypto.ProviderChain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two whole nodes with manual keys and native ESP and AH between them, in virtual time. */
final class ManualScenario {
  private static final long SECOND = 1_000_000_000L;

  /** Negotiates nothing, and notes what it is asked. */
  private static final class NoIke implements IkeEngine {
    final List<IkeCommand> commands = new ArrayList<>();

    @Override
    public void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer datagram) {}

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
      return null;
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
  }

  /** What both sides agreed on. */
  private static final class Agreement {
    boolean outerV4 = true;
    SaMode mode = SaMode.TUNNEL;
    List<String> layers = List.of("esp:aes128-sha256");
    boolean udp;
    int window;
    Duration soft = Duration.ZERO;
    Duration hard = Duration.ZERO;
    Lifetime lifetime = Lifetime.UNLIMITED;
    @Nullable String store;

    IpAddress outer(boolean a) {
      return IpAddress.parse(
          outerV4 ? (a ? "192.0.2.1" : "192.0.2.2") : (a ? "2001:db8::1" : "2001:db8::2"));
    }

    TrafficSelector net(boolean a) {
      return switch (mode) {
        case TUNNEL -> TrafficSelector.of(a ? "10.1.0.0/24" : "10.2.0.0/24");
        case BEET -> TrafficSelector.of(a ? "10.1.0.7" : "10.2.0.7");
        case TRANSPORT -> TrafficSelector.of(AddressRange.single(outer(a)));
      };
    }

    private static PacketTransform transform(String text) {
      boolean ah = text.startsWith("ah:");
      ChildProposal proposal =
          ProposalSyntax.child(
                  ah ? SecurityProtocol.AH : SecurityProtocol.ESP,
                  text.substring(text.indexOf(':') + 1) + "-noesn",
                  false)
              .orThrow();
      return new PacketTransform(
          proposal.protocol(),
          ah
              ? new EncryptionTransform(EncryptionAlgorithm.NULL, 0)
              : proposal.encryption().getFirst(),
          proposal.integrity().isEmpty()
              ? IntegrityAlgorithm.NONE
              : proposal.integrity().getFirst(),
          false);
    }

    private static ManualKeys.Names names(String way, PacketTransform transform) {
      String prefix = way + "/" + transform.protocol() + "/";
      return new ManualKeys.Names(
          transform.encryption().keyingMaterialLength() == 0
              ? null
              : prefix + transform.encryption().keyingMaterialLength(),
          transform.integrity() == IntegrityAlgorithm.NONE
              ? null
              : prefix + transform.integrity().keyLength());
    }

    ManualChild child(boolean a) {
      List<ManualKeys> keys = new ArrayList<>();
      for (String layer : layers) {
        PacketTransform transform = transform(layer);
        keys.add(
            a
                ? new ManualKeys(
                    transform, 0x1001, 0x1002, names("ba", transform), names("ab", transform))
                : new ManualKeys(
                    transform, 0x1002, 0x1001, names("ab", transform), names("ba", transform)));
      }
      return new ManualChild(
          "net",
          outer(a),
          outer(!a),
          udp ? 4500 : 0,
          udp ? 4500 : 0,
          mode,
          List.of(net(a)),
          List.of(net(!a)),
          keys,
          window,
          soft,
          hard,
          lifetime,
          store,
          Origin.PROGRAM);
    }

    PolicySet policy(boolean a) {
      ManualChild child = child(a);
      SpdRule rule =
          new SpdRule(
              "manual/net",
              SpdRule.Action.PROTECT,
              child.localSelectors(),
              child.remoteSelectors(),
              ManualChild.PEER,
              "net",
              Origin.PROGRAM);
      return new PolicySet(
          "p", PolicySet.Order.SEQUENCE, List.of(), List.of(child), List.of(rule), Origin.PROGRAM);
    }
  }

  /** A key that follows from its name: direction, protocol, length. */
  private static Secret key(String name) {
    byte[] octets = new byte[Integer.parseInt(name.substring(name.lastIndexOf('/') + 1))];
    Arrays.fill(octets, (byte) name.hashCode());
    return Secret.adopt(octets);
  }

  /** One node with its world: whole IP packets and UDP payloads go straight to the other side. */
  private final class Side implements NodeIo {
    final NoIke ike = new NoIke();
    final NodeCore core;
    final NodeSettings settings;
    final List<byte[]> delivered = new ArrayList<>();
    final List<NodeEvent> events = new ArrayList<>();
    final List<byte[]> wire = new ArrayList<>();
    @Nullable Side other;

    Side(boolean a, @Nullable SequenceStore store) {
      PolicySet policy = agreed.policy(a);
      settings =
          new NodeSettings(
              policy,
              new ProviderChain(List.of(Sas.CRYPTO)),
              Set.of(4500),
              8,
              1500,
              null,
              new NodeSettings.Manual(
                  policy.manual().stream()
                      .map(child -> ManualSa.of(child, ManualScenario::key))
                      .toList(),
                  store));
      core = new NodeCore(settings, ike, this);
      core.start(now);
    }

    void sendInner(byte[] packet) {
      PacketBurst burst = settings.newBurst();
      burst.add(ByteBuffer.wrap(packet));
      core.onInner(now, burst);
      assertTrue(core.counters().balanced(), () -> core.counters().toString());
    }

    long drops(DropReason reason) {
      return core.counters().outboundDrops().getOrDefault(reason, 0L)
          + core.counters().inboundDrops().getOrDefault(reason, 0L);
    }

    List<Change> changes() {
      return events.stream()
          .filter(NodeEvent.Manual.class::isInstance)
          .map(event -> ((NodeEvent.Manual) event).change())
          .toList();
    }

    void receive(byte[] packet) {
      PacketBurst burst = settings.newBurst();
      burst.add(ByteBuffer.wrap(packet));
      core.onNative(now, burst);
      assertTrue(core.counters().balanced(), () -> core.counters().toString());
    }

    @Override
    public boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length) {
      assertTrue(agreed.udp, "only what is encapsulated leaves in UDP");
      assertEquals(new Endpoint(agreed.outer(this == left), 4500), from);
      byte[] payload = new byte[length];
      memory.get(offset, payload);
      Side peer = other;
      if (peer != null) {
        PacketBurst burst = settings.newBurst();
        burst.add(ByteBuffer.wrap(payload));
        peer.core.onOuter(now, burst, new Endpoint[] {from}, to);
      }
      return true;
    }

    @Override
    public boolean hasNativePath() {
      return true;
    }

    @Override
    public void sendNative(PacketBurst packets, boolean[] mine) {
      for (int i = 0; i < packets.size(); i++) {
        if (mine[i] && packets.isAlive(i)) {
          byte[] packet = new byte[packets.length(i)];
          packets.slab().get(packets.offset(i), packet);
          wire.add(packet);
          Side peer = other;
          if (peer != null) {
            peer.receive(packet);
          }
        }
      }
    }

    @Override
    public void deliver(PacketBurst packets) {
      for (int i = 0; i < packets.size(); i++) {
        if (packets.isAlive(i)) {
          byte[] packet = new byte[packets.length(i)];
          packets.slab().get(packets.offset(i), packet);
          delivered.add(packet);
        }
      }
    }

    @Override
    public void offload(OffloadedWork work) {
      throw new AssertionError("manual keys need no work");
    }

    @Override
    public void event(NodeEvent event) {
      events.add(event);
    }
  }

  private final Agreement agreed = new Agreement();
  private long now = 5 * SECOND;
  private @Nullable Side left;
  private @Nullable Side right;

  private Side left() {
    return java.util.Objects.requireNonNull(left);
  }

  private Side right() {
    return java.util.Objects.requireNonNull(right);
  }

  private void start(@Nullable SequenceStore ofLeft, @Nullable SequenceStore ofRight) {
    left = new Side(true, ofLeft);
    right = new Side(false, ofRight);
    left().other = right();
    right().other = left();
  }

  /** A packet from one side's network to the other's. */
  private byte[] packet(boolean fromLeft, int number) {
    byte[] data = {(byte) number, 1, 2, 3};
    ByteBuffer udp;
    if (agreed.mode == SaMode.TRANSPORT && !agreed.outerV4) {
      byte[] packet = new byte[52];
      ByteBuffer in = ByteBuffer.wrap(packet);
      in.putInt(0, 6 << 28).putShort(4, (short) 12).put(6, (byte) 17).put(7, (byte) 64);
      in.put(8, agreed.outer(fromLeft).octets()).put(24, agreed.outer(!fromLeft).octets());
      in.putShort(40, (short) 1).putShort(42, (short) 2).putShort(44, (short) 12);
      in.putShort(46, (short) 0x1234).put(48, data);
      return packet;
    }
    boolean host = agreed.mode == SaMode.TRANSPORT;
    String from = host ? agreed.outer(fromLeft).toString() : fromLeft ? "10.1.0.7" : "10.2.0.7";
    String to = host ? agreed.outer(!fromLeft).toString() : fromLeft ? "10.2.0.7" : "10.1.0.7";
    udp = Packets.udp(from, to, 1000, 2000, data);
    byte[] packet = new byte[udp.remaining()];
    udp.get(packet);
    return packet;
  }

  private void expectBothWays() {
    for (int i = 0; i < 3; i++) {
      left().sendInner(packet(true, i));
      right().sendInner(packet(false, i));
    }
    for (Side side : List.of(left(), right())) {
      assertEquals(3, side.delivered.size(), () -> side.core.counters().toString());
      for (int i = 0; i < 3; i++) {
        // a header that was built anew may differ in what routers change; the upper layer may not
        byte[] sent = packet(side == right(), i);
        int upper = (sent[0] >> 4) == 4 ? 20 : 40;
        byte[] got = side.delivered.get(i);
        assertEquals(
            Bytes.copyOf(Arrays.copyOfRange(sent, upper, sent.length)),
            Bytes.copyOf(Arrays.copyOfRange(got, upper, got.length)));
        assertEquals(addresses(sent), addresses(got));
      }
      assertEquals(List.of(), side.ike.commands, "nothing is ever asked of IKE");
    }
  }

  private static Bytes addresses(byte[] packet) {
    return Bytes.copyOf(
        (packet[0] >> 4) == 4
            ? Arrays.copyOfRange(packet, 12, 20)
            : Arrays.copyOfRange(packet, 8, 40));
  }

  @ParameterizedTest
  @CsvSource({
    "true, TUNNEL, esp:aes128-sha256, false, 50",
    "true, TUNNEL, esp:aes128-sha256, true, 0",
    "false, TUNNEL, esp:aes256-sha512, false, 50",
    "true, TRANSPORT, esp:aes128-sha256, false, 50",
    "false, TRANSPORT, esp:aes128-sha1, false, 50",
    "true, BEET, esp:aes128-sha256, false, 50",
    "true, TUNNEL, ah:sha256, false, 51",
    "false, TUNNEL, ah:sha256, false, 51",
    "true, TRANSPORT, ah:sha1, false, 51",
    "false, TRANSPORT, ah:sha256, false, 51",
    "true, TUNNEL, esp:aes128-sha256 ah:sha256, false, 51",
    "false, TRANSPORT, esp:aes128-sha256 ah:sha256, false, 51",
  })
  void packetsFlowBothWaysWithoutIke(
      boolean outerV4, SaMode mode, String layers, boolean udp, int protocol) {
    agreed.outerV4 = outerV4;
    agreed.mode = mode;
    agreed.layers = List.of(layers.split(" "));
    agreed.udp = udp;
    start(null, null);
    assertEquals(List.of(Change.UP), left().changes(), left().events::toString);
    expectBothWays();
    IpHeaderView view = new IpHeaderView();
    for (byte[] packet : left().wire) {
      assertTrue(view.parse(ByteBuffer.wrap(packet), 0, packet.length));
      assertEquals(protocol, view.protocol());
    }
    assertEquals(udp ? 0 : 3, left().wire.size());
    NodeStatus.Child child = left().core.status().children().getFirst();
    assertEquals("manual/net", child.peer() + "/" + child.name());
    assertEquals(3, child.packetsIn());
    assertEquals(3, child.packetsOut());
  }

  @Test
  void aRestartedPeerIsHeard() {
    start(null, null);
    expectBothWays();
    Side fresh = new Side(true, null);
    fresh.other = right();
    left = fresh;
    right().other = fresh;
    right().delivered.clear();
    expectBothWays();
  }

  @Test
  void agesAreToldAndKept() {
    agreed.soft = Duration.ofSeconds(80);
    agreed.hard = Duration.ofSeconds(100);
    start(null, null);
    assertEquals(now + 80 * SECOND, left().core.nextTimeout());
    now += 80 * SECOND;
    left().core.onTimeout(now);
    assertEquals(List.of(Change.UP, Change.ENDING), left().changes());
    expectBothWays();
    now += 20 * SECOND;
    assertEquals(now, left().core.nextTimeout());
    left().core.onTimeout(now);
    left().core.onTimeout(now);
    assertEquals(List.of(Change.UP, Change.ENDING, Change.EXPIRED), left().changes());
    left().sendInner(packet(true, 9));
    assertEquals(1, left().drops(DropReason.LIFETIME_EXPIRED));
    assertEquals(3, right().delivered.size());
    assertEquals(List.of(), left().ike.commands);
    assertEquals(Long.MAX_VALUE, left().core.nextTimeout());
  }

  @Test
  void volumesAreToldAndKept() {
    agreed.lifetime = new Lifetime(0, 0, 2, 3);
    start(null, null);
    for (int i = 0; i < 5; i++) {
      left().sendInner(packet(true, i));
    }
    assertEquals(List.of(Change.UP, Change.ENDING, Change.EXPIRED), left().changes());
    assertEquals(3, right().delivered.size());
    assertEquals(2, left().drops(DropReason.LIFETIME_EXPIRED));
  }

  @Test
  void espWithoutItsAhIsRefused() {
    agreed.layers = List.of("esp:aes128-sha256", "ah:sha256");
    start(null, null);
    agreed.layers = List.of("esp:aes128-sha256");
    Side bare = new Side(true, null);
    bare.other = right();
    bare.sendInner(packet(true, 1));
    assertEquals(1, right().drops(DropReason.BUNDLE_MISMATCH));
    assertEquals(0, right().delivered.size());
  }

  @Test
  void commandsTakeItDownAndUp() {
    start(null, null);
    var id = left().core.status().children().getFirst().id();
    left().core.command(now, new IkeCommand.DeleteChild(id));
    left().sendInner(packet(true, 1));
    assertEquals(1, left().drops(DropReason.NO_SA));
    right().sendInner(packet(false, 1));
    assertEquals(1, left().drops(DropReason.UNKNOWN_SPI));
    left().core.command(now, new IkeCommand.RekeyChild(id));
    left().core.command(now, new IkeCommand.Initiate(ManualChild.PEER, "net", null, null));
    assertEquals(List.of(Change.UP, Change.DOWN, Change.UP), left().changes());
    expectBothWays();
  }

  @Test
  void numbersGoOnAfterARestart(@TempDir Path folder) throws IOException {
    agreed.layers = List.of("esp:aes128gcm16");
    agreed.store = "net.sequence";
    agreed.window = 64;
    Path a = Files.createDirectory(folder.resolve("a"));
    Path b = Files.createDirectory(folder.resolve("b"));
    start(new FileSequenceStore(a), new FileSequenceStore(b));
    assertEquals("1048576", Files.readString(a.resolve("net.sequence")).strip());
    expectBothWays();
    left().core.close();
    assertEquals("3", Files.readString(a.resolve("net.sequence")).strip());
    Side fresh = new Side(true, new FileSequenceStore(a));
    fresh.other = right();
    fresh.sendInner(packet(true, 7));
    assertEquals(
        4, ByteBuffer.wrap(fresh.wire.getFirst()).getInt(24), "the number behind the last");
    assertEquals(4, right().delivered.size());
    // a crash: nothing is given back, a whole block is skipped
    Objects.requireNonNull(fresh.settings.manual().sequences()).close();
    Side crashed = new Side(true, new FileSequenceStore(a));
    crashed.other = right();
    crashed.sendInner(packet(true, 8));
    assertEquals((1 << 20) + 3 + 1, ByteBuffer.wrap(crashed.wire.getFirst()).getInt(24));
    assertEquals(5, right().delivered.size());
  }

  @Test
  void twoNodesDoNotShareASequenceFile(@TempDir Path folder) throws IOException {
    agreed.store = "net.sequence";
    try (FileSequenceStore first = new FileSequenceStore(folder)) {
      assertEquals(0, first.used("net.sequence"));
      Side second = new Side(true, new FileSequenceStore(folder));
      assertTrue(second.events.toString().contains("another gateway"), second.events::toString);
      second.sendInner(packet(true, 1));
      assertEquals(1, second.drops(DropReason.NO_SA));
    }
    Files.writeString(folder.resolve("net.sequence"), "12x\n");
    Side third = new Side(true, new FileSequenceStore(folder));
    assertTrue(third.events.toString().contains("is damaged"), third.events::toString);
    third.core.close();
    Files.writeString(folder.resolve("net.sequence"), "4294967295\n");
    Side fourth = new Side(true, new FileSequenceStore(folder));
    assertTrue(fourth.events.toString().contains("new keys"), fourth.events::toString);
  }

  /** Breaks when it is told to. */
  private static final class BreakingStore implements SequenceStore {
    final Map<String, Long> kept = new HashMap<>();
    boolean broken;

    @Override
    public long used(String store) {
      return kept.getOrDefault(store, 0L);
    }

    @Override
    public void promise(String store, long last) throws IOException {
      if (broken) {
        throw new IOException("the disk is full");
      }
      kept.put(store, last);
    }

    @Override
    public long block() {
      return 4;
    }

    @Override
    public void close() {}
  }

  @Test
  void numbersThatCannotBeKeptAreNotUsed() {
    agreed.store = "s";
    BreakingStore store = new BreakingStore();
    start(store, new BreakingStore());
    left().sendInner(packet(true, 1));
    left().sendInner(packet(true, 2));
    assertEquals(4, store.kept.get("s"));
    left().sendInner(packet(true, 3));
    assertEquals(8, store.kept.get("s"), "half of the numbers are used");
    store.broken = true;
    for (int i = 4; i < 9; i++) {
      left().sendInner(packet(true, i));
    }
    assertEquals(7, right().delivered.size(), "the eighth number was promised, and not used");
    assertEquals(1, left().drops(DropReason.NO_SA));
    assertTrue(left().events.toString().contains("the disk is full"));
    assertEquals(List.of(Change.UP, Change.DOWN), left().changes());
    store.broken = false;
    left().core.command(now, new IkeCommand.Initiate(ManualChild.PEER, "net", null, null));
    left().sendInner(packet(true, 9));
    assertEquals(9, ByteBuffer.wrap(left().wire.getLast()).getInt(24));
  }
}
