package org.ipsec4j.ike.v2.sa;

import java.util.HashMap;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.ike.v2.exchange.AgreedChild;
import org.ipsec4j.ike.v2.exchange.Child;
import org.ipsec4j.ike.v2.exchange.CreateChildInitiator;
import org.ipsec4j.ike.v2.exchange.ExchangeContext.ChildState;
import org.ipsec4j.ike.v2.exchange.InformationalInitiator;
import org.ipsec4j.ike.v2.exchange.InitFacts;
import org.ipsec4j.ike.v2.exchange.OwnExchange;
import org.ipsec4j.ike.v2.exchange.RekeyIkeInitiator;
import org.jspecify.annotations.Nullable;

/**
 * What takes whose place: rekeys of Child SAs and of the IKE SA, and their collisions (RFC 7296
 * 2.8.1, 2.8.2).
 */
final class Succession {
  private final IkeSa sa;
  private final Map<ChildSaId, RekeyCollision<Child>> childCollisions = new HashMap<>();
  private @Nullable RekeyCollision<IkeSa> collision;
  private @Nullable IkeSa predecessor;
  private @Nullable IkeSa replaced;

  Succession(IkeSa sa) {
    this.sa = sa;
  }

  // --- Child SAs -------------------------------------------------------------------------------

  void childRekeyed(Child old, AgreedChild agreed, Bytes ni, Bytes nr) {
    if (!agreed.initiator()) {
      boolean collides = rekeying(old);
      sa.children().replace(sa, old, agreed);
      if (collides) {
        childCollisions.put(old.id(), RekeyCollision.of(ni, nr, agreed.child()));
      }
      return;
    }
    RekeyCollision<Child> met = childCollisions.remove(old.id());
    boolean lost = met != null && met.weLose(ni, nr);
    boolean unwanted = sa.children().isUnwanted(old);
    if (lost || unwanted) {
      sa.children().neverUsed(agreed);
      sa.agenda().enqueue(InformationalInitiator.deleteChild(sa.context(), agreed.child()));
      if (unwanted && met != null) {
        sa.wishes().deleteChild(met.peerSuccessor().id());
      }
      return;
    }
    sa.children().replace(sa, old, agreed);
    if (met != null) {
      sa.children().leftOver(met.peerSuccessor());
    }
    if (sa.children().stateOf(old) == ChildState.REPLACED) {
      sa.children().deleting(old);
      sa.agenda().enqueue(InformationalInitiator.deleteChild(sa.context(), old));
    }
  }

  private boolean rekeying(Child old) {
    return sa.agenda().running() instanceof CreateChildInitiator own
        && own.rekeyed() != null
        && own.rekeyed().id().equals(old.id());
  }

  /** The peer knows that its own rekey lost, before we do. */
  void deletedByPeer(Child child) {
    boolean leftOver =
        childCollisions.values().stream()
            .anyMatch(met -> met.peerSuccessor().id().equals(child.id()));
    if (leftOver) {
      sa.children().leftOver(child);
    }
  }

  // --- the IKE SA ------------------------------------------------------------------------------

  void ikeRekeyed(InitFacts facts) throws CryptoException {
    IkeSa successor = IkeSa.successor(sa, facts);
    if (!sa.isUp()) {
      // We were told to close while our rekey ran. The peer has moved everything to the successor.
      successor.ending().discard();
      successor.pump();
    } else if (facts.initiator()) {
      byUs(facts, successor);
    } else if (sa.agenda().running() instanceof RekeyIkeInitiator) {
      // Both at once: which one stays is known when our own answer is here.
      collision = RekeyCollision.of(facts.ni(), facts.nr(), successor);
      successor.succession().predecessor = sa;
    } else {
      handOver(successor, false);
    }
  }

  private void byUs(InitFacts facts, IkeSa successor) {
    RekeyCollision<IkeSa> met = collision;
    collision = null;
    if (met == null) {
      handOver(successor, true);
      return;
    }
    met.peerSuccessor().succession().predecessor = null;
    if (met.weLose(facts.ni(), facts.nr())) {
      successor.ending().discard();
      successor.pump();
      handOver(met.peerSuccessor(), false);
    } else {
      met.peerSuccessor().ending().awaitDeletion();
      moveWaiting(met.peerSuccessor(), successor);
      handOver(successor, true);
    }
  }

