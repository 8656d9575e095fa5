package org.ipsec4j.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SecretTest {
  private static final byte[] KEY = {0x61, 0x62, 0x63, 0x64};

  private static byte[] raw(Secret secret) {
    return secret.reveal(SecretAccess.raw());
  }

  @Test
  void textTellsTheLengthAndNoMore() {
    Secret secret = Secret.copyOf(KEY);
    assertEquals("Secret[4 bytes]", secret.toString());
    String inside = List.of(secret) + String.format("%s", secret);
    assertFalse(inside.contains("abcd") || inside.contains("61626364"), inside);
    assertEquals(secret.hashCode(), Secret.copyOf(new byte[4]).hashCode(), "a hash tells nothing");
  }

  @Test
  void secretsAreNotSerialized() throws Exception {
    try (ObjectOutputStream out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
      assertThrows(
          NotSerializableException.class, () -> out.writeObject((Object) Secret.copyOf(KEY)));
    }
  }

  @Test
  void copyIsIndependentAndAdoptedArrayIsWiped() {
    byte[] source = KEY.clone();
    Secret copied = Secret.copyOf(source);
    source[0] = 0;
    assertArrayEquals(KEY, raw(copied));
    byte[] given = KEY.clone();
    Secret adopted = Secret.adopt(given);
    adopted.destroy();
    assertArrayEquals(new byte[4], given, "no second copy stayed behind");
  }

  @Test
  void revealedCopyIsTheCallersOwn() {
    Secret secret = Secret.copyOf(KEY);
    byte[] revealed = raw(secret);
    revealed[0] = 0;
    assertArrayEquals(KEY, raw(secret));
  }

  @Test
  void destroyedSecretGivesNothingButItsLength() {
    Secret secret = Secret.copyOf(KEY);
    assertFalse(secret.isDestroyed());
    secret.destroy();
    secret.destroy();
    assertTrue(secret.isDestroyed());
    assertEquals(4, secret.length());
    assertEquals("Secret[4 bytes]", secret.toString());
    IllegalStateException refused = assertThrows(IllegalStateException.class, () -> raw(secret));
    assertFalse(String.valueOf(refused.getMessage()).contains("abcd"));
    assertThrows(IllegalStateException.class, () -> secret.slice(0, 1));
    assertThrows(IllegalStateException.class, () -> secret.followedBy(Bytes.EMPTY));
  }

  @Test
  void equalityIsOfBytesAndEndsWithDestruction() {
    Secret one = Secret.copyOf(KEY);
    Secret same = Secret.copyOf(KEY);
    assertEquals(one, same);
    assertNotEquals(one, Secret.copyOf(new byte[] {0x61, 0x62, 0x63, 0x65}), "the last byte");
    assertNotEquals(one, Secret.copyOf(new byte[] {0x60, 0x62, 0x63, 0x64}), "the first byte");
    assertNotEquals(one, Secret.copyOf(new byte[] {0x61, 0x62, 0x63}));
    assertNotEquals((Object) one, Bytes.copyOf(KEY));
    one.destroy();
    same.destroy();
    assertNotEquals(one, same, "two wiped keys are not equal keys");
    assertEquals(one, one);
  }

  @Test
  void partsLiveOnTheirOwn() {
    Secret whole = Secret.copyOf(KEY);
    Secret part = whole.slice(1, 2);
    Secret joined = whole.followedBy(Bytes.ofHex("65"), Bytes.EMPTY, Bytes.ofHex("6667"));
    whole.destroy();
    assertArrayEquals(new byte[] {0x62, 0x63}, raw(part));
    assertArrayEquals(new byte[] {0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67}, raw(joined));
    assertEquals(0, part.slice(2, 0).length());
    assertThrows(IndexOutOfBoundsException.class, () -> part.slice(1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> part.slice(-1, 1));
  }

  @Test
  void publicValueCanStandInTheKeysPlace() {
    assertArrayEquals(new byte[] {1, 2}, raw(Secret.ofPublic(Bytes.ofHex("0102"))));
  }
}
