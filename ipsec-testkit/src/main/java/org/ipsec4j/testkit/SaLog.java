package org.ipsec4j.testkit;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.jspecify.annotations.Nullable;

/**
 * What a side was told of its Child SAs so far: for implementations of {@link SaSide}. Fed with
 * installations and events; forgets nothing until {@link #restart}.
 */
public final class SaLog {
  /**
   * One Child SA.
   *
   * @param sa what was agreed, with keys of its own
   * @param at when it was installed
   */
  public record Entry(ChildSa sa, long at) {}

  private final Map<ChildSaId, Entry> byId = new LinkedHashMap<>();
  private final Map<Integer, Entry> bySpi = new HashMap<>();
  private final Map<ChildSaId, DownReason> down = new HashMap<>();
  private final Map<ChildSaId, IkeEvent.ChildRekeyed> rekeys = new HashMap<>();
  private final Map<IkeSaId, IkeSaId> successors = new HashMap<>();
  private long restartedAt = Long.MIN_VALUE;

  /** Nothing so far. */
  public SaLog() {}

  /** A Child SA was handed to the packet path; its keys are copied. */
  public void installed(long now, ChildSa sa) {
    Entry entry = new Entry(SaView.withOwnKeys(sa), now);
    byId.put(sa.id(), entry);
    bySpi.put(sa.inboundSpi(), entry);
  }

  /** The engine told something. */
  public void heard(IkeEvent event) {
    if (event instanceof IkeEvent.ChildDown gone) {
      down.put(gone.child(), gone.reason());
    } else if (event instanceof IkeEvent.ChildRekeyed rekeyed) {
      rekeys.put(rekeyed.child(), rekeyed);
    } else if (event instanceof IkeEvent.IkeRekeyed rekeyed) {
      successors.put(rekeyed.old(), rekeyed.ikeSa());
    }
  }

  /** All state is lost. */
  public void restart(long now) {
    byId.clear();
    bySpi.clear();
    down.clear();
    rekeys.clear();
    successors.clear();
    restartedAt = now;
  }

  /** What was installed under that name. */
  public Entry entry(ChildSaId id) {
    Entry entry = byId.get(id);
    if (entry == null) {
      throw new AssertionError(id + " was never installed");
    }
    return entry;
  }

  /** As {@link SaSide#latest}. */
  public IkeSaId latest(IkeSaId ikeSa) {
    IkeSaId last = ikeSa;
    for (IkeSaId next = successors.get(last); next != null; next = successors.get(last)) {
      last = next;
    }
    return last;
  }

  /** As {@link SaSide#everInstalled}. */
  public Optional<ChildSa> everInstalled(ChildSaId id) {
    return Optional.ofNullable(byId.get(id)).map(Entry::sa);
  }

  /** What it was installed in the place of; null for nothing. */
  public @Nullable ChildSaId replaced(ChildSaId id) {
    IkeEvent.ChildRekeyed rekeyed = rekeys.get(id);
    return rekeyed == null ? null : rekeyed.old();
  }

  /** Whether it is to be sent on at once: unless it is a successor that the peer asked for. */
  public boolean sendAtOnce(ChildSaId id) {
    IkeEvent.ChildRekeyed rekeyed = rekeys.get(id);
    return rekeyed == null || rekeyed.initiator();
  }

  /** As {@link SaSide#knew}. */
  public boolean knew(int inboundSpi) {
    return bySpi.containsKey(inboundSpi);
  }

  /** As {@link SaSide#wentDown}. */
  public Optional<DownReason> wentDown(int inboundSpi) {
    Entry entry = bySpi.get(inboundSpi);
    return entry == null ? Optional.empty() : Optional.ofNullable(down.get(entry.sa().id()));
  }

  /** As {@link SaSide#installedAt}; {@code Long.MAX_VALUE} when it never was. */
  public long installedAt(int inboundSpi) {
    Entry entry = bySpi.get(inboundSpi);
    return entry == null ? Long.MAX_VALUE : entry.at();
  }

  /** As {@link SaSide#restartedAt}. */
  public long restartedAt() {
    return restartedAt;
  }
}
