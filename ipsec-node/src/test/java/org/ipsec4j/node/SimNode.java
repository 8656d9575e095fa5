package org.ipsec4j.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.sim.Datagram;
import org.ipsec4j.sim.SimHost;
import org.ipsec4j.sim.Simulation;
import org.ipsec4j.testkit.Offloading;
import org.ipsec4j.testkit.SaLog;
import org.ipsec4j.testkit.SaSide;
import org.ipsec4j.testkit.SaView;
import org.jspecify.annotations.Nullable;

/** A whole node, cryptography and packet path included, on a simulated network. */
final class SimNode implements SimHost, SaSide {

  /** Hears of inner packets that come out of the tunnel. */
  interface Inner {
    void delivered(SimNode node, byte[] packet);
  }

  private final String name;
  private final IpAddress address;
  private final Simulation simulation;
  private final Function<KeySink, NodeSettings> settings;
  private final Function<NodeSettings, IkeEngine> engines;
  private final Inner inner;
  private final SaLog log = new SaLog();
  private final List<IkeEvent> events = new ArrayList<>();
  private final List<Consumer<IkeEvent>> listeners = new ArrayList<>();
  private final List<NodeEvent> crypto = new ArrayList<>();
  private LongSupplier cryptoClock = () -> 0;
  private @Nullable SimWorkers workers;
  private @Nullable List<String> troubles;
  private Offloading offloading = Offloading.inline();
  private NodeSettings made;
  private IkeEngine engine;
  private NodeCore core;
  private PacketBurst outerBurst;
  private PacketBurst innerBurst;
  private int generation;

  SimNode(
      String name,
      IpAddress address,
      Simulation simulation,
      Function<KeySink, NodeSettings> settings,
      Function<NodeSettings, IkeEngine> engines,
      Inner inner) {
    this.name = name;
    this.address = address;
    this.simulation = simulation;
    this.settings = settings;
    this.engines = engines;
    this.inner = inner;
    this.made = settings.apply(new Keys());
    this.engine = engines.apply(made);
    this.core = new NodeCore(made, engine, new Io(generation));
    this.outerBurst = made.newBurst();
    this.innerBurst = made.newBurst();
    simulation.add(this);
  }

  /** When offloaded work comes back; at once when not said. */
  void offloading(Offloading when) {
    offloading = when;
  }

  /** By which time crypto providers are watched; none when not said. */
  void cryptoClock(LongSupplier clock) {
    cryptoClock = clock;
  }

  /** Offloaded work waits for these from now on. */
  void workers(SimWorkers newWorkers) {
    workers = newWorkers;
  }

  /** What went wrong from now on is kept here, and fails no test. */
  List<String> troubles() {
    List<String> kept = troubles;
    if (kept == null) {
      kept = new ArrayList<>();
      troubles = kept;
    }
    return kept;
  }

  /** What was told of crypto providers. */
  List<NodeEvent> cryptoEvents() {
    return List.copyOf(crypto);
  }

  boolean readmitCrypto(String provider) {
    return core.readmitCrypto(provider);
  }

  /** Hears every event as it happens. */
  void onEvent(Consumer<IkeEvent> listener) {
    listeners.add(listener);
  }

  /** Everything is lost but the policy: a crash and a new start. */
  void restart() {
    generation++;
    made = settings.apply(new Keys());
    engine = engines.apply(made);
    core = new NodeCore(made, engine, new Io(generation));
    outerBurst = made.newBurst();
    innerBurst = made.newBurst();
    log.restart(simulation.now());
    core.start(simulation.now());
  }

  void start() {
    core.start(simulation.now());
  }

  void command(IkeCommand command) {
    core.command(simulation.now(), command);
  }

  /** Packets from the inner side, in bursts as large as the node takes. */
  void sendInner(List<byte[]> packets) {
    innerBurst.clear();
    for (byte[] packet : packets) {
      if (innerBurst.size() == innerBurst.capacity()) {
        core.onInner(simulation.now(), innerBurst);
        innerBurst.clear();
      }
      innerBurst.add(ByteBuffer.wrap(packet));
    }
    core.onInner(simulation.now(), innerBurst);
  }

  // --- SimHost ---------------------------------------------------------------------------------

  @Override
  public IpAddress address() {
    return address;
  }

