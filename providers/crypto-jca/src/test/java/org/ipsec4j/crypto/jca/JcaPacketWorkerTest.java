package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.testkit.crypto.Allocation;
import org.ipsec4j.testkit.crypto.PacketBench;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.junit.jupiter.api.Test;

/** What is particular to packets under JCA: heap scratch, kept ciphers, nonces used once. */
class JcaPacketWorkerTest {
  private static final int HEADER = 8;
  private static final int IV = 8;
  private static final PacketTransform GCM =
      PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
  private static final PacketTransform CHACHA =
      PacketTransform.esp(
          EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE, false);

  private static final PacketTransform CCM =
      PacketTransform.esp(EncryptionAlgorithm.AES_CCM_16, 128, IntegrityAlgorithm.NONE, false);
  private static final PacketTransform GMAC =
      PacketTransform.esp(EncryptionAlgorithm.NULL_AES_GMAC, 128, IntegrityAlgorithm.NONE, false);

  /** Of the same lengths as the others, like all here. */
  private static final PacketTransform CTR =
      PacketTransform.esp(
          EncryptionAlgorithm.AES_CTR, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, false);

  private final JcaCryptoProvider provider = new JcaCryptoProvider();

  private PacketKey key(PacketTransform transform, String label) throws CryptoException {
    return provider.packetKey(
        transform,
        TestOctets.secret(label, transform.encryption().keyingMaterialLength()),
        TestOctets.secret(label, transform.integrity().keyLength()));
  }

  private static byte[] clear(int length, int turn) {
    byte[] packet = new byte[HEADER + IV + length + GCM.icvLength()];
    byte[] content = TestOctets.of("worker" + turn, packet.length - GCM.icvLength());
    System.arraycopy(content, 0, packet, 0, content.length);
    return packet;
  }

  @Test
  void forgedPacketsLeaveNoClearTextBehind() throws CryptoException {
    for (PacketTransform transform : List.of(GCM, CHACHA, CCM, GMAC, CTR)) {
      try (PacketBench bench = new PacketBench(provider, 2048)) {
        PacketKey key = key(transform, "forged");
        bench.put(clear(1024, 1));
        bench.describe(key, true, HEADER, 1024);
        assertEquals(Status.OK, bench.run());
        byte[] forged = bench.packet();
        forged[forged.length - 1] ^= 1;
        bench.put(forged);
        bench.describe(key, false, HEADER, 1024);
        assertEquals(Status.ICV_MISMATCH, bench.run());
        assertArrayEquals(forged, bench.packet(), "the slab holds the ciphertext as it came");
      }
    }
  }

  @Test
  void aNonceSealsOnce() throws CryptoException {
    for (PacketTransform transform : List.of(GCM, CHACHA, CCM, GMAC, CTR)) {
      try (PacketBench bench = new PacketBench(provider, 2048)) {
        PacketKey key = key(transform, "nonce");
        bench.put(clear(64, 1));
        bench.describe(key, true, HEADER, 64);
        assertEquals(Status.OK, bench.run());
        for (int time = 0; time < 3; time++) {
          bench.put(clear(64, 1));
          bench.describe(key, true, HEADER, 64);
          assertEquals(Status.FAILED, bench.run(), "the same nonce again at once");
        }
        bench.put(clear(64, 2));
        bench.describe(key, true, HEADER, 64);
        assertEquals(Status.OK, bench.run(), "the next nonce after a refusal");
      }
    }
  }

  @Test
  void aReplayedPacketMayBeOpenedAgain() throws CryptoException {
    for (PacketTransform transform : List.of(GCM, CHACHA, CCM, GMAC, CTR)) {
      try (PacketBench bench = new PacketBench(provider, 2048)) {
        PacketKey key = key(transform, "replay");
        bench.put(clear(64, 1));
        bench.describe(key, true, HEADER, 64);
        assertEquals(Status.OK, bench.run());
        byte[] sealed = bench.packet();
        for (int i = 0; i < 4; i++) {
          bench.put(sealed);
          bench.describe(key, false, HEADER, 64);
          assertEquals(Status.OK, bench.run(), transform + " time " + i);
        }
      }
    }
  }

