package org.ipsec4j.node;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener what happens, in order, on a thread of its own: a listener may take its time and
 * may call the node. What waits for it is bounded, as strangers can cause events. Thread-safe.
 */
final class NodeEvents {
  /** Most events that wait for a slow listener; later ones are lost and counted. */
  static final int MOST_WAITING = 4096;

  private static final Logger LOG = LoggerFactory.getLogger(NodeEvents.class);

  private final NodeListener listener;
  private final ThreadPoolExecutor executor;
  private final AtomicLong lost = new AtomicLong();
  private volatile @Nullable Thread thread;

  NodeEvents(NodeListener listener) {
    this.listener = listener;
    this.executor =
        new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::newThread);
  }

  private Thread newThread(Runnable task) {
    Thread made = new Thread(task, "ipsec-events");
    made.setDaemon(true);
    thread = made;
    return made;
  }

  void tell(NodeEvent event) {
    if (executor.getQueue().size() >= MOST_WAITING) {
      lost.incrementAndGet();
    } else {
      enqueue(event);
    }
  }

  private void enqueue(NodeEvent event) {
    try {
      executor.execute(() -> hear(event));
    } catch (RejectedExecutionException e) {
      LOG.debug("nobody hears {}", event, e);
    }
  }

  private void hear(NodeEvent event) {
    long missed = lost.getAndSet(0);
    if (missed > 0) {
      call(new NodeEvent.Trouble(missed + " events were lost: the listener is too slow"));
    }
    call(event);
  }

  private void call(NodeEvent event) {
    try {
      listener.onEvent(event);
    } catch (RuntimeException e) {
      LOG.error("a listener failed at {}", event, e);
    }
  }

  /** Tells the last event and waits for the listener, unless it is the listener that asks. */
  void close(NodeEvent last, long waitMillis) {
    enqueue(last);
    executor.shutdown();
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      if (!executor.awaitTermination(waitMillis, TimeUnit.MILLISECONDS)) {
        LOG.debug("listeners are still busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends without a word: nobody was told anything yet that matters. */
  void abandon() {
    executor.shutdown();
  }
}
