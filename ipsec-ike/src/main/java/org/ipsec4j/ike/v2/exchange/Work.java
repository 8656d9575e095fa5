package org.ipsec4j.ike.v2.exchange;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.ike.OffloadedWork;
import org.jspecify.annotations.Nullable;

/**
 * One slow step with what follows it. {@link #run} may happen on any thread; everything else
 * happens on the engine's. When the IKE SA that wanted the step is gone by the time it is done, the
 * result is discarded and nothing follows.
 *
 * @param <T> kind of result
 */
public final class Work<T> implements OffloadedWork {
  /**
   * The step itself.
   *
   * @param <T> kind of result
   */
  @FunctionalInterface
  public interface Step<T> {
    /** Runs on any thread; touches nothing of the engine. */
    T run() throws CryptoException;
  }

  private final Kind kind;
  private final Step<T> step;
  private final BooleanSupplier wanted;
  private final Consumer<Outcome<T>> next;
  private final Consumer<T> discard;
  private volatile @Nullable Outcome<T> outcome;
  private boolean delivered;

  /**
   * @param kind for monitors
   * @param step runs elsewhere
   * @param wanted whether anyone still waits for the result
   * @param next what follows, on the engine's thread
   * @param discard wipes a result that nobody waits for
   */
  public Work(
      Kind kind,
      Step<T> step,
      BooleanSupplier wanted,
      Consumer<Outcome<T>> next,
      Consumer<T> discard) {
    this.kind = kind;
    this.step = step;
    this.wanted = wanted;
    this.next = next;
    this.discard = discard;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public void run() {
    Outcome<T> result;
    try {
      result = new Outcome.Done<>(step.run());
    } catch (CryptoException e) {
      result = new Outcome.Failed<>(e.culprit(), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // A provider's defect must not take the worker thread down. The message may hold anything,
      // so only the kind of exception is told.
      result =
          new Outcome.Failed<>(
              CryptoException.Culprit.PROVIDER, "unexpected " + e.getClass().getSimpleName());
    }
    outcome = result;
  }

  /** Hands the result on, once; on the engine's thread. Work that did not run is ignored. */
  public void deliver() {
    Outcome<T> result = outcome;
    if (result == null || delivered) {
      return;
    }
    delivered = true;
    if (wanted.getAsBoolean()) {
      next.accept(result);
    } else if (result instanceof Outcome.Done<T> done) {
      discard.accept(done.value());
    }
  }
}
