package org.ipsec4j.api.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {
  /** The examples of RFC 5952 section 1 to 4 and RFC 4291 2.2, each with its canonical text. */
  @ParameterizedTest
  @CsvSource({
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:0db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8::1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8::0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:0db8::1:0:0:1, 2001:db8::1:0:0:1",
    "2001:DB8:0:0:1::1, 2001:db8::1:0:0:1",
    "2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
    "2001:db8:0:0:0::1, 2001:db8::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a",
    "FF01:0:0:0:0:0:0:101, ff01::101",
    "0:0:0:0:0:0:0:1, ::1",
    "0:0:0:0:0:0:0:0, ::",
    "1::, 1::",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "0:0:0:0:0:0:13.1.68.3, ::d01:4403",
    "::FFFF:129.144.52.38, ::ffff:8190:3426",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "192.0.2.1, 192.0.2.1"
  })
  void textIsReadAndPrintedInItsCanonicalForm(String text, String canonical) {
    assertEquals(canonical, IpAddress.parse(text).toString());
    assertEquals(IpAddress.parse(text), IpAddress.parse(canonical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ".",
        ":",
        ":::",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "256.1.1.1",
        "1.2.3.999",
        "1.2.3.0004",
        "01.2.3.4",
        "1.2.3.04",
        "+1.2.3.4",
        "-1.2.3.4",
        "0x1.2.3.4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1,2,3,4",
        "\u0661.2.3.4",
        "localhost",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1::2::3",
        "1:::2",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "1:2:3:4:5:6:7:8:",
        "12345::",
        "g::",
        "-1::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1.2.3.4::",
        "1:2.3.4.5::6",
        "::1.2.3.4:5",
        "::1.2.3",
        "::1.2.3.256",
        "::01.2.3.4",
        "fe80::1%eth0",
        "fe80::1%1",
        "[::1]",
        "::1/128",
        "::\uff11"
      })
  void whatIsNoAddressIsRefusedAndQuoted(String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text));
    assertTrue(String.valueOf(refused.getMessage()).contains("`" + text + "`"));
  }

  @Test
  void octetsAreInNetworkOrder() {
    assertArrayEquals(new byte[] {(byte) 192, 0, 2, 1}, IpAddress.parse("192.0.2.1").octets());
    byte[] v6 = IpAddress.parse("2001:db8::ff").octets();
    assertEquals(16, v6.length);
    assertEquals(0x20, v6[0]);
    assertEquals((byte) 0xff, v6[15]);
    assertEquals(IpAddress.parse("2001:db8::ff"), IpAddress.of(v6));
    assertEquals(IpAddress.parse("255.0.0.1"), IpAddress.of(new byte[] {-1, 0, 0, 1}));
    for (int length : new int[] {0, 3, 5, 15, 17}) {
      assertThrows(IllegalArgumentException.class, () -> IpAddress.of(new byte[length]));
    }
  }

  @Test
  void addressIsWrittenWhereItBelongsAndNowhereElse() {
    ByteBuffer target = ByteBuffer.allocate(24);
    IpAddress.parse("1.2.3.4").writeTo(target, 2);
    IpAddress.parse("::5").writeTo(target, 8);
    assertEquals(0, target.position());
    assertEquals(0x0000_0102_0304_0000L, target.getLong(0));
    assertEquals(5, target.get(23));
  }

  @Test
  void orderIsByFamilyThenUnsigned() {
    List<IpAddress> ordered =
        List.of(
            IpAddress.parse("0.0.0.0"),
            IpAddress.parse("127.255.255.255"),
            IpAddress.parse("128.0.0.0"),
            IpAddress.parse("255.255.255.255"),
            IpAddress.parse("::"),
            IpAddress.parse("::1"),
            IpAddress.parse("::8000:0:0:0"),
            IpAddress.parse("0:0:0:1::"),
            IpAddress.parse("8000::"),
            IpAddress.parse("ffff::"));
    List<IpAddress> shuffled = new ArrayList<>(ordered);
    Collections.reverse(shuffled);
    Collections.sort(shuffled);
    assertEquals(ordered, shuffled);
  }

  @Test
  void familiesDiffer() {
    assertNotEquals(IpAddress.parse("0.0.0.1"), IpAddress.parse("::1"));
    assertNotEquals(
        IpAddress.parse("1.2.3.4"), IpAddress.parse("::ffff:1.2.3.4"), "mapped is IPv6");
    assertEquals(32, IpAddress.v4(0).bits());
    assertEquals(128, IpAddress.v6(0, 0).bits());
  }

  @Test
  void specialAddressesAreKnown() {
    assertTrue(IpAddress.parse("0.0.0.0").isUnspecified());
    assertTrue(IpAddress.parse("::").isUnspecified());
    assertFalse(IpAddress.parse("::1").isUnspecified());
    assertTrue(IpAddress.parse("224.0.0.1").isMulticast());
    assertTrue(IpAddress.parse("239.255.255.255").isMulticast());
    assertFalse(IpAddress.parse("223.255.255.255").isMulticast());
    assertFalse(IpAddress.parse("240.0.0.0").isMulticast());
    assertTrue(IpAddress.parse("ff02::1").isMulticast());
    assertFalse(IpAddress.parse("fe80::1").isMulticast());
  }

  @Test
  void endpointsHaveAPortAndBracketsWhereNeeded() {
    assertEquals("192.0.2.1:500", new Endpoint(IpAddress.parse("192.0.2.1"), 500).toString());
    assertEquals(
        "[2001:db8::1]:4500",
        new Endpoint(IpAddress.parse("2001:db8::1"), 500).withPort(4500).toString());
    assertThrows(IllegalArgumentException.class, () -> new Endpoint(IpAddress.v4(0), 65536));
    assertThrows(IllegalArgumentException.class, () -> new Endpoint(IpAddress.v4(0), -1));
  }
}
