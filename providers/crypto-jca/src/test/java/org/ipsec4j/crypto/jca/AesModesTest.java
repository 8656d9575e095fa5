package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.GMac;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.testkit.crypto.AesMacReference;
import org.ipsec4j.testkit.crypto.MacVector;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.junit.jupiter.api.Test;

/** What we put together from AES ourselves, against whole implementations of it. */
class AesModesTest {
  private static final JcaCryptoProvider PROVIDER = new JcaCryptoProvider();
  private static final int[] LENGTHS = {0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 100, 1408, 9001};

  @Test
  void ccmIsThatOfBouncyCastle() throws CryptoException, InvalidCipherTextException {
    for (int icv : new int[] {8, 12, 16}) {
      EncryptionAlgorithm algorithm = EncryptionAlgorithm.valueOf("AES_CCM_" + icv);
      for (int bits : algorithm.keyBits()) {
        for (boolean extended : new boolean[] {false, true}) {
          for (int length : LENGTHS) {
            comparePacket(algorithm, bits, extended, length);
          }
        }
      }
    }
  }

  private static void comparePacket(
      EncryptionAlgorithm algorithm, int bits, boolean extended, int length)
      throws CryptoException, InvalidCipherTextException {
    PacketTransform transform =
        PacketTransform.esp(algorithm, bits, IntegrityAlgorithm.NONE, extended);
    byte[] material = TestOctets.of("ccm" + length, bits / 8 + 3);
    byte[] header = TestOctets.of("header" + length, 8);
    byte[] nonce = Arrays.copyOf(Arrays.copyOfRange(material, bits / 8, bits / 8 + 3), 11);
    byte[] iv = TestOctets.of("iv" + length, 8);
    System.arraycopy(iv, 0, nonce, 3, 8);
    byte[] text = TestOctets.of("text" + length, length);
    byte[] slab = Arrays.copyOf(header, 8 + length + algorithm.icvLength());
    System.arraycopy(text, 0, slab, 8, length);
    CryptoBurst burst = new CryptoBurst(1);
    CryptoOp op = burst.next();
    op.key = PROVIDER.packetKey(transform, Secret.copyOf(material), Secret.copyOf(new byte[0]));
    op.slab = ByteBuffer.wrap(slab);
    op.seal = true;
    op.aadLength = 8;
    op.textOffset = 8;
    op.textLength = length;
    op.icvOffset = 8 + length;
    op.highSequencePresent = extended;
    op.highSequence = 0x01020304;
    System.arraycopy(nonce, 0, op.nonce, 0, 11);
    op.nonceLength = 11;
    PacketWorker worker = PROVIDER.packetWorker();
    worker.submit(burst);
    assertEquals(Status.OK, op.status);
    byte[] associated =
        extended
            ? Bytes.concat(
                    Bytes.copyOf(header, 0, 4), Bytes.ofHex("01020304"), Bytes.copyOf(header, 4, 4))
                .toArray()
            : header;
    byte[] expected = sealed(Arrays.copyOf(material, bits / 8), nonce, associated, text, algorithm);
    String what = transform + " " + length;
    assertArrayEquals(expected, Arrays.copyOfRange(slab, 8, slab.length), what);
    op.seal = false;
    worker.submit(burst);
    assertEquals(Status.OK, op.status, what);
    assertArrayEquals(text, Arrays.copyOfRange(slab, 8, 8 + length), what);
    worker.close();
  }

  /** The length of additional data from 0xff00 octets on is written in another way. */
  @Test
  void ccmTakesLongAdditionalDataInMessages() throws CryptoException, InvalidCipherTextException {
    EncryptionAlgorithm algorithm = EncryptionAlgorithm.AES_CCM_12;
    byte[] material = TestOctets.of("long", 32 + 3);
    IkeCipher cipher =
        PROVIDER.ikeCipher(
            new EncryptionTransform(algorithm, 256),
            IntegrityAlgorithm.NONE,
            Secret.copyOf(material),
            Secret.copyOf(new byte[0]));
    for (int front : new int[] {0, 1, 32, 0xfeff, 0xff00, 0xff01, 0x10000, 70_000}) {
      byte[] message = TestOctets.of("message", front + 8 + 100 + 12);
      byte[] nonce = Arrays.copyOf(Arrays.copyOfRange(material, 32, 35), 11);
      System.arraycopy(message, front, nonce, 3, 8);
      byte[] text = Arrays.copyOfRange(message, front + 8, front + 108);
      byte[] expected =
          sealed(
              Arrays.copyOf(material, 32), nonce, Arrays.copyOf(message, front), text, algorithm);
      cipher.seal(message, front);
      assertArrayEquals(
          expected, Arrays.copyOfRange(message, front + 8, message.length), "front " + front);
      assertTrue(cipher.open(message, front));
      assertArrayEquals(text, Arrays.copyOfRange(message, front + 8, front + 108));
    }
    byte[] tooLong = new byte[(1 << 18) + 100];
    assertFalse(cipher.open(tooLong, 1 << 18), "beyond every message there is");
  }

