package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.junit.jupiter.api.Test;

/** What a provider must do with IKE messages, for every combination that it claims. */
public interface IkeCipherContract extends ProviderUnderTest {
  /** IKE header and the generic header of the Encrypted payload. */
  int FRONT = 32;

  private void forEachClaimed(BiConsumer<EncryptionTransform, IntegrityAlgorithm> test) {
    int claimed = 0;
    for (EncryptionTransform encryption : Transforms.encryption()) {
      for (IntegrityAlgorithm integrity : IntegrityAlgorithm.values()) {
        if (provider().supports(encryption, integrity)) {
          claimed++;
          test.accept(encryption, integrity);
        }
      }
    }
    assertTrue(claimed > 0, "the provider claims no protection of IKE messages");
  }

  private IkeCipher cipher(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    try {
      return provider()
          .ikeCipher(
              encryption,
              integrity,
              TestOctets.secret("ike e", encryption.keyingMaterialLength()),
              TestOctets.secret("ike i", integrity.keyLength()));
    } catch (CryptoException e) {
      throw new AssertionError(encryption + " " + integrity, e);
    }
  }

  private static byte[] message(IkeCipher cipher, int text, String label) {
    byte[] message = new byte[FRONT + cipher.ivLength() + text + cipher.icvLength()];
    byte[] content = TestOctets.of(label, message.length - cipher.icvLength());
    System.arraycopy(content, 0, message, 0, content.length);
    return message;
  }

  private static void seal(IkeCipher cipher, byte[] message) {
    try {
      cipher.seal(message, FRONT);
    } catch (CryptoException e) {
      throw new AssertionError("sealing failed", e);
    }
  }

  /** Sealed and opened again in place; the front and the IV stay. */
  @Test
  default void everyClaimedCipherSealsAndOpensMessages() {
    forEachClaimed(
        (encryption, integrity) -> {
          IkeCipher cipher = cipher(encryption, integrity);
          String what = encryption + " " + integrity;
          assertEquals(encryption.algorithm().ivLength(), cipher.ivLength(), what);
          assertEquals(
              encryption.algorithm().isAead()
                  ? encryption.algorithm().icvLength()
                  : integrity.icvLength(),
              cipher.icvLength(),
              what);
          for (int text : new int[] {16, 64, 512, 4096, 65_008}) {
            byte[] message = message(cipher, text, "m" + text);
            byte[] clear = message.clone();
            seal(cipher, message);
            int front = FRONT + cipher.ivLength();
            assertArrayEquals(Arrays.copyOf(clear, front), Arrays.copyOf(message, front), what);
            assertFalse(
                Arrays.equals(
                    Arrays.copyOfRange(clear, front, front + text),
                    Arrays.copyOfRange(message, front, front + text)),
                what);
            assertTrue(cipher.open(message, FRONT), what);
            assertArrayEquals(
                Arrays.copyOf(clear, front + text), Arrays.copyOf(message, front + text), what);
          }
          cipher.destroy();
          cipher.destroy();
        });
  }

  /** One wrong bit anywhere and the message is refused. */
  @Test
  default void everyTamperedOctetOfAMessageIsNoticed() {
    forEachClaimed(
        (encryption, integrity) -> {
          IkeCipher cipher = cipher(encryption, integrity);
          byte[] sealed = message(cipher, 48, "tamper");
          seal(cipher, sealed);
          for (int at = 0; at < sealed.length; at++) {
            byte[] forged = sealed.clone();
            forged[at] ^= (byte) 0x10;
            assertFalse(cipher.open(forged, FRONT), encryption + " " + integrity + " at " + at);
          }
          assertTrue(cipher.open(sealed, FRONT), encryption + " " + integrity);
        });
  }

  /** Lengths that cannot be are refused without an exception. */
  @Test
  default void impossibleMessagesAreRefused() {
    forEachClaimed(
        (encryption, integrity) -> {
          IkeCipher cipher = cipher(encryption, integrity);
          for (int length = 0; length < FRONT + cipher.ivLength() + cipher.icvLength(); length++) {
            assertFalse(cipher.open(new byte[length], FRONT), encryption + " of " + length);
          }
          byte[] sealed = message(cipher, 64, "short");
          seal(cipher, sealed);
          assertFalse(cipher.open(sealed, -1));
          assertFalse(cipher.open(sealed, Integer.MAX_VALUE));
          assertFalse(cipher.open(Arrays.copyOf(sealed, sealed.length - 1), FRONT));
          assertFalse(cipher.open(Arrays.copyOf(sealed, sealed.length + 1), FRONT));
          if (cipher.blockLength() > 1) {
            byte[] odd = message(cipher, cipher.blockLength() + 1, "odd");
            assertThrows(CryptoException.class, () -> cipher.seal(odd, FRONT));
          }
        });
  }

  /** A destroyed cipher does nothing any more. */
  @Test
  default void destroyedCiphersAreNotUsed() {
    forEachClaimed(
        (encryption, integrity) -> {
          IkeCipher cipher = cipher(encryption, integrity);
          byte[] sealed = message(cipher, 64, "destroyed");
          seal(cipher, sealed);
          cipher.destroy();
          assertFalse(cipher.open(sealed, FRONT), encryption + " " + integrity);
          byte[] next = message(cipher, 64, "next");
          assertThrows(CryptoException.class, () -> cipher.seal(next, FRONT));
        });
  }

  /** Factories refuse what the provider does not claim. */
  @Test
  default void unclaimedCiphersAreRefused() {
    for (EncryptionTransform encryption : Transforms.encryption()) {
      for (IntegrityAlgorithm integrity : IntegrityAlgorithm.values()) {
        if (!provider().supports(encryption, integrity)) {
          assertThrows(
              CryptoException.class,
              () ->
                  provider()
                      .ikeCipher(
                          encryption,
                          integrity,
                          TestOctets.secret("e", encryption.keyingMaterialLength()),
                          TestOctets.secret("i", integrity.keyLength())),
              encryption + " " + integrity);
        }
      }
    }
  }
}
