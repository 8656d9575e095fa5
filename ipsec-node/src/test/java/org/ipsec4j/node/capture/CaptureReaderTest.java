package org.ipsec4j.node.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.node.capture.CaptureProblem.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both file formats in all their byte orders and resolutions, and what becomes of damaged ones. */
class CaptureReaderTest {
  private static final byte[] FRAME = {1, 2, 3, 4, 5};

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void pcapOfEveryKind(boolean bigEndian, boolean nanos) {
    CaptureBytes file =
        new CaptureBytes(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    file.pcapHeader(nanos ? CaptureBytes.NANOS : CaptureBytes.MICROS, LinkType.LINUX_SLL2);
    file.pcapRecord(4_000_000_000L, 7, FRAME, 5).pcapRecord(1, 999_999, new byte[0], 1500);

    for (byte[] bytes : List.of(file.toByteArray(), CaptureBytes.gzip(file.toByteArray()))) {
      CaptureBytes.Result result = CaptureBytes.read(bytes);
      assertEquals(CaptureFormat.PCAP, result.format());
      assertNull(result.problem());
      assertEquals(2, result.packets().size());
      CapturedPacket first = result.packets().get(0);
      assertArrayEquals(FRAME, first.data());
      assertEquals(LinkType.LINUX_SLL2, first.linkType());
      assertEquals(4_000_000_000_000_000_000L + (nanos ? 7 : 7000), first.timestampNanos());
      assertEquals(false, first.cut());
      CapturedPacket second = result.packets().get(1);
      assertEquals(1500, second.originalLength());
      assertEquals(true, second.cut());
      assertEquals(1_000_000_000L + (nanos ? 999_999 : 999_999_000), second.timestampNanos());
    }
  }

  @Test
  void pcapLinkTypeIgnoresTheCheckSequenceBits() {
    CaptureBytes file = new CaptureBytes(ByteOrder.BIG_ENDIAN);
    file.pcapHeader(CaptureBytes.MICROS, 0x24000001).pcapRecord(0, 0, FRAME, 5);
    assertEquals(
        LinkType.ETHERNET, CaptureBytes.read(file.toByteArray()).packets().get(0).linkType());
  }

  @Test
  void pcapngWithSectionsInterfacesAndEveryPacketBlock() {
    CaptureBytes.Result result = CaptureBytes.read(CaptureBytes.variedPcapng());
    assertNull(result.problem());
    assertEquals(CaptureFormat.PCAPNG, result.format());
    List<CapturedPacket> p = result.packets();
    assertEquals(5, p.size());
    assertArrayEquals(
        new int[] {1, 101, 1, 101, 101}, p.stream().mapToInt(CapturedPacket::linkType).toArray());
    assertArrayEquals(
        new int[] {60, 47, 42, 120, 20},
        p.stream().mapToInt(CapturedPacket::originalLength).toArray());
    assertArrayEquals(
        new int[] {54, 47, 42, 30, 20}, p.stream().mapToInt(f -> f.data().length).toArray());
    assertArrayEquals(
        new long[] {1_000_001_000L, 2_000_000_002L, 3000, 0, 4_000_000_000L},
        p.stream().mapToLong(CapturedPacket::timestampNanos).toArray());
    assertArrayEquals(IpBytes.v6(7), p.get(1).data());
  }

  @ParameterizedTest
  @CsvSource({
    // resolution byte, units, seconds offset, nanoseconds
    "0,  5, 0, 5000000000",
    "3,  5, 0, 5000000",
    "6,  5, 2, 2000005000",
    "9,  5, -1, -999999995",
    "12, 5999, 0, 5",
    "127, 5, 0, 0",
    "0x80, 3, 0, 3000000000",
    "0x8a, 1536, 0, 1500000000",
    "0xff, -1, 0, 0",
    "6, -1, 0, 9223372036854775807",
    "9, 0, 9223372036854775807, 9223372036854775807",
    "9, 0, -9223372036854775808, -9223372036854775808"
  })
  void pcapngTimeResolutions(String resolution, long units, long offset, long nanos) {
    CaptureBytes file = new CaptureBytes(ByteOrder.LITTLE_ENDIAN).section();
    byte[] options =
        file.body()
            .u16(9, 1)
            .raw((byte) (int) Integer.decode(resolution), (byte) 0, (byte) 0, (byte) 0)
            .u16(14, 8)
            .u64(offset)
            .toByteArray();
    file.describeInterface(1, 0, options).enhanced(0, units, FRAME, 5);
    CaptureBytes.Result result = CaptureBytes.read(file.toByteArray());
    assertEquals(nanos, result.packets().get(0).timestampNanos());
  }

  @Test
  void damagedOptionsDoNotCostTheFrames() {
    CaptureBytes file = new CaptureBytes(ByteOrder.LITTLE_ENDIAN).section();
    file.describeInterface(1, 0, file.body().u16(2, 60_000).u32(0x41414141).toByteArray());
    file.describeInterface(1, 0, file.body().u16(9, 3).u32(0x41414141).u16(14).toByteArray());
    file.enhanced(0, 1, FRAME, 5).enhanced(1, 2, FRAME, 5);
    CaptureBytes.Result result = CaptureBytes.read(file.toByteArray());
    assertNull(result.problem());
    assertEquals(2, result.packets().size());
    assertEquals(2000, result.packets().get(1).timestampNanos());
  }

  @Test
  void everyPrefixGivesThePacketsBeforeTheCut() {
    byte[] whole = CaptureBytes.variedPcapng();
    CaptureBytes pcap = new CaptureBytes(ByteOrder.BIG_ENDIAN).pcapHeader(CaptureBytes.NANOS, 1);
    pcap.pcapRecord(1, 1, FRAME, 5).pcapRecord(2, 2, FRAME, 5);
    checkPrefixes(whole);
    checkPrefixes(pcap.toByteArray());
  }

  private static void checkPrefixes(byte[] whole) {
    List<CapturedPacket> all = CaptureBytes.read(whole).packets();
    int before = 0;
    for (int length = 0; length < whole.length; length++) {
      CaptureBytes.Result result = CaptureBytes.read(Arrays.copyOf(whole, length));
      int count = result.packets().size();
      assertTrue(count == before || count == before + 1, "packets never vanish");
      before = count;
      for (int i = 0; i < count; i++) {
        assertArrayEquals(all.get(i).data(), result.packets().get(i).data());
      }
      CaptureProblem problem = result.problem();
      if (problem != null) {
        assertTrue(
            problem.kind() == (length < 4 ? Kind.NOT_A_CAPTURE : Kind.TRUNCATED),
            problem.describe());
        assertTrue(problem.offset() <= length, problem.describe());
      }
    }
    assertTrue(before >= all.size() - 1);
  }

  @Test
  void problemsAreNamedWithOffsetAndExpectation() {
    CaptureBytes record =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN).pcapHeader(CaptureBytes.MICROS, 1);
    record.pcapRecord(0, 0, FRAME, 5).u32(0, 0, 0x7fffffff, 5);
    CaptureProblem tooLong = CaptureBytes.read(record.toByteArray()).theProblem();
    assertEquals(
        "BAD_LENGTH at offset 45: expected a frame of at most 1048576 bytes, found 2147483647",
        tooLong.describe());

    assertProblem(
        Kind.NOT_A_CAPTURE, 0, "not a capture".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertProblem(Kind.NOT_A_CAPTURE, 0);
    assertProblem(
        Kind.UNSUPPORTED_VERSION,
        4,
        new CaptureBytes(ByteOrder.BIG_ENDIAN)
            .u32(CaptureBytes.MICROS)
            .u16(3, 0)
            .u32(0, 0, 0, 1)
            .toByteArray());
    assertProblem(
        Kind.UNSUPPORTED_VERSION,
        12,
        new CaptureBytes(ByteOrder.BIG_ENDIAN)
            .block(
                0x0a0d0d0a,
                new CaptureBytes(ByteOrder.BIG_ENDIAN)
                    .u32(0x1a2b3c4d)
                    .u16(2, 0)
                    .u64(-1)
                    .toByteArray())
            .toByteArray());
    assertProblem(
        Kind.NOT_A_CAPTURE,
        0,
        new CaptureBytes(ByteOrder.BIG_ENDIAN).u32(0x0a0d0d0a, 28, 5, 5).toByteArray());
  }

  @Test
  void pcapngStructureProblems() {
    // a section takes 28 bytes, so all of these blocks start at 28
    assertProblem(Kind.BAD_LENGTH, 28, section().u32(6, 8, 0, 0).toByteArray());
    assertProblem(Kind.BAD_LENGTH, 28, section().u32(6, 33, 0, 0).toByteArray());
    assertProblem(Kind.BAD_LENGTH, 28, section().u32(6, 0x7ffffffc, 0, 0).toByteArray());
    assertProblem(Kind.TRUNCATED, 28, section().u32(0x77, 0xfffffffcL, 0, 0).toByteArray());
    assertProblem(Kind.BAD_LENGTH, 40, section().u32(0x77, 16, 0, 20).toByteArray());
    assertProblem(Kind.BAD_LENGTH, 28, section().block(1, new byte[4]).toByteArray());
    assertProblem(Kind.BAD_LENGTH, 28, section().block(6, new byte[16]).toByteArray());
    assertProblem(Kind.BAD_LENGTH, 28, section().block(3, new byte[0]).toByteArray());
    assertProblem(Kind.UNKNOWN_INTERFACE, 28, section().enhanced(0, 0, FRAME, 5).toByteArray());
    assertProblem(Kind.UNKNOWN_INTERFACE, 28, section().enhanced(-1, 0, FRAME, 5).toByteArray());
    assertProblem(Kind.UNKNOWN_INTERFACE, 28, section().simple(FRAME, 5).toByteArray());
    // an interface takes 20 bytes more
    CaptureBytes lying = section().describeInterface(1, 0, new byte[0]);
    assertProblem(
        Kind.BAD_LENGTH,
        48,
        lying.block(6, lying.body().u32(0, 0, 0, 9, 9).u64(0).toByteArray()).toByteArray());
    CaptureBytes simple = section().describeInterface(1, 0, new byte[0]);
    assertProblem(Kind.BAD_LENGTH, 48, simple.simple(FRAME, 100).toByteArray());
    CaptureBytes twice = section().describeInterface(1, 0, new byte[0]).section();
    assertProblem(Kind.UNKNOWN_INTERFACE, 76, twice.enhanced(0, 0, FRAME, 5).toByteArray());
  }

  @Test
  void interfacesAreBounded() {
    CaptureBytes file = section();
    for (int i = 0; i <= 65_536; i++) {
      file.describeInterface(1, 0, new byte[0]);
    }
    assertProblem(Kind.TOO_MANY_INTERFACES, 28 + 65_536L * 20, file.toByteArray());
  }

  @Test
  void gzipIsBoundedAndMayBeDamaged() {
    CaptureBytes file =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN).pcapHeader(CaptureBytes.MICROS, 1);
    for (int i = 0; i < 50; i++) {
      file.pcapRecord(i, 0, new byte[1000], 1000);
    }
    byte[] plain = file.toByteArray();
    byte[] packed = CaptureBytes.gzip(plain);
    assertEquals(50, CaptureBytes.read(packed, plain.length).packets().size());
    assertNull(CaptureBytes.read(packed, plain.length).problem());

    CaptureBytes.Result limited = CaptureBytes.read(packed, 24 + 3 * 1016 + 10);
    assertEquals(3, limited.packets().size());
    assertEquals(Kind.TOO_LARGE, limited.theProblem().kind());

    CaptureBytes.Result cut = CaptureBytes.read(Arrays.copyOf(packed, packed.length - 12));
    assertEquals(Kind.DAMAGED_GZIP, cut.theProblem().kind());
    packed[packed.length - 6] ^= 1;
    CaptureBytes.Result wrongSum = CaptureBytes.read(packed);
    assertEquals(50, wrongSum.packets().size());
    assertEquals(Kind.DAMAGED_GZIP, wrongSum.theProblem().kind());
    assertProblem(Kind.DAMAGED_GZIP, 0, (byte) 0x1f, (byte) 0x8b, (byte) 9);
  }

