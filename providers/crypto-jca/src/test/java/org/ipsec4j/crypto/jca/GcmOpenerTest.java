package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.junit.jupiter.api.Test;

/** It says of every packet what JCA's own GCM says, also twice in a row. */
class GcmOpenerTest {
  private static final int[] LENGTHS = {0, 1, 15, 16, 17, 31, 32, 100, 576, 1400, 9000, 65535};

  @Test
  void itsVerdictIsThatOfGcm() throws CryptoException, GeneralSecurityException {
    check(JcaCryptoProvider.using("SunJCE"));
  }

  @Test
  void itsVerdictIsThatOfGcmWithoutCounterMode() throws CryptoException, GeneralSecurityException {
    check(Accelerators.accp());
  }

  private static void check(JcaCryptoProvider provider)
      throws CryptoException, GeneralSecurityException {
    int tried = 0;
    for (int bits : EncryptionAlgorithm.AES_GCM_16.keyBits()) {
      for (int icv : new int[] {12, 16}) {
        byte[] octets = TestOctets.of("filter" + bits, bits / 8);
        GcmOpener opener = opener(provider, octets, icv);
        for (int aad : new int[] {8, 12, 16, 20}) {
          for (int length : LENGTHS) {
            check(opener, octets, icv, aad, length);
            tried++;
          }
        }
      }
    }
    assertEquals(3 * 2 * 4 * LENGTHS.length, tried);
  }

  private static GcmOpener opener(JcaCryptoProvider provider, byte[] octets, int icv)
      throws CryptoException, GeneralSecurityException {
    PacketTransform transform =
        PacketTransform.esp(
            EncryptionAlgorithm.AES_GCM_16, octets.length * 8, IntegrityAlgorithm.NONE, false);
    JcaPacketKey key =
        (JcaPacketKey)
            provider.packetKey(
                transform, TestOctets.secret("e", octets.length + 4), TestOctets.secret("i", 0));
    return new GcmOpener(
        key.ciphers,
        new EncryptionTransform(EncryptionAlgorithm.valueOf("AES_GCM_" + icv), octets.length * 8),
        RawKey.adopt("AES", octets.clone()));
  }

  private static boolean opens(
      GcmOpener opener, CryptoOp op, byte[] data, int aad, int text, int length, byte[] clear)
      throws GeneralSecurityException {
    byte[] out = new byte[length + 16];
    boolean opens = opener.open(op, data.clone(), aad, text, length, out);
    assertEquals(
        opens, Arrays.equals(clear, Arrays.copyOf(out, length)) && opens, "the text is right");
    return opens;
  }

  private static void check(GcmOpener opener, byte[] octets, int icv, int aad, int length)
      throws GeneralSecurityException {
    CryptoOp op = new CryptoOp();
    byte[] nonce = TestOctets.of("nonce" + length, 12);
    System.arraycopy(nonce, 0, op.nonce, 0, 12);
    op.nonceLength = 12;
    int text = aad + 8;
    byte[] data = TestOctets.of("data" + length, text + length + 16);
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    gcm.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(octets, "AES"),
        new GCMParameterSpec(icv * 8, nonce));
    gcm.updateAAD(data, 0, aad);
    byte[] clear = Arrays.copyOfRange(data, text, text + length);
    byte[] sealed = gcm.doFinal(data, text, length);
    System.arraycopy(sealed, 0, data, text, sealed.length);
    String what = octets.length * 8 + " bits, icv " + icv + ", " + aad + "/" + length;
    assertTrue(opens(opener, op, data, aad, text, length, clear), what);
    assertTrue(opens(opener, op, data, aad, text, length, clear), what + " again");
    int end = text + length + icv;
    for (int at : new int[] {0, aad - 1, text, text + length - 1, text + length, end - 1}) {
      if (at >= text || at < aad) {
        byte[] forged = Arrays.copyOf(data, data.length);
        forged[at] ^= 0x20;
        assertFalse(opens(opener, op, forged, aad, text, length, clear), what + " octet " + at);
      }
    }
    assertTrue(opens(opener, op, data, aad, text, length, clear), what + " after forgeries");
  }
}
