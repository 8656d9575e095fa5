package org.ipsec4j.crypto.mb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.testkit.crypto.Allocation;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.ipsec4j.testkit.crypto.Transforms;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nothing is allocated per packet, whatever the transform and whatever becomes of it. */
class MbAllocationTest {
  private static final int BURST = 32;
  private static final int FEW = 8;
  private static final int STRIDE = 256;

  private final MbCryptoProvider provider = new MbCryptoProvider();

  @BeforeAll
  static void needsTheLibrary() {
    Present.assume();
  }

  private PacketKey key(PacketTransform transform) throws CryptoException {
    return provider.packetKey(
        transform,
        TestOctets.secret("e", transform.encryption().keyingMaterialLength()),
        TestOctets.secret("i", transform.integrity().keyLength()));
  }

  @Test
  void noTransformAllocates() throws CryptoException {
    PacketWorker worker = provider.packetWorker();
    allTransforms(worker, 20);
    // What the interpreter allocated is behind us; asking for the count costs a kilobyte itself.
    allTransforms(worker, 2500);
    worker.close();
  }

  private void allTransforms(PacketWorker worker, int runs) throws CryptoException {
    ByteBuffer slab = ByteBuffer.allocateDirect(FEW * STRIDE);
    CryptoBurst burst = new CryptoBurst(FEW);
    for (PacketTransform transform : Transforms.claimed(provider)) {
      PacketKey key = key(transform);
      burst.clear();
      for (int i = 0; i < FEW; i++) {
        // Opened without having been sealed so: half of the packets fail.
        describe(burst.next(), key, slab, i * STRIDE, i % 2 == 0);
      }
      long octets = 1;
      // Code that is compiled anew in the midst of it allocates once; what a packet costs stays.
      for (int attempt = 0; attempt < 3 && octets > 0; attempt++) {
        octets = Allocation.octetsPerRun(() -> worker.submit(burst), 0, runs);
      }
      assertTrue(octets == 0 || runs < 2500, transform + ": " + octets);
      key.destroy();
    }
  }

  @Test
  void mixedBurstsDoNotAllocate() throws CryptoException {
    PacketWorker worker = provider.packetWorker();
    ByteBuffer slab = ByteBuffer.allocateDirect(BURST * STRIDE);
    CryptoBurst burst = new CryptoBurst(BURST);
    int i = 0;
    for (PacketTransform transform : Transforms.claimed(provider)) {
      if (i++ % 5 == 0 && burst.size() < BURST) {
        describe(burst.next(), key(transform), slab, burst.size() * STRIDE - STRIDE, i % 2 == 0);
      }
    }
    assertEquals(BURST, burst.size());
    assertEquals(0, Allocation.octetsPerRun(() -> worker.submit(burst), 3000, 3000));
    worker.close();
  }

  private static void describe(
      CryptoOp op, PacketKey key, ByteBuffer slab, int offset, boolean seal) {
    EncryptionAlgorithm cipher = key.transform().encryption().algorithm();
    boolean ah = key.transform().protocol() == org.ipsec4j.api.crypto.SecurityProtocol.AH;
    int iv = cipher.isAead() ? 8 : cipher.ivLength();
    op.key = key;
    op.slab = slab;
    op.seal = seal;
    op.aadOffset = offset;
    op.aadLength = ah ? 128 : 8;
    op.textOffset = offset + 8 + iv;
    op.textLength = ah ? 0 : 96;
    op.icvOffset = ah ? offset + 32 : op.textOffset + op.textLength;
    op.highSequencePresent = key.transform().extendedSequenceNumbers();
    op.nonceLength = key.transform().integrity().isGmac() ? 12 : key.salt().length + iv;
  }
}
