package org.ipsec4j.testkit;

import org.ipsec4j.sim.SimRandom;
import org.ipsec4j.sim.Simulation;

/** When offloaded work of a simulated engine comes back. */
@FunctionalInterface
public interface Offloading {
  /** Plans the completion of work that was just handed out. */
  void plan(Runnable completion);

  /** Within the call that handed it out. */
  static Offloading inline() {
    return Runnable::run;
  }

  /** Later, each after a time of its own, so that results overtake one another. */
  static Offloading scattered(Simulation simulation, SimRandom random, long longest) {
    return completion -> simulation.at(simulation.now() + random.between(0, longest), completion);
  }
}
