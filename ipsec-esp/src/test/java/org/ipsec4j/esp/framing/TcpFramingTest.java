package org.ipsec4j.esp.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.framing.TcpStreamReader.State;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams octet by octet, one rule of RFC 9329 each. */
@NullUnmarked
class TcpFramingTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String PREFIX = "494b45544350";

  private static ByteBuffer chunk(String hex) {
    return ByteBuffer.wrap(HEX.parseHex(hex));
  }

  private static PacketBurst burst(int capacity) {
    return new PacketBurst(capacity, 16, 100, 0);
  }

  static String window(PacketBurst burst, int index) {
    byte[] copy = new byte[burst.length(index)];
    burst.slab().get(burst.offset(index), copy);
    return HEX.formatHex(copy);
  }

  /** RFC 9329 3.1 and 3.2: the length counts itself; a marker stands in front of IKE only. */
  @Test
  void messagesAreWritten() {
    PacketBurst burst = burst(3);
    burst.add(chunk("11223344aabb"));
    burst.add(chunk("0102"));
    burst.drop(1, DropReason.STOPPING);
    burst.add(chunk("0000000099"));
    TcpFraming.frame(burst);
    assertEquals("000811223344aabb", window(burst, 0));
    assertEquals("0102", window(burst, 1));
    assertEquals("00070000000099", window(burst, 2));
    burst.clear();
    burst.add(chunk("a1a2a3"));
    assertEquals(DropReason.NONE, TcpFraming.frameIke(burst, 0));
    assertEquals("000900000000a1a2a3", window(burst, 0));
    ByteBuffer prefix = ByteBuffer.allocate(TcpFraming.prefixLength());
    TcpFraming.putPrefix(prefix);
    assertEquals(PREFIX, HEX.formatHex(prefix.array()));
  }

  @Test
  void whatDoesNotFitIsNotWritten() {
    PacketBurst burst = new PacketBurst(2, 1, 66000, 0);
    burst.add(ByteBuffer.allocate(65534));
    burst.add(ByteBuffer.allocate(65533));
    TcpFraming.frame(burst);
    assertEquals(DropReason.TOO_LONG, burst.dropReason(0));
    assertEquals(DropReason.NO_HEADROOM, burst.dropReason(1));
    PacketBurst ike = new PacketBurst(2, 6, 66000, 0);
    ike.add(ByteBuffer.allocate(65530));
    ike.add(ByteBuffer.allocate(65529));
    assertEquals(DropReason.TOO_LONG, TcpFraming.frameIke(ike, 0));
    assertEquals(65530, ike.length(0));
    assertEquals(DropReason.NONE, TcpFraming.frameIke(ike, 1));
    assertEquals("ffff00000000", window(ike, 1).substring(0, 12));
  }

  @Test
  void messagesAreRead() {
    TcpStreamReader reader = new TcpStreamReader(true, 100);
    PacketBurst burst = burst(4);
    ByteBuffer chunk = chunk(PREFIX + "0008" + "11223344aabb" + "0007" + "0000000099" + "00");
    assertEquals(State.NEED_MORE, reader.read(chunk, burst));
    assertFalse(chunk.hasRemaining());
    assertEquals(2, burst.size());
    assertEquals("11223344aabb", window(burst, 0));
    assertEquals("0000000099", window(burst, 1));
    assertEquals(State.NEED_MORE, reader.read(chunk("0601020304"), burst));
    assertEquals("01020304", window(burst, 2));
    assertEquals(3, reader.messages());
  }

  /** RFC 9329 4: the prefix is sent by the originator only, and must be whole and right. */
  @Test
  void thePrefixIsDemandedOfTheOriginatorOnly() {
    TcpStreamReader originator = new TcpStreamReader(false, 100);
    PacketBurst burst = burst(4);
    assertEquals(State.NEED_MORE, originator.read(chunk("000601020304"), burst));
    assertEquals(1, burst.size());
    TcpStreamReader responder = new TcpStreamReader(true, 100);
    assertEquals(State.NEED_MORE, responder.read(chunk("494b4554"), burst));
    assertEquals(State.NEED_MORE, responder.read(chunk("4350"), burst));
    assertEquals(State.NEED_MORE, responder.read(chunk("000601020304"), burst));
    assertEquals(2, burst.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"000601020304", "494b45544351", "49ff", "696b65746370", "474554202f"})
  void anotherPrefixBreaksTheStream(String octets) {
    TcpStreamReader reader = new TcpStreamReader(true, 100);
    PacketBurst burst = burst(1);
    assertEquals(State.FAILED, reader.read(chunk(octets), burst));
    assertTrue(reader.isFailed());
    ByteBuffer more = chunk(PREFIX + "000601020304");
    assertEquals(State.FAILED, reader.read(more, burst));
    assertEquals(0, more.position());
    assertEquals(0, burst.size());
  }

  /** RFC 9329 3.1: 0 and 1 are fatal; 3: 2 is ignored; 6.6: a keepalive is ignored. */
  @ParameterizedTest
  @CsvSource({
    "0000, FAILED, 0, 0, 0",
    "0001, FAILED, 0, 0, 0",
    "0002, NEED_MORE, 1, 0, 0",
    "0003ff, NEED_MORE, 0, 1, 0",
    "000300, NEED_MORE, 0, 0, 1",
    "0005ffffff, NEED_MORE, 0, 0, 1"
  })
  void shortLengths(String octets, State expected, int empty, int keepalives, int tooShort) {
    TcpStreamReader reader = new TcpStreamReader(false, 100);
    PacketBurst burst = burst(1);
    String behind = "000601020304";
    assertEquals(expected, reader.read(chunk(octets + behind), burst));
    assertEquals(expected == State.FAILED ? 0 : 1, burst.size());
    assertEquals(empty, reader.empty());
    assertEquals(keepalives, reader.keepalives());
    assertEquals(tooShort, reader.tooShort());
  }

  /** What we do not want is passed over, and the stream stays in step. */
  @Test
  void longMessagesArePassedOver() {
    TcpStreamReader reader = new TcpStreamReader(false, 8);
    PacketBurst burst = burst(2);
    String tooLong = "000b" + "010203040506070809";
    reader.read(chunk(tooLong + "000a" + "0102030405060708" + tooLong.substring(0, 10)), burst);
    reader.read(chunk(tooLong.substring(10) + "0006a1a2a3a4"), burst);
    assertEquals(2, burst.size());
    assertEquals("0102030405060708", window(burst, 0));
    assertEquals("a1a2a3a4", window(burst, 1));
    assertEquals(2, reader.tooLong());
  }

  @Test
  void slotsMayBeSmallerThanMessages() {
    TcpStreamReader reader = new TcpStreamReader(false, 1000);
    PacketBurst burst = new PacketBurst(1, 0, 64, 0);
    ByteBuffer chunk = ByteBuffer.allocate(67 + 6);
    chunk.putShort((short) 67).put(65 + 1, (byte) 1).position(67).putShort((short) 6).putInt(5);
    chunk.put(2, (byte) 1);
    reader.read(chunk.flip(), burst);
    assertEquals(1, reader.tooLong());
    assertEquals("00000005", window(burst, 0));
  }

  @Test
  void aFullBurstStopsTheReader() {
    TcpStreamReader reader = new TcpStreamReader(false, 100);
    PacketBurst burst = burst(1);
    ByteBuffer chunk = chunk("000601020304" + "0003ff" + "000605060708" + "0002");
    assertEquals(State.BURST_FULL, reader.read(chunk, burst));
    assertEquals(2, chunk.remaining());
    assertEquals(State.BURST_FULL, reader.read(chunk, burst));
    burst.clear();
    assertEquals(State.NEED_MORE, reader.read(chunk, burst));
    assertEquals("05060708", window(burst, 0));
    assertEquals(1, reader.empty());
  }

  @Test
  void limitsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new TcpStreamReader(true, 3));
    assertThrows(IllegalArgumentException.class, () -> new TcpStreamReader(true, 65534));
  }
}
