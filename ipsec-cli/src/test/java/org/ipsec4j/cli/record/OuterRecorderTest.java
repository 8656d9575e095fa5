package org.ipsec4j.cli.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.node.capture.CaptureReader;
import org.ipsec4j.node.capture.CapturedPacket;
import org.ipsec4j.node.capture.IpExtractor;
import org.ipsec4j.node.capture.IpOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OuterRecorderTest {
  @TempDir Path folder;

  private byte[] recorded(String from, String to, byte[] payload) throws Exception {
    IpOutcome.Packet packet =
        assertInstanceOf(IpOutcome.Packet.class, IpExtractor.extract(frame(from, to, payload)));
    assertFalse(packet.badHeaderChecksum());
    return packet.toByteArray();
  }

  private CapturedPacket frame(String from, String to, byte[] payload) throws Exception {
    Path file = folder.resolve("x.pcapng");
    ByteBuffer memory = ByteBuffer.allocateDirect(100 + payload.length);
    memory.put(33, payload);
    try (OuterRecorder recorder = OuterRecorder.create(file)) {
      recorder.onDatagram(
          new Endpoint(IpAddress.parse(from), 4500),
          new Endpoint(IpAddress.parse(to), 14500),
          memory,
          33,
          payload.length,
          true);
    }
    try (CaptureReader reader = CaptureReader.open(file)) {
      return Objects.requireNonNull(reader.next());
    }
  }

  private static int word(byte[] packet, int at) {
    return (packet[at] & 0xff) << 8 | (at + 1 < packet.length ? packet[at + 1] & 0xff : 0);
  }

  /** One's complement sum over pseudo header and datagram is all ones (RFC 768). */
  private static void checkUdp(byte[] packet, int header, int addresses) {
    long sum = 17L + packet.length - header;
    for (int i = addresses; i < header; i += 2) {
      sum += word(packet, i);
    }
    for (int i = header; i < packet.length; i += 2) {
      sum += word(packet, i);
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    assertEquals(0xffff, sum);
  }

  @Test
  void rebuildsIpv4() throws Exception {
    byte[] packet = recorded("192.0.2.1", "192.0.2.2", new byte[] {1, 2, 3});
    assertEquals(31, packet.length);
    assertArrayEquals(new byte[] {1, 2, 3}, java.util.Arrays.copyOfRange(packet, 28, 31));
    checkUdp(packet, 20, 12);
  }

  @Test
  void rebuildsIpv6() throws Exception {
    byte[] packet = recorded("2001:db8::1", "2001:db8::2", new byte[] {9, 8, 7, 6});
    assertEquals(52, packet.length);
    checkUdp(packet, 40, 8);
  }

  @Test
  void carriesTheLargestDatagram() throws Exception {
    // The demo's reader of inner packets stops at 65,000 octets, as outer headers must fit too.
    assertEquals(65_064, frame("127.0.0.1", "127.0.0.1", new byte[65_036]).data().length);
  }
}
