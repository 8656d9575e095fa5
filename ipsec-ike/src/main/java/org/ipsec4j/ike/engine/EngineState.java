package org.ipsec4j.ike.engine;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.ipsec4j.api.WallClock;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.PolicyView;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.ike.v2.exchange.Environment;
import org.ipsec4j.ike.v2.exchange.Work;
import org.ipsec4j.ike.v2.sa.IkeSa;
import org.ipsec4j.ike.v2.sa.SaHost;
import org.jspecify.annotations.Nullable;

/** What the IKE SAs of an engine share: outputs, counters, names, and each other. */
final class EngineState implements Environment, SaHost {
  /** SPIs below are reserved (RFC 4303 2.1). */
  private static final int RESERVED_SPIS = 256;

  private final IkeEngineSettings settings;
  private final Deque<IkeOutput> outputs = new ArrayDeque<>();
  private final Map<IkeDropReason, Long> drops = new EnumMap<>(IkeDropReason.class);
  private final Map<Long, IkeSa> sas = new LinkedHashMap<>();
  private final Map<Work<?>, IkeSa> pending = new HashMap<>();
  private final Set<Integer> inboundSpis = new HashSet<>();
  private final Map<ChildSaId, IkeSa> owners = new HashMap<>();
  private final Set<IkeSa> halfOpen = new HashSet<>();
  private final Map<Identity, Set<IkeSa>> byIdentity = new HashMap<>();
  private final Set<IkeSa> touched = new LinkedHashSet<>();
  private final Deadlines deadlines = new Deadlines();
  private final InitIndex initIndex = new InitIndex();
  private PolicyView policy;
  private long now;
  private long childIds;

  EngineState(IkeEngineSettings settings) {
    this.settings = settings;
    this.policy = settings.policy();
  }

  /** A call begins. */
  void enter(long moment) {
    now = moment;
  }

  /** A call ends: deadlines follow what happened. */
  void settle() {
    for (IkeSa sa : touched) {
      if (sas.get(sa.ownSpi()) == sa) {
        deadlines.update(sa);
        if (!sa.halfOpen()) {
          halfOpen.remove(sa);
        }
      }
    }
    touched.clear();
  }

  /** IKE SAs of peers that did not prove themselves yet. */
  int halfOpen() {
    return halfOpen.size();
  }

  /** Those among them that came from one address; looks at all, so only asked under pressure. */
  long halfOpenFrom(IpAddress address) {
    return halfOpen.stream().filter(sa -> sa.remoteAddress().equals(address)).count();
  }

  /** The IKE SA that holds a Child SA; null when there is none. */
  @Nullable IkeSa owner(ChildSaId child) {
    return owners.get(child);
  }

  @Nullable IkeOutput poll() {
    return outputs.poll();
  }

  long nextTimeout() {
    return deadlines.next();
  }

  @Nullable IkeSa due(long moment) {
    return deadlines.due(moment);
  }

  Map<IkeDropReason, Long> drops() {
    return new EnumMap<>(drops);
  }

  @Nullable IkeSa bySpi(long ownSpi) {
    return sas.get(ownSpi);
  }

  InitIndex initIndex() {
    return initIndex;
  }

  void usePolicy(PolicyView newPolicy) {
    policy = newPolicy;
  }

  /** Gives a result to the IKE SA that waits for it; foreign and repeated ones are ignored. */
  void deliver(OffloadedWork done) {
    if (!(done instanceof Work<?> work)) {
      return;
    }
    IkeSa sa = pending.remove(work);
    if (sa != null) {
      work.deliver();
      sa.pump();
    }
  }

  // --- SaHost ----------------------------------------------------------------------------------

  @Override
  public void added(IkeSa sa) {
    sas.put(sa.ownSpi(), sa);
    if (sa.halfOpen()) {
      halfOpen.add(sa);
    }
    touched.add(sa);
  }

  @Override
  public void removed(IkeSa sa) {
    down(sa);
    sas.remove(sa.ownSpi(), sa);
    deadlines.remove(sa);
    halfOpen.remove(sa);
    initIndex.remove(sa);
  }

  @Override
  public void holds(IkeSa sa, ChildSaId child) {
    owners.put(child, sa);
  }

  @Override
  public void released(ChildSaId child) {
    owners.remove(child);
  }

  @Override
  public void touched(IkeSa sa) {
    touched.add(sa);
  }

  @Override
  public void up(IkeSa sa) {
    Identity identity = sa.remoteIdentity();
    if (identity != null) {
      byIdentity.computeIfAbsent(identity, absent -> new LinkedHashSet<>()).add(sa);
    }
  }

  @Override
  public void down(IkeSa sa) {
    Identity identity = sa.remoteIdentity();
    Set<IkeSa> same = identity == null ? null : byIdentity.get(identity);
    if (same != null && same.remove(sa) && same.isEmpty()) {
      byIdentity.remove(identity);
    }
  }

  @Override
  public Collection<IkeSa> upWith(Identity identity) {
    return byIdentity.getOrDefault(identity, Set.of());
  }

  @Override
  public boolean any(Predicate<IkeSa> wanted) {
    return sas.values().stream().anyMatch(wanted);
  }

  /** All IKE SAs. */
  Collection<IkeSa> all() {
    return List.copyOf(sas.values());
  }

  @Override
  public void offload(IkeSa sa, Work<?> work) {
    pending.put(work, sa);
    emit(new IkeOutput.Offload(work));
  }

  // --- Environment -----------------------------------------------------------------------------

  @Override
  public long now() {
    return now;
  }

  @Override
  public CryptoProvider crypto() {
    return settings.crypto();
  }

  @Override
  public RandomSource random() {
    return settings.random();
  }

  @Override
  public Credentials credentials() {
    return settings.credentials();
  }

  @Override
  public WallClock wallClock() {
    return settings.wallClock();
  }

  @Override
  public PolicyView policy() {
    return policy;
  }

  @Override
  public boolean exportKeys() {
    return settings.exportKeys();
  }

  @Override
  public void emit(IkeOutput output) {
    outputs.add(output);
  }

  @Override
  public void drop(IkeDropReason reason) {
    drops.merge(reason, 1L, Long::sum);
  }

  @Override
  public ChildSaId nextChildId() {
    return new ChildSaId(++childIds);
  }

  @Override
  public int newInboundSpi() {
    int spi = settings.random().nextInt();
    while (Integer.compareUnsigned(spi, RESERVED_SPIS) < 0 || !inboundSpis.add(spi)) {
      spi = settings.random().nextInt();
    }
    return spi;
  }

  @Override
  public void releaseInboundSpi(int spi) {
    inboundSpis.remove(spi);
  }

  @Override
  public long newIkeSpi() {
    long spi = settings.random().nextLong();
    while (spi == 0 || sas.containsKey(spi)) {
      spi = settings.random().nextLong();
    }
    return spi;
  }
}
