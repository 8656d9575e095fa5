package org.ipsec4j.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final IpAddress A = IpAddress.parse("192.0.2.1");
  private static final IpAddress B = IpAddress.parse("192.0.2.2");

  /** Sends a number every second and writes down what it hears. */
  private static final class Beacon implements SimHost {
    private final Simulation simulation;
    private final IpAddress address;
    private final IpAddress peer;
    private final List<String> heard = new ArrayList<>();
    private long next;
    private int number;

    Beacon(Simulation simulation, IpAddress address, IpAddress peer) {
      this.simulation = simulation;
      this.address = address;
      this.peer = peer;
    }

    @Override
    public IpAddress address() {
      return address;
    }

    @Override
    public void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer payload) {
      heard.add(now + " " + from + " " + payload.get(0));
    }

    @Override
    public long nextTimeout() {
      return next;
    }

    @Override
    public void onTimeout(long now) {
      next = now + 1_000_000_000L;
      simulation.send(
          new Datagram(
              new Endpoint(address, 500),
              new Endpoint(peer, 500),
              Bytes.copyOf(new byte[] {(byte) number++})));
    }
  }

  private static List<String> heard(long seed, Fault fault, int seconds) {
    Simulation simulation = new Simulation(seed);
    Beacon a = new Beacon(simulation, A, B);
    Beacon b = new Beacon(simulation, B, A);
    simulation.add(a);
    simulation.add(b);
    simulation.network(fault);
    simulation.runUntil(seconds * 1_000_000_000L);
    List<String> all = new ArrayList<>(a.heard);
    all.addAll(b.heard);
    return all;
  }

  private static Fault rough() {
    return Fault.loss(0.3)
        .then(Fault.duplication(0.2, 5_000_000_000L))
        .then(Fault.delay(1_000_000, 3_000_000_000L))
        .then(Fault.corruption(0.1));
  }

  @Test
  void perfectNetworkDeliversEverythingInOrder() {
    List<String> heard = heard(1, Fault.none(), 10);
    assertEquals(22, heard.size());
    assertEquals("0 192.0.2.2:500 0", heard.get(0));
    assertEquals("10000000000 192.0.2.2:500 10", heard.get(10));
  }

  @Test
  void sameSeedRepeatsAndAnotherDoesNot() {
    assertEquals(heard(7, rough(), 100), heard(7, rough(), 100));
    assertNotEquals(heard(7, rough(), 100), heard(8, rough(), 100));
  }

  @Test
  void lossTakesAboutItsShare() {
    int heard = heard(3, Fault.loss(0.2), 5000).size();
    assertTrue(heard > 7600 && heard < 8400, "of 10,000 came " + heard);
  }

  @Test
  void faultsEnd() {
    assertEquals(5 * 2, heard(3, Fault.loss(1).until(5_500_000_000L), 10).size());
  }

  @Test
  void natHidesAndForgets() {
    IpAddress outer = IpAddress.parse("198.51.100.7");
    SimNat nat = new SimNat(A, outer, 40000);
    List<String> first = heard(1, nat, 1);
    assertTrue(
        first.stream().anyMatch(line -> line.contains("198.51.100.7:40000")), first::toString);
    assertTrue(first.stream().noneMatch(line -> line.contains("192.0.2.1:")), first::toString);
    nat.forget();
    assertTrue(heard(1, nat, 1).stream().anyMatch(line -> line.contains("198.51.100.7:40001")));
  }

  @Test
  void spinningIsFound() {
    Simulation simulation = new Simulation(1);
    Runnable[] again = new Runnable[1];
    again[0] = () -> simulation.at(simulation.now(), again[0]);
    again[0].run();
    assertThrows(IllegalStateException.class, () -> simulation.runUntil(1));
  }

  @Test
  void goesOnUntilSomethingIsTheCase() {
    Simulation simulation = new Simulation(1);
    Beacon a = new Beacon(simulation, A, B);
    Beacon b = new Beacon(simulation, B, A);
    simulation.add(a);
    simulation.add(b);
    assertTrue(simulation.runUntil(() -> b.heard.size() == 3, 10_000_000_000L));
    assertEquals(2_000_000_000L, simulation.now());
    assertFalse(simulation.runUntil(() -> b.heard.size() == 30, 10_000_000_000L));
    assertEquals(10_000_000_000L, simulation.now());
  }

  @Test
  void settlesWhenNothingIsOnItsWay() {
    Simulation simulation = new Simulation(1);
    simulation.network(Fault.delay(700_000_000L, 700_000_000L));
    Beacon a = new Beacon(simulation, A, B);
    Beacon b = new Beacon(simulation, B, A);
    b.next = Long.MAX_VALUE;
    simulation.add(a);
    simulation.add(b);
    simulation.runUntil(0);
    simulation.settle();
    assertEquals(List.of("700000000 192.0.2.1:500 0"), b.heard);
    assertEquals(700_000_000L, simulation.now());
  }

  @Test
  void tapsSeeWhatHostsSendAndInjectedDatagramsPassTheNetworkBy() {
    Simulation simulation = new Simulation(1);
    simulation.network(Fault.drop(datagram -> true));
    Beacon a = new Beacon(simulation, A, B);
    Beacon b = new Beacon(simulation, B, A);
    b.next = Long.MAX_VALUE;
    simulation.add(a);
    simulation.add(b);
    List<Datagram> seen = new ArrayList<>();
    simulation.tap((now, datagram) -> seen.add(datagram));
    simulation.runUntil(0);
    assertEquals(1, seen.size());
    assertEquals(List.of(), b.heard);
    simulation.inject(seen.getFirst());
    simulation.runUntil(0);
    assertEquals(List.of("0 192.0.2.1:500 0"), b.heard);
    assertEquals(1, seen.size());
  }

  @Test
  void aFaultCanBeForSomeDatagramsOnly() {
    Fault fault = Fault.loss(1).only(datagram -> datagram.from().address().equals(A));
    List<String> heard = heard(1, fault, 3);
    assertEquals(4, heard.size());
    assertTrue(heard.stream().allMatch(line -> line.contains("192.0.2.2")), heard::toString);
  }

  @Test
  void invariantIsAskedAfterEveryStep() {
    Simulation simulation = new Simulation(1);
    long[] asked = new long[1];
    simulation.invariant(now -> asked[0]++);
    simulation.at(5, () -> {});
    simulation.at(6, () -> {});
    simulation.runUntil(10);
    assertEquals(2, asked[0]);
    assertEquals(10, simulation.now());
  }
}
