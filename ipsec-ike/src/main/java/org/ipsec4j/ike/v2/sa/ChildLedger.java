package org.ipsec4j.ike.v2.sa;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.ike.v2.exchange.AgreedChild;
import org.ipsec4j.ike.v2.exchange.Child;
import org.ipsec4j.ike.v2.exchange.Environment;
import org.ipsec4j.ike.v2.exchange.ExchangeContext.ChildState;
import org.jspecify.annotations.Nullable;

/**
 * The Child SAs of an IKE SA: what is installed, what replaced what, and when each is due. When the
 * IKE SA is rekeyed the whole ledger moves to its successor (RFC 7296 2.8).
 */
final class ChildLedger {
  /**
   * How long a replaced Child SA waits for the peer, who ought to delete it. Longer than peers
   * retransmit: as long as our answer may be lost the old one is the only one that both sides have.
   */
  private static final long RETIRE_AFTER = Duration.ofMinutes(3).toNanos();

  private final Environment env;
  private final Map<ChildSaId, Entry> entries = new LinkedHashMap<>();

  ChildLedger(Environment env) {
    this.env = env;
  }

  private static final class Entry {
    final Child child;
    ChildState state = ChildState.LIVE;

    /** Whether the packet path has it. */
    boolean installed = true;

    /** Whether nobody is told that it goes: another took its place. */
    boolean replaced;

    /** Whether it is to go for good, so that a successor on its way is not wanted either. */
    boolean unwanted;

    /** Whether it was left over by a collision. */
    boolean redundant;

    long rekeyAt = IkeEngine.NO_TIMEOUT;
    long dieAt = IkeEngine.NO_TIMEOUT;
    long retireAt = IkeEngine.NO_TIMEOUT;

    Entry(Child child) {
      this.child = child;
    }
  }

  /** What time asks for. */
  sealed interface Due {
    /** It is time for a successor. */
    record Rekey(Child child) implements Due {}

    /** Its lifetime is over. */
    record Expired(Child child) implements Due {}

    /** It was replaced, and the peer did not delete it. */
    record Overdue(Child child) implements Due {}
  }

  // --- coming ----------------------------------------------------------------------------------

  /** A new Child SA. */
  void up(IkeSa owner, AgreedChild agreed) {
    Child child = agreed.child();
    add(owner, child);
    env.emit(new IkeOutput.InstallChildSa(describe(owner, agreed)));
    env.tell(
        new IkeEvent.ChildUp(
            owner.peer().name(),
            child.profile().name(),
            child.id(),
            child.inboundSpi(),
            child.outboundSpi(),
            child.localSelectors(),
            child.remoteSelectors()));
  }

  /** A Child SA in the place of another; of one that is gone already, it is simply new. */
  void replace(IkeSa owner, Child old, AgreedChild agreed) {
    Entry entry = entries.get(old.id());
    if (entry == null || !entry.installed) {
      up(owner, agreed);
      return;
    }
    Child child = agreed.child();
    add(owner, child);
    entry.replaced = true;
    if (entry.state == ChildState.LIVE) {
      entry.state = ChildState.REPLACED;
    }
    entry.rekeyAt = IkeEngine.NO_TIMEOUT;
    entry.retireAt = env.now() + RETIRE_AFTER;
    env.emit(new IkeOutput.ReplaceChildSa(old.id(), describe(owner, agreed), agreed.initiator()));
    env.tell(
        new IkeEvent.ChildRekeyed(
            owner.peer().name(),
            child.profile().name(),
            old.id(),
            child.id(),
            child.inboundSpi(),
            child.outboundSpi(),
            agreed.initiator()));
  }

  /** A Child SA of ours that a collision left over: never installed, only to be deleted. */
  void neverUsed(AgreedChild agreed) {
    agreed.destroyKeys();
    Entry entry = new Entry(agreed.child());
    entry.installed = false;
    entry.replaced = true;
    entry.state = ChildState.DELETING;
    entries.put(agreed.child().id(), entry);
  }

  /** A Child SA of the peer that a collision left over: the peer will delete it. */
  void leftOver(Child child) {
    Entry entry = entries.get(child.id());
    if (entry != null && entry.state == ChildState.LIVE) {
      entry.state = ChildState.REPLACED;
      entry.redundant = true;
      entry.rekeyAt = IkeEngine.NO_TIMEOUT;
      entry.retireAt = env.now() + RETIRE_AFTER;
    }
  }

  private void add(IkeSa owner, Child child) {
    Entry entry = new Entry(child);
    ChildProfile profile = child.profile();
    entry.rekeyAt =
        due(env.random(), env.now(), profile.rekeyAfter(), profile.rekeyJitterPercent());
    entry.dieAt = due(env.random(), env.now(), profile.hardLifetime(), 0);
    entries.put(child.id(), entry);
    owner.host().holds(owner, child.id());
  }

  /**
   * When something is due that happens {@code after} from now, earlier by a random part.
   *
   * @param after zero for never
   */
  static long due(RandomSource random, long now, Duration after, int jitterPercent) {
    if (after.isZero() || after.isNegative()) {
      return IkeEngine.NO_TIMEOUT;
    }
    long nanos = after.toNanos();
    long most = nanos / 100 * jitterPercent;
    long earlier = most == 0 ? 0 : Math.floorMod(random.nextLong(), most + 1);
    return now + nanos - earlier;
  }

