package org.ipsec4j.node;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link NodeCore} needs of the world: a real one with sockets and threads, or a simulation.
 * Called on the thread that called the core.
 */
public interface NodeIo {
  /**
   * Sends a UDP payload.
   *
   * @param memory borrowed for the call
   * @return false when it could not be sent
   */
  boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length);

  /**
   * Sends living packets of a burst, each as one UDP payload, in their order; those that cannot be
   * sent it marks {@link DropReason#SEND_FAILED}.
   *
   * @param packets borrowed for the call
   * @param from by packet index: our address; null leaves the packet alone
   * @param to by packet index: the destination
   */
  default void send(PacketBurst packets, @Nullable Endpoint[] from, @Nullable Endpoint[] to) {
    for (int i = 0; i < packets.size(); i++) {
      Endpoint source = from[i];
      Endpoint target = to[i];
      if (source != null
          && target != null
          && packets.isAlive(i)
          && !send(source, target, packets.slab(), packets.offset(i), packets.length(i))) {
        packets.drop(i, DropReason.SEND_FAILED);
      }
    }
  }

  /** Whether {@link #sendNative} works. */
  default boolean hasNativePath() {
    return false;
  }

  /**
   * Sends some of the living packets of a burst, each a whole IP packet of protocol 50 or 51; those
   * that cannot be sent it marks dropped. Called only where {@link #hasNativePath}.
   *
   * @param packets borrowed for the call
   * @param mine by packet index: what is not, is left alone
   */
  default void sendNative(PacketBurst packets, boolean[] mine) {
    for (int i = 0; i < packets.size(); i++) {
      if (mine[i]) {
        packets.drop(i, DropReason.NO_NATIVE_PATH);
      }
    }
  }

  /** Hands living packets to the inner side; those it refuses it marks dropped. */
  void deliver(PacketBurst packets);

  /**
   * Runs the work once, now or on another thread, and then calls {@link NodeCore#onCompletion}.
   * Work that was handed over is never lost, whatever {@link #isOverloaded} says.
   */
  void offload(OffloadedWork work);

  /**
   * Whether so much offloaded work waits that no new peer shall be let in: their first requests are
   * then dropped, and come again.
   */
  default boolean isOverloaded() {
    return false;
  }

  /**
   * Nanoseconds for crypto providers that become slow or do not answer. One that stands still, as
   * this one, switches both off: a provider that completes later is then waited for without limit.
   */
  default LongSupplier cryptoClock() {
    return () -> 0;
  }

  /** Tells listeners. */
  void event(NodeEvent event);
}