  /**
   * Whether the peer made this SA to take another's place, our own rekey of that one runs, and so
   * it is open which of the two new ones stays. Until then this one has no children.
   */
  boolean undecided() {
    return predecessor != null;
  }

  /**
   * The peer deletes what it made itself: it lost, and ours stays as soon as its answer is here.
   */
  void lostByPeer() {
    IkeSa old = predecessor;
    predecessor = null;
    if (old != null) {
      old.succession().collision = null;
    }
  }

  private void handOver(IkeSa successor, boolean byUs) {
    moveWaiting(sa, successor);
    successor.succession().replaced = byUs ? null : sa;
    successor.inherit(sa.ending().replacedBy(byUs));
    sa.env().tell(new IkeEvent.IkeRekeyed(sa.peer().name(), sa.id(), successor.id(), byUs));
    successor.pump();
  }

  private static void moveWaiting(IkeSa from, IkeSa successor) {
    for (OwnExchange waiting : from.agenda().takeWaiting()) {
      switch (waiting) {
        case CreateChildInitiator create ->
            successor.agenda().enqueue(create.on(successor.context()));
        case InformationalInitiator informational -> {
          if (informational.purpose()
              instanceof InformationalInitiator.Purpose.DeleteChild delete) {
            successor
                .agenda()
                .enqueue(InformationalInitiator.deleteChild(successor.context(), delete.child()));
          }
        }
        default -> waiting.abort();
      }
    }
  }

  /** When our own rekey is over, or came to nothing, the peer's counts. */
  void settle() {
    if (!(sa.agenda().running() instanceof CreateChildInitiator)) {
      childCollisions.clear();
    }
    RekeyCollision<IkeSa> met = collision;
    if (met != null && !(sa.agenda().running() instanceof RekeyIkeInitiator)) {
      collision = null;
      met.peerSuccessor().succession().predecessor = null;
      handOver(met.peerSuccessor(), false);
    }
  }

  /**
   * The peer speaks on this IKE SA, so it has our answer to its rekey: the old one need not be kept
   * for repetitions of that any longer.
   */
  void confirmed() {
    IkeSa old = replaced;
    replaced = null;
    if (old != null && old.life() instanceof Life.Replaced) {
      old.ending().awaitDeletion();
      sa.host().touched(old);
    }
  }

  /** The peer uses this IKE SA already, so for it our own rekey of the old one is no matter. */
  void used() {
    IkeSa old = predecessor;
    if (old != null) {
      old.succession().concludeByDeletion();
    }
  }

  /**
   * The peer closes the old IKE SA while our rekey of it runs: it did not notice the collision, and
   * ours is forgotten (2.8.2, 2.25.2).
   *
   * @return whether there was a successor
   */
  boolean concludeByDeletion() {
    RekeyCollision<IkeSa> met = collision;
    if (met == null) {
      return false;
    }
    collision = null;
    met.peerSuccessor().succession().predecessor = null;
    handOver(met.peerSuccessor(), false);
    return true;
  }

  /** We close the IKE SA, and with it what the peer made to take its place. */
  void discardPending() {
    RekeyCollision<IkeSa> met = collision;
    collision = null;
    if (met != null) {
      met.peerSuccessor().succession().predecessor = null;
      met.peerSuccessor().ending().discard();
      met.peerSuccessor().pump();
    }
  }

  /**
   * The IKE SA is gone, and with it what was to take its place, and what it took the place of when
   * the peer never came to know that.
   */
  void abandon() {
    RekeyCollision<IkeSa> met = collision;
    collision = null;
    if (met != null) {
      met.peerSuccessor().succession().predecessor = null;
      met.peerSuccessor().ending().vanish();
    }
    IkeSa old = replaced;
    replaced = null;
    if (old != null && old.life() instanceof Life.Replaced) {
      old.ending().vanish();
    }
  }
}
