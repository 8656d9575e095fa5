package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.ipsec4j.testkit.crypto.Transforms;
import org.junit.jupiter.api.Test;

/**
 * SunJCE of JDK 25 wipes what lies in front of a forged packet in the same direct buffer. Whatever
 * a JCA provider does: forged packets in the midst of a slab leave their neighbours, and what the
 * sender sees of themselves, as they were.
 */
class NeighboursTest {
  private static final int HEADER = 8;
  private static final int STRIDE = 640;
  private static final int PACKETS = 12;
  private static final int TEXT = 512;

  @Test
  void forgedPacketsTouchNobody() throws CryptoException {
    check(new JcaCryptoProvider());
    check(JcaCryptoProvider.using("SunJCE"));
    check(JcaCryptoProvider.using(new BouncyCastleProvider()));
  }

  @Test
  void forgedPacketsTouchNobodyInAmazonsAccelerator() throws CryptoException {
    check(Accelerators.accp());
  }

  @Test
  void forgedPacketsTouchNobodyInConscrypt() throws CryptoException {
    check(Accelerators.conscrypt());
  }

  @Test
  void forgedPacketsTouchNobodyInAToken() throws CryptoException {
    check(SoftToken.provider());
  }

  private static void check(CryptoProvider provider) throws CryptoException {
    int tried = 0;
    for (PacketTransform transform : Transforms.claimed(provider)) {
      boolean oneOfItsMacs =
          transform.encryption().algorithm().isAead()
              || transform.integrity() == IntegrityAlgorithm.HMAC_SHA2_256_128;
      if (transform.protocol() == SecurityProtocol.ESP
          && oneOfItsMacs
          && !transform.extendedSequenceNumbers()) {
        tried++;
        check(provider, transform, ByteBuffer.allocateDirect(PACKETS * STRIDE));
        check(provider, transform, ByteBuffer.allocate(PACKETS * STRIDE));
      }
    }
    assertTrue(tried > 0, provider + " protects no packets");
  }

  private static void check(CryptoProvider provider, PacketTransform transform, ByteBuffer slab)
      throws CryptoException {
    PacketKey key =
        provider.packetKey(
            transform,
            TestOctets.secret("e", transform.encryption().keyingMaterialLength()),
            TestOctets.secret("i", transform.integrity().keyLength()));
    slab.put(0, TestOctets.of("slab", slab.capacity()));
    CryptoBurst burst = new CryptoBurst(PACKETS);
    PacketWorker worker = provider.packetWorker();
    for (int i = 0; i < PACKETS; i++) {
      describe(burst.next(), key, slab, i, true);
    }
    worker.submit(burst);
    for (int i = 0; i < PACKETS; i++) {
      assertEquals(Status.OK, burst.op(i).status, transform + " sealed");
      if (i % 3 == 2) {
        int at = burst.op(i).icvOffset;
        slab.put(at, (byte) (slab.get(at) ^ 0x10));
      }
    }
    byte[] before = new byte[slab.capacity()];
    slab.get(0, before);
    burst.clear();
    for (int i = 2; i < PACKETS; i += 3) {
      describe(burst.next(), key, slab, i, false);
    }
    worker.submit(burst);
    worker.close();
    for (int i = 0; i < burst.size(); i++) {
      assertEquals(Status.ICV_MISMATCH, burst.op(i).status, transform + " forged");
    }
    byte[] after = new byte[slab.capacity()];
    slab.get(0, after);
    assertArrayEquals(before, after, provider + " " + transform + " direct " + slab.isDirect());
    key.destroy();
  }

  private static void describe(
      CryptoOp op, PacketKey key, ByteBuffer slab, int index, boolean seal) {
    PacketTransform transform = key.transform();
    op.key = key;
    op.slab = slab;
    op.seal = seal;
    op.aadOffset = index * STRIDE + 16;
    op.aadLength = HEADER;
    op.textOffset = op.aadOffset + HEADER + transform.encryption().algorithm().ivLength();
    op.textLength = TEXT;
    op.icvOffset = op.textOffset + TEXT;
    op.nonceLength =
        transform.encryption().keyBits() == 0
            ? 0
            : ReusedNonce.length(transform.encryption().algorithm());
    Arrays.fill(op.nonce, (byte) 0);
    op.nonce[op.nonceLength == 0 ? 0 : op.nonceLength - 1] = (byte) (index + 1);
  }
}
