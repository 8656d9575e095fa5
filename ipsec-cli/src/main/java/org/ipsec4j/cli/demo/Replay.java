package org.ipsec4j.cli.demo;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.ipsec4j.node.MemoryPort;

/**
 * One direction of a replay: writes packets to one node, reads them from the other, compares byte
 * for byte and in order, and lets only so much be on the way that no socket buffer overflows.
 */
final class Replay implements AutoCloseable {
  private static final int MOST_BYTES = 96 * 1024;
  private static final int MOST_PACKETS = 48;
  private static final int LOOK_AHEAD = 2 * MOST_PACKETS;
  private static final long PATIENCE_NANOS = 15_000_000_000L;

  private final MemoryPort into;
  private final MemoryPort outOf;
  private final ArrayDeque<byte[]> onTheWay = new ArrayDeque<>();
  private final Thread reader;
  private int bytesOnTheWay;
  private long compared;
  private long arrived;
  private long lost;
  private long foreign;
  private long lastProgress = System.nanoTime();
  private volatile boolean closed;

  Replay(MemoryPort into, MemoryPort outOf, String name) {
    this.into = into;
    this.outOf = outOf;
    this.reader = new Thread(this::read, name);
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Sends a packet as soon as there is room on the way.
   *
   * @return false when nothing moved for so long that the rest is lost
   */
  boolean send(byte[] packet) throws InterruptedException {
    synchronized (this) {
      while (!onTheWay.isEmpty()
          && (bytesOnTheWay + packet.length > MOST_BYTES || onTheWay.size() >= MOST_PACKETS)) {
        if (!awaitProgress()) {
          return false;
        }
      }
      onTheWay.add(packet);
      bytesOnTheWay += packet.length;
      if (onTheWay.size() == 1) {
        lastProgress = System.nanoTime();
      }
    }
    return into.write(ByteBuffer.wrap(packet));
  }

  /** Waits until all packets have arrived or are given up. */
  synchronized void drain() throws InterruptedException {
    boolean moving = true;
    while (!onTheWay.isEmpty() && moving) {
      moving = awaitProgress();
    }
    lost += onTheWay.size();
    onTheWay.clear();
    bytesOnTheWay = 0;
  }

  /** A packet is not even sent: everything before it stands still. */
  synchronized void lose() {
    lost++;
  }

  private synchronized boolean awaitProgress() throws InterruptedException {
    long seen = compared;
    while (compared == seen) {
      long left = lastProgress + PATIENCE_NANOS - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(left / 1_000_000 + 1);
    }
    return true;
  }

  private void read() {
    try {
      while (!closed) {
        ByteBuffer packet = outOf.read(100);
        if (packet != null) {
          byte[] bytes = new byte[packet.remaining()];
          packet.get(bytes);
          compare(bytes);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void compare(byte[] packet) {
    compared++;
    notifyAll();
    int skipped = 0;
    for (Iterator<byte[]> expected = onTheWay.iterator();
        expected.hasNext() && skipped < LOOK_AHEAD; ) {
      if (Arrays.equals(expected.next(), packet)) {
        for (int i = 0; i < skipped; i++) {
          bytesOnTheWay -= onTheWay.remove().length;
        }
        bytesOnTheWay -= onTheWay.remove().length;
        lost += skipped;
        arrived++;
        lastProgress = System.nanoTime();
        return;
      }
      skipped++;
    }
    foreign++;
  }

  /** Packets that came out as they went in. */
  synchronized long arrived() {
    return arrived;
  }

  /** Packets that did not come, came changed, or came without having been sent. */
  synchronized long mismatches() {
    return Math.max(lost, foreign);
  }

  @Override
  public void close() {
    closed = true;
  }
}