  @Override
  public void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer payload) {
    if (to.port() == 0) {
      // whole IP packets of native ESP travel without ports
      outerBurst.clear();
      outerBurst.add(payload);
      core.onNative(now, outerBurst);
      return;
    }
    if (!made.isNatPort(to.port())) {
      core.onIke(now, from, to, payload);
      return;
    }
    outerBurst.clear();
    outerBurst.add(payload);
    core.onOuter(now, outerBurst, new Endpoint[] {from}, to);
  }

  @Override
  public long nextTimeout() {
    return core.nextTimeout();
  }

  @Override
  public void onTimeout(long now) {
    core.onTimeout(now);
  }

  // --- SaSide ----------------------------------------------------------------------------------

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<SaView> childSas() {
    List<SaView> views = new ArrayList<>();
    for (Association each : core.ledger().all()) {
      ChildSa kept = log.entry(each.sa().id()).sa();
      views.add(
          new SaView(
              kept,
              each.flow().uses(each),
              each.lingersUntil != Long.MAX_VALUE,
              log.replaced(kept.id()),
              log.sendAtOnce(kept.id()),
              each.inbound().counters().packets() > 0));
    }
    return views;
  }

  @Override
  public IkeStatus ike() {
    return engine.status();
  }

  @Override
  public boolean knew(int inboundSpi) {
    return log.knew(inboundSpi);
  }

  @Override
  public Optional<DownReason> wentDown(int inboundSpi) {
    return log.wentDown(inboundSpi);
  }

  @Override
  public long restartedAt() {
    return log.restartedAt();
  }

  @Override
  public long installedAt(int inboundSpi) {
    return log.installedAt(inboundSpi);
  }

  @Override
  public IkeSaId latest(IkeSaId ikeSa) {
    return log.latest(ikeSa);
  }

  @Override
  public Optional<ChildSa> everInstalled(ChildSaId id) {
    return log.everInstalled(id);
  }

  // --- for judges ------------------------------------------------------------------------------

  NodeCounters.Snapshot counters() {
    return core.counters();
  }

  NodeStatus status() {
    return core.status();
  }

  boolean isClosed() {
    return core.isClosed();
  }

  List<IkeEvent> events() {
    return List.copyOf(events);
  }

  <T extends IkeEvent> List<T> events(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  long drops() {
    NodeCounters.Snapshot now = counters();
    return sum(now.inboundDrops()) + sum(now.ikeDrops());
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public String toString() {
    return name + " " + ike().ikeSas() + " " + childSas() + " " + counters();
  }

  /** Keeps the keys of Child SAs, to compare them with the peer's. */
  private final class Keys implements KeySink {
    @Override
    public void ikeSa(IkeEvent.KeysExported keys) {
      // Equality of these shows in every message that opens.
    }

    @Override
    public void childSa(ChildSa sa) {
      log.installed(simulation.now(), sa);
    }
  }

  /** The simulated world for the core; the one before a restart reaches nobody any more. */
  private final class Io implements NodeIo {
    private final int of;

    Io(int of) {
      this.of = of;
    }

    @Override
    public boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length) {
      byte[] payload = new byte[length];
      memory.get(offset, payload);
      simulation.send(new Datagram(from, to, Bytes.copyOf(payload)));
      return true;
    }

    @Override
    public boolean hasNativePath() {
      return true;
    }

    @Override
    public void sendNative(PacketBurst packets, boolean[] mine) {
      IpHeaderView view = new IpHeaderView();
      for (int i = 0; i < packets.size(); i++) {
        if (mine[i] && packets.isAlive(i)) {
          byte[] packet = new byte[packets.length(i)];
          packets.slab().get(packets.offset(i), packet);
          view.parse(packets.slab(), packets.offset(i), packets.length(i));
          simulation.send(
              new Datagram(
                  new Endpoint(address(view.sourceHigh(), view.sourceLow(), view.isV4()), 0),
                  new Endpoint(
                      address(view.destinationHigh(), view.destinationLow(), view.isV4()), 0),
                  Bytes.copyOf(packet)));
        }
      }
    }

    private IpAddress address(long high, long low, boolean v4) {
      return v4 ? IpAddress.v4((int) low) : IpAddress.v6(high, low);
    }

    @Override
    public void deliver(PacketBurst packets) {
      for (int i = 0; i < packets.size(); i++) {
        if (packets.isAlive(i)) {
          byte[] packet = new byte[packets.length(i)];
          packets.slab().get(packets.offset(i), packet);
          inner.delivered(SimNode.this, packet);
        }
      }
    }

    @Override
    public void offload(OffloadedWork work) {
      NodeCore asker = core;
      SimWorkers pool = workers;
      if (pool != null) {
        pool.execute(work, () -> complete(asker, work));
        return;
      }
      offloading.plan(
          () -> {
            work.run();
            complete(asker, work);
          });
    }

    private void complete(NodeCore asker, OffloadedWork work) {
      if (of == generation) {
        asker.onCompletion(simulation.now(), work);
      }
    }

    @Override
    public boolean isOverloaded() {
      SimWorkers pool = workers;
      return pool != null && pool.isOverloaded();
    }

    @Override
    public LongSupplier cryptoClock() {
      return () -> cryptoClock.getAsLong();
    }

    @Override
    public void event(NodeEvent event) {
      switch (event) {
        case NodeEvent.Ike told -> {
          events.add(told.event());
          log.heard(told.event());
          listeners.forEach(listener -> listener.accept(told.event()));
        }
        case NodeEvent.InstallFailed failed -> throw new AssertionError(name + ": " + failed);
        case NodeEvent.Trouble trouble -> {
          if (troubles == null) {
            throw new AssertionError(name + ": " + trouble);
          }
          troubles.add(trouble.what());
        }
        case NodeEvent.Started started -> {}
        case NodeEvent.Stopped stopped -> {}
        case NodeEvent.ProviderRefused refused -> {}
        case NodeEvent.NoNativePath none -> {}
        case NodeEvent.Manual manual -> {}
        case NodeEvent.WeakAlgorithms weak -> {}
        case NodeEvent.CryptoChosen chosen -> {}
        case NodeEvent.CryptoFailedOver failed -> crypto.add(failed);
        case NodeEvent.CryptoLost lost -> crypto.add(lost);
        case NodeEvent.CryptoReadmitted readmitted -> crypto.add(readmitted);
      }
    }
  }
}
