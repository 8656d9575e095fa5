package org.ipsec4j.ike.v2.sa;

import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.ike.v2.exchange.Child;
import org.ipsec4j.ike.v2.exchange.ChildRequest;
import org.ipsec4j.ike.v2.exchange.CreateChildInitiator;
import org.ipsec4j.ike.v2.exchange.ExchangeContext.Activity;
import org.ipsec4j.ike.v2.exchange.ExchangeContext.ChildState;
import org.ipsec4j.ike.v2.exchange.IkeAuthInitiator;
import org.ipsec4j.ike.v2.exchange.InformationalInitiator;
import org.ipsec4j.ike.v2.exchange.OwnExchange;
import org.ipsec4j.ike.v2.exchange.RekeyIkeInitiator;
import org.jspecify.annotations.Nullable;

/** What node and time want of an IKE SA. Nothing is begun twice. */
public final class Wishes {
  private final IkeSa sa;
  private final Agenda agenda;
  private final ChildLedger children;

  Wishes(IkeSa sa) {
    this.sa = sa;
    this.agenda = sa.agenda();
    this.children = sa.children();
  }

  /** A child is to come up, unless it is up for that traffic or under way. */
  public void initiate(
      ChildProfile profile, @Nullable TrafficSelector local, @Nullable TrafficSelector remote) {
    ChildRequest first = sa.firstChild();
    boolean underWay =
        agenda.any(each -> asksFor(each, profile.name()))
            || (first != null && first.profile().name().equals(profile.name()));
    if (underWay || isUp(profile, local, remote)) {
      return;
    }
    agenda.enqueue(
        new CreateChildInitiator(sa.context(), ChildRequest.of(profile, local, remote), null));
    sa.pump();
  }

  private static boolean asksFor(OwnExchange exchange, String child) {
    return switch (exchange) {
      case CreateChildInitiator create ->
          create.rekeyed() == null && create.wanted().profile().name().equals(child);
      case IkeAuthInitiator auth -> auth.wanted().profile().name().equals(child);
      default -> false;
    };
  }

  private boolean isUp(
      ChildProfile profile, @Nullable TrafficSelector local, @Nullable TrafficSelector remote) {
    return children.live(profile.name()).stream()
        .anyMatch(
            child ->
                local == null
                    || remote == null
                    || (child.localSelectors().stream().anyMatch(each -> each.contains(local))
                        && child.remoteSelectors().stream()
                            .anyMatch(each -> each.contains(remote))));
  }

  /** A Child SA is to be replaced. */
  public void rekeyChild(ChildSaId id) {
    children.byId(id).ifPresent(this::rekey);
    sa.pump();
  }

  private void rekey(Child child) {
    boolean underWay =
        agenda.any(
            each ->
                each instanceof CreateChildInitiator create
                    && create.rekeyed() != null
                    && create.rekeyed().id().equals(child.id()));
    if (!underWay && children.stateOf(child) == ChildState.LIVE) {
      agenda.enqueue(new CreateChildInitiator(sa.context(), ChildRequest.again(child), child));
    }
  }

  /**
   * A Child SA is to go. One that was replaced goes anyway, deleted by who replaced it: if we did,
   * our packets would move to its successor before we know that the peer has it (RFC 7296 2.8).
   */
  public void deleteChild(ChildSaId id) {
    children
        .byId(id)
        .filter(child -> children.stateOf(child) == ChildState.LIVE)
        .ifPresent(child -> delete(child, DownReason.DELETED_BY_COMMAND));
    sa.pump();
  }

  /** Packets stop now; the peer is told as soon as the window allows. */
  private void delete(Child child, DownReason reason) {
    if (children.stateOf(child) == ChildState.LIVE
        || children.stateOf(child) == ChildState.REPLACED) {
      children.deleting(child);
      children.stop(sa, child, reason);
      agenda.enqueue(InformationalInitiator.deleteChild(sa.context(), child));
    }
  }

  /** Time asks for something. */
  void onDue(ChildLedger.Due due) {
    switch (due) {
      case ChildLedger.Due.Rekey rekey -> rekey(rekey.child());
      case ChildLedger.Due.Expired expired -> delete(expired.child(), DownReason.EXPIRED);
      case ChildLedger.Due.Overdue overdue -> delete(overdue.child(), DownReason.REDUNDANT);
    }
  }

  /** The IKE SA is to be replaced. */
  public void rekeyIke() {
    sa.rekeyIke();
    sa.pump();
  }

  /** The IKE SA is to go. */
  public void deleteIke() {
    sa.ending().close(DownReason.DELETED_BY_COMMAND);
    sa.pump();
  }

  /** The peer is to be probed. */
  public void checkLiveness() {
    sa.checkLiveness();
    sa.pump();
  }

  /** A packet came on that Child SA, if it is one of this IKE SA: the peer lives. */
  public void inboundTraffic(ChildSaId id) {
    if (children.byId(id).isPresent()) {
      sa.clock().heard(sa.env().now());
    }
  }

  /** What a running exchange means for the peer's requests (RFC 7296 2.25). */
  static Activity activity(@Nullable OwnExchange running) {
    return switch (running) {
      case null -> Activity.NONE;
      case RekeyIkeInitiator rekey -> Activity.IKE_REKEY;
      case CreateChildInitiator create -> Activity.CHILD;
      case InformationalInitiator informational ->
          switch (informational.purpose()) {
            case InformationalInitiator.Purpose.DeleteChild delete -> Activity.CHILD;
            case InformationalInitiator.Purpose.DeleteUnused delete -> Activity.CHILD;
            case InformationalInitiator.Purpose.DeleteIke delete -> Activity.IKE_CLOSING;
            case InformationalInitiator.Purpose.Notice notice -> Activity.IKE_CLOSING;
            case InformationalInitiator.Purpose.Liveness liveness -> Activity.NONE;
          };
      default -> Activity.NONE;
    };
  }
}
