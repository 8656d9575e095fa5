package org.ipsec4j.io.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DatagramPort;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Vectored sockets on loopback. */
@EnabledOnOs(OS.LINUX)
final class UdpSocketsTest {
  private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");
  private static final int CAPACITY = 128;

  private final Endpoint left = new Endpoint(LOOPBACK, freePort());
  private final Endpoint right = new Endpoint(LOOPBACK, freePort());
  private final @Nullable Endpoint[] from = new Endpoint[CAPACITY];

  private static int freePort() {
    try (DatagramSocket socket =
        new DatagramSocket(0, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private DatagramPort open() throws IOException {
    return new LinuxDatagrams().open(List.of(left, right), CAPACITY);
  }

  /** Packets of some lengths with octets of their own. */
  private static PacketBurst burst(int... lengths) {
    PacketBurst burst = new PacketBurst(CAPACITY, 64, 65_507, 64);
    Random random = new Random(lengths.length);
    for (int length : lengths) {
      byte[] octets = new byte[length];
      random.nextBytes(octets);
      burst.add(ByteBuffer.wrap(octets));
    }
    return burst;
  }

  private static @Nullable Endpoint[] all(Endpoint endpoint) {
    @Nullable Endpoint[] all = new Endpoint[CAPACITY];
    Arrays.fill(all, endpoint);
    return all;
  }

  private List<byte[]> receive(DatagramPort port, int socket, int count, int capacity) {
    PacketBurst burst = new PacketBurst(capacity, 64, 65_507, 64);
    List<byte[]> packets = new ArrayList<>();
    while (packets.size() < count) {
      burst.clear();
      int got = port.receive(burst, from, 5000);
      assertEquals(socket, got, packets.size() + " of " + count + " came");
      for (int i = 0; i < burst.size(); i++) {
        assertEquals(left, from[i]);
      }
      packets.addAll(TcpPackets.packets(burst));
    }
    return packets;
  }

  private void arrives(int capacity, int... lengths) throws IOException {
    try (DatagramPort port = open()) {
      PacketBurst burst = burst(lengths);
      port.send(burst, all(left), all(right));
      List<byte[]> got = receive(port, 1, lengths.length, capacity);
      for (int i = 0; i < lengths.length; i++) {
        assertEquals(DropReason.NONE, burst.dropReason(i));
        assertArrayEquals(TcpPackets.packets(burst).get(i), got.get(i), "packet " + i);
      }
      assertEquals(DatagramPort.NOTHING, port.receive(burst(), from, 0));
    }
  }

  @Test
  void datagramsOfOneSizeArriveInOrder() throws IOException {
    int[] lengths = new int[100];
    Arrays.fill(lengths, 1436);
    lengths[99] = 200;
    arrives(CAPACITY, lengths);
  }

  @Test
  void burstsSmallerThanAMessageTakeItPieceByPiece() throws IOException {
    int[] lengths = new int[60];
    Arrays.fill(lengths, 900);
    arrives(7, lengths);
  }

  @Test
  void datagramsOfManySizesArriveInOrder() throws IOException {
    arrives(CAPACITY, 100, 100, 50, 100, 0, 0, 7, 8, 8, 8, 7, 8, 65_507, 65_507, 1, 20_000, 20_000);
  }

  @Test
  void onlyLivingPacketsWithADestinationAreSent() throws IOException {
    try (DatagramPort port = open()) {
      PacketBurst burst = burst(10, 10, 10, 10);
      burst.drop(1, DropReason.NO_SA);
      @Nullable Endpoint[] sources = all(left);
      sources[2] = null;
      port.send(burst, sources, all(right));
      List<byte[]> got = receive(port, 1, 2, CAPACITY);
      assertEquals(2, got.size());
      assertArrayEquals(TcpPackets.packets(burst).get(0), got.get(0));
      assertArrayEquals(TcpPackets.packets(burst).get(3), got.get(1));
      assertEquals(DropReason.NO_SA, burst.dropReason(1));
      assertEquals(DropReason.NONE, burst.dropReason(2));
    }
  }

  @Test
  void whatCannotBeSentIsDroppedWithItsReason() throws IOException {
    try (DatagramPort port = open()) {
      PacketBurst burst = burst(10, 10, 10, 10);
      @Nullable Endpoint[] sources = all(left);
      sources[0] = new Endpoint(LOOPBACK, 9);
      @Nullable Endpoint[] targets = all(right);
      targets[1] = new Endpoint(IpAddress.parse("::1"), 9);
      targets[2] = new Endpoint(LOOPBACK, 0);
      port.send(burst, sources, targets);
      for (int i = 0; i < 3; i++) {
        assertEquals(DropReason.SEND_FAILED, burst.dropReason(i), "packet " + i);
      }
      assertEquals(DropReason.NONE, burst.dropReason(3));
      assertEquals(1, receive(port, 1, 1, CAPACITY).size());
    }
  }

  @Test
  void singleDatagramsComeFromAnyMemory() throws IOException {
    try (DatagramPort port = open()) {
      byte[] octets = {9, 1, 2, 3, 9};
      assertTrue(port.send(left, right, ByteBuffer.wrap(octets), 1, 3));
      assertFalse(port.send(new Endpoint(LOOPBACK, 9), right, ByteBuffer.wrap(octets), 1, 3));
      assertArrayEquals(new byte[] {1, 2, 3}, receive(port, 1, 1, CAPACITY).get(0));
      assertTrue(port.send(left, left, ByteBuffer.wrap(octets), 0, 5));
      assertArrayEquals(octets, receive(port, 0, 1, CAPACITY).get(0));
    }
  }

  @Test
  void aPayloadLongerThanASlotIsDroppedAsTooLong() throws IOException {
    try (DatagramPort port = open()) {
      port.send(burst(500), all(left), all(right));
      PacketBurst small = new PacketBurst(2, 0, 100, 0);
      assertEquals(1, port.receive(small, from, 5000));
      assertEquals(DropReason.TOO_LONG, small.dropReason(0));
      assertEquals(small.room(), small.length(0));
    }
  }

  @Test
  void wakeUpsAndTheEndCutAWaitShort() throws Exception {
    DatagramPort port = open();
    FutureTask<Integer> woken = new FutureTask<>(() -> port.receive(burst(), from, 60_000));
    Thread.ofPlatform().daemon().start(woken);
    port.wakeup();
    assertEquals(DatagramPort.NOTHING, woken.get(30, TimeUnit.SECONDS));
    FutureTask<Integer> ended = new FutureTask<>(() -> port.receive(burst(), from, 60_000));
    Thread.ofPlatform().daemon().start(ended);
    port.close();
    assertEquals(DatagramPort.CLOSED, ended.get(30, TimeUnit.SECONDS));
    PacketBurst late = burst(10);
    port.send(late, all(left), all(right));
    assertEquals(DropReason.SEND_FAILED, late.dropReason(0));
    assertFalse(port.send(left, right, ByteBuffer.allocate(4), 0, 4));
    port.wakeup();
    port.close();
    assertEquals(DatagramPort.CLOSED, port.receive(burst(), from, 0));
  }

  @Test
  void addressesThatAreTakenOrForeignAreRefused() throws IOException {
    DatagramPort port = open();
    assertThrows(IOException.class, () -> open().close());
    port.close();
    Endpoint foreign = new Endpoint(IpAddress.parse("192.0.2.1"), left.port());
    assertThrows(
        IOException.class, () -> new LinuxDatagrams().open(List.of(left, foreign), 4).close());
    // the first one was let go again
    open().close();
  }
}
