package org.ipsec4j.node.crypto;

import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.Nullable;

/**
 * A provider's worker that cannot do harm: what it throws, leaves undone or does not give back in
 * time fails the burst and condemns the provider. One that hangs is closed, which ends its access
 * to the packets, before their burst is given back. Thread-confined; allocates nothing per burst.
 */
final class GuardedWorker implements PacketWorker {
  private static final int TIMED_EVERY = 8;
  private static final long NOT_TIMED = Long.MIN_VALUE;

  /**
   * Whoever knows an SPI can send packets as long as IP allows, at which libraries that count in 16
   * bits give up: on their way in they condemn nobody.
   */
  private static final int LONGEST = 65_000;

  private final ProviderWatch watch;
  private @Nullable PacketWorker inner;
  private int innerLife;
  private int turn;
  private boolean closed;

  /** Bursts that are with the worker, in the order in which they went. */
  private @Nullable CryptoBurst[] lent = new CryptoBurst[1];

  private long[] since = new long[1];
  private int lentCount;

  /** Bursts that failed with the worker, to be given back one by one. */
  private @Nullable CryptoBurst[] failed = new CryptoBurst[1];

  private int failedCount;
  private int givenBack;

  GuardedWorker(ProviderWatch watch) {
    this.watch = watch;
    renew();
  }

  /** A new worker, after the former was closed and the provider came back. */
  private void renew() {
    innerLife = watch.life();
    try {
      PacketWorker worker = watch.provider().packetWorker();
      int depth = Math.max(1, worker.depth());
      if (depth > lent.length) {
        lent = new CryptoBurst[depth];
        since = new long[depth];
        failed = new CryptoBurst[depth];
      }
      inner = worker;
    } catch (RuntimeException | LinkageError e) {
      inner = null;
      watch.condemn(ProviderWatch.Fault.FAILED, "it gave no worker: " + e);
    }
  }

  @Override
  public boolean submit(CryptoBurst burst) {
    if (inner == null && !closed && innerLife != watch.life() && failedCount == 0) {
      renew();
    }
    PacketWorker worker = inner;
    if (worker == null || watch.isBroken() || lentCount == lent.length) {
      fail(burst);
      return true;
    }
    turn = (turn + 1) & (TIMED_EVERY - 1);
    long begun = turn == 0 ? watch.now() : NOT_TIMED;
    boolean done;
    try {
      done = worker.submit(burst);
    } catch (RuntimeException | LinkageError e) {
      collapse("its worker threw " + e);
      fail(burst);
      return true;
    }
    if (done) {
      settle(burst, begun == NOT_TIMED ? NOT_TIMED : watch.now() - begun);
      return true;
    }
    lent[lentCount] = burst;
    since[lentCount++] = begun == NOT_TIMED ? watch.now() : begun;
    return false;
  }

  @Override
  public @Nullable CryptoBurst poll() {
    if (givenBack < failedCount) {
      return takeFailed();
    }
    PacketWorker worker = inner;
    if (worker == null || lentCount == 0) {
      return null;
    }
    try {
      CryptoBurst done = worker.poll();
      if (done == null && watch.now() - since[0] > watch.limits().answerNanos()) {
        // this thread may have slept, and the device not
        done = worker.poll();
        if (done == null) {
          collapse(
              "it gave a burst not back within "
                  + watch.limits().answerNanos() / 1_000_000
                  + " ms");
          return takeFailed();
        }
      }
      return done == null ? null : takeBack(done);
    } catch (RuntimeException | LinkageError e) {
      collapse("its worker threw " + e);
      return takeFailed();
    }
  }

  private @Nullable CryptoBurst takeBack(CryptoBurst done) {
    int at = 0;
    while (at < lentCount && lent[at] != done) {
      at++;
    }
    if (at == lentCount) {
      collapse("it gave back a burst that it did not have");
      return takeFailed();
    }
    long took = watch.now() - since[at];
    lentCount--;
    for (int i = at; i < lentCount; i++) {
      lent[i] = lent[i + 1];
      since[i] = since[i + 1];
    }
    lent[lentCount] = null;
    settle(done, took);
    return done;
  }

  private @Nullable CryptoBurst takeFailed() {
    if (givenBack == failedCount) {
      return null;
    }
    CryptoBurst burst = failed[givenBack];
    failed[givenBack++] = null;
    if (givenBack == failedCount) {
      givenBack = 0;
      failedCount = 0;
    }
    return burst;
  }

  /** The worker is of no use any more: nothing that it has comes back as if it were done. */
  private void collapse(String reason) {
    watch.condemn(ProviderWatch.Fault.FAILED, reason);
    closeInner();
    for (int i = 0; i < lentCount; i++) {
      CryptoBurst burst = lent[i];
      lent[i] = null;
      if (burst != null) {
        fail(burst);
        failed[failedCount++] = burst;
      }
    }
    lentCount = 0;
  }

  private void fail(CryptoBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      burst.op(i).status = CryptoOp.Status.FAILED;
    }
    watch.count(0, 0, 0, burst.size());
  }

  /** Counts what a burst brought, and judges the provider by it. */
  private void settle(CryptoBurst burst, long nanos) {
    int bad = 0;
    int excused = 0;
    int forged = 0;
    long out = 0;
    long in = 0;
    PacketTransform transform = null;
    boolean mixed = false;
    for (int i = 0; i < burst.size(); i++) {
      CryptoOp op = burst.op(i);
      PacketKey key = op.key;
      if (nanos != NOT_TIMED && key != null) {
        mixed |= transform != null && !key.transform().equals(transform);
        transform = key.transform();
      }
      if (op.status == CryptoOp.Status.OK) {
        int octets = op.textLength > 0 ? op.textLength : op.aadLength;
        if (op.seal) {
          out += octets;
        } else {
          in += octets;
        }
      } else if (op.status == CryptoOp.Status.ICV_MISMATCH) {
        forged++;
      } else {
        op.status = CryptoOp.Status.FAILED;
        bad++;
        excused += !op.seal && op.aadLength + op.textLength > LONGEST ? 1 : 0;
      }
    }
    watch.count(burst.size() - bad, out, in, bad);
    if (bad > excused) {
      watch.condemn(
          ProviderWatch.Fault.PACKETS, bad + " of " + burst.size() + " packets of a burst failed");
    } else if (bad == 0 && nanos != NOT_TIMED && forged == 0 && !mixed && transform != null) {
      watch.took(transform, burst.size(), out + in, nanos);
    }
  }

  @Override
  public int preferredBurst() {
    PacketWorker worker = inner;
    return worker == null ? 1 : worker.preferredBurst();
  }

  @Override
  public int depth() {
    return lent.length;
  }

  private void closeInner() {
    PacketWorker worker = inner;
    inner = null;
    if (worker != null) {
      try {
        worker.close();
      } catch (RuntimeException | LinkageError e) {
        watch.condemn(ProviderWatch.Fault.FAILED, "its worker could not be closed: " + e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    closeInner();
    for (int i = 0; i < lentCount; i++) {
      lent[i] = null;
    }
    lentCount = 0;
    failedCount = 0;
    givenBack = 0;
  }
}
