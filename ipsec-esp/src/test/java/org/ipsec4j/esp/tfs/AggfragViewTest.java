package org.ipsec4j.esp.tfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pictures of RFC 9347 6.1, octet by octet. */
@NullUnmarked
class AggfragViewTest {
  private static final String V4_20 = "4500001400000000400600000a0000010a000002";
  private static final String V6_40 =
      "6000000000003b40fd000000000000000000000000000001fd000000000000000000000000000002";
  private static final String CONGESTION =
      // sub-type 1, P and E, BlockOffset 0x0102
      "01030102"
          // LossEventRate
          + "80000001"
          // RTT 0x2aaaaa, Echo Delay 0x155555, Transmit Delay 0x0ffff0
          + "aaaaaaaaaaaffff0"
          // TVal, TEcho
          + "c0ffee01"
          + "deadbeef";

  private final AggfragView view = new AggfragView();

  private boolean parse(String hex) {
    byte[] octets = HexFormat.of().parseHex(hex);
    // no octet behind the window may be needed
    ByteBuffer memory = ByteBuffer.allocate(7 + octets.length).position(7).put(octets);
    return view.parse(memory, 7, octets.length);
  }

  @Test
  void headerWithoutCongestionInformation() {
    assertTrue(parse("00000000" + V4_20));
    assertFalse(view.hasCongestionInfo());
    assertEquals(0, view.blockOffset());
    assertEquals(11, view.dataOffset());
    assertEquals(20, view.dataLength());
    assertEquals(0, view.lossEventRate() + view.rttMicros() + view.tVal() + view.tEcho());
    assertFalse(view.isProbing() || view.isMarked() || view.isAllPad());
  }

  @Test
  void headerWithCongestionInformation() {
    assertTrue(parse(CONGESTION));
    assertTrue(view.hasCongestionInfo());
    assertTrue(view.isProbing());
    assertTrue(view.isMarked());
    assertEquals(0x0102, view.blockOffset());
    assertEquals(0x80000001L, view.lossEventRate());
    assertEquals(0x2aaaaa, view.rttMicros());
    assertEquals(0x155555, view.echoDelayMicros());
    assertEquals(0x0ffff0, view.transmitDelayMicros());
    assertEquals(0xc0ffee01, view.tVal());
    assertEquals(0xdeadbeef, view.tEcho());
    assertEquals(0, view.dataLength());
  }

  @Test
  void writingIsTheInverse() {
    ByteBuffer memory = ByteBuffer.allocate(24);
    AggfragView.writeCongestion(
        memory, 0, 3, 0x0102, 0x80000001L, 0x2aaaaa, 0x155555, 0x0ffff0, 0xc0ffee01, 0xdeadbeef);
    assertEquals(CONGESTION, HexFormat.of().formatHex(memory.array()));
    AggfragView.writeBasic(memory, 0, 0xffff);
    assertEquals("0000ffff", HexFormat.of().formatHex(memory.array(), 0, 4));
  }

  /** "If the RTT is equal to or larger than 0x3FFFFF the value MUST be set to 0x3FFFFF." */
  @Test
  void whatIsTooLargeIsWrittenAsTheLargest() {
    ByteBuffer memory = ByteBuffer.allocate(24);
    long large = 1L << 40;
    AggfragView.writeCongestion(memory, 0, 0, 0, large, large, large, large, 1, 2);
    assertTrue(view.parse(memory, 0, 24));
    assertEquals(0xffffffffL, view.lossEventRate());
    assertEquals(AggfragView.MAX_RTT_MICROS, view.rttMicros());
    assertEquals(AggfragView.MAX_DELAY_MICROS, view.echoDelayMicros());
    assertEquals(AggfragView.MAX_DELAY_MICROS, view.transmitDelayMicros());
  }

  /** "Set to 0 on generation and ignored on receipt." */
  @Test
  void reservedBitsAreIgnored() {
    assertTrue(parse("00ff0000" + V4_20));
    assertFalse(view.isProbing() || view.isMarked());
    assertTrue(parse("01fc" + CONGESTION.substring(4)));
    assertFalse(view.isProbing() || view.isMarked());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // no block, one, several, each kind
        "00000000",
        "00000000" + V4_20,
        "00000000" + V6_40,
        "00000000" + V4_20 + V6_40 + V4_20,
        // padding alone, behind a packet, of one octet, of any content
        "0000000000",
        "00000000" + V4_20 + "00",
        "00000000" + V4_20 + "0fffff45",
        // cut packets: within the header, before the length, within the length
        "00000000" + "45000014000000004006",
        "00000000" + "450000",
        "00000000" + "45",
        "00000000" + V4_20 + "6000000000",
        "00000000" + "45000015" + "00000000400600000a0000010a000002",
        // the rest of a packet, then a block; the rest fills the payload; goes on behind it
        "00000003" + "ffffff" + V4_20,
        "00000014" + V4_20,
        "0000ffff" + "ff",
        "0000ffff",
      })
  void wellFormed(String payload) {
    assertTrue(parse(payload));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // too short for its header
        "",
        "00",
        "000000",
        "01000000",
        "01000000" + "00000000000000000000000000000000000000",
        // sub-types that nobody defined
        "02000000" + V4_20,
        "ff000000" + V4_20,
        // no block begins like this
        "00000000" + "50",
        "00000000" + "10",
        "00000000" + "f0",
        "00000000" + V4_20 + "8000",
        "00000001" + "00" + "70",
        // an IPv4 header shorter than 20 octets, a total length shorter than the header
        "00000000" + "44000014" + "00000000",
        "00000000" + "44",
        "00000000" + "45000013" + "00000000",
        "00000000" + "46000014" + "00000000",
        "00000000" + "45000000",
      })
  void malformed(String payload) {
    assertFalse(parse(payload));
  }

  @ParameterizedTest
  @CsvSource({
    "0000000000, true",
    "00000000, false",
    "0000000100, false",
    "0000000145, false",
    "0000000045, false",
  })
  void allPad(String payload, boolean expected) {
    assertTrue(parse(payload));
    assertEquals(expected, view.isAllPad());
  }
}
