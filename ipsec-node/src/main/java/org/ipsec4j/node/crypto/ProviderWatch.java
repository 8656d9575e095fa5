package org.ipsec4j.node.crypto;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.Nullable;

/**
 * One provider at work for packets: what it did is counted, and what it did wrong condemns it. A
 * condemned provider that failed is given no packet any more. Its keys are the provider's own.
 *
 * <p>Thread-safe; counters are exact when the workers that count are not at work.
 */
public final class ProviderWatch extends ForwardingCryptoProvider {
  /** The provider that needs no library, device or token beside the JDK. */
  static final String PLAIN = "jca";

  /** What is wrong with a provider. */
  enum Fault {
    /** The worker throws, does not answer, or there is none. */
    FAILED,
    /** Packets fail. */
    PACKETS,
    /** It does its work, and takes too long for it. */
    SLOW
  }

  /**
   * Why a provider shall not be used any more.
   *
   * @param fault what kind
   * @param reason a sentence without its name
   */
  record Verdict(Fault fault, String reason) {}

  private final LongSupplier clock;
  private final CryptoLimits limits;
  private final AtomicBoolean alarm;
  private final SpeedWatch speed;
  private final AtomicLong packets = new AtomicLong();
  private final AtomicLong octetsOut = new AtomicLong();
  private final AtomicLong octetsIn = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile @Nullable Verdict verdict;
  private volatile boolean retired;
  private volatile boolean kept;

  /** Counts up whenever the provider comes back, so that workers that were closed are renewed. */
  private final AtomicInteger life = new AtomicInteger();

  ProviderWatch(
      CryptoProvider provider, LongSupplier clock, CryptoLimits limits, AtomicBoolean alarm) {
    super(provider);
    this.clock = clock;
    this.limits = limits;
    this.alarm = alarm;
    this.speed = new SpeedWatch(limits);
  }

  /** The provider itself. */
  CryptoProvider provider() {
    return delegate();
  }

  /** Whether it is another than the JDK's own: a native library, a device, a token. */
  public boolean isOffload() {
    return !name().equals(PLAIN);
  }

  @Override
  public PacketWorker packetWorker() {
    return new GuardedWorker(this);
  }

  long now() {
    return clock.getAsLong();
  }

  CryptoLimits limits() {
    return limits;
  }

  int life() {
    return life.get();
  }

  /** Packets sealed or opened, also those whose ICV was wrong. */
  public long packets() {
    return packets.get();
  }

  /** Octets of text sealed; for AH and AES-GMAC those that were authenticated. */
  public long octetsOut() {
    return octetsOut.get();
  }

  /** Octets of text opened with a right ICV, likewise. */
  public long octetsIn() {
    return octetsIn.get();
  }

  /** Packets that failed. */
  public long failures() {
    return failures.get();
  }

  /** Why it is not used; null while it is. */
  public @Nullable String refusal() {
    Verdict found = verdict;
    return found == null ? null : found.reason();
  }

  /** Whether packets must not be given to it. */
  boolean isBroken() {
    Verdict found = verdict;
    return found != null && found.fault() != Fault.SLOW && !kept;
  }

  /** Whether it answers, and only packets failed: perhaps those of somebody who sends odd ones. */
  public boolean isAnswering() {
    Verdict found = verdict;
    return found != null && found.fault() == Fault.PACKETS;
  }

  /**
   * Packets failed, and SAs have nobody else: they stay, and so does it, for what nobody else does.
   * What fails from now on is counted.
   */
  public void keep() {
    kept = true;
  }

  /** Whether it is used for what nobody else does. */
  public boolean isKept() {
    return kept;
  }

  /** Whether it was condemned and its SAs have not been moved yet. */
  boolean isToBeRetired() {
    return verdict != null && !retired;
  }

  /** No key is set up with it any more; its SAs are being moved. */
  public void retire() {
    retired = true;
  }

  /** Whether it does its work and only takes too long. */
  public boolean isMerelySlow() {
    Verdict found = verdict;
    return found != null && found.fault() == Fault.SLOW;
  }

  /** It is slow and there is nobody else: it stays, and what it takes now is usual. */
  public void pardon() {
    verdict = null;
    speed.forget();
  }

  /** It passed its known answers again. */
  public void readmit() {
    speed.forget();
    life.incrementAndGet();
    retired = false;
    kept = false;
    verdict = null;
  }

  /** The first verdict stands, but that failure outweighs slowness. */
  synchronized void condemn(Fault fault, String reason) {
    Verdict found = verdict;
    boolean worse = found != null && fault.compareTo(found.fault()) < 0 && !retired;
    boolean ends = found != null && kept && fault == Fault.FAILED;
    if (found == null || worse || ends) {
      verdict = new Verdict(fault, reason);
      retired = false;
      kept = false;
      alarm.set(true);
    }
  }

  void expect(PacketTransform transform, double nanosPerPacket, int octets) {
    speed.expect(transform, nanosPerPacket, octets);
  }

  void count(int done, long out, long in, int failed) {
    add(packets, done);
    add(octetsOut, out);
    add(octetsIn, in);
    add(failures, failed);
  }

  private static void add(AtomicLong counter, long more) {
    if (more != 0) {
      counter.getAndAdd(more);
    }
  }

  void took(PacketTransform transform, int burst, long octets, long nanos) {
    String slow = speed.took(transform, burst, octets, nanos);
    if (slow != null) {
      condemn(Fault.SLOW, slow);
    }
  }
}
