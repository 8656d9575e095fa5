package org.ipsec4j.sim;

import java.util.function.Predicate;
import org.ipsec4j.api.Bytes;

/**
 * What a stretch of network does to a datagram. Faults are composed: each hands what it lets
 * through to the next. All chance comes from the given generator, so that a seed repeats
 * everything.
 */
@FunctionalInterface
public interface Fault {
  /** The next stretch. */
  @FunctionalInterface
  interface Next {
    /** A datagram goes on, {@code delay} nanoseconds later. */
    void pass(Datagram datagram, long delay);
  }

  /**
   * A datagram enters the stretch.
   *
   * @param now virtual time
   */
  void apply(long now, Datagram datagram, SimRandom random, Next next);

  /** This stretch, then another. */
  default Fault then(Fault other) {
    return (now, datagram, random, next) ->
        apply(
            now,
            datagram,
            random,
            (passed, delay) ->
                other.apply(
                    now, passed, random, (through, more) -> next.pass(through, delay + more)));
  }

  /** This stretch until a moment, a perfect one afterwards. */
  default Fault until(long end) {
    return (now, datagram, random, next) -> {
      if (now < end) {
        apply(now, datagram, random, next);
      } else {
        next.pass(datagram, 0);
      }
    };
  }

  /** This stretch for some datagrams, a perfect one for the others. */
  default Fault only(Predicate<Datagram> which) {
    return (now, datagram, random, next) -> {
      if (which.test(datagram)) {
        apply(now, datagram, random, next);
      } else {
        next.pass(datagram, 0);
      }
    };
  }

  /** Nothing happens. */
  static Fault none() {
    return (now, datagram, random, next) -> next.pass(datagram, 0);
  }

  /** Datagrams vanish with a probability. */
  static Fault loss(double probability) {
    return (now, datagram, random, next) -> {
      if (!random.chance(probability)) {
        next.pass(datagram, 0);
      }
    };
  }

  /** Datagrams take a time between two bounds; different times reorder them. */
  static Fault delay(long low, long high) {
    return (now, datagram, random, next) -> next.pass(datagram, random.between(low, high));
  }

  /** Datagrams come twice with a probability, the second one later. */
  static Fault duplication(double probability, long latest) {
    return (now, datagram, random, next) -> {
      next.pass(datagram, 0);
      if (random.chance(probability)) {
        next.pass(datagram, random.between(1, latest));
      }
    };
  }

  /** One bit of a datagram flips with a probability. */
  static Fault corruption(double probability) {
    return (now, datagram, random, next) -> {
      if (datagram.payload().length() > 0 && random.chance(probability)) {
        byte[] damaged = datagram.payload().toArray();
        damaged[random.below(damaged.length)] ^= (byte) (1 << random.below(8));
        next.pass(datagram.payload(Bytes.copyOf(damaged)), 0);
      } else {
        next.pass(datagram, 0);
      }
    };
  }

  /** Some datagrams never arrive. */
  static Fault drop(Predicate<Datagram> which) {
    return (now, datagram, random, next) -> {
      if (!which.test(datagram)) {
        next.pass(datagram, 0);
      }
    };
  }

  /** Nothing passes between two moments. */
  static Fault blackout(long from, long to) {
    return (now, datagram, random, next) -> {
      if (now < from || now >= to) {
        next.pass(datagram, 0);
      }
    };
  }
}
