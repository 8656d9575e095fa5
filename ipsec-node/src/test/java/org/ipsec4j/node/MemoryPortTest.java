package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.junit.jupiter.api.Test;

/** The inner side that is the embedding program itself. */
final class MemoryPortTest {
  private static final int CAPACITY = 4;

  private final MemoryPort port = new MemoryPort(CAPACITY);
  private final PacketBurst burst = new PacketBurst(CAPACITY, 16, 100, 16);

  private static ByteBuffer packet(int first, int length) {
    return ByteBuffer.allocate(length).put(0, (byte) first);
  }

  private static <T> FutureTask<T> inAThread(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().start(task);
    return task;
  }

  private List<Integer> firstOctets() {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < burst.size(); i++) {
      found.add((int) burst.slab().get(burst.offset(i)));
    }
    return found;
  }

  @Test
  void writtenPacketsComeOutInOrderAsOneBurst() {
    ByteBuffer framed = ByteBuffer.wrap(new byte[] {9, 9, 1, 2, 3, 9});
    framed.position(2).limit(5);
    assertTrue(port.write(framed));
    assertEquals(2, framed.position(), "the caller's buffer stays as it was");
    assertTrue(port.write(packet(2, 20)));
    assertEquals(2, port.receive(burst, 1000));
    assertEquals(List.of(1, 2), firstOctets());
    assertEquals(3, burst.length(0));
    assertEquals(20, burst.length(1));
  }

  @Test
  void writtenPacketIsCopied() {
    ByteBuffer packet = packet(1, 20);
    port.write(packet);
    packet.put(0, (byte) 7);
    port.receive(burst, 1000);
    assertEquals(List.of(1), firstOctets());
  }

  @Test
  void burstTakesNoMoreThanFits() {
    for (int i = 0; i < CAPACITY; i++) {
      port.write(packet(i, 20));
    }
    PacketBurst small = new PacketBurst(3, 16, 100, 16);
    assertEquals(3, port.receive(small, 1000));
    assertEquals(1, port.receive(burst, 1000));
  }

  @Test
  void packetThatIsTooLongIsNamedSo() {
    port.write(packet(1, 1000));
    port.write(packet(2, 20));
    assertEquals(2, port.receive(burst, 1000));
    assertEquals(DropReason.TOO_LONG, burst.dropReason(0));
    assertTrue(burst.isAlive(1));
  }

  @Test
  void receiveComesBackEmptyInTime() {
    assertTimeout(Duration.ofSeconds(5), () -> assertEquals(0, port.receive(burst, 20)));
  }

  @Test
  void deliveredPacketsAreReadOneByOne() throws Exception {
    burst.add(packet(5, 30));
    int dropped = burst.add(packet(6, 30));
    burst.drop(dropped, DropReason.REPLAY);
    burst.add(packet(7, 31));
    port.send(burst);
    ByteBuffer first = port.read(1000);
    assertNotNull(first);
    assertEquals(packet(5, 30), first);
    ByteBuffer second = port.read(1000);
    assertNotNull(second);
    assertEquals(31, second.remaining());
    assertNull(port.read(10), "the dropped one was not handed over");
  }

  @Test
  void packetsThatNobodyReadsAreDroppedWithAReason() {
    for (int i = 0; i < CAPACITY; i++) {
      burst.add(packet(i, 20));
    }
    port.send(burst);
    burst.clear();
    burst.add(packet(9, 20));
    port.send(burst);
    assertEquals(DropReason.DELIVERY_FAILED, burst.dropReason(0));
  }

  @Test
  void writerWaitsWhileTheQueueIsFull() throws Exception {
    for (int i = 0; i < CAPACITY; i++) {
      port.write(packet(i, 20));
    }
    FutureTask<Boolean> late = inAThread(() -> port.write(packet(9, 20)));
    assertFalse(late.isDone());
    assertEquals(CAPACITY, port.receive(burst, 1000));
    assertTrue(late.get(10, TimeUnit.SECONDS));
    burst.clear();
    assertEquals(1, port.receive(burst, 1000));
  }

  @Test
  void closeEndsEveryWaiter() throws Exception {
    for (int i = 0; i < CAPACITY; i++) {
      port.write(packet(i, 20));
    }
    FutureTask<Boolean> writer = inAThread(() -> port.write(packet(9, 20)));
    List<FutureTask<Boolean>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(inAThread(() -> port.read(60_000) == null));
    }
    port.close();
    assertFalse(writer.get(10, TimeUnit.SECONDS));
    for (FutureTask<Boolean> reader : readers) {
      assertTrue(reader.get(10, TimeUnit.SECONDS));
    }
    assertEquals(-1, port.receive(burst, 60_000));
    assertFalse(port.write(packet(1, 20)));
  }

  @Test
  void closeEndsReceive() throws Exception {
    FutureTask<Integer> receiver = inAThread(() -> port.receive(burst, 60_000));
    port.close();
    assertTrue(receiver.get(10, TimeUnit.SECONDS) <= 0);
    assertEquals(-1, port.receive(burst, 60_000));
  }

  @Test
  void packetsDeliveredBeforeCloseAreStillRead() throws Exception {
    burst.add(packet(5, 30));
    port.send(burst);
    port.close();
    assertNotNull(port.read(0));
    assertTimeout(Duration.ofSeconds(5), () -> assertNull(port.read(60_000)));
    assertTimeout(Duration.ofSeconds(5), () -> assertNull(port.read(60_000)));
  }

  @Test
  void interruptedWriterKeepsTheFlag() throws Exception {
    FutureTask<Boolean> writer =
        inAThread(
            () -> {
              Thread.currentThread().interrupt();
              return !port.write(packet(1, 20)) && Thread.currentThread().isInterrupted();
            });
    assertTrue(writer.get(10, TimeUnit.SECONDS));
  }
}
