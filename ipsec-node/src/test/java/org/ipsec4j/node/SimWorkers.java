package org.ipsec4j.node;

import java.util.IdentityHashMap;
import java.util.List;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.sim.Simulation;

/** A pool of workers in virtual time, each step of work taking the same while. */
final class SimWorkers {
  private final Simulation simulation;
  private final WorkQueue queue;
  private final long stepNanos;
  private final IdentityHashMap<OffloadedWork, Runnable> whenDone = new IdentityHashMap<>();
  private int idle;
  int ran;
  int longest;

  SimWorkers(Simulation simulation, int workers, int highWater, int limit, long stepNanos) {
    this.simulation = simulation;
    this.queue = new WorkQueue(workers, highWater, limit, 1);
    this.idle = workers;
    this.stepNanos = stepNanos;
  }

  void execute(OffloadedWork work, Runnable done) {
    whenDone.put(work, done);
    if (!queue.offer(work)) {
      run(List.of(work));
      return;
    }
    longest = Math.max(longest, queue.size());
    next();
  }

  boolean isOverloaded() {
    return queue.isOverloaded();
  }

  private void next() {
    if (idle == 0 || queue.size() == 0) {
      return;
    }
    idle--;
    List<OffloadedWork> batch = queue.take();
    simulation.at(
        simulation.now() + stepNanos * batch.size(),
        () -> {
          run(batch);
          idle++;
          next();
        });
  }

  private void run(List<OffloadedWork> batch) {
    for (OffloadedWork work : batch) {
      work.run();
      ran++;
      Runnable done = whenDone.remove(work);
      if (done != null) {
        done.run();
      }
    }
  }
}
