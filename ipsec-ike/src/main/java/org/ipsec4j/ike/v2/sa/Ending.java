package org.ipsec4j.ike.v2.sa;

import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.ike.v2.exchange.Diagnoses;
import org.ipsec4j.ike.v2.exchange.InformationalInitiator;
import org.ipsec4j.ike.v2.exchange.OwnExchange;

/** How the life of an IKE SA ends: replaced, closed, deleted, lost (RFC 7296 1.4.1, 2.4, 2.8). */
final class Ending {
  private final IkeSa sa;

  Ending(IkeSa sa) {
    this.sa = sa;
  }

  /** Another IKE SA takes its place, children and all; it is only there to be deleted. */
  ChildLedger replacedBy(boolean weDelete) {
    sa.enter(new Life.Replaced());
    sa.clock().replaced(sa.env().now());
    if (weDelete) {
      sa.agenda().enqueue(InformationalInitiator.deleteIke(sa.context(), DownReason.REDUNDANT));
    }
    return sa.bequeath();
  }

  /** It is not used any more, and the peer is to delete it soon. */
  void awaitDeletion() {
    sa.enter(new Life.Replaced());
    sa.clock().closing(sa.env().now());
  }

  /** It is deleted, and nobody but the peer is told. */
  void closeQuietly(DownReason reason, OwnExchange goodbye) {
    sa.enter(new Life.Closing(reason, false));
    sa.clock().closing(sa.env().now());
    sa.agenda().enqueue(goodbye);
  }

  /** It is left over by a collision. */
  void discard() {
    closeQuietly(
        DownReason.REDUNDANT, InformationalInitiator.deleteIke(sa.context(), DownReason.REDUNDANT));
  }

  /** Deletes it on both sides; packets stop now. */
  void close(DownReason reason) {
    if (sa.life() instanceof Life.Opening || sa.life() instanceof Life.Authenticating) {
      vanish();
    } else if (sa.isUp()) {
      sa.succession().discardPending();
      sa.children().removeAll(sa, DownReason.IKE_SA_GONE);
      sa.agenda().abortWaiting();
      sa.enter(new Life.Closing(reason, true));
      sa.clock().closing(sa.env().now());
      sa.agenda().enqueue(InformationalInitiator.deleteIke(sa.context(), reason));
    }
  }

  /** Its deletion was answered, or the peer deleted it. */
  void deleted(DownReason reason) {
    if (sa.succession().undecided()) {
      sa.succession().lostByPeer();
    } else if (sa.isUp() && !sa.succession().concludeByDeletion()) {
      down(reason);
    } else {
      tellClosed();
    }
    if (reason == DownReason.DELETED_BY_PEER) {
      linger();
    } else {
      vanish();
    }
  }

  /** The peer does not answer. */
  void peerIsSilent(Hints hints) {
    switch (sa.life()) {
      case Life.Opening opening ->
          sa.context().collapse(hints.noAnswer(sa.peer(), sa.path().remote()));
      case Life.Authenticating authenticating ->
          sa.context().collapse(hints.noAnswerAfterInit(sa.peer(), sa.path().remote()));
      case Life.Up up -> {
        sa.context()
            .tellFailure(
                Diagnoses.unresponsive(
                    sa.peer(), sa.path().remote(), sa.peer().ike().retransmitTries()));
        down(DownReason.PEER_UNRESPONSIVE);
        vanish();
      }
      case Life.Closing closing -> ended();
      case Life.Replaced replaced -> vanish();
      case Life.Lingering lingering -> {}
      case Life.Gone gone -> {}
    }
  }

  /** It was waited for long enough. */
  void ended() {
    if (sa.life() instanceof Life.Replaced && !sa.agenda().busy()) {
      // The peer ought to have deleted it.
      discard();
    } else {
      abandon();
    }
  }

  /** The peer is not waited for any longer. */
  void abandon() {
    tellClosed();
    vanish();
  }

  /** An IKE SA that was up is down; what is left of it ends next. */
  void down(DownReason reason) {
    sa.succession().abandon();
    sa.children().removeAll(sa, DownReason.IKE_SA_GONE);
    tellDown(reason);
  }

  private void tellClosed() {
    if (sa.life() instanceof Life.Closing closing && closing.wasUp()) {
      tellDown(closing.reason());
    }
  }

  private void tellDown(DownReason reason) {
    sa.env().tell(new IkeEvent.IkeDown(sa.peer().name(), sa.id(), reason));
  }

  /** Our own cryptography fails: nothing can be said to the peer any more. */
  void broken(CryptoException e) {
    sa.context().tellFailure(Diagnoses.cryptoFailed("sealing", e, sa.origin()));
    if (sa.isUp()) {
      down(DownReason.PROTOCOL_ERROR);
    }
    vanish();
  }

  /** Nothing is left but the last answer. */
  void linger() {
    if (sa.life() instanceof Life.Gone) {
      return;
    }
    sa.agenda().abortAll();
    sa.children().removeAll(sa, DownReason.IKE_SA_GONE);
    sa.enter(new Life.Lingering());
    sa.conversation().stopAsking();
    sa.clock().lingering(sa.env().now());
  }

  /** Nothing is left. */
  void vanish() {
    if (sa.life() instanceof Life.Gone) {
      return;
    }
    sa.agenda().abortAll();
    sa.clock().stop();
    sa.children().removeAll(sa, DownReason.IKE_SA_GONE);
    sa.enter(new Life.Gone());
    sa.forgetKeys();
    sa.host().removed(sa);
  }
}
