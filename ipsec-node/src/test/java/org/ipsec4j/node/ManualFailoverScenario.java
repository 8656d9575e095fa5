package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoProvider;
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
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.esp.manual.ManualSa;
import org.ipsec4j.node.crypto.ProviderChain;
import org.ipsec4j.testkit.crypto.SimulatedDevice;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Behaviour;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Mood;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** SAs with manual keys, ESP in AH, whose crypto device breaks. */
final class ManualFailoverScenario {
  private static final PacketTransform ESP =
      PacketTransform.esp(
          EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, false);
  private static final PacketTransform AH =
      new PacketTransform(
          SecurityProtocol.AH,
          new EncryptionTransform(EncryptionAlgorithm.NULL, 0),
          IntegrityAlgorithm.HMAC_SHA2_256_128,
          false);

  private final CryptoProvider software = new JcaCryptoProvider();
  private final SimulatedDevice device =
      new SimulatedDevice("device", software, Behaviour.prompt(1));

  private static Secret key(String name) {
    byte[] octets = new byte[Integer.parseInt(name.substring(name.indexOf('/') + 1))];
    Arrays.fill(octets, (byte) name.charAt(0));
    return Secret.adopt(octets);
  }

  private static ManualKeys keys(PacketTransform transform, boolean a, int spi) {
    boolean encrypts = transform.protocol() == SecurityProtocol.ESP;
    ManualKeys.Names one = new ManualKeys.Names(encrypts ? "x/16" : null, "y/32");
    ManualKeys.Names two = new ManualKeys.Names(encrypts ? "u/16" : null, "v/32");
    return new ManualKeys(
        transform, a ? spi : spi + 1, a ? spi + 1 : spi, a ? one : two, a ? two : one);
  }

  private static PolicySet policy(boolean a) {
    TrafficSelector mine = TrafficSelector.of(a ? "10.1.0.0/24" : "10.2.0.0/24");
    TrafficSelector other = TrafficSelector.of(a ? "10.2.0.0/24" : "10.1.0.0/24");
    ManualChild child =
        new ManualChild(
            "net",
            IpAddress.parse(a ? "192.0.2.1" : "192.0.2.2"),
            IpAddress.parse(a ? "192.0.2.2" : "192.0.2.1"),
            0,
            0,
            SaMode.TUNNEL,
            List.of(mine),
            List.of(other),
            List.of(keys(ESP, a, 0x1000), keys(AH, a, 0x2000)),
            64,
            Duration.ZERO,
            Duration.ZERO,
            Lifetime.UNLIMITED,
            null,
            Origin.PROGRAM);
    SpdRule rule =
        new SpdRule(
            "net",
            SpdRule.Action.PROTECT,
            List.of(mine),
            List.of(other),
            ManualChild.PEER,
            "net",
            Origin.PROGRAM);
    return new PolicySet(
        "p", PolicySet.Order.SEQUENCE, List.of(), List.of(child), List.of(rule), Origin.PROGRAM);
  }

  /** Negotiates nothing. */
  private static final class NoIke implements IkeEngine {
    @Override
    public void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer datagram) {}

    @Override
    public void onCommand(long now, IkeCommand command) {}

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

  private static final class Side implements NodeIo {
    final NodeSettings settings;
    final NodeCore core;
    final List<NodeEvent> events = new ArrayList<>();
    final List<byte[]> wire = new ArrayList<>();
    int delivered;

    Side(boolean a, List<CryptoProvider> crypto) {
      PolicySet policy = policy(a);
      List<List<ManualSa>> layers =
          policy.manual().stream()
              .map(child -> ManualSa.of(child, ManualFailoverScenario::key))
              .toList();
      settings =
          new NodeSettings(
              policy,
              new ProviderChain(crypto),
              Set.of(),
              8,
              1500,
              null,
              new NodeSettings.Manual(layers, null));
      core = new NodeCore(settings, new NoIke(), this);
      core.start(1);
    }

    void inner(int packets) {
      PacketBurst burst = settings.newBurst();
      for (int i = 0; i < packets; i++) {
        burst.add(Packets.udp("10.1.0.7", "10.2.0.7", 1, 2, new byte[40]));
      }
      core.onInner(2, burst);
    }

    void outer(List<byte[]> packets) {
      PacketBurst burst = settings.newBurst();
      packets.forEach(packet -> burst.add(ByteBuffer.wrap(packet)));
      core.onNative(2, burst);
    }

    List<String> owners() {
      return core.status().crypto().stream()
          .filter(each -> each.sas() > 0)
          .map(each -> each.provider() + " " + each.sas())
          .toList();
    }

    @Override
    public boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length) {
      throw new AssertionError("nothing is encapsulated");
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
        }
      }
    }

    @Override
    public void deliver(PacketBurst packets) {
      for (int i = 0; i < packets.size(); i++) {
        delivered += packets.isAlive(i) ? 1 : 0;
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

  @Test
  void allLayersMoveAndNumbersGoOn() {
    Side a = new Side(true, List.of(device, software));
    Side b = new Side(false, List.of(software));
    assertEquals(List.of("device 4"), a.owners());
    a.inner(3);
    device.mood(Mood.FAILING);
    a.inner(4);
    assertEquals(3, a.wire.size());
    assertEquals(List.of("jca 4"), a.owners());
    a.inner(5);
    b.outer(a.wire);
    assertEquals(8, b.delivered);
    byte[] last = a.wire.getLast();
    // behind the IP header: AH with its number at octet 8, which the failing burst never reached
    assertEquals(8, ByteBuffer.wrap(last).getInt(20 + 8));
    // behind AH of 12 octets and 16 of ICV: ESP, whose numbers the failing burst has burnt
    assertEquals(12, ByteBuffer.wrap(last).getInt(20 + 28 + 4));
    NodeEvent.CryptoFailedOver moved =
        assertInstanceOf(NodeEvent.CryptoFailedOver.class, a.events.getLast());
    assertEquals(4, moved.moved());
  }

  @Test
  void withoutAnotherProviderTheChildIsTakenDown() {
    Side a = new Side(true, List.of(device));
    device.mood(Mood.THROWING);
    a.inner(1);
    assertEquals(List.of(), a.core.status().children());
    assertTrue(a.events.stream().anyMatch(NodeEvent.CryptoLost.class::isInstance));
    NodeEvent.Manual down = assertInstanceOf(NodeEvent.Manual.class, a.events.getLast());
    assertEquals(NodeEvent.Manual.Change.DOWN, down.change());
    assertTrue(a.core.counters().balanced());
  }
}
