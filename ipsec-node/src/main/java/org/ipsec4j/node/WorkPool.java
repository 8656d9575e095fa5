package org.ipsec4j.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.ike.OffloadedWork;

/**
 * The threads that run slow steps of negotiations: key exchanges, signatures, certificate paths. As
 * many as there are processors, two at least. What was accepted runs: when there is no room, on the
 * thread that brought it, which keeps it from bringing more. Thread-safe.
 */
final class WorkPool {
  /** Steps per thread that may wait before new peers are kept out: about 0.1 s of work. */
  private static final int HIGH_WATER_PER_THREAD = 32;

  private static final int LIMIT_FACTOR = 8;

  /** Takes steps that have run, and what went wrong with others. */
  interface Done {
    void completed(List<OffloadedWork> work);

    void failed(OffloadedWork work, Throwable why);
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final WorkQueue queue;
  private final CryptoProvider crypto;
  private final Done done;
  private final List<Thread> threads = new ArrayList<>();
  private boolean stopping;

  /**
   * @param crypto runs batches where its providers like them
   */
  WorkPool(CryptoProvider crypto, Done done) {
    this(Math.max(2, Runtime.getRuntime().availableProcessors()), crypto, done);
  }

  private WorkPool(int workers, CryptoProvider crypto, Done done) {
    this(
        workers,
        new WorkQueue(
            workers,
            workers * HIGH_WATER_PER_THREAD,
            workers * HIGH_WATER_PER_THREAD * LIMIT_FACTOR,
            Math.max(1, crypto.preferredWork())),
        crypto,
        done);
  }

  WorkPool(int workers, WorkQueue queue, CryptoProvider crypto, Done done) {
    this.queue = queue;
    this.crypto = crypto;
    this.done = done;
    for (int i = 0; i < workers; i++) {
      Thread thread = new Thread(this::work, "ipsec-work-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Runs the step soon, or at once on this thread when too many wait. */
  void execute(OffloadedWork work) {
    lock.lock();
    try {
      if (stopping) {
        return;
      }
      if (queue.offer(work)) {
        filled.signal();
        return;
      }
    } finally {
      lock.unlock();
    }
    run(List.of(work));
  }

  /** Whether new peers shall be kept out. */
  boolean isOverloaded() {
    lock.lock();
    try {
      return queue.isOverloaded();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    for (List<OffloadedWork> batch = next(); !batch.isEmpty(); batch = next()) {
      run(batch);
    }
  }

  /** Waits for work; empty at the end. */
  private List<OffloadedWork> next() {
    lock.lock();
    try {
      while (queue.size() == 0 && !stopping) {
        filled.awaitUninterruptibly();
      }
      return queue.take();
    } finally {
      lock.unlock();
    }
  }

  /** One step of a batch: it runs once, whoever runs it. */
  private final class Step implements Runnable {
    private final OffloadedWork work;
    private final List<OffloadedWork> completed;
    private boolean begun;

    Step(OffloadedWork work, List<OffloadedWork> completed) {
      this.work = work;
      this.completed = completed;
    }

    @Override
    public void run() {
      synchronized (this) {
        if (begun) {
          return;
        }
        begun = true;
      }
      try {
        work.run();
        synchronized (completed) {
          completed.add(work);
        }
      } catch (RuntimeException | LinkageError e) {
        done.failed(work, e);
      }
    }
  }

  private void run(List<OffloadedWork> batch) {
    List<OffloadedWork> completed = new ArrayList<>(batch.size());
    List<Step> steps = batch.stream().map(work -> new Step(work, completed)).toList();
    if (steps.size() > 1) {
      try {
        crypto.runWork(steps);
      } catch (RuntimeException | LinkageError e) {
        done.failed(batch.getFirst(), e);
      }
    }
    // those that the provider did not run, or all of them
    steps.forEach(Step::run);
    List<OffloadedWork> ran;
    synchronized (completed) {
      ran = List.copyOf(completed);
    }
    done.completed(ran);
  }

  /** What waits is let go: the associations that it was for are gone. */
  void close() {
    lock.lock();
    try {
      stopping = true;
      queue.clear();
      filled.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
