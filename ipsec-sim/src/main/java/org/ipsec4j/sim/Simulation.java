package org.ipsec4j.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.ipsec4j.api.net.IpAddress;

/**
 * Hosts, a network and virtual time. It jumps from one thing that happens to the next, so hours
 * cost milliseconds; with the same seed everything happens again in the same way.
 *
 * <p>Single-threaded; contains no sockets, threads, sleeps or clocks.
 */
public final class Simulation {
  private static final int LIVELOCK = 1_000_000;

  /** Sees every datagram that a host gives to the network, before any fault. */
  @FunctionalInterface
  public interface Tap {
    /** Called before the network has the datagram. */
    void onSent(long now, Datagram datagram);
  }

  /** Looks at the whole after every step; throws what it finds wrong. */
  @FunctionalInterface
  public interface Invariant {
    /** Called after every step. */
    void check(long now);
  }

  private record Event(long time, long order, Runnable action) {}

  private final SimRandom random;
  private final Map<IpAddress, SimHost> hosts = new LinkedHashMap<>();
  private final List<Invariant> invariants = new ArrayList<>();
  private final List<Tap> taps = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) ->
              a.time != b.time ? Long.compare(a.time, b.time) : Long.compare(a.order, b.order));
  private Fault network = Fault.none();
  private long now;
  private long order;
  private long steps;
  private long sent;
  private long arrived;

  /**
   * @param seed repeats the simulation
   */
  public Simulation(long seed) {
    random = new SimRandom(seed).split("network");
  }

  /** Puts a host on the network. */
  public void add(SimHost host) {
    hosts.put(host.address(), host);
  }

  /** What the network does to every datagram. */
  public void network(Fault fault) {
    network = fault;
  }

  /** Is asked after every step. */
  public void invariant(Invariant invariant) {
    invariants.add(invariant);
  }

  /** Sees what hosts send. */
  public void tap(Tap tap) {
    taps.add(tap);
  }

  /** Virtual nanoseconds since the beginning. */
  public long now() {
    return now;
  }

  /** Things that happened so far. */
  public long steps() {
    return steps;
  }

  /** Datagrams given to the network so far. */
  public long sent() {
    return sent;
  }

  /** Datagrams that reached a host so far. */
  public long arrived() {
    return arrived;
  }

  /** A host sends a datagram. */
  public void send(Datagram datagram) {
    sent++;
    for (Tap tap : taps) {
      tap.onSent(now, datagram);
    }
    network.apply(now, datagram, random, (passed, delay) -> at(now + delay, () -> deliver(passed)));
  }

  /** A datagram that no host sent reaches its destination now, past the network and its faults. */
  public void inject(Datagram datagram) {
    at(now, () -> deliver(datagram));
  }

  private void deliver(Datagram datagram) {
    SimHost host = hosts.get(datagram.to().address());
    if (host != null) {
      arrived++;
      host.onDatagram(
          now, datagram.from(), datagram.to(), ByteBuffer.wrap(datagram.payload().toArray()));
    }
  }

  /** Does something at a moment, not before now. */
  public void at(long time, Runnable action) {
    events.add(new Event(Math.max(now, time), order++, action));
  }

  /**
   * Goes on until a moment.
   *
   * @throws IllegalStateException when a million steps do not get there: something spins
   */
  public void runUntil(long end) {
    for (int i = 0; step(end); i++) {
      if (i == LIVELOCK) {
        throw new IllegalStateException("a million steps and still only " + now + " ns");
      }
    }
    now = Math.max(now, end);
  }

  /** Goes on for a while. */
  public void runFor(long nanos) {
    runUntil(now + nanos);
  }

  /**
   * Goes on until something is the case, or a moment is there.
   *
   * @return whether it is the case
   * @throws IllegalStateException as {@link #runUntil} does
   */
  public boolean runUntil(BooleanSupplier condition, long end) {
    for (int i = 0; !condition.getAsBoolean(); i++) {
      if (i == LIVELOCK) {
        throw new IllegalStateException("a million steps and still only " + now + " ns");
      }
      if (!step(end)) {
        now = Math.max(now, end);
        return condition.getAsBoolean();
      }
    }
    return true;
  }

  /**
   * Goes on until nothing is on its way and nothing is planned with {@link #at}. What hosts wait
   * for alone is not waited for.
   *
   * @throws IllegalStateException when a million steps do not get there
   */
  public void settle() {
    for (int i = 0; !events.isEmpty(); i++) {
      if (i == LIVELOCK) {
        throw new IllegalStateException("a million steps and no rest at " + now + " ns");
      }
      step(Long.MAX_VALUE - 1);
    }
  }

  /** Does the next thing that happens before {@code end}; false when there is none. */
  private boolean step(long end) {
    Event event = events.peek();
    SimHost host = earliest();
    long eventTime = event == null ? Long.MAX_VALUE : event.time;
    long hostTime = host == null ? Long.MAX_VALUE : Math.max(now, host.nextTimeout());
    if (Math.min(eventTime, hostTime) > end || Math.min(eventTime, hostTime) == Long.MAX_VALUE) {
      return false;
    }
    steps++;
    if (event != null && eventTime <= hostTime) {
      events.remove();
      now = eventTime;
      event.action.run();
    } else if (host != null) {
      now = hostTime;
      host.onTimeout(now);
    }
    for (Invariant invariant : invariants) {
      invariant.check(now);
    }
    return true;
  }

  private @org.jspecify.annotations.Nullable SimHost earliest() {
    SimHost earliest = null;
    for (SimHost host : hosts.values()) {
      if (host.nextTimeout() < Long.MAX_VALUE
          && (earliest == null || host.nextTimeout() < earliest.nextTimeout())) {
        earliest = host;
      }
    }
    return earliest;
  }
}
