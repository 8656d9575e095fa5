package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.node.crypto.ProviderChain;
import org.ipsec4j.sim.Datagram;
import org.ipsec4j.testkit.crypto.SimulatedDevice;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Behaviour;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Mood;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A gateway whose crypto device breaks under traffic: no packet is lost beyond the burst that
 * failed, and everybody is told.
 */
final class CryptoFailoverScenario {
  private static final SimWorld.Setup PLAIN = SimWorld.Setup.PLAIN;

  private final AtomicLong clock = new AtomicLong();
  private final CryptoProvider software = new JcaCryptoProvider();

  private SimulatedDevice device(Behaviour behaviour) {
    return new SimulatedDevice("device", software, behaviour);
  }

  private SimWorld world(long seed, CryptoProvider... left) {
    SimWorld world = new SimWorld(seed, PLAIN, new ProviderChain(List.of(left)));
    // every look at the clock takes a microsecond
    world.left.cryptoClock(() -> clock.getAndAdd(1_000));
    return world.established();
  }

  /** Traffic in both directions; the numbers of the packets. */
  private static List<Integer> exchange(SimWorld world, int bursts) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < bursts; i++) {
      numbers.addAll(world.send(world.left, 8));
      numbers.addAll(world.send(world.right, 8));
      world.simulation.settle();
    }
    return numbers;
  }

  private static NodeStatus.Crypto status(SimWorld world, String provider) {
    return world.left.status().crypto().stream()
        .filter(each -> each.provider().equals(provider))
        .findFirst()
        .orElseThrow();
  }

  private static long drops(SimNode node, DropReason reason) {
    NodeCounters.Snapshot counters = node.counters();
    return counters.outboundDrops().getOrDefault(reason, 0L)
        + counters.inboundDrops().getOrDefault(reason, 0L);
  }

  @Test
  void deviceThatDelaysAndReordersCarriesEverything() {
    SimulatedDevice device = device(Behaviour.prompt(4).delayed(0, 7));
    SimWorld world = world(3, device, software);
    List<Integer> numbers = exchange(world, 20);
    assertTrue(numbers.stream().allMatch(world::arrived));
    assertEquals(List.of(), world.left.cryptoEvents());
    assertEquals(List.of(), device.violations());
    assertEquals(2, world.left.counters().offload().sas());
    assertTrue(world.left.counters().offload().bytesOut() > 0);
    assertTrue(world.left.counters().offload().bytesIn() > 0);
    assertEquals(NodeCounters.Offload.NONE, world.right.counters().offload(), "plain jca is none");
    assertEquals(322, status(world, "device").packets(), "two when established, 16 each time");
  }

  @ParameterizedTest
  @EnumSource(
      value = Mood.class,
      names = {"FAILING", "THROWING", "HANGING"})
  void onlyTheBurstThatFailsIsLost(Mood mood) {
    SimulatedDevice device = device(Behaviour.prompt(4));
    SimWorld world = world(4, device, software);
    assertTrue(exchange(world, 3).stream().allMatch(world::arrived));
    long before = world.left.status().children().getFirst().packetsOut();
    device.mood(mood);
    List<Integer> lost = world.send(world.left, 8);
    assertFalse(lost.stream().anyMatch(world::arrived));
    assertEquals(8, drops(world.left, DropReason.CRYPTO_FAILED));
    NodeEvent.CryptoFailedOver moved =
        assertInstanceOf(NodeEvent.CryptoFailedOver.class, world.left.cryptoEvents().getFirst());
    assertEquals("device", moved.from());
    assertEquals("jca", moved.to());
    assertEquals(2, moved.moved(), "both SAs, also the one that nothing came on");
    assertEquals(0, moved.lost());
    assertTrue(exchange(world, 5).stream().allMatch(world::arrived), "and nothing else is lost");
    assertEquals(8, drops(world.left, DropReason.CRYPTO_FAILED));
    assertEquals(1, world.left.cryptoEvents().size());
    assertEquals(before + 40, world.left.status().children().getFirst().packetsOut());
    assertEquals(0, world.left.counters().offload().sas());
    assertEquals(8, status(world, "device").failures());
    assertEquals(moved.reason(), status(world, "device").retired());
    assertEquals(List.of(), device.violations());
  }

  @Test
  void numbersOfTheFailingBurstAreBurnt() {
    SimulatedDevice device = device(Behaviour.prompt(1));
    SimWorld world = world(5, device, software);
    device.mood(Mood.FAILING);
    world.send(world.left, 8);
    world.record(true);
    world.send(world.left, 1);
    world.simulation.settle();
    // one packet when established, eight that failed, one more
    byte[] esp = world.recorded.getFirst().payload().toArray();
    assertEquals(10, ByteBuffer.wrap(esp).getInt(4));
    assertEquals(2, world.right.status().children().getFirst().packetsIn());
  }

  @Test
  void packetsThatComeInFailOverToo() {
    SimulatedDevice device = device(Behaviour.prompt(1));
    SimWorld world = world(6, device, software);
    device.mood(Mood.FAILING);
    List<Integer> burst = world.send(world.right, 1);
    world.simulation.settle();
    assertFalse(world.arrived(burst.getFirst()));
    assertTrue(exchange(world, 3).stream().allMatch(world::arrived));
    assertEquals(1, drops(world.left, DropReason.CRYPTO_FAILED));
  }

  @Test
  void forgedPacketsCondemnNobody() {
    SimulatedDevice device = device(Behaviour.prompt(2));
    SimWorld world = world(7, device, software);
    int spi = world.left.status().children().getFirst().inboundSpi();
    for (int i = 0; i < 200; i++) {
      byte[] forged = new byte[60 + i];
      ByteBuffer.wrap(forged).putInt(0, spi).putInt(4, 100 + i);
      world.simulation.send(
          new Datagram(
              new Endpoint(SimWorld.RIGHT, 4500),
              new Endpoint(SimWorld.LEFT, 4500),
              Bytes.copyOf(forged)));
    }
    world.simulation.settle();
    assertEquals(200, drops(world.left, DropReason.ICV_MISMATCH));
    assertEquals(List.of(), world.left.cryptoEvents());
    assertTrue(exchange(world, 2).stream().allMatch(world::arrived));
  }

  @Test
  void deviceThatBecomesSlowIsLeftWithoutLoss() {
    SimulatedDevice device = device(Behaviour.prompt(1));
    SimWorld world = world(8, device, software);
    exchange(world, 200);
    assertEquals(List.of(), world.left.cryptoEvents());
    device.atWork(() -> clock.addAndGet(500_000));
    List<Integer> numbers = exchange(world, 400);
    assertTrue(numbers.stream().allMatch(world::arrived), "slow is not broken: nothing is lost");
    NodeEvent.CryptoFailedOver moved =
        assertInstanceOf(NodeEvent.CryptoFailedOver.class, world.left.cryptoEvents().getFirst());
    assertTrue(moved.reason().contains("slow"), moved::reason);
    assertEquals("jca", moved.to());
    assertEquals(0, drops(world.left, DropReason.CRYPTO_FAILED));
  }

  @Test
  void lastProviderThatIsSlowStays() {
    SimulatedDevice device = device(Behaviour.prompt(1));
    SimWorld world = new SimWorld(9, PLAIN, new ProviderChain(List.of(device, packetless())));
    world.left.cryptoClock(() -> clock.getAndAdd(1_000));
    world.established();
    exchange(world, 200);
    device.atWork(() -> clock.addAndGet(500_000));
    AssertionError told = null;
    try {
      exchange(world, 400);
    } catch (AssertionError e) {
      // the simulated node takes every trouble for a failure of the test
      told = e;
    }
    assertTrue(String.valueOf(told).contains("device stays, as there is no other"), "" + told);
    assertEquals(2, world.left.counters().offload().sas());
  }

  /** What IKE needs, and nothing for packets. */
  private CryptoProvider packetless() {
    return new OnlyFor(software, transform -> false);
  }

  /** Whoever sends odd packets must not take an SA down that has no other provider. */
  @Test
  void packetsThatFailTakeNoSaFromItsOnlyProvider() {
    SimulatedDevice device = device(Behaviour.prompt(1));
    SimWorld world = world(10, device, packetless());
    device.mood(Mood.FAILING);
    AssertionError told = null;
    try {
      world.send(world.left, 8);
    } catch (AssertionError e) {
      // the simulated node takes every trouble for a failure of the test
      told = e;
    }
    assertTrue(String.valueOf(told).contains("device stays, as there is no other"), "" + told);
    world.simulation.settle();
    assertEquals(List.of(), world.left.cryptoEvents(), "nothing was moved and nothing was lost");
    assertEquals(1, world.left.status().children().size());
    device.mood(Mood.WELL);
    assertTrue(exchange(world, 5).stream().allMatch(world::arrived), "it needs no operator");
  }

  @Test
  void withoutAnotherProviderTheSaGoesDownWithADiagnosis() {
    SimulatedDevice device = device(Behaviour.prompt(1));
    SimWorld world = world(10, device, packetless());
    device.mood(Mood.THROWING);
    world.send(world.left, 8);
    world.simulation.settle();
    List<NodeEvent> told = world.left.cryptoEvents();
    NodeEvent.CryptoFailedOver moved =
        assertInstanceOf(NodeEvent.CryptoFailedOver.class, told.getFirst());
    assertEquals(0, moved.moved());
    assertEquals(2, moved.lost());
    NodeEvent.CryptoLost lost = assertInstanceOf(NodeEvent.CryptoLost.class, told.getLast());
    assertEquals(2, told.size(), "one of the two SAs stands for the child");
    assertTrue(lost.diagnosis().contains("AES_GCM_16_128"), lost::diagnosis);
    assertTrue(lost.diagnosis().contains("readmit"), lost::diagnosis);
    assertEquals(List.of(), world.left.status().children());
    assertEquals(List.of(), world.right.status().children(), "the peer is told");
  }

  @Test
  void readmittedDeviceGetsItsSasBack() {
    SimulatedDevice device = device(Behaviour.prompt(3).delayed(0, 3));
    SimWorld world = world(11, device, software);
    assertFalse(world.left.readmitCrypto("device"), "it was not given up");
    assertFalse(world.left.readmitCrypto("nobody"));
    device.mood(Mood.HANGING);
    world.send(world.left, 8);
    world.simulation.settle();
    assertEquals(0, world.left.counters().offload().sas());
    device.mood(Mood.WELL);
    assertTrue(world.left.readmitCrypto("device"));
    assertEquals(new NodeEvent.CryptoReadmitted("device", 2), world.left.cryptoEvents().getLast());
    long before = device.done();
    assertTrue(exchange(world, 3).stream().allMatch(world::arrived));
    assertTrue(device.done() >= before + 48, "the closed worker was renewed");
    assertEquals(List.of(), device.violations());
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void deviceThatFailsNowAndThenLosesOneBurstOnly(long seed) {
    SimulatedDevice device = device(Behaviour.prompt(2).delayed(0, 5).failing(0.02).seeded(seed));
    SimWorld world = world(seed, device, software);
    exchange(world, 30);
    assertEquals(1, world.left.cryptoEvents().size());
    long failed = drops(world.left, DropReason.CRYPTO_FAILED);
    assertTrue(failed >= 1 && failed <= 8, "dropped " + failed);
    assertEquals(failed, world.missing().size());
  }

  @Test
  void rekeyedSasStayWithTheNextProvider() {
    SimulatedDevice device = device(Behaviour.prompt(1));
    SimWorld world = world(12, device, software);
    device.mood(Mood.FAILING);
    world.send(world.left, 1);
    world.simulation.settle();
    world.rekeyChild(world.left);
    world.simulation.settle();
    assertTrue(exchange(world, 2).stream().allMatch(world::arrived));
    assertEquals("jca", owner(world));
  }

  private static String owner(SimWorld world) {
    return world.left.status().crypto().stream()
        .filter(each -> each.sas() > 0)
        .map(NodeStatus.Crypto::provider)
        .reduce((a, b) -> a + "," + b)
        .orElse("nobody");
  }

  /** A provider for some transforms alone. */
  static final class OnlyFor extends org.ipsec4j.api.crypto.ForwardingCryptoProvider {
    private final java.util.function.Predicate<PacketTransform> which;

    OnlyFor(CryptoProvider provider, java.util.function.Predicate<PacketTransform> which) {
      super(provider);
      this.which = which;
    }

    @Override
    public boolean supports(PacketTransform transform) {
      return which.test(transform) && super.supports(transform);
    }
  }
}
