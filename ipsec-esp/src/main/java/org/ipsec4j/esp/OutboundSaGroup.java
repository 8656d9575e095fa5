package org.ipsec4j.esp;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The outbound SAs of one policy where each packet thread, or other resource, may have its own (RFC
 * 9611): threads that share no sequence numbers need not agree on them, and the peer may spread the
 * SAs over its own. A resource without an SA, or whose SA is spent, uses the common one.
 *
 * <p>Thread-safe. {@link #pick} takes no lock and allocates nothing; changes publish a new array.
 * SAs that are taken out may be in use until each packet thread has passed a quiescent point.
 */
public final class OutboundSaGroup {
  /** Most resources. */
  public static final int MAX_RESOURCES = 65536;

  /** The common SA, then those of resources 0, 1, 2, ... */
  private volatile @Nullable OutboundSa[] sas;

  /**
   * @param common for every resource that has no SA of its own
   */
  public OutboundSaGroup(OutboundSa common) {
    sas = new OutboundSa[] {common};
  }

  /**
   * The SA for a packet of one resource.
   *
   * @param resource 0 or more, any number
   * @return its own while that carries packets, else the common one, spent or not
   */
  public OutboundSa pick(int resource) {
    @Nullable OutboundSa[] now = sas;
    if (resource >= 0 && resource < now.length - 1) {
      OutboundSa own = now[resource + 1];
      if (own != null && !own.isExpired()) {
        return own;
      }
    }
    return common(now);
  }

  /** The SA for every resource that has none of its own. */
  public OutboundSa common() {
    return common(sas);
  }

  private static OutboundSa common(@Nullable OutboundSa[] now) {
    OutboundSa common = now[0];
    if (common == null) {
      throw new IllegalStateException("a group always has a common SA");
    }
    return common;
  }

  /**
   * Uses another common SA from now on.
   *
   * @return the former
   */
  public synchronized OutboundSa replaceCommon(OutboundSa sa) {
    OutboundSa former = common(sas);
    publish(0, sa, sas.length);
    return former;
  }

  /**
   * Gives a resource an SA of its own, or takes it away.
   *
   * @param resource 0 to {@link #MAX_RESOURCES} - 1
   * @param sa null for none
   * @return the former, or null
   * @throws IndexOutOfBoundsException when out of range
   */
  public synchronized @Nullable OutboundSa assign(int resource, @Nullable OutboundSa sa) {
    if (resource < 0 || resource >= MAX_RESOURCES) {
      throw new IndexOutOfBoundsException("resource " + resource);
    }
    OutboundSa former = resource + 1 < sas.length ? sas[resource + 1] : null;
    publish(resource + 1, sa, Math.max(sas.length, resource + 2));
    return former;
  }

  private void publish(int at, @Nullable OutboundSa sa, int length) {
    @Nullable OutboundSa[] fresh = Arrays.copyOf(sas, length);
    fresh[at] = sa;
    sas = fresh;
  }

  /** Every SA in use, the common one first; for monitors. */
  public List<OutboundSa> all() {
    Set<OutboundSa> distinct = new LinkedHashSet<>();
    for (OutboundSa sa : sas) {
      if (sa != null) {
        distinct.add(sa);
      }
    }
    return List.copyOf(distinct);
  }
}
