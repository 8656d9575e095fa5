package org.ipsec4j.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.sim.Datagram;
import org.ipsec4j.sim.SimHost;
import org.ipsec4j.sim.Simulation;
import org.jspecify.annotations.Nullable;

/**
 * An IKE engine on a simulated network, with a packet path that has no cryptography: a packet is
 * its SPI and a number. It does what engines ask of a node, in the order in which they ask, and
 * keeps everything for judges.
 *
 * <p>On the NAT-traversal ports IKE wears the non-ESP marker (RFC 3948 2.2); packets of SAs without
 * encapsulation travel from port 0 to port 0, standing for protocol 50.
 */
public final class EngineHost implements SimHost, SaSide {
  /** How long the inbound half of a replaced SA goes on receiving. */
  public static final long LINGER_NANOS = 5_000_000_000L;

  private static final int MARKER_LENGTH = 4;
  private static final int PACKET_LENGTH = 8;

  private static final class Installed {
    final SaLog.Entry entry;
    final @Nullable ChildSaId replaces;
    final boolean sendAtOnce;
    @Nullable UdpEncapsulation way;
    boolean sending;
    boolean evidence;
    long lingersUntil = IkeEngine.NO_TIMEOUT;

    Installed(SaLog.Entry entry, @Nullable ChildSaId replaces, boolean sendAtOnce) {
      this.entry = entry;
      this.replaces = replaces;
      this.sendAtOnce = sendAtOnce;
      this.way = entry.sa().encapsulation();
    }

    boolean lingers() {
      return lingersUntil != IkeEngine.NO_TIMEOUT;
    }
  }

  private final String name;
  private final IpAddress address;
  private final Simulation simulation;
  private final Set<Integer> natPorts;
  private final SaLog log = new SaLog();
  private final Map<ChildSaId, Installed> installed = new LinkedHashMap<>();
  private final List<IkeEvent> events = new ArrayList<>();
  private final List<Integer> received = new ArrayList<>();
  private IkeEngine engine;
  private Offloading offloading = Offloading.inline();
  private int unknownSpis;
  private int keepalives;
  private boolean closed;

  /**
   * A host with its NAT-traversal port at 4500; adds itself to the simulation.
   *
   * @param name for messages
   */
  public EngineHost(String name, IpAddress address, IkeEngine engine, Simulation simulation) {
    this(name, address, engine, simulation, Set.of(4500));
  }

  /**
   * Adds itself to the simulation.
   *
   * @param name for messages
   * @param natPorts ports where IKE wears the non-ESP marker
   */
  public EngineHost(
      String name,
      IpAddress address,
      IkeEngine engine,
      Simulation simulation,
      Set<Integer> natPorts) {
    this.name = name;
    this.address = address;
    this.engine = engine;
    this.simulation = simulation;
    this.natPorts = Set.copyOf(natPorts);
    simulation.add(this);
  }

  /** When offloaded work comes back; within the call when not said. */
  public EngineHost offloading(Offloading when) {
    offloading = when;
    return this;
  }

  /** Loses all state; work that was handed out comes back to nobody. */
  public void restart(IkeEngine fresh) {
    engine = fresh;
    installed.clear();
    log.restart(simulation.now());
    closed = false;
  }

  // --- driving ---------------------------------------------------------------------------------

  /** Gives the engine a command. */
  public void command(IkeCommand command) {
    engine.onCommand(simulation.now(), command);
    drain();
  }

  /**
   * Sends a numbered packet on the newest SA that may be sent on.
   *
   * @return false when there is none
   */
  public boolean sendPacket(int number) {
    Installed chosen = null;
    for (Installed each : installed.values()) {
      chosen = each.sending ? each : chosen;
    }
    if (chosen == null) {
      return false;
    }
    ChildSa sa = chosen.entry.sa();
    byte[] payload =
        ByteBuffer.allocate(PACKET_LENGTH).putInt(sa.outboundSpi()).putInt(number).array();
    UdpEncapsulation way = chosen.way;
    Endpoint from = way == null ? new Endpoint(address, 0) : way.local();
    Endpoint to = way == null ? new Endpoint(sa.remoteAddress(), 0) : way.remote();
    simulation.send(new Datagram(from, to, Bytes.copyOf(payload)));
    return true;
  }

  @Override
  public IpAddress address() {
    return address;
  }

