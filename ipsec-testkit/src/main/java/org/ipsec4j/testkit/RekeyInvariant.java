package org.ipsec4j.testkit;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeStatus.IkeSaStatus;
import org.ipsec4j.api.ike.IkeStatus.Phase;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.sim.Simulation;
import org.jspecify.annotations.Nullable;

/**
 * The rekey invariant, for {@link Simulation#invariant}. At every moment:
 *
 * <ol>
 *   <li>whatever a side may send on is installed inbound at the other side;
 *   <li>the responder of a rekey does not send on the new SA before a packet with a right ICV came
 *       on it, or the old SA is removed (RFC 7296 2.8).
 * </ol>
 *
 * <p>The first cannot hold where one side cannot know yet what the other did. Such cases are named
 * and counted, each SA once per case; every other breach is an {@link AssertionError}.
 */
public final class RekeyInvariant implements Simulation.Invariant {
  /** Why a side sends on an SA that the other does not have, and may. */
  public enum Excuse {
    /** The other side gave the IKE SA up or closed it; this one will hear or find out. */
    IKE_SA_LOST,
    /** The other side lost all its state. */
    RESTARTED,
    /** The other side deleted the Child SA on its own account; the word is on its way. */
    DELETION_UNDER_WAY,
    /**
     * The SA is a first one, agreed at the other side's request, and the answer is on its way: it
     * was sent on without evidence after the stated time.
     */
    FIRST_UNCONFIRMED
  }

  private record Case(String side, int spi, Excuse excuse) {}

  private final SaSide left;
  private final SaSide right;
  private final Set<Case> cases = new HashSet<>();
  private final Map<Excuse, Integer> counts = new EnumMap<>(Excuse.class);

  /** Watches two sides that talk to nobody else. */
  public RekeyInvariant(SaSide left, SaSide right) {
    this.left = left;
    this.right = right;
  }

  /** SAs that were excused so far, by case. */
  public Map<Excuse, Integer> excused() {
    return Map.copyOf(counts);
  }

  @Override
  public void check(long now) {
    List<SaView> ofLeft = left.childSas();
    List<SaView> ofRight = right.childSas();
    check(now, left, ofLeft, right, ofRight);
    check(now, right, ofRight, left, ofLeft);
  }

  private void check(
      long now, SaSide sender, List<SaView> sendersSas, SaSide receiver, List<SaView> others) {
    for (SaView view : sendersSas) {
      if (view.sending()) {
        if (others.stream().noneMatch(o -> o.sa().inboundSpi() == view.sa().outboundSpi())) {
          excuse(now, sender, view, receiver);
        }
        checkPatience(now, sender, view, sendersSas);
      }
    }
  }

  private void excuse(long now, SaSide sender, SaView view, SaSide receiver) {
    Excuse excuse = excuse(sender, view, receiver);
    if (excuse == null) {
      throw new AssertionError(
          "at "
              + now
              + " ns "
              + sender.name()
              + " sends on "
              + view
              + ", which "
              + receiver.name()
              + " does not have: "
              + (receiver.knew(view.sa().outboundSpi())
                  ? "it had it and told " + receiver.wentDown(view.sa().outboundSpi())
                  : "it never had it"));
    }
    if (cases.add(new Case(sender.name(), view.sa().outboundSpi(), excuse))) {
      counts.merge(excuse, 1, Integer::sum);
    }
  }

  private static @Nullable Excuse excuse(SaSide sender, SaView view, SaSide receiver) {
    int spi = view.sa().outboundSpi();
    if (!receiver.knew(spi)) {
      if (sender.installedAt(view.sa().inboundSpi()) <= receiver.restartedAt()) {
        return Excuse.RESTARTED;
      }
      if (view.replaces() == null && !view.sa().initiator()) {
        return Excuse.FIRST_UNCONFIRMED;
      }
    }
    Optional<DownReason> reason = receiver.wentDown(spi);
    if (reason.isEmpty() && !receiver.knew(spi) && view.replaces() != null) {
      // Deleted while it was being rekeyed: the successor goes without having been installed.
      reason =
          sender
              .everInstalled(view.replaces())
              .flatMap(old -> receiver.wentDown(old.outboundSpi()));
    }
    if (reason.isPresent()) {
      return of(reason.get());
    }
    // A replaced SA goes with its IKE SA without a word of its own, and so does an answer.
    return carrierIsUp(sender, view, receiver) ? null : Excuse.IKE_SA_LOST;
  }

  /** Whether the receiver has the IKE SA that carries the SA at the sender, or its successor. */
  private static boolean carrierIsUp(SaSide sender, SaView view, SaSide receiver) {
    IkeSaId carrier =
        sender.ike().ikeSas().stream()
            .filter(
                ike ->
                    ike.children().stream().anyMatch(child -> child.child().equals(view.sa().id())))
            .map(IkeSaStatus::ikeSa)
            .findFirst()
            .orElse(view.sa().ikeSa());
    IkeSaId latest = receiver.latest(carrier);
    return receiver.ike().ikeSas().stream()
        .anyMatch(ike -> ike.ikeSa().equals(latest) && ike.phase() != Phase.CLOSING);
  }

  private static @Nullable Excuse of(DownReason reason) {
    return switch (reason) {
      case PEER_UNRESPONSIVE, IKE_SA_GONE, REPLACED_BY_NEW_CONTACT, PROTOCOL_ERROR ->
          Excuse.IKE_SA_LOST;
      case DELETED_BY_COMMAND, EXPIRED -> Excuse.DELETION_UNDER_WAY;
      // Who asked for the deletion has stopped sending, and what is redundant was never sent on.
      case DELETED_BY_PEER, REDUNDANT -> null;
    };
  }

  private static void checkPatience(long now, SaSide side, SaView view, List<SaView> ofSide) {
    if (view.replaces() == null || view.sendAtOnce() || view.evidence()) {
      return;
    }
    boolean oldIsThere =
        ofSide.stream().anyMatch(old -> old.sa().id().equals(view.replaces()) && !old.lingering());
    if (oldIsThere) {
      throw new AssertionError(
          "at "
              + now
              + " ns "
              + side.name()
              + ", who answered the rekey, sends on "
              + view
              + " before any evidence, and "
              + view.replaces()
              + " is not removed");
    }
  }
}
