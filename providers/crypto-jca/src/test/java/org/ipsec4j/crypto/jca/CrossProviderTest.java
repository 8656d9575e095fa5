package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.testkit.crypto.PacketBench;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.ipsec4j.testkit.crypto.Transforms;
import org.junit.jupiter.api.Test;

/** Two independent implementations understand each other in everything that both do. */
class CrossProviderTest {
  private static final int HEADER = 8;
  private static final CryptoProvider JDK = new JcaCryptoProvider();
  private static final CryptoProvider BC = JcaCryptoProvider.using(new BouncyCastleProvider());

  @Test
  void packetsOfOneOpenInTheOther() throws CryptoException {
    int compared = 0;
    for (PacketTransform transform : Transforms.claimed(JDK)) {
      if (transform.protocol() == SecurityProtocol.ESP && BC.supports(transform)) {
        compared++;
        transfer(JDK, BC, transform);
        transfer(BC, JDK, transform);
      }
    }
    // All but the 20 of AH, whose MACs the ones of ESP have compared, and GMAC that of AES-GMAC.
    assertEquals(Transforms.claimed(JDK).size() - 20, compared);
  }

  private static void transfer(CryptoProvider from, CryptoProvider to, PacketTransform transform)
      throws CryptoException {
    int iv = transform.encryption().algorithm().ivLength();
    int length = 1408;
    byte[] clear = TestOctets.of("cross", HEADER + iv + length);
    byte[] packet = Arrays.copyOf(clear, clear.length + transform.icvLength());
    byte[] sealed = run(from, transform, packet, true, length);
    byte[] opened = run(to, transform, sealed, false, length);
    assertArrayEquals(clear, Arrays.copyOf(opened, clear.length), transform.toString());
  }

  private static byte[] run(
      CryptoProvider provider, PacketTransform transform, byte[] packet, boolean seal, int length)
      throws CryptoException {
    PacketKey key =
        provider.packetKey(
            transform,
            TestOctets.secret("e", transform.encryption().keyingMaterialLength()),
            TestOctets.secret("i", transform.integrity().keyLength()));
    try (PacketBench bench = new PacketBench(provider, 2048)) {
      bench.put(packet);
      CryptoOp op = bench.describe(key, seal, HEADER, length);
      op.highSequencePresent = transform.extendedSequenceNumbers();
      op.highSequence = 0x01020304;
      assertEquals(Status.OK, bench.run(), transform.toString());
      return bench.packet();
    }
  }

  @Test
  void messagesOfOneOpenInTheOther() throws CryptoException {
    for (EncryptionTransform encryption : Transforms.encryption()) {
      for (IntegrityAlgorithm integrity : IntegrityAlgorithm.values()) {
        if (JDK.supports(encryption, integrity) && BC.supports(encryption, integrity)) {
          IkeCipher jdk = cipher(JDK, encryption, integrity);
          IkeCipher bc = cipher(BC, encryption, integrity);
          byte[] message = TestOctets.of("ike", 32 + jdk.ivLength() + 160 + jdk.icvLength());
          byte[] clear = message.clone();
          jdk.seal(message, 32);
          assertTrue(bc.open(message, 32), encryption + " " + integrity);
          int protectedLength = message.length - jdk.icvLength();
          assertArrayEquals(
              Arrays.copyOf(clear, protectedLength), Arrays.copyOf(message, protectedLength));
        }
      }
    }
  }

  private static IkeCipher cipher(
      CryptoProvider provider, EncryptionTransform encryption, IntegrityAlgorithm integrity)
      throws CryptoException {
    return provider.ikeCipher(
        encryption,
        integrity,
        TestOctets.secret("e", encryption.keyingMaterialLength()),
        TestOctets.secret("i", integrity.keyLength()));
  }

  @Test
  void bothAgreeOnSecrets() throws CryptoException {
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      if (JDK.supports(method) && BC.supports(method)) {
        KeyExchange.Initiation initiation = JDK.keyExchange(method, JDK.random()).initiate();
        KeyExchange.Answer answer =
            BC.keyExchange(method, BC.random()).respond(initiation.publicValue());
        assertEquals(
            answer.sharedSecret(), initiation.complete(answer.publicValue()), method.toString());
      }
    }
  }
}