  @Test
  void anInputErrorIsAnIoException() throws IOException {
    byte[] whole = CaptureBytes.variedPcapng();
    for (byte[] bytes : List.of(whole, CaptureBytes.gzip(whole))) {
      try (CaptureReader reader =
          CaptureReader.of(new FailingStream(bytes, bytes.length - 5), 1 << 20)) {
        assertThrows(
            IOException.class,
            () -> {
              while (reader.next() != null) {
                // until the disk fails
              }
            });
      }
    }
    FailingStream atOnce = new FailingStream(whole, 0);
    assertThrows(IOException.class, () -> CaptureReader.of(atOnce, 100));
    assertTrue(atOnce.closed);
  }

  private static CaptureBytes section() {
    return new CaptureBytes(ByteOrder.BIG_ENDIAN).section();
  }

  private static void assertProblem(Kind kind, long offset, byte... file) {
    CaptureProblem problem = CaptureBytes.read(file).theProblem();
    assertEquals(kind + " " + offset, problem.kind() + " " + problem.offset(), problem.describe());
    assertNotNull(problem.detail());
    assertTrue(problem.detail().startsWith("expected "), problem.detail());
  }

  /** Gives bytes up to a point and fails there. */
  private static final class FailingStream extends InputStream {
    private final byte[] bytes;
    private final int failAt;
    private int at;
    private boolean closed;

    FailingStream(byte[] bytes, int failAt) {
      this.bytes = bytes;
      this.failAt = failAt;
    }

    @Override
    public int read() throws IOException {
      if (at >= failAt) {
        throw new IOException("the disk is gone");
      }
      return bytes[at++] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int value = read();
      into[offset] = (byte) value;
      return 1;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
