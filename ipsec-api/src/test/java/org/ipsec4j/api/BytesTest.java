package org.ipsec4j.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class BytesTest {
  @Test
  void nobodyReachesTheBytesFromOutside() {
    byte[] source = {1, 2, 3};
    Bytes bytes = Bytes.copyOf(source);
    source[0] = 9;
    byte[] handed = bytes.toArray();
    handed[1] = 9;
    assertArrayEquals(new byte[] {1, 2, 3}, bytes.toArray());
  }

  @Test
  void hexIsReadWithBlanksAndPrintedWithout() {
    Bytes bytes = Bytes.ofHex(" 00 fF\n8001\t");
    assertEquals("00ff8001", bytes.toHex());
    assertEquals("00ff8001", bytes.toString());
    assertEquals(0xff, bytes.at(1), "octets are unsigned");
    assertThrows(IllegalArgumentException.class, () -> Bytes.ofHex("0"));
    assertThrows(IllegalArgumentException.class, () -> Bytes.ofHex("0g"));
  }

  @Test
  void partsAndWhole() {
    Bytes whole =
        Bytes.concat(Bytes.ofHex("0102"), Bytes.EMPTY, Bytes.ofHex("03"), Bytes.ofHex("0405"));
    assertEquals(Bytes.ofHex("0102030405"), whole);
    assertEquals(5, whole.length());
    assertEquals(Bytes.ofHex("0304"), whole.slice(2, 2));
    assertEquals(Bytes.EMPTY, whole.slice(5, 0));
    assertEquals(Bytes.ofHex("0405"), Bytes.copyOf(whole.toArray(), 3, 2));
    byte[] target = new byte[7];
    whole.copyTo(target, 1);
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 5, 0}, target);
    assertSame(Bytes.EMPTY, Bytes.copyOf(new byte[0]));
    assertEquals(Bytes.EMPTY, Bytes.concat());
  }

  @Test
  void rangesOutsideAreRefused() {
    Bytes bytes = Bytes.ofHex("010203");
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(2, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(-1, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(0, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(1, Integer.MAX_VALUE));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.at(3));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.copyTo(new byte[3], 1));
  }

  @Test
  void equalBytesAreEqual() {
    assertEquals(Bytes.ofHex("0102"), Bytes.ofHex("0102"));
    assertEquals(Bytes.ofHex("0102").hashCode(), Bytes.ofHex("0102").hashCode());
    assertNotEquals(Bytes.ofHex("0102"), Bytes.ofHex("010200"));
    assertNotEquals((Object) Bytes.ofHex("0102"), "0102");
  }
}
