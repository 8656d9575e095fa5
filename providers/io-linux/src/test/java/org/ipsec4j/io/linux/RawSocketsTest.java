package org.ipsec4j.io.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.RawPort;
import org.ipsec4j.api.packet.RawProvider;
import org.ipsec4j.api.packet.RawSettings;
import org.junit.jupiter.api.Test;

/** Raw sockets on loopback; they need a privilege, and the tests are skipped without it. */
final class RawSocketsTest {
  private static final Set<SecurityProtocol> BOTH =
      Set.of(SecurityProtocol.ESP, SecurityProtocol.AH);

  private static RawPort open(String address) {
    try {
      return new LinuxRaw().open(new RawSettings(List.of(IpAddress.parse(address)), BOTH));
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      if (why.contains("not allowed")) {
        assertTrue(why.contains("encapsulation: always"), why);
      } else {
        assertTrue(why.contains("no IPv6") || why.contains("no interface"), why);
      }
      return abort("no raw sockets here: " + why);
    }
  }

  private static byte[] v4(String from, String to, int protocol, int payload) {
    byte[] packet = new byte[20 + payload];
    ByteBuffer in = ByteBuffer.wrap(packet);
    in.put(0, (byte) 0x45).put(1, (byte) 0xb9).putShort(2, (short) packet.length);
    in.putShort(4, (short) 0x1234).putShort(6, (short) 0x4000).put(8, (byte) 77);
    in.put(9, (byte) protocol);
    in.put(12, IpAddress.parse(from).octets()).put(16, IpAddress.parse(to).octets());
    long sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += in.getShort(i) & 0xffff;
    }
    in.putShort(10, (short) ~(sum % 0xffff));
    for (int i = 20; i < packet.length; i++) {
      packet[i] = (byte) i;
    }
    return packet;
  }

  private static byte[] v6(String address, int protocol, int payload) {
    byte[] packet = new byte[40 + payload];
    ByteBuffer in = ByteBuffer.wrap(packet);
    in.putInt(0, 6 << 28 | 0xb9 << 20).putShort(4, (short) payload);
    in.put(6, (byte) protocol).put(7, (byte) 77);
    in.put(8, IpAddress.parse(address).octets()).put(24, IpAddress.parse(address).octets());
    for (int i = 40; i < packet.length; i++) {
      packet[i] = (byte) i;
    }
    return packet;
  }

  private static DropReason send(RawPort port, byte[] packet) {
    PacketBurst burst = new PacketBurst(2, 64, 65_535, 64);
    burst.add(ByteBuffer.wrap(packet));
    burst.add(ByteBuffer.wrap(packet));
    // the second one is somebody else's
    port.send(burst, new boolean[] {true, false});
    assertEquals(DropReason.NONE, burst.dropReason(1));
    return burst.dropReason(0);
  }

  /** The next packet; its header checksum was the system's to compute. */
  private static byte[] receive(RawPort port) {
    PacketBurst burst = new PacketBurst(4, 64, 65_535, 64);
    for (int i = 0; i < 50; i++) {
      if (port.receive(burst, 100) > 0) {
        assertEquals(1, burst.size());
        byte[] packet = new byte[burst.length(0)];
        burst.slab().get(burst.offset(0), packet);
        return packet;
      }
    }
    throw new AssertionError("nothing came");
  }

  @Test
  void headersOfV4ArriveAsTheyWereWritten() {
    try (RawPort a = open("127.0.0.71");
        RawPort b = open("127.0.0.72")) {
      for (int protocol : new int[] {50, 51}) {
        byte[] packet = v4("127.0.0.71", "127.0.0.72", protocol, 100);
        assertEquals(DropReason.NONE, send(a, packet));
        assertArrayEquals(packet, receive(b));
      }
    }
  }

  @Test
  void headersOfV6AreRebuiltFromWhatTheSystemTells() {
    try (RawPort port = open("::1")) {
      for (int protocol : new int[] {50, 51}) {
        byte[] packet = v6("::1", protocol, 100);
        assertEquals(DropReason.NONE, send(port, packet));
        assertArrayEquals(packet, receive(port));
      }
    }
  }

  @Test
  void whatTheWayCannotCarryIsNamed() {
    try (RawPort port = open("127.0.0.71")) {
      PacketBurst nothing = new PacketBurst(1, 64, 1500, 64);
      assertEquals(0, port.receive(nothing, 1));
      assertEquals(DropReason.SEND_FAILED, send(port, v4("127.0.0.71", "255.255.255.255", 50, 10)));
    }
  }

  @Test
  void anAddressThatIsNotOursIsNamed() {
    open("127.0.0.71").close();
    RawSettings settings = new RawSettings(List.of(IpAddress.parse("192.0.2.77")), BOTH);
    IOException refused = assertThrows(IOException.class, () -> new LinuxRaw().open(settings));
    assertTrue(String.valueOf(refused.getMessage()).contains("192.0.2.77"), refused::toString);
  }

  @Test
  void closeEndsAReceiverThatWaits() throws Exception {
    RawPort port = open("127.0.0.73");
    CompletableFuture<Integer> waiting =
        CompletableFuture.supplyAsync(() -> port.receive(new PacketBurst(1, 64, 1500, 64), 60_000));
    Thread.sleep(50);
    port.close();
    port.close();
    assertEquals(-1, waiting.get(5, TimeUnit.SECONDS));
    assertEquals(-1, port.receive(new PacketBurst(1, 64, 1500, 64), 10));
    assertEquals(DropReason.SEND_FAILED, send(port, v4("127.0.0.73", "127.0.0.73", 50, 10)));
  }

  @Test
  void theProviderIsFound() {
    RawSocketsTest.class.getModule().addUses(RawProvider.class);
    assertTrue(
        ServiceLoader.load(RawProvider.class).stream()
            .anyMatch(provider -> provider.type() == LinuxRaw.class));
  }
}
