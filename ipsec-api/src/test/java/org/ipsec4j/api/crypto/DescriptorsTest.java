package org.ipsec4j.api.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Bursts of descriptors, and what the vocabulary of cryptography refuses. */
final class DescriptorsTest {
  @Test
  void descriptorsAreReusedAndBeginPending() {
    CryptoBurst burst = new CryptoBurst(2);
    CryptoOp first = burst.next();
    first.status = CryptoOp.Status.OK;
    first.highSequencePresent = true;
    CryptoOp second = burst.next();
    assertEquals(2, burst.size());
    assertEquals(2, burst.capacity());
    assertSame(second, burst.op(1));
    assertThrows(IndexOutOfBoundsException.class, burst::next);
    burst.clear();
    assertEquals(0, burst.size());
    assertSame(first, burst.next(), "nothing is allocated again");
    assertEquals(CryptoOp.Status.PENDING, first.status);
    assertFalse(first.highSequencePresent);
    assertEquals(CryptoOp.MAX_NONCE, first.nonce.length);
  }

  @Test
  void unprotectedOrContradictoryTransformsDoNotExist() {
    for (EncryptionAlgorithm cipher : EncryptionAlgorithm.values()) {
      for (IntegrityAlgorithm integrity : IntegrityAlgorithm.values()) {
        int bits = cipher.keyBits().getFirst();
        boolean good = cipher.isAead() == (integrity == IntegrityAlgorithm.NONE);
        if (good) {
          PacketTransform esp = PacketTransform.esp(cipher, bits, integrity, true);
          assertEquals(
              cipher.isAead() ? cipher.icvLength() : integrity.icvLength(), esp.icvLength());
          assertTrue(esp.icvLength() >= 8, esp::toString);
        } else {
          assertThrows(
              IllegalArgumentException.class,
              () -> PacketTransform.esp(cipher, bits, integrity, false));
        }
      }
    }
  }

  @Test
  void ahDoesNotEncrypt() {
    EncryptionTransform none = new EncryptionTransform(EncryptionAlgorithm.NULL, 0);
    PacketTransform ah =
        new PacketTransform(SecurityProtocol.AH, none, IntegrityAlgorithm.HMAC_SHA2_256_128, false);
    assertEquals("AH:HMAC_SHA2_256_128/NO_ESN", ah.toString());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new PacketTransform(
                SecurityProtocol.AH,
                new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 128),
                IntegrityAlgorithm.HMAC_SHA2_256_128,
                false));
    assertThrows(
        IllegalArgumentException.class,
        () -> new PacketTransform(SecurityProtocol.AH, none, IntegrityAlgorithm.NONE, false));
  }

  @Test
  void keyLengthsAreThoseOfTheAlgorithm() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 160));
    assertThrows(
        IllegalArgumentException.class,
        () -> new EncryptionTransform(EncryptionAlgorithm.CHACHA20_POLY1305, 128));
    // RFC 4106 8.1: 16 octets of key and 4 of salt; RFC 7634 2: 32 and 4; RFC 4309 7.1: 3 of salt.
    assertEquals(
        20, new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 128).keyingMaterialLength());
    assertEquals(
        36,
        new EncryptionTransform(EncryptionAlgorithm.CHACHA20_POLY1305, 256).keyingMaterialLength());
    assertEquals(
        35, new EncryptionTransform(EncryptionAlgorithm.AES_CCM_16, 256).keyingMaterialLength());
    assertEquals(
        24,
        new EncryptionTransform(EncryptionAlgorithm.TRIPLE_DES_CBC, 192).keyingMaterialLength());
  }

  @Test
  void textNamesWhatIsUsed() {
    assertEquals(
        "ESP:AES_CBC_256/HMAC_SHA2_512_256/ESN",
        PacketTransform.esp(
                EncryptionAlgorithm.AES_CBC, 256, IntegrityAlgorithm.HMAC_SHA2_512_256, true)
            .toString());
    assertEquals(
        "ESP:CHACHA20_POLY1305/NO_ESN",
        PacketTransform.esp(
                EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE, false)
            .toString());
  }

  @Test
  void testThatRanNothingIsNotPassed() {
    assertTrue(new SelfTest(1, List.of()).passed());
    assertFalse(new SelfTest(0, List.of()).passed());
    assertFalse(new SelfTest(9, List.of("one differs")).passed());
  }

  @Test
  void randomNumbersAreInNetworkOrder() {
    RandomSource counting =
        target -> {
          for (int i = 0; i < target.length; i++) {
            target[i] = (byte) (i + 1);
          }
        };
    assertEquals(0x01020304, counting.nextInt());
    assertEquals(0x0102030405060708L, counting.nextLong());
  }
}
