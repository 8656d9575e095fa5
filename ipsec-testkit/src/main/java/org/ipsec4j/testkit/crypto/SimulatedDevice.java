package org.ipsec4j.testkit.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.sim.SimRandom;
import org.jspecify.annotations.Nullable;

/**
 * A crypto device that is not there: it takes bursts, keeps them for a while, and gives them back
 * in another order; on request it fails, throws, hangs or takes its time. The arithmetic is another
 * provider's, done at the last moment, so that memory that was taken back too early shows. The same
 * seed gives the same run.
 *
 * <p>Whoever uses it wrongly is noted in {@link #violations}. Thread-safe as every provider; its
 * workers are thread-confined.
 */
public final class SimulatedDevice extends ForwardingCryptoProvider {
  /**
   * How it behaves.
   *
   * @param depth bursts that a worker holds at most
   * @param shortest how long a burst is with it at least, in units of the clock
   * @param longest how long at most; bursts overtake one another when it is above {@code shortest}
   * @param failures part of the packets that fail, 0 to 1
   * @param seed of delays and failures
   */
  public record Behaviour(int depth, long shortest, long longest, double failures, long seed) {
    /** Gives each burst back at the first poll, in order. */
    public static Behaviour prompt(int depth) {
      return new Behaviour(depth, 0, 0, 0, 1);
    }

    /** Takes from {@code shortest} to {@code longest}. */
    public Behaviour delayed(long newShortest, long newLongest) {
      return new Behaviour(depth, newShortest, newLongest, failures, seed);
    }

    /** Fails a part of the packets. */
    public Behaviour failing(double part) {
      return new Behaviour(depth, shortest, longest, part, seed);
    }

    /** With another seed. */
    public Behaviour seeded(long newSeed) {
      return new Behaviour(depth, shortest, longest, failures, newSeed);
    }
  }

  /** What it does wrong, beside the failures of its behaviour. */
  public enum Mood {
    /** Nothing. */
    WELL,
    /** It takes bursts and gives none back. */
    HANGING,
    /** Its worker throws when it is given a burst. */
    THROWING,
    /** Every packet fails. */
    FAILING
  }

  private final String name;
  private final Behaviour behaviour;
  private final @Nullable LongSupplier clock;
  private final AtomicInteger workers = new AtomicInteger();
  private final AtomicLong done = new AtomicLong();
  private final List<String> violations = new ArrayList<>();
  private volatile Mood mood = Mood.WELL;
  private volatile Runnable atWork = () -> {};

  /** A device whose clock is the number of polls of each worker. */
  public SimulatedDevice(String name, CryptoProvider software, Behaviour behaviour) {
    this(name, software, behaviour, null);
  }

  /**
   * @param name of the provider
   * @param software does the arithmetic, and completes within submit
   * @param behaviour how it behaves
   * @param clock what delays are counted in; null for the polls of each worker
   */
  public SimulatedDevice(
      String name, CryptoProvider software, Behaviour behaviour, @Nullable LongSupplier clock) {
    super(software);
    this.name = name;
    this.behaviour = behaviour;
    this.clock = clock;
  }

  /** From now on it behaves so. */
  public void mood(Mood newMood) {
    mood = newMood;
  }

  /** Runs whenever it works on a burst, as to let a clock of the test go on. */
  public void atWork(Runnable hook) {
    atWork = hook;
  }

  /** Packets that it sealed or opened. */
  public long done() {
    return done.get();
  }

  /** What was asked of it and must not be. */
  public List<String> violations() {
    synchronized (violations) {
      return List.copyOf(violations);
    }
  }

  private void violation(String what) {
    synchronized (violations) {
      violations.add(what);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int priority() {
    return delegate().priority() + 10;
  }

  private record DeviceKey(PacketKey key, String provider) implements PacketKey {
    @Override
    public PacketTransform transform() {
      return key.transform();
    }

    @Override
    public byte[] salt() {
      return key.salt();
    }

    @Override
    public void destroy() {
      key.destroy();
    }
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    return new DeviceKey(delegate().packetKey(transform, encryption, integrity), name);
  }

  @Override
  public PacketWorker packetWorker() {
    return new Worker(behaviour.seed() + workers.getAndIncrement());
  }

  private final class Worker implements PacketWorker {
    private final PacketWorker software = delegate().packetWorker();
    private final SimRandom random;
    private final List<Held> held = new ArrayList<>();
    private long polls;
    private boolean closed;

    Worker(long seed) {
      random = new SimRandom(seed);
    }

    private record Held(CryptoBurst burst, long readyAt) {}

    private long now() {
      LongSupplier given = clock;
      return given == null ? polls : given.getAsLong();
    }

    @Override
    public boolean submit(CryptoBurst burst) {
      if (closed) {
        violation("a burst for a closed worker");
        return true;
      }
      if (mood == Mood.THROWING) {
        throw new IllegalStateException("the device of the tests is out of order");
      }
      if (held.size() == behaviour.depth()) {
        violation("more than " + behaviour.depth() + " bursts");
      }
      long delay = random.between(behaviour.shortest(), behaviour.longest());
      held.add(new Held(burst, now() + delay));
      return false;
    }

    @Override
    public @Nullable CryptoBurst poll() {
      polls++;
      if (mood == Mood.HANGING) {
        return null;
      }
      Held next = null;
      for (Held each : held) {
        if (each.readyAt() <= now() && (next == null || each.readyAt() < next.readyAt())) {
          next = each;
        }
      }
      if (next == null) {
        return null;
      }
      held.remove(next);
      work(next.burst());
      return next.burst();
    }

    private void work(CryptoBurst burst) {
      atWork.run();
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        if (op.slab == null) {
          violation("the memory of a packet was taken back before it was done");
          return;
        }
        if (op.key instanceof DeviceKey key) {
          op.key = key.key();
        } else {
          violation("a key of somebody else");
        }
      }
      software.submit(burst);
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        if (mood == Mood.FAILING || random.chance(behaviour.failures())) {
          op.status = CryptoOp.Status.FAILED;
        }
        if (op.status == CryptoOp.Status.OK) {
          done.incrementAndGet();
        }
      }
    }

    @Override
    public int preferredBurst() {
      return 32;
    }

    @Override
    public int depth() {
      return behaviour.depth();
    }

    @Override
    public void close() {
      closed = true;
      held.clear();
      software.close();
    }
  }
}
