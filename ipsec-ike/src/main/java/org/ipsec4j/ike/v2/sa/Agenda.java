package org.ipsec4j.ike.v2.sa;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.ike.v2.exchange.OwnExchange;
import org.jspecify.annotations.Nullable;

/**
 * What we want of the peer: one exchange at a time (RFC 7296 2.3), others behind it, and those that
 * the peer asked to come back later with (2.25). Bounded.
 */
final class Agenda {
  /** Most exchanges that wait. */
  private static final int MOST = 64;

  private static final long PAUSE = Duration.ofSeconds(2).toNanos();
  private static final int MOST_DOUBLINGS = 7;
  private static final long LONG_PAUSE = Duration.ofSeconds(5).toNanos();

  private final Deque<OwnExchange> waiting = new ArrayDeque<>();
  private final List<Later> later = new ArrayList<>();
  private @Nullable OwnExchange running;

  private record Later(long at, OwnExchange exchange) {}

  @Nullable OwnExchange running() {
    return running;
  }

  void enqueue(OwnExchange exchange) {
    if (waiting.size() < MOST) {
      waiting.addLast(exchange);
    } else {
      exchange.abort();
    }
  }

  void enqueueFirst(OwnExchange exchange) {
    waiting.addFirst(exchange);
  }

  /** Two to four seconds from now: not at once, and not both sides at the same moment. */
  void postpone(long now, RandomSource random, OwnExchange exchange) {
    later(now, random, PAUSE, exchange);
  }

  /** Five to ten seconds from now at first, and twice as long with each failure. */
  void retry(long now, RandomSource random, OwnExchange exchange, int failures) {
    int doublings = Math.max(0, Math.min(failures - 1, MOST_DOUBLINGS));
    later(now, random, LONG_PAUSE << doublings, exchange);
  }

  private void later(long now, RandomSource random, long pause, OwnExchange exchange) {
    if (later.size() < MOST) {
      later.add(new Later(now + pause + Math.floorMod(random.nextLong(), pause), exchange));
    } else {
      exchange.abort();
    }
  }

  void finished() {
    running = null;
  }

  /** Takes the next exchange into work, when none is. */
  @Nullable OwnExchange next(Predicate<OwnExchange> startable) {
    if (running != null || waiting.isEmpty() || !startable.test(waiting.peekFirst())) {
      return null;
    }
    running = waiting.pollFirst();
    return running;
  }

  /** Lets what was put off wait in line again. */
  void wake(long now) {
    Iterator<Later> each = later.iterator();
    while (each.hasNext()) {
      Later one = each.next();
      if (one.at() <= now) {
        each.remove();
        enqueue(one.exchange());
      }
    }
  }

  long nextTimeout() {
    return later.stream().mapToLong(Later::at).min().orElse(IkeEngine.NO_TIMEOUT);
  }

  /** Whether anything is running or waiting. */
  boolean busy() {
    return running != null || !waiting.isEmpty();
  }

  /** Whether such an exchange runs, waits or was put off. */
  boolean any(Predicate<OwnExchange> which) {
    return (running != null && which.test(running))
        || Stream.concat(waiting.stream(), later.stream().map(Later::exchange)).anyMatch(which);
  }

  /** Takes everything that waits, or was put off, away. */
  List<OwnExchange> takeWaiting() {
    List<OwnExchange> all = new ArrayList<>(waiting);
    later.forEach(one -> all.add(one.exchange()));
    waiting.clear();
    later.clear();
    return all;
  }

  /** What runs is over. */
  void abortRunning() {
    if (running != null) {
      running.abort();
      running = null;
    }
  }

  /** What waits will not be done. */
  void abortWaiting() {
    takeWaiting().forEach(OwnExchange::abort);
  }

  /** Nothing will be done any more. */
  void abortAll() {
    abortRunning();
    abortWaiting();
  }
}
