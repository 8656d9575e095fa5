package org.ipsec4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.testkit.RekeyInvariant.Excuse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge must see what is wrong, and must not see what is right. */
class RekeyInvariantTest {
  private static final IpAddress A = IpAddress.parse("192.0.2.1");
  private static final IpAddress B = IpAddress.parse("192.0.2.2");
  private static final IkeCommand POKE = new IkeCommand.CheckLiveness(FakeEngine.IKE);

  private final FakeEngine a = new FakeEngine(A, B).up(true);
  private final FakeEngine b = new FakeEngine(B, A).up(false);
  private final EnginePair pair = new EnginePair(1, A, random -> a, B, random -> b);
  private final RekeyInvariant invariant = pair.invariant();

  @BeforeEach
  void establish() {
    a.say(new IkeOutput.InstallChildSa(a.sa(1, 0x1001, 0x2001, true)));
    b.say(new IkeOutput.InstallChildSa(b.sa(1, 0x2001, 0x1001, false)));
    left();
    right();
    invariant.check(0);
    assertEquals(Map.of(), invariant.excused());
  }

  private void left() {
    pair.left().command(POKE);
  }

  private void right() {
    pair.right().command(POKE);
  }

  private void assertBreach(String words) {
    AssertionError breach = assertThrows(AssertionError.class, () -> invariant.check(5));
    assertTrue(String.valueOf(breach.getMessage()).contains(words), breach.getMessage());
  }

  @Test
  void anOrderlyRekeyPasses() {
    b.replace(1, b.sa(2, 0x2002, 0x1002, false));
    right();
    invariant.check(1);
    a.replace(1, a.sa(2, 0x1002, 0x2002, true));
    left();
    invariant.check(2);
    b.remove(1, true, null);
    right();
    invariant.check(3);
    a.remove(1, true, null);
    left();
    invariant.check(4);
    assertEquals(Map.of(), invariant.excused());
  }

  @Test
  void sendingOnWhatTheOtherNeverHadIsABreach() {
    a.replace(1, a.sa(2, 0x1002, 0x2002, true));
    left();
    assertBreach("it never had it");
  }

  @Test
  void sendingOnWhatTheOtherForgotIsABreach() {
    b.remove(1, false, DownReason.DELETED_BY_PEER);
    right();
    assertBreach("DELETED_BY_PEER");
  }

  @Test
  void aResponderWithoutPatienceIsABreach() {
    a.replace(1, a.sa(2, 0x1002, 0x2002, true));
    // Says that it is the initiator's to send at once, and yet tells that it answered.
    b.say(new IkeOutput.ReplaceChildSa(new ChildSaId(1), b.sa(2, 0x2002, 0x1002, false), true));
    left();
    right();
    // EngineHost believes the output, so what it shows is judged by hand.
    SaView hasty =
        pair.right().childSas().stream().filter(SaView::sending).findFirst().orElseThrow();
    SaView judged = new SaView(hasty.sa(), true, false, hasty.replaces(), false, hasty.evidence());
    RekeyInvariant strict =
        new RekeyInvariant(
            pair.left(),
            new Shown(pair.right(), List.of(pair.right().childSas().getFirst(), judged)));
    AssertionError breach = assertThrows(AssertionError.class, () -> strict.check(5));
    assertTrue(String.valueOf(breach.getMessage()).contains("before any evidence"));
  }

  @Test
  void whatTheOtherCannotKnowYetIsExcusedOncePerSa() {
    b.remove(1, false, DownReason.DELETED_BY_COMMAND);
    right();
    invariant.check(1);
    invariant.check(2);
    assertEquals(Map.of(Excuse.DELETION_UNDER_WAY, 1), invariant.excused());
    b.say(new IkeOutput.InstallChildSa(b.sa(2, 0x2002, 0x1002, false)));
    right();
    invariant.check(3);
    assertEquals(
        Map.of(Excuse.DELETION_UNDER_WAY, 1, Excuse.FIRST_UNCONFIRMED, 1), invariant.excused());
  }

  @Test
  void aLostIkeSaAndARestartAreExcused() {
    b.remove(1, false, DownReason.PEER_UNRESPONSIVE);
    b.gone();
    right();
    invariant.check(1);
    assertEquals(Map.of(Excuse.IKE_SA_LOST, 1), invariant.excused());
    pair.right().restart(new FakeEngine(B, A));
    invariant.check(2);
    assertEquals(Map.of(Excuse.IKE_SA_LOST, 1, Excuse.RESTARTED, 1), invariant.excused());
  }

  /** A side that shows other SAs than it has. */
  private record Shown(SaSide side, List<SaView> views) implements SaSide {
    @Override
    public String name() {
      return side.name();
    }

    @Override
    public List<SaView> childSas() {
      return views;
    }

    @Override
    public IkeStatus ike() {
      return side.ike();
    }

    @Override
    public boolean knew(int inboundSpi) {
      return side.knew(inboundSpi);
    }

    @Override
    public Optional<DownReason> wentDown(int inboundSpi) {
      return side.wentDown(inboundSpi);
    }

    @Override
    public IkeSaId latest(IkeSaId ikeSa) {
      return side.latest(ikeSa);
    }

    @Override
    public long restartedAt() {
      return side.restartedAt();
    }

    @Override
    public long installedAt(int inboundSpi) {
      return side.installedAt(inboundSpi);
    }

    @Override
    public Optional<ChildSa> everInstalled(ChildSaId id) {
      return side.everInstalled(id);
    }
  }
}