  @Test
  void moreKeysThanAreKeptStillWork() throws CryptoException {
    List<PacketKey> keys = new ArrayList<>();
    for (int i = 0; i < JcaPacketWorker.CACHE + 50; i++) {
      keys.add(key(GCM, "many" + i));
    }
    try (PacketBench bench = new PacketBench(provider, 2048)) {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < keys.size(); i++) {
          byte[] clear = clear(64, round);
          bench.put(clear);
          bench.describe(keys.get(i), true, HEADER, 64);
          assertEquals(Status.OK, bench.run());
          bench.put(bench.packet());
          bench.describe(keys.get(i), false, HEADER, 64);
          assertEquals(Status.OK, bench.run());
          assertArrayEquals(
              Arrays.copyOf(clear, HEADER + IV + 64),
              Arrays.copyOf(bench.packet(), HEADER + IV + 64));
        }
      }
    }
  }

  @Test
  void oneWorkerServesManySlabs() throws CryptoException {
    PacketKey key = key(GCM, "slabs");
    PacketWorker worker = provider.packetWorker();
    CryptoBurst burst = new CryptoBurst(8);
    byte[] clear = clear(256, 1);
    List<ByteBuffer> slabs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ByteBuffer slab =
          i % 2 == 0 ? ByteBuffer.allocateDirect(1024) : ByteBuffer.allocate(1024 + i);
      slab.put(i, clear);
      slab.put(i + HEADER, (byte) i);
      slab.limit(i);
      slabs.add(slab);
      CryptoOp op = burst.next();
      op.key = key;
      op.slab = slab;
      op.seal = true;
      op.aadOffset = i;
      op.aadLength = HEADER;
      op.textOffset = i + HEADER + IV;
      op.textLength = 256;
      op.icvOffset = op.textOffset + 256;
      op.nonceLength = 12;
      op.nonce[4] = (byte) i;
    }
    worker.submit(burst);
    for (int i = 0; i < 8; i++) {
      assertEquals(Status.OK, burst.op(i).status);
      assertEquals(i, slabs.get(i).limit());
    }
    ByteBuffer readOnly = slabs.get(0).asReadOnlyBuffer();
    burst.op(0).slab = readOnly;
    burst.op(0).seal = false;
    worker.submit(burst);
    assertEquals(Status.FAILED, burst.op(0).status, "a slab that cannot be written");
    worker.close();
    worker.close();
    worker.submit(burst);
    assertEquals(Status.FAILED, burst.op(1).status, "a closed worker");
  }

  /** JDK 25 allocates some 900 octets in SunJCE; a second copy of the packet would show here. */
  @Test
  void whatWeAllocatePerPacketIsSmallerThanThePacket() throws CryptoException {
    long perPacket = allocated(GCM);
    assertTrue(perPacket < 3000, perPacket + " octets per packet");
  }

  /** What is put together from AES-CBC and AES-CTR needs no more than parameters of a cipher. */
  @Test
  void modesOfOurOwnAllocateNextToNothing() throws CryptoException {
    PacketTransform xcbc =
        PacketTransform.esp(
            EncryptionAlgorithm.AES_CTR, 256, IntegrityAlgorithm.AES_XCBC_96, false);
    for (PacketTransform transform : List.of(CCM, CTR, xcbc)) {
      long perPacket = allocated(transform);
      assertTrue(perPacket < 300, transform + ": " + perPacket + " octets per packet");
    }
  }

  /** Octets allocated for each packet of 8192. */
  private long allocated(PacketTransform transform) throws CryptoException {
    int length = 8192;
    PacketKey key = key(transform, "allocation");
    PacketWorker worker = provider.packetWorker();
    ByteBuffer slab = ByteBuffer.allocateDirect(length + 64);
    CryptoBurst burst = new CryptoBurst(1);
    CryptoOp op = burst.next();
    op.key = key;
    op.slab = slab;
    op.seal = true;
    op.aadLength = HEADER;
    op.textOffset = HEADER + IV;
    op.textLength = length;
    op.icvOffset = op.textOffset + length;
    op.nonceLength = ReusedNonce.length(transform.encryption().algorithm());
    Runnable packet =
        () -> {
          if (++op.nonce[10] == 0) {
            op.nonce[9]++;
          }
          worker.submit(burst);
          assertEquals(Status.OK, op.status);
        };
    return Allocation.octetsPerRun(packet, 3000, 2000);
  }
}