  @Override
  public void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer payload) {
    if (payload.remaining() == 1 && payload.get(payload.position()) == (byte) 0xff) {
      keepalives++;
      return;
    }
    boolean mixed = natPorts.contains(to.port()) || to.port() == 0;
    if (!mixed) {
      engine.onDatagram(now, from, to, payload);
    } else if (payload.remaining() >= MARKER_LENGTH && payload.getInt(payload.position()) == 0) {
      engine.onDatagram(
          now,
          from,
          to,
          payload.slice(payload.position() + MARKER_LENGTH, payload.remaining() - MARKER_LENGTH));
    } else if (payload.remaining() == PACKET_LENGTH) {
      onPacket(now, payload.getInt(payload.position()), payload.getInt(payload.position() + 4));
    }
    drain();
  }

  private void onPacket(long now, int spi, int number) {
    for (Installed each : installed.values()) {
      if (each.entry.sa().inboundSpi() == spi) {
        received.add(number);
        each.evidence = true;
        if (!each.sendAtOnce && !each.sending && !each.lingers()) {
          send(each);
        }
        engine.onCommand(now, new IkeCommand.InboundTraffic(each.entry.sa().id()));
        return;
      }
    }
    unknownSpis++;
  }

  @Override
  public long nextTimeout() {
    long next = engine.nextTimeout();
    for (Installed each : installed.values()) {
      next = Math.min(next, each.lingersUntil);
    }
    return next;
  }

  @Override
  public void onTimeout(long now) {
    engine.onTimeout(now);
    installed.values().removeIf(each -> each.lingersUntil <= now);
    drain();
  }

  private void drain() {
    IkeOutput output = engine.poll();
    while (output != null) {
      handle(output);
      output = engine.poll();
    }
  }

  private void handle(IkeOutput output) {
    switch (output) {
      case IkeOutput.Transmit transmit -> transmit(transmit);
      case IkeOutput.InstallChildSa install -> send(install(install.sa(), null, true));
      case IkeOutput.ReplaceChildSa replace -> {
        Installed fresh = install(replace.sa(), replace.old(), replace.sendOnNewAtOnce());
        Installed old = installed.get(replace.old());
        if (replace.sendOnNewAtOnce() || old == null || old.lingers()) {
          send(fresh);
        }
      }
      case IkeOutput.RemoveChildSa remove -> remove(remove);
      case IkeOutput.MoveChildSa move -> {
        Installed moved = installed.get(move.child());
        if (moved != null) {
          moved.way = move.encapsulation();
        }
      }
      case IkeOutput.Offload offload -> {
        IkeEngine of = engine;
        offloading.plan(
            () -> {
              offload.work().run();
              of.onCompletion(simulation.now(), offload.work());
              if (of.equals(engine)) {
                drain();
              }
            });
      }
      case IkeOutput.Event event -> {
        events.add(event.event());
        log.heard(event.event());
      }
      case IkeOutput.Closed end -> closed = true;
    }
  }

  private void transmit(IkeOutput.Transmit transmit) {
    boolean marker = !transmit.keepalive() && natPorts.contains(transmit.from().port());
    Bytes payload =
        marker
            ? Bytes.concat(Bytes.copyOf(new byte[MARKER_LENGTH]), transmit.datagram())
            : transmit.datagram();
    simulation.send(new Datagram(transmit.from(), transmit.to(), payload));
  }

  private Installed install(ChildSa sa, @Nullable ChildSaId replaces, boolean sendAtOnce) {
    log.installed(simulation.now(), sa);
    sa.inboundKeys().destroy();
    sa.outboundKeys().destroy();
    Installed fresh = new Installed(log.entry(sa.id()), replaces, sendAtOnce);
    installed.put(sa.id(), fresh);
    return fresh;
  }

  private void send(Installed each) {
    each.sending = true;
    Installed old = each.replaces == null ? null : installed.get(each.replaces);
    if (old != null) {
      old.sending = false;
    }
  }

  private void remove(IkeOutput.RemoveChildSa remove) {
    Installed gone = installed.get(remove.child());
    if (gone == null || gone.lingers()) {
      return;
    }
    gone.sending = false;
    Installed successor = null;
    for (Installed each : installed.values()) {
      // Of two successors ours stays, and the other one the peer may not have (RFC 7296 2.8.1).
      boolean later = successor == null || !successor.sendAtOnce;
      if (remove.child().equals(each.replaces) && !each.lingers() && later) {
        successor = each;
      }
    }
    if (successor != null) {
      send(successor);
    }
    if (remove.replaced()) {
      gone.lingersUntil = simulation.now() + LINGER_NANOS;
    } else {
      installed.remove(remove.child());
    }
  }

  // --- judging ---------------------------------------------------------------------------------

  @Override
  public String name() {
    return name;
  }

  /** The engine, for questions. */
  public IkeEngine engine() {
    return engine;
  }

  /** What the engine told, from the beginning. */
  public List<IkeEvent> events() {
    return List.copyOf(events);
  }

  /** What the engine told of one kind. */
  public <T extends IkeEvent> List<T> events(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Numbers of packets that came in, in order. */
  public List<Integer> received() {
    return List.copyOf(received);
  }

  /** Packets that came on no SA. */
  public int unknownSpis() {
    return unknownSpis;
  }

  /** NAT keepalives that came. */
  public int keepalives() {
    return keepalives;
  }

  /** Whether the engine said that its shutdown is complete. */
  public boolean isClosed() {
    return closed;
  }

  /** IKE datagrams dropped, by reason. */
  public Map<IkeDropReason, Long> drops() {
    return engine.drops();
  }

  @Override
  public List<SaView> childSas() {
    return installed.values().stream()
        .map(
            each ->
                new SaView(
                    each.entry.sa(),
                    each.sending,
                    each.lingers(),
                    each.replaces,
                    each.sendAtOnce,
                    each.evidence))
        .toList();
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

  @Override
  public String toString() {
    return name + " " + childSas();
  }
}
