package org.ipsec4j.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.ike.OffloadedWork;

/**
 * Slow steps of negotiations that wait for a thread, in order. Bounded, and above a high-water mark
 * it asks for no new peers, so that those who were let in are served in time. Guarded by its user.
 */
final class WorkQueue {
  private final ArrayDeque<OffloadedWork> waiting = new ArrayDeque<>();
  private final int highWater;
  private final int limit;
  private final int batch;
  private final int workers;

  /**
   * @param workers who take from it
   * @param highWater steps that may wait before new peers are kept out
   * @param limit most steps that may wait
   * @param batch most steps that a worker likes to take at once
   */
  WorkQueue(int workers, int highWater, int limit, int batch) {
    if (workers < 1 || batch < 1 || highWater < 1 || limit < highWater) {
      throw new IllegalArgumentException("a queue of work needs room and workers");
    }
    this.workers = workers;
    this.highWater = highWater;
    this.limit = limit;
    this.batch = batch;
  }

  /**
   * Lets a step wait.
   *
   * @return false when there is no room: whoever has it runs it
   */
  boolean offer(OffloadedWork work) {
    return waiting.size() < limit && waiting.add(work);
  }

  /** Whether so much waits that no new peer shall be let in. */
  boolean isOverloaded() {
    return waiting.size() >= highWater;
  }

  int size() {
    return waiting.size();
  }

  /** What one worker does next: no more than its share, so that the others are not idle. */
  List<OffloadedWork> take() {
    int share = (waiting.size() + workers - 1) / workers;
    int count = Math.min(batch, share);
    List<OffloadedWork> taken = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      taken.add(waiting.remove());
    }
    return taken;
  }

  void clear() {
    waiting.clear();
  }
}