  private ChildSa describe(IkeSa owner, AgreedChild agreed) {
    Child child = agreed.child();
    return new ChildSa(
        child.id(),
        owner.id(),
        owner.peer().name(),
        child.profile(),
        child.mode(),
        child.transform(),
        child.inboundSpi(),
        child.outboundSpi(),
        agreed.inboundKeys(),
        agreed.outboundKeys(),
        child.localSelectors(),
        child.remoteSelectors(),
        owner.path().local().address(),
        owner.path().remote().address(),
        owner.encapsulation(),
        child.profile().replayWindow(),
        child.profile().lifetime(),
        agreed.initiator());
  }

  // --- going -----------------------------------------------------------------------------------

  /** The peer is asked to delete it. */
  void deleting(Child child) {
    Entry entry = entries.get(child.id());
    if (entry != null) {
      entry.state = ChildState.DELETING;
      entry.rekeyAt = IkeEngine.NO_TIMEOUT;
      entry.dieAt = IkeEngine.NO_TIMEOUT;
      entry.retireAt = IkeEngine.NO_TIMEOUT;
    }
  }

  /** Its packets stop now; the peer is still to be told. */
  void stop(IkeSa owner, Child child, DownReason reason) {
    Entry entry = entries.get(child.id());
    if (entry != null) {
      entry.unwanted = reason == DownReason.DELETED_BY_COMMAND;
      uninstall(owner, entry, reason);
    }
  }

  /** It is gone on both sides. */
  void remove(IkeSa owner, Child child, DownReason reason) {
    Entry entry = entries.remove(child.id());
    if (entry != null) {
      uninstall(owner, entry, reason);
      owner.host().released(child.id());
      env.releaseInboundSpi(child.inboundSpi());
    }
  }

  /** All are gone with their IKE SA. */
  void removeAll(IkeSa owner, DownReason reason) {
    for (Entry entry : List.copyOf(entries.values())) {
      remove(owner, entry.child, reason);
    }
  }

  private void uninstall(IkeSa owner, Entry entry, DownReason reason) {
    if (!entry.installed) {
      return;
    }
    entry.installed = false;
    Child child = entry.child;
    env.emit(new IkeOutput.RemoveChildSa(child.id(), entry.replaced || entry.redundant));
    if (!entry.replaced) {
      DownReason told = entry.redundant ? DownReason.REDUNDANT : reason;
      env.tell(
          new IkeEvent.ChildDown(owner.peer().name(), child.profile().name(), child.id(), told));
    }
  }

  /** The whole ledger is in the hands of another IKE SA. */
  void handedTo(IkeSa owner) {
    entries.keySet().forEach(child -> owner.host().holds(owner, child));
  }

  /** The peer's address changed. */
  void move(UdpEncapsulation encapsulation) {
    for (Entry entry : entries.values()) {
      if (entry.installed) {
        env.emit(new IkeOutput.MoveChildSa(entry.child.id(), encapsulation));
      }
    }
  }

  /** Whether a command deleted it: what would take its place is not wanted. */
  boolean isUnwanted(Child child) {
    Entry entry = entries.get(child.id());
    return entry != null && entry.unwanted;
  }

  // --- questions -------------------------------------------------------------------------------

  boolean isEmpty() {
    return entries.isEmpty();
  }

  Optional<Child> byPeerSpi(int protocolId, int spi) {
    return entries.values().stream()
        .map(entry -> entry.child)
        .filter(child -> child.outboundSpi() == spi && child.protocolId() == protocolId)
        .findFirst();
  }

  Optional<Child> byId(ChildSaId id) {
    return Optional.ofNullable(entries.get(id)).map(entry -> entry.child);
  }

  ChildState stateOf(Child child) {
    Entry entry = entries.get(child.id());
    return entry == null ? ChildState.GONE : entry.state;
  }

  /** Those in use under that name. */
  List<Child> live(String name) {
    return entries.values().stream()
        .filter(entry -> entry.state == ChildState.LIVE)
        .map(entry -> entry.child)
        .filter(child -> child.profile().name().equals(name))
        .toList();
  }

  List<IkeStatus.ChildSaStatus> status() {
    List<IkeStatus.ChildSaStatus> list = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.installed) {
        Child child = entry.child;
        list.add(
            new IkeStatus.ChildSaStatus(
                child.profile().name(),
                child.id(),
                child.inboundSpi(),
                child.outboundSpi(),
                entry.replaced || entry.redundant));
      }
    }
    return list;
  }

  // --- time ------------------------------------------------------------------------------------

  long nextTimeout() {
    long next = IkeEngine.NO_TIMEOUT;
    for (Entry entry : entries.values()) {
      next = Math.min(next, Math.min(entry.rekeyAt, Math.min(entry.dieAt, entry.retireAt)));
    }
    return next;
  }

  /** The next thing that is due by now, which is then no longer due; null when nothing is. */
  @Nullable Due due(long now) {
    for (Entry entry : entries.values()) {
      if (entry.dieAt <= now) {
        entry.dieAt = IkeEngine.NO_TIMEOUT;
        return new Due.Expired(entry.child);
      }
      if (entry.retireAt <= now) {
        entry.retireAt = IkeEngine.NO_TIMEOUT;
        return new Due.Overdue(entry.child);
      }
      if (entry.rekeyAt <= now) {
        entry.rekeyAt = IkeEngine.NO_TIMEOUT;
        return new Due.Rekey(entry.child);
      }
    }
    return null;
  }
}
