package org.ipsec4j.api.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3, 10.1.2.3, 10.1.2.3",
    "10.1.2.3/8, 10.0.0.0, 10.255.255.255, 10.0.0.0/8",
    "10.1.2.3/32, 10.1.2.3, 10.1.2.3, 10.1.2.3",
    "0.0.0.0/0, 0.0.0.0, 255.255.255.255, 0.0.0.0/0",
    "10.0.0.1-10.0.0.6, 10.0.0.1, 10.0.0.6, 10.0.0.1-10.0.0.6",
    "10.0.0.0 - 10.0.0.7, 10.0.0.0, 10.0.0.7, 10.0.0.0/29",
    "::/0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ::/0",
    "2001:db8::1/64, 2001:db8::, 2001:db8::ffff:ffff:ffff:ffff, 2001:db8::/64",
    "2001:db8::1/65, 2001:db8::, 2001:db8::7fff:ffff:ffff:ffff, 2001:db8::/65",
    "::1/128, ::1, ::1, ::1"
  })
  void textNamesFirstAndLast(String text, String first, String last, String printed) {
    AddressRange range = AddressRange.parse(text);
    assertEquals(IpAddress.parse(first), range.first());
    assertEquals(IpAddress.parse(last), range.last());
    assertEquals(printed, range.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8x",
        "10.0.0.0/0008", "10.0.0.0/8/8", "/8", "10.0.0.2-10.0.0.1", "10.0.0.1-::1", "10.0.0.1-",
        "-10.0.0.1", "10.0.0.1-10.0.0.2-10.0.0.3", "10.0.0.0/99999999999", "any", ""
      })
  void whatIsNoRangeIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
  }

  @Test
  void familiesNeverMeet() {
    assertFalse(AddressRange.ANY_V4.contains(IpAddress.parse("::1")));
    assertFalse(AddressRange.ANY_V6.contains(IpAddress.parse("1.2.3.4")));
    assertTrue(AddressRange.ANY_V4.intersect(AddressRange.ANY_V6).isEmpty());
    assertThrows(
        IllegalArgumentException.class,
        () -> new AddressRange(IpAddress.parse("0.0.0.0"), IpAddress.parse("::1")));
  }
}
