package org.ipsec4j.node;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.PacketPort;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An IPsec host or gateway that a program embeds: give it a policy, credentials and an inner {@link
 * PacketPort}, and it negotiates and protects over UDP sockets of its own. Needs no root unless the
 * policy names ports below 1024.
 *
 * <p>Thread-safe. {@link #close()} deletes the associations on the peers first.
 */
public final class IpsecNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IpsecNode.class);
  private static final long SHUTDOWN_MILLIS = 3000;
  private static final long LONGEST_SLEEP_MILLIS = 1000;

  private static final long PAUSE_NANOS = 200_000_000L;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition coreClosed = lock.newCondition();
  private final NodeSettings settings;
  private final NodeCore core;
  private final UdpSide outer;
  private final RawOuter raw;
  private final PacketPort inner;
  private final NodeEvents events;
  private final WorkPool workers;
  private final Thread outerThread;
  private final Thread innerThread;
  private final @Nullable Thread rawThread;
  private final long epoch = System.nanoTime();
  private volatile long sleepsUntil = Long.MAX_VALUE;
  private volatile boolean stopping;

  /** Whether the core was closed and must not be called any more; guarded by the lock. */
  private boolean ended;

  IpsecNode(
      IpsecNodeBuilder builder,
      NodeSettings settings,
      IpsecNodeBuilder.Outside outside,
      NodeEvents newEvents) {
    this.settings = settings;
    this.outer = outside.udp();
    this.raw = outside.raw();
    this.events = newEvents;
    this.inner = builder.requireInner();
    this.core = new NodeCore(settings, builder.newEngine(settings), new Io());
    this.workers = new WorkPool(settings.crypto(), new Completions());
    this.outerThread = daemon(this::runOuter, "ipsec-outer");
    this.innerThread = daemon(this::runInner, "ipsec-inner");
    this.rawThread = raw.isOpen() ? daemon(this::runRaw, "ipsec-native") : null;
  }

  /** A node in the making. */
  public static IpsecNodeBuilder builder() {
    return new IpsecNodeBuilder();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    events.tell(new NodeEvent.Started());
    LOG.debug("inside {}, outside {}", inner, outer);
    workers.start();
    locked(() -> core.start(now()));
    outerThread.start();
    innerThread.start();
    if (rawThread != null) {
      rawThread.start();
    }
  }

  /** Asks the IKE engine for something: bring up, rekey, delete. */
  public void command(IkeCommand command) {
    locked(() -> core.command(now(), command));
  }

  /**
   * Lets a crypto provider be used again that failed or became slow, when it passes its known
   * answers now; they run on the calling thread.
   *
   * @param provider its name, as in {@link NodeStatus.Crypto#provider}
   * @return empty when it is used again; otherwise why not
   */
  public Optional<String> readmitCrypto(String provider) {
    CryptoProvider found = core.cryptoProvider(provider);
    if (found == null) {
      return Optional.of("no crypto provider `" + provider + "` was loaded");
    }
    SelfTest test;
    try {
      test = found.selfTest();
    } catch (RuntimeException | LinkageError e) {
      return Optional.of("its known answers could not be run: " + e);
    }
    if (!test.passed()) {
      return Optional.of("it failed its known answers: " + String.join("; ", test.failures()));
    }
    lock.lock();
    try {
      return !ended && core.readmitCrypto(provider)
          ? Optional.empty()
          : Optional.of("it was not given up");
    } finally {
      lock.unlock();
    }
  }

  /** What the node holds now. */
  public NodeStatus status() {
    lock.lock();
    try {
      return core.status();
    } finally {
      lock.unlock();
    }
  }

  /** Nanoseconds since this node was made. */
  private long now() {
    return System.nanoTime() - epoch;
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      action.run();
      if (core.isClosed()) {
        coreClosed.signalAll();
      }
      if (core.nextTimeout() < sleepsUntil) {
        outer.wakeup();
      }
    } finally {
      lock.unlock();
    }
  }

  private void runOuter() {
    PacketBurst burst = settings.newBurst();
    boolean open = true;
    int failures = 0;
    while (open) {
      try {
        open = outer.receive(sleepMillis(), burst, this::received);
        sleepsUntil = Long.MIN_VALUE;
        locked(
            () -> {
              if (core.nextTimeout() <= now()) {
                core.onTimeout(now());
              }
            });
        failures = 0;
      } catch (RuntimeException e) {
        trouble("the outer side failed", e, ++failures);
      }
    }
  }

  private long sleepMillis() {
    lock.lock();
    try {
      long next = core.nextTimeout();
      sleepsUntil = next;
      long nanos = next == Long.MAX_VALUE ? Long.MAX_VALUE : next - now();
      return nanos <= 0 ? 0 : Math.min(nanos / 1_000_000 + 1, LONGEST_SLEEP_MILLIS);
    } finally {
      lock.unlock();
    }
  }

  private void received(UdpOuter.Binding binding, PacketBurst burst, Endpoint[] from) {
    // Awake: nobody needs to wake this thread for a timer.
    sleepsUntil = Long.MIN_VALUE;
    locked(
        () -> {
          outer.show(binding, burst, from);
          if (binding.nat()) {
            core.onOuter(now(), burst, from, binding.local());
          } else {
            for (int i = 0; i < burst.size(); i++) {
              ByteBuffer message = burst.slab().slice(burst.offset(i), burst.length(i));
              core.onIke(now(), from[i], binding.local(), message);
            }
          }
        });
  }

  private void runRaw() {
    PacketBurst burst = settings.newBurst();
    int received = 0;
    int failures = 0;
    while (received >= 0 && !stopping) {
      try {
        burst.clear();
        received = raw.receive(burst, LONGEST_SLEEP_MILLIS);
        if (received > 0) {
          locked(
              () -> {
                raw.show(burst);
                core.onNative(now(), burst);
              });
        }
        failures = 0;
      } catch (RuntimeException e) {
        trouble("the native outer side failed", e, ++failures);
      }
    }
  }

  private void runInner() {
    PacketBurst burst = settings.newBurst();
    int received = 0;
    int failures = 0;
    while (received >= 0 && !stopping) {
      try {
        burst.clear();
        received = inner.receive(burst, LONGEST_SLEEP_MILLIS);
        if (received > 0) {
          locked(() -> core.onInner(now(), burst));
        }
        if (Thread.interrupted()) {
          LOG.debug("an interruption does not end a node, close() does");
        }
        failures = 0;
      } catch (RuntimeException e) {
        trouble("the inner side failed", e, ++failures);
      }
    }
    if (!stopping) {
      events.tell(
          new NodeEvent.Trouble(
              "the inner port was closed: packets still come out of the tunnel, none go in"));
    }
  }

  /** Reports, and keeps what fails for ever from doing so without pause. */
  private void trouble(String what, RuntimeException e, int inARow) {
    Guards.report(events, what, e);
    if (inARow > 3 && !stopping) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /**
   * Deletes all associations on the peers, waits up to three seconds for their answers, wipes all
   * keys, and ends. Idempotent; when the thread is interrupted it ends without waiting and keeps
   * the flag.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (stopping) {
        return;
      }
      stopping = true;
      core.command(now(), new IkeCommand.Shutdown());
      outer.wakeup();
      long left = TimeUnit.MILLISECONDS.toNanos(SHUTDOWN_MILLIS);
      while (!core.isClosed() && left > 0) {
        left = coreClosed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    inner.close();
    outer.close();
    raw.close();
    workers.close();
    join(innerThread);
    join(outerThread);
    if (rawThread != null) {
      join(rawThread);
    }
    events.close(new NodeEvent.Stopped(endCore()), SHUTDOWN_MILLIS);
  }

  /** Ends before the first thread began. */
  void abandon() {
    outer.close();
    raw.close();
    workers.close();
    endCore();
  }

  private NodeCounters.Snapshot endCore() {
    lock.lock();
    try {
      ended = true;
      core.close();
      return core.counters();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a thread of ours, unless that is pointless: it may be ourselves, or need our lock.
   */
  private void join(Thread thread) {
    if (thread.equals(Thread.currentThread()) || lock.isHeldByCurrentThread()) {
      return;
    }
    try {
      thread.join(SHUTDOWN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Steps that have run, back to the core. */
  private final class Completions implements WorkPool.Done {
    @Override
    public void completed(List<OffloadedWork> work) {
      for (OffloadedWork each : work) {
        try {
          locked(() -> core.onCompletion(now(), each));
        } catch (RuntimeException e) {
          failed(each, e);
        }
      }
    }

    @Override
    public void failed(OffloadedWork work, Throwable why) {
      Guards.report(events, "a step of kind " + work.kind() + " failed", why);
    }
  }

  /** The real world for the core. */
  private final class Io implements NodeIo {
    /** Whether the last burst could not be handed over; a port that stays broken is told once. */
    private boolean refused;

    @Override
    public boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length) {
      return outer.send(from, to, memory, offset, length);
    }

    @Override
    public void send(PacketBurst packets, @Nullable Endpoint[] from, @Nullable Endpoint[] to) {
      outer.send(packets, from, to);
    }

    @Override
    public boolean hasNativePath() {
      return raw.isOpen();
    }

    @Override
    public void sendNative(PacketBurst packets, boolean[] mine) {
      raw.send(packets, mine);
    }

    @Override
    public void deliver(PacketBurst packets) {
      try {
        inner.send(packets);
        refused = false;
      } catch (RuntimeException e) {
        for (int i = 0; i < packets.size(); i++) {
          packets.drop(i, DropReason.DELIVERY_FAILED);
        }
        if (!refused) {
          Guards.report(events, "the inner port failed to take packets", e);
        }
        refused = true;
      }
    }

    @Override
    public void offload(OffloadedWork work) {
      workers.execute(work);
    }

    @Override
    public boolean isOverloaded() {
      return workers.isOverloaded();
    }

    @Override
    public LongSupplier cryptoClock() {
      return System::nanoTime;
    }

    @Override
    public void event(NodeEvent event) {
      events.tell(event);
    }
  }

  @Override
  public String toString() {
    return "IpsecNode[" + settings.policy().name() + "]";
  }
}
