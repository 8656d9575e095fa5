package org.ipsec4j.testkit;

import java.util.List;
import java.util.function.Function;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeStatus.Phase;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.sim.Fault;
import org.ipsec4j.sim.SimRandom;
import org.ipsec4j.sim.Simulation;

/**
 * Two engines, a network of 10 ms delay and virtual time, watched by the {@link RekeyInvariant}.
 * The same seed repeats everything.
 */
public final class EnginePair {
  /** One way. */
  public static final long DELAY_NANOS = 10_000_000L;

  private final Simulation simulation;
  private final EngineHost left;
  private final EngineHost right;
  private final RekeyInvariant invariant;

  /**
   * @param seed repeats everything
   * @param leftEngine makes an engine from a source of chance
   * @param rightEngine likewise
   */
  public EnginePair(
      long seed,
      IpAddress leftAddress,
      Function<SimRandom, IkeEngine> leftEngine,
      IpAddress rightAddress,
      Function<SimRandom, IkeEngine> rightEngine) {
    simulation = new Simulation(seed);
    simulation.network(Fault.delay(DELAY_NANOS, DELAY_NANOS));
    SimRandom random = new SimRandom(seed);
    left = new EngineHost("left", leftAddress, leftEngine.apply(random.split("left")), simulation);
    right =
        new EngineHost("right", rightAddress, rightEngine.apply(random.split("right")), simulation);
    invariant = new RekeyInvariant(left, right);
    simulation.invariant(invariant);
  }

  /** The world. */
  public Simulation simulation() {
    return simulation;
  }

  /** One engine. */
  public EngineHost left() {
    return left;
  }

  /** The other. */
  public EngineHost right() {
    return right;
  }

  /** The judge of rekeys. */
  public RekeyInvariant invariant() {
    return invariant;
  }

  /** What the network does, on top of its delay. */
  public void network(Fault fault) {
    simulation.network(Fault.delay(DELAY_NANOS, DELAY_NANOS).then(fault));
  }

  /** A side begins a child. */
  public void initiate(EngineHost side, String peer, String child) {
    side.command(new IkeCommand.Initiate(peer, child, null, null));
  }

  /** Goes on until nothing is on its way. */
  public void settle() {
    simulation.settle();
  }

  /** Time passes. */
  public void advance(long nanos) {
    simulation.runFor(nanos);
  }

  /** The only IKE SA of a side that is up. */
  public static IkeSaId ikeSa(SaSide side) {
    List<IkeSaId> up =
        side.ike().ikeSas().stream()
            .filter(sa -> sa.phase() == Phase.ESTABLISHED)
            .map(sa -> sa.ikeSa())
            .toList();
    if (up.size() != 1) {
      throw new AssertionError(side.name() + " has not one IKE SA but " + up);
    }
    return up.getFirst();
  }

  /** The only Child SA of a side that is in use. */
  public static ChildSaId childSa(SaSide side) {
    List<SaView> used = side.childSas().stream().filter(SaView::sending).toList();
    if (used.size() != 1) {
      throw new AssertionError(side.name() + " uses not one Child SA but " + used);
    }
    return used.getFirst().sa().id();
  }
}