  private static byte[] sealed(
      byte[] key, byte[] nonce, byte[] associated, byte[] text, EncryptionAlgorithm algorithm)
      throws InvalidCipherTextException {
    var cipher = CCMBlockCipher.newInstance(AESEngine.newInstance());
    cipher.init(
        true,
        new AEADParameters(new KeyParameter(key), algorithm.icvLength() * 8, nonce, associated));
    byte[] result = new byte[cipher.getOutputSize(text.length)];
    int at = cipher.processBytes(text, 0, text.length, result, 0);
    cipher.doFinal(result, at);
    return result;
  }

  @Test
  void gmacIsThatOfBouncyCastle() throws CryptoException {
    for (IntegrityAlgorithm algorithm :
        new IntegrityAlgorithm[] {
          IntegrityAlgorithm.AES_128_GMAC,
          IntegrityAlgorithm.AES_192_GMAC,
          IntegrityAlgorithm.AES_256_GMAC
        }) {
      byte[] key = TestOctets.of("gmac", algorithm.keyLength() - 4);
      for (int length : LENGTHS) {
        byte[] nonce = TestOctets.of("nonce" + length, 12);
        byte[] data = TestOctets.of("data", length);
        GMac mac = new GMac(GCMBlockCipher.newInstance(AESEngine.newInstance()));
        mac.init(new ParametersWithIV(new KeyParameter(key), nonce));
        mac.update(data, 0, length);
        byte[] expected = new byte[16];
        mac.doFinal(expected, 0);
        new MacVector(algorithm, Bytes.copyOf(key), Bytes.copyOf(nonce), Bytes.copyOf(data))
            .check(PROVIDER, Bytes.copyOf(expected), algorithm + " " + length);
      }
    }
  }

  @Test
  void macsOfAesAreTheirDefinition() throws CryptoException {
    byte[] key = TestOctets.of("mac", 16);
    for (int length : LENGTHS) {
      byte[] data = TestOctets.of("data", length);
      MacVector.of(IntegrityAlgorithm.AES_XCBC_96, Bytes.copyOf(key), Bytes.copyOf(data))
          .check(PROVIDER, Bytes.copyOf(AesMacReference.xcbcPrf(key, data)), "XCBC " + length);
      MacVector.of(IntegrityAlgorithm.AES_CMAC_96, Bytes.copyOf(key), Bytes.copyOf(data))
          .check(PROVIDER, Bytes.copyOf(AesMacReference.cmacPrf(key, data)), "CMAC " + length);
    }
  }

  /** The value is OpenSSL's AES-GCM of that packet as additional data, with the ICV zero. */
  @Test
  void gmacInTheMiddleOfAnAuthenticationHeaderCoversItsIv() throws CryptoException {
    HexFormat hex = HexFormat.of();
    byte[] packet =
        hex.parseHex(
            "450000480000000000330000c0000201c0000202"
                + "0107000000001001"
                + "00000001"
                + "0102030405060708"
                + "ffffffffffffffffffffffffffffffff"
                + "0800f7ff000000006162636465666768");
    byte[] material = hex.parseHex("000102030405060708090a0b0c0d0e0fa0a1a2a3");
    PacketTransform transform =
        new PacketTransform(
            SecurityProtocol.AH,
            new EncryptionTransform(EncryptionAlgorithm.NULL, 0),
            IntegrityAlgorithm.AES_128_GMAC,
            true);
    PacketKey key =
        PROVIDER.packetKey(transform, Secret.copyOf(new byte[0]), Secret.copyOf(material));
    CryptoBurst burst = new CryptoBurst(1);
    CryptoOp op = burst.next();
    op.key = key;
    op.slab = ByteBuffer.wrap(packet);
    op.seal = true;
    op.aadLength = packet.length;
    op.icvOffset = 40;
    op.highSequencePresent = true;
    op.highSequence = 3;
    System.arraycopy(key.salt(), 0, op.nonce, 0, 4);
    System.arraycopy(packet, 32, op.nonce, 4, 8);
    op.nonceLength = 12;
    PacketWorker worker = PROVIDER.packetWorker();
    worker.submit(burst);
    assertEquals(Status.OK, op.status);
    assertEquals("96c549339a718b281c4255d38b79a73f", hex.formatHex(packet, 40, 56));
    op.seal = false;
    worker.submit(burst);
    assertEquals(Status.OK, op.status);
    packet[32] ^= 1;
    worker.submit(burst);
    assertEquals(Status.ICV_MISMATCH, op.status, "the IV is covered, besides being in the nonce");
    worker.close();
  }
}
