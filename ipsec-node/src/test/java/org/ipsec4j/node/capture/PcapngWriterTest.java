package org.ipsec4j.node.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read back, and a target is replaced in one step or not at all. */
class PcapngWriterTest {
  private static final long TIME = 1_700_000_000_123_456_789L;

  @TempDir Path folder = Path.of("");

  @Test
  void roundTripOfEverySize() throws IOException {
    Path target = folder.resolve("outer.pcapng");
    int[] payloads = {0, 1, 2, 3, 4, 1480, 64_980, 65_515};
    try (PcapngWriter writer = PcapngWriter.create(target, "outer")) {
      for (int payload : payloads) {
        ByteBuffer packet = ByteBuffer.wrap(IpBytes.v4(payload));
        writer.write(TIME + payload, packet);
        assertEquals(20 + payload, packet.remaining());
      }
      for (int i = 0; i < 5000; i++) {
        writer.write(i, ByteBuffer.wrap(IpBytes.v6(i % 100)).asReadOnlyBuffer());
      }
      assertEquals(5008, writer.packets());
    }
    CaptureBytes.Result result = CaptureBytes.read(Files.readAllBytes(target));
    assertTrue(result.problem() == null);
    assertEquals(5008, result.packets().size());
    for (int i = 0; i < payloads.length; i++) {
      CapturedPacket packet = result.packets().get(i);
      assertArrayEquals(IpBytes.v4(payloads[i]), packet.data());
      assertEquals(TIME + payloads[i], packet.timestampNanos());
      assertEquals(LinkType.RAW, packet.linkType());
      assertFalse(packet.cut());
    }
    assertArrayEquals(IpBytes.v6(99), result.packets().get(5007).data());
  }

  @Test
  void nothingIsSeenBeforeClose() throws IOException {
    Path target = folder.resolve("outer.pcapng");
    Files.writeString(target, "old");
    try (PcapngWriter writer = PcapngWriter.create(target, "outer")) {
      writer.write(TIME, ByteBuffer.wrap(IpBytes.v4(0)));
      assertEquals("old", Files.readString(target));
    }
    assertEquals(1, CaptureBytes.read(Files.readAllBytes(target)).packets().size());
    assertEquals(List.of(target), files());
  }

  @Test
  void abortLeavesEverythingAsItWas() throws IOException {
    Path target = folder.resolve("outer.pcapng");
    Files.writeString(target, "old");
    PcapngWriter writer = PcapngWriter.create(target, "outer");
    writer.write(TIME, ByteBuffer.wrap(IpBytes.v4(0)));
    writer.abort();
    writer.abort();
    writer.close();
    assertEquals("old", Files.readString(target));
    assertEquals(List.of(target), files());
    assertThrows(IOException.class, () -> writer.write(TIME, ByteBuffer.allocate(20)));
  }

  @Test
  void twoWritersOfOneTargetDoNotMeet() throws IOException {
    Path target = folder.resolve("outer.pcapng");
    try (PcapngWriter first = PcapngWriter.create(target, "a");
        PcapngWriter second = PcapngWriter.create(target, "b")) {
      first.write(1, ByteBuffer.wrap(IpBytes.v4(1)));
      second.write(2, ByteBuffer.wrap(IpBytes.v4(2)));
    }
    // closed in reverse order: the first one is the last to be put in place
    assertArrayEquals(
        IpBytes.v4(1), CaptureBytes.read(Files.readAllBytes(target)).packets().get(0).data());
    assertEquals(List.of(target), files());
  }

  @Test
  void misuseIsRefused() throws IOException {
    assertThrows(
        IOException.class,
        () -> PcapngWriter.create(folder.resolve("missing/outer.pcapng"), "outer"));
    try (PcapngWriter writer = PcapngWriter.create(folder.resolve("x"), "outer")) {
      assertThrows(
          IllegalArgumentException.class, () -> writer.write(0, ByteBuffer.allocate(65_576)));
      assertThrows(IllegalArgumentException.class, () -> writer.write(-1, ByteBuffer.allocate(20)));
    }
    assertEquals(0, CaptureBytes.read(Files.readAllBytes(folder.resolve("x"))).packets().size());
  }

  @Test
  void aFailingRenameLeavesNoTemporaryFile() throws IOException {
    Path target = Files.createDirectory(folder.resolve("taken"));
    Path inside = Files.createFile(target.resolve("file"));
    PcapngWriter writer = PcapngWriter.create(target, "outer");
    assertThrows(IOException.class, writer::close);
    assertEquals(List.of(target), files());
    assertTrue(Files.exists(inside));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.toList();
    }
  }
}
