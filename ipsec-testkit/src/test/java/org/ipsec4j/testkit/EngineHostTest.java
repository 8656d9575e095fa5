package org.ipsec4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.sim.Datagram;
import org.ipsec4j.sim.SimRandom;
import org.junit.jupiter.api.Test;

class EngineHostTest {
  private static final IpAddress A = IpAddress.parse("192.0.2.1");
  private static final IpAddress B = IpAddress.parse("192.0.2.2");
  private static final IkeCommand POKE = new IkeCommand.CheckLiveness(FakeEngine.IKE);

  private final FakeEngine a = new FakeEngine(A, B).up(true);
  private final FakeEngine b = new FakeEngine(B, A).up(false);
  private final EnginePair pair = new EnginePair(1, A, random -> a, B, random -> b);

  private static final class Job implements OffloadedWork {
    private final String name;
    private boolean done;

    Job(String name) {
      this.name = name;
    }

    @Override
    public Kind kind() {
      return Kind.SIGN;
    }

    @Override
    public void run() {
      done = true;
    }

    @Override
    public String toString() {
      return name + (done ? " done" : " untouched");
    }
  }

  private void both() {
    pair.left().command(POKE);
    pair.right().command(POKE);
  }

  private void establish() {
    a.say(new IkeOutput.InstallChildSa(a.sa(1, 0x1001, 0x2001, true)));
    b.say(new IkeOutput.InstallChildSa(b.sa(1, 0x2001, 0x1001, false)));
    both();
  }

  @Test
  void ikeWearsTheMarkerOnTheNatPortAlone() {
    List<Datagram> sent = new ArrayList<>();
    pair.simulation().tap((now, datagram) -> sent.add(datagram));
    for (int port : new int[] {500, 4500}) {
      a.say(
          new IkeOutput.Transmit(
              new Endpoint(A, port), new Endpoint(B, port), Bytes.ofHex("abcd"), false));
    }
    a.say(
        new IkeOutput.Transmit(
            new Endpoint(A, 4500), new Endpoint(B, 4500), Bytes.ofHex("ff"), true));
    pair.left().command(POKE);
    pair.settle();
    assertEquals(
        List.of("abcd", "00000000abcd", "ff"),
        sent.stream().map(datagram -> datagram.payload().toHex()).toList());
    assertEquals(List.of("10000000 192.0.2.1:500 abcd", "10000000 192.0.2.1:4500 abcd"), b.heard);
    assertEquals(1, pair.right().keepalives());
  }

  @Test
  void packetsTravelOnTheNewestSaAndTellTheEngine() {
    establish();
    SaAssertions.assertEstablished(pair.left(), pair.right());
    assertTrue(pair.left().sendPacket(7));
    pair.settle();
    assertEquals(List.of(7), pair.right().received());
    assertEquals(
        new IkeCommand.InboundTraffic(EnginePair.childSa(pair.right())), b.commands.getLast());
    assertTrue(pair.right().childSas().getFirst().evidence());
  }

  @Test
  void theResponderOfARekeyChangesOverWithTheFirstPacket() {
    establish();
    b.replace(1, b.sa(2, 0x2002, 0x1002, false));
    pair.right().command(POKE);
    a.replace(1, a.sa(2, 0x1002, 0x2002, true));
    pair.left().command(POKE);
    assertEquals(2, EnginePair.childSa(pair.left()).value());
    assertEquals(1, EnginePair.childSa(pair.right()).value());
    pair.left().sendPacket(1);
    pair.settle();
    assertEquals(2, EnginePair.childSa(pair.right()).value());
    a.remove(1, true, null);
    b.remove(1, true, null);
    both();
    assertTrue(pair.left().childSas().getFirst().lingering());
    pair.advance(EngineHost.LINGER_NANOS);
    assertEquals(1, pair.left().childSas().size());
    SaAssertions.assertEstablished(pair.left(), pair.right());
  }

  @Test
  void withoutPacketsItChangesOverWhenTheOldSaGoes() {
    establish();
    b.replace(1, b.sa(2, 0x2002, 0x1002, false));
    pair.right().command(POKE);
    a.replace(1, a.sa(2, 0x1002, 0x2002, true));
    pair.left().command(POKE);
    b.remove(1, true, null);
    pair.right().command(POKE);
    assertEquals(2, EnginePair.childSa(pair.right()).value());
  }

  @Test
  void offloadedWorkComesBackInAnyOrderButOnlyOnce() {
    pair.left().offloading(Offloading.scattered(pair.simulation(), new SimRandom(3), 1_000_000L));
    for (int i = 0; i < 5; i++) {
      a.say(new IkeOutput.Offload(new Job("job " + i)));
    }
    pair.left().command(POKE);
    assertEquals(List.of(), a.heard);
    pair.settle();
    List<String> names =
        a.heard.stream().map(line -> line.substring(line.indexOf(' ') + 1)).toList();
    List<String> planned =
        List.of("job 0 done", "job 1 done", "job 2 done", "job 3 done", "job 4 done");
    assertEquals(planned, names.stream().sorted().toList());
    assertFalse(planned.equals(names), "in another order: " + names);
  }

  @Test
  void timePassesForTheEngine() {
    a.wake(5);
    pair.advance(10);
    assertEquals(List.of("5 time"), a.heard);
  }

  @Test
  void aRestartForgetsEverything() {
    establish();
    FakeEngine fresh = new FakeEngine(A, B);
    b.remove(1, false, DownReason.PEER_UNRESPONSIVE);
    b.gone();
    pair.left().restart(fresh);
    pair.right().command(POKE);
    SaAssertions.assertNothingLeft(pair.left(), pair.right());
    assertFalse(pair.left().sendPacket(1));
  }

  @Test
  void differencesAreNamed() {
    establish();
    a.say(new IkeOutput.InstallChildSa(a.sa(2, 0x1003, 0x2003, true)));
    b.salt = 1;
    b.say(new IkeOutput.InstallChildSa(b.sa(2, 0x2003, 0x1004, true)));
    b.gone();
    // The invariant is not asked: nothing steps.
    both();
    AssertionError error =
        assertThrows(
            AssertionError.class, () -> SaAssertions.assertAgree(pair.left(), pair.right()));
    String message = String.valueOf(error.getMessage());
    assertTrue(message.contains("left has IKE SA"), message);
    assertTrue(message.contains("has no such thing"), message);
    assertTrue(message.contains("outbound SPIs differ"), message);
    assertTrue(message.contains("same role"), message);
    assertTrue(message.contains("keys differ"), message);
    assertInstanceOf(
        AssertionError.class,
        assertThrows(
            Throwable.class, () -> SaAssertions.assertNothingLeft(pair.left(), pair.right())));
  }
}
