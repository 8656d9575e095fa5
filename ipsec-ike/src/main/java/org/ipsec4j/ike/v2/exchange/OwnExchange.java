package org.ipsec4j.ike.v2.exchange;

import java.util.function.Consumer;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.ike.wire.IkeMessage;

/**
 * An exchange that we begin: builds the request, processes the response. One object serves one run.
 * It reaches its IKE SA only through {@link ExchangeContext} and ends with {@link
 * ExchangeContext#finished()} or with the SA.
 */
public abstract sealed class OwnExchange
    permits IkeSaInitInitiator,
        IkeAuthInitiator,
        CreateChildInitiator,
        RekeyIkeInitiator,
        InformationalInitiator {
  private boolean over;

  /** For subclasses. */
  OwnExchange() {}

  /** Exchange type number. */
  public abstract int type();

  /** Builds and sends the request, perhaps after offloaded work. */
  public abstract void start();

  /**
   * Processes the response, which is authentic (but for IKE_SA_INIT) and obeys the payload rules.
   *
   * @return whether the response is taken; false for one that is only a hint, while the answer is
   *     still awaited
   */
  public abstract boolean onResponse(IkeMessage response);

  /** The exchange will not end: forgets secrets, and what is still offloaded is discarded. */
  public void abort() {
    over = true;
  }

  /** Whether the exchange ended. */
  public final boolean isOver() {
    return over;
  }

  /** The exchange ended; what is still offloaded is discarded. */
  final void end() {
    over = true;
  }

  /** Hands work out whose result counts only as long as this exchange runs. */
  final <T> void offload(
      ExchangeContext sa,
      OffloadedWork.Kind kind,
      Work.Step<T> step,
      Consumer<Outcome<T>> next,
      Consumer<T> discard) {
    sa.offload(new Work<>(kind, step, () -> !over && sa.alive(), next, discard));
  }
}
