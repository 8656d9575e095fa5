package org.ipsec4j.ike.engine;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.ike.v2.sa.IkeSa;
import org.jspecify.annotations.Nullable;

/** Which IKE SA is due first. */
final class Deadlines {
  private record Slot(long at, long order, IkeSa sa) {}

  private final TreeSet<Slot> slots =
      new TreeSet<>(Comparator.comparingLong(Slot::at).thenComparingLong(Slot::order));
  private final Map<IkeSa, Slot> bySa = new HashMap<>();
  private long order;

  /** Takes the present deadline of an IKE SA over. */
  void update(IkeSa sa) {
    long at = sa.nextTimeout();
    Slot before = bySa.get(sa);
    if (before != null && before.at() == at) {
      return;
    }
    remove(sa);
    if (at != IkeEngine.NO_TIMEOUT) {
      Slot slot = new Slot(at, order++, sa);
      slots.add(slot);
      bySa.put(sa, slot);
    }
  }

  void remove(IkeSa sa) {
    Slot slot = bySa.remove(sa);
    if (slot != null) {
      slots.remove(slot);
    }
  }

  long next() {
    return slots.isEmpty() ? IkeEngine.NO_TIMEOUT : slots.first().at();
  }

  /** An IKE SA that is due by now; null when none is. */
  @Nullable IkeSa due(long now) {
    return slots.isEmpty() || slots.first().at() > now ? null : slots.first().sa();
  }
}
