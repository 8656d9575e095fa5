package org.ipsec4j.node;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.PacketPort;
import org.jspecify.annotations.Nullable;

/**
 * An inner side that is the embedding program itself: it writes IP packets that the node protects,
 * and reads those that came out of the tunnel. Thread-safe; both directions are bounded.
 */
public final class MemoryPort implements PacketPort {
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> toNode;
  private final BlockingQueue<byte[]> fromNode;
  private volatile boolean closed;

  /** Queues of 1,024 packets. */
  public MemoryPort() {
    this(1024);
  }

  /**
   * @param capacity most packets that wait in each direction
   */
  public MemoryPort(int capacity) {
    toNode = new ArrayBlockingQueue<>(capacity);
    fromNode = new ArrayBlockingQueue<>(capacity);
  }

  /**
   * Gives the node a packet to protect, waiting while its queue is full.
   *
   * @param packet one IP packet from position to limit; copied
   * @return false when the port is closed or the thread was interrupted (its flag stays set)
   */
  public boolean write(ByteBuffer packet) {
    byte[] copy = new byte[packet.remaining()];
    packet.get(packet.position(), copy);
    try {
      while (!closed) {
        if (toNode.offer(copy, 100, TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /**
   * The next packet that came out of the tunnel.
   *
   * @return one IP packet, or null when none came in time, or at once when the port is closed and
   *     empty
   */
  public @Nullable ByteBuffer read(long timeoutMillis) throws InterruptedException {
    byte[] packet = closed ? fromNode.poll() : fromNode.poll(timeoutMillis, TimeUnit.MILLISECONDS);
    if (isEnd(packet)) {
      // For the next reader that waits; there may be several.
      fromNode.offer(END);
      return null;
    }
    return packet == null ? null : ByteBuffer.wrap(packet);
  }

  @Override
  public int receive(PacketBurst into, long timeoutMillis) {
    if (closed) {
      return -1;
    }
    try {
      byte[] packet = toNode.poll(timeoutMillis, TimeUnit.MILLISECONDS);
      int count = 0;
      while (packet != null && !isEnd(packet)) {
        if (into.add(ByteBuffer.wrap(packet)) < 0) {
          into.drop(into.add(), DropReason.TOO_LONG);
        }
        count++;
        packet = into.size() < into.capacity() ? toNode.poll() : null;
      }
      return closed && count == 0 ? -1 : count;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** The one array that stands for the end; a packet of no octets is another. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isEnd(byte @Nullable [] packet) {
    return packet == END;
  }

  /** Hands packets to {@link #read}; when nobody reads, what does not fit is dropped. */
  @Override
  public void send(PacketBurst from) {
    for (int i = 0; i < from.size(); i++) {
      if (from.isAlive(i)) {
        byte[] copy = new byte[from.length(i)];
        from.slab().get(from.offset(i), copy);
        if (!fromNode.offer(copy)) {
          from.drop(i, DropReason.DELIVERY_FAILED);
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    toNode.offer(END);
    fromNode.offer(END);
  }
}
