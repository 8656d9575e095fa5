package org.ipsec4j.api.ike;

import java.nio.ByteBuffer;
import java.util.Map;
import org.ipsec4j.api.net.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * An IKE implementation without sockets, threads, clocks or randomness of its own.
 *
 * <p>One thread at a time uses an engine. Time is {@code now}: nanoseconds since any fixed moment,
 * never going back. After every call the caller drains {@link #poll()} and sleeps until {@link
 * #nextTimeout()} or the next input. No input makes a method throw; what cannot be used is counted
 * under one {@link IkeDropReason}.
 */
public interface IkeEngine {
  /** {@link #nextTimeout()} when nothing is waited for. */
  long NO_TIMEOUT = Long.MAX_VALUE;

  /**
   * A UDP datagram arrived.
   *
   * @param from the peer's address
   * @param to our address
   * @param datagram one IKE message from position to limit, without non-ESP marker; borrowed for
   *     the call and not changed
   */
  void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer datagram);

  /** The node wants something. */
  void onCommand(long now, IkeCommand command);

  /** Time passed; harmless at any time. */
  void onTimeout(long now);

  /** Work that was handed out by {@link IkeOutput.Offload} has run, on any thread. */
  void onCompletion(long now, OffloadedWork done);

  /** The next output, or null when drained. Outputs are in the order in which they must happen. */
  @Nullable IkeOutput poll();

  /** When {@link #onTimeout} must be called at the latest. */
  long nextTimeout();

  /** Datagrams that went no further, by reason; a snapshot. */
  Map<IkeDropReason, Long> drops();

  /** What there is; a snapshot for monitors and for judging simulations. */
  IkeStatus status();
}
