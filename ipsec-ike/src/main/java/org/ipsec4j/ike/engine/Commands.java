package org.ipsec4j.ike.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.v2.exchange.ChildRequest;
import org.ipsec4j.ike.v2.exchange.Diagnoses;
import org.ipsec4j.ike.v2.sa.IkeSa;
import org.ipsec4j.ike.v2.sa.Wishes;
import org.jspecify.annotations.Nullable;

/** What the node wants. Commands that no longer fit are ignored. */
final class Commands {
  /** A shutdown does not wait longer for peers. */
  private static final long SHUTDOWN_WITHIN = Duration.ofSeconds(5).toNanos();

  private static final Endpoint NOWHERE = new Endpoint(IpAddress.v4(0), 0);

  private final EngineState state;
  private final IkeEngineSettings settings;
  private final Reception reception;
  private long closeAt = IkeEngine.NO_TIMEOUT;
  private boolean closing;
  private boolean closed;

  Commands(EngineState state, IkeEngineSettings settings, Reception reception) {
    this.state = state;
    this.settings = settings;
    this.reception = reception;
  }

  void execute(IkeCommand command) {
    if (closing) {
      return;
    }
    switch (command) {
      case IkeCommand.Initiate initiate -> initiate(initiate);
      case IkeCommand.RekeyChild rekey -> onChild(rekey.child(), w -> w.rekeyChild(rekey.child()));
      case IkeCommand.DeleteChild delete ->
          onChild(delete.child(), w -> w.deleteChild(delete.child()));
      case IkeCommand.InboundTraffic traffic ->
          onChild(traffic.child(), w -> w.inboundTraffic(traffic.child()));
      case IkeCommand.RekeyIke rekey -> onIke(rekey.ikeSa(), Wishes::rekeyIke);
      case IkeCommand.DeleteIke delete -> onIke(delete.ikeSa(), Wishes::deleteIke);
      case IkeCommand.CheckLiveness check -> onIke(check.ikeSa(), Wishes::checkLiveness);
      case IkeCommand.UsePolicy use -> state.usePolicy(use.policy());
      case IkeCommand.Shutdown shutdown -> shutdown();
    }
  }

  private void onChild(ChildSaId id, Consumer<Wishes> wish) {
    IkeSa sa = state.owner(id);
    if (sa != null && sa.isUp()) {
      wish.accept(sa.wishes());
    }
  }

  private void onIke(IkeSaId id, Consumer<Wishes> wish) {
    IkeSa byInitiator = state.bySpi(id.initiatorSpi());
    IkeSa sa = byInitiator != null ? byInitiator : state.bySpi(id.responderSpi());
    if (sa != null && sa.id().equals(id)) {
      wish.accept(sa.wishes());
    }
  }

  private void initiate(IkeCommand.Initiate command) {
    Optional<PadEntry> entry = state.policy().peer(command.peer());
    if (entry.isEmpty()) {
      unknown(command.peer(), "the policy has no peer `" + command.peer() + "`");
      return;
    }
    PadEntry peer = entry.get();
    Optional<ChildProfile> child = peer.child(command.child());
    if (child.isEmpty()) {
      unknown(peer.name(), "peer `" + peer.name() + "` has no child `" + command.child() + "`");
      return;
    }
    IkeSa present = serving(peer.name());
    if (present != null) {
      present.wishes().initiate(child.get(), command.local(), command.remote());
      return;
    }
    IpAddress remote = peer.remoteEndpoint();
    if (remote == null) {
      unknown(
          peer.name(),
          "peer `" + peer.name() + "` has no address to send to: it can only be answered");
      return;
    }
    IpAddress local = peer.localAddress();
    IkeSa.initiate(
        state,
        state,
        peer,
        new Endpoint(
            local != null ? local : settings.defaultLocalAddress().apply(remote),
            peer.localIkePort()),
        new Endpoint(remote, peer.remoteIkePort()),
        ChildRequest.of(child.get(), command.local(), command.remote()));
  }

  private @Nullable IkeSa serving(String peer) {
    IkeSa best = null;
    for (IkeSa sa : state.all()) {
      if (sa.serves(peer) && (best == null || (sa.isUp() && !best.isUp()))) {
        best = sa;
      }
    }
    return best;
  }

  private void unknown(String peer, String what) {
    state.tell(new IkeEvent.NegotiationFailed(peer, NOWHERE, Diagnoses.unknownName(what)));
  }

  private void shutdown() {
    closing = true;
    reception.close();
    closeAt = state.now() + SHUTDOWN_WITHIN;
    for (IkeSa sa : state.all()) {
      sa.wishes().deleteIke();
    }
  }

  long nextTimeout() {
    return closed ? IkeEngine.NO_TIMEOUT : closeAt;
  }

  void onTimeout(long now) {
    if (closing && !closed && now >= closeAt) {
      state.all().forEach(IkeSa::abandon);
    }
  }

  /** Says when the shutdown is complete; lingering answers do not hold it up. */
  void closeWhenEmpty() {
    if (closing && !closed && state.all().stream().noneMatch(IkeSa::isPresent)) {
      closed = true;
      state.all().forEach(IkeSa::abandon);
      state.emit(new IkeOutput.Closed());
    }
  }
}
