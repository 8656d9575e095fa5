package org.ipsec4j.crypto.openssl.bulk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.crypto.openssl.OpenSslCryptoProvider;
import org.ipsec4j.crypto.openssl.WithLibrary;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.ffm.NativeMemory;
import org.ipsec4j.testkit.crypto.Allocation;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is particular to packets under libcrypto: contexts, native memory, no allocation. */
class OpenSslPacketTest {
  private static final CryptoProvider PROVIDER = new OpenSslCryptoProvider();

  @BeforeAll
  static void libraryIsThere() {
    WithLibrary.assume();
  }

  private static PacketTransform esp(
      EncryptionAlgorithm encryption, int bits, IntegrityAlgorithm integrity) {
    return PacketTransform.esp(encryption, bits, integrity, true);
  }

  /** One transform of each kind. */
  private static List<PacketTransform> kinds() {
    IntegrityAlgorithm none = IntegrityAlgorithm.NONE;
    return List.of(
        PacketRing.gcm(),
        PacketRing.cbc(),
        esp(EncryptionAlgorithm.AES_GCM_8, 256, none),
        esp(EncryptionAlgorithm.CHACHA20_POLY1305, 256, none),
        esp(EncryptionAlgorithm.AES_CCM_12, 128, none),
        esp(EncryptionAlgorithm.NULL_AES_GMAC, 128, none),
        esp(EncryptionAlgorithm.AES_CTR, 192, IntegrityAlgorithm.AES_XCBC_96),
        esp(EncryptionAlgorithm.AES_CBC, 256, IntegrityAlgorithm.AES_CMAC_96),
        esp(EncryptionAlgorithm.TRIPLE_DES_CBC, 192, IntegrityAlgorithm.HMAC_SHA1_96),
        esp(EncryptionAlgorithm.NULL, 0, IntegrityAlgorithm.HMAC_SHA2_512_256));
  }

  private static PacketWorker worker(CryptoProvider provider) {
    return provider.packetWorker();
  }

  /** Seals and opens, forges and opens: nothing is allocated for any of it. */
  @Test
  void nothingIsAllocatedPerPacket() throws CryptoException {
    for (CryptoProvider provider : List.of(PROVIDER, BulkProvider.of(false, 100))) {
      for (PacketTransform transform : kinds()) {
        PacketKey key = PacketRing.key(provider, transform, "none");
        PacketRing ring = new PacketRing(4, 1024);
        PacketWorker worker = worker(provider);
        Runnable code =
            () -> {
              for (int pass = 0; pass < 2; pass++) {
                boolean seal = pass == 0;
                ring.burst.clear();
                for (int slot = 0; slot < 4; slot++) {
                  ring.describe(key, slot, 512, slot, seal);
                }
                if (!seal) {
                  ring.slab.put(100, (byte) (ring.slab.get(100) ^ 1));
                }
                worker.submit(ring.burst);
              }
            };
        // One of many runs may meet the compiler; 0 on average is less than 1 in each.
        assertEquals(0, Allocation.octetsPerRun(code, 6000, 6000), transform.toString());
        assertEquals(Status.ICV_MISMATCH, ring.burst.op(0).status, transform.toString());
        assertEquals(Status.OK, ring.burst.op(3).status, transform.toString());
        worker.close();
        key.destroy();
      }
    }
  }

  /** Bursts of all kinds, keys, lengths and directions, judged by the JDK. */
  @Test
  void mixedBurstsAgreeWithTheJdk() throws CryptoException, GeneralSecurityException {
    Random random = new Random(7);
    List<PacketKey> keys = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      keys.add(
          PacketRing.key(PROVIDER, i % 2 == 0 ? PacketRing.gcm() : PacketRing.cbc(), "twin" + i));
    }
    PacketWorker worker = worker(PROVIDER);
    PacketRing ring = new PacketRing(32, 2048);
    for (int round = 0; round < 30; round++) {
      ring.burst.clear();
      int[] length = new int[32];
      int[] owner = new int[32];
      byte[][] clear = new byte[32][];
      for (int slot = 0; slot < 32; slot++) {
        owner[slot] = random.nextInt(keys.size());
        PacketKey key = keys.get(owner[slot]);
        length[slot] = 16 * (1 + random.nextInt(90));
        long number = ((long) round << 33) + slot;
        ring.write(key, slot, length[slot], number);
        CryptoOp op = ring.describe(key, slot, length[slot], number, true);
        clear[slot] = new byte[op.icvOffset - op.aadOffset];
        ring.slab.get(op.aadOffset, clear[slot]);
      }
      worker.submit(ring.burst);
      for (int slot = 0; slot < 32; slot++) {
        CryptoOp op = ring.burst.op(slot);
        assertEquals(Status.OK, op.status);
        byte[] expected = twin(op, "twin" + owner[slot], clear[slot]);
        byte[] actual = new byte[expected.length];
        ring.slab.get(op.aadOffset, actual);
        assertArrayEquals(expected, actual, keys.get(owner[slot]) + " of " + length[slot]);
      }
      boolean[] forged = new boolean[32];
      for (int slot = 0; slot < 32; slot++) {
        CryptoOp op = ring.burst.op(slot);
        op.seal = false;
        forged[slot] = random.nextInt(4) == 0;
        if (forged[slot]) {
          // The IV of a combined mode counts by its nonce, so it is left alone.
          boolean combined =
              keys.get(owner[slot]).transform().integrity() == IntegrityAlgorithm.NONE;
          int front = combined ? PacketRing.HEADER + 8 : PacketRing.HEADER;
          int at = op.aadOffset + front + random.nextInt(clear[slot].length + 16 - front);
          ring.slab.put(at, (byte) (ring.slab.get(at) ^ 0x20));
        }
      }
      worker.submit(ring.burst);
      for (int slot = 0; slot < 32; slot++) {
        CryptoOp op = ring.burst.op(slot);
        assertEquals(forged[slot] ? Status.ICV_MISMATCH : Status.OK, op.status);
        if (!forged[slot]) {
          byte[] opened = new byte[clear[slot].length];
          ring.slab.get(op.aadOffset, opened);
          assertArrayEquals(clear[slot], opened);
        }
      }
    }
    worker.close();
    keys.forEach(PacketKey::destroy);
  }

  private static byte[] twin(CryptoOp op, String label, byte[] clear)
      throws GeneralSecurityException {
    PacketTransform transform = java.util.Objects.requireNonNull(op.key).transform();
    byte[] material = TestOctets.of(label + "e", transform.encryption().keyingMaterialLength());
    SecretKeySpec key = new SecretKeySpec(material, 0, 16, "AES");
    int front = clear.length - op.textLength;
    byte[] nonce = Arrays.copyOf(op.nonce, op.nonceLength);
    byte[] packet = Arrays.copyOf(clear, clear.length + 16);
    if (transform.integrity() == IntegrityAlgorithm.NONE) {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
      cipher.updateAAD(clear, 0, PacketRing.HEADER);
      byte[] sealed = cipher.doFinal(clear, front, op.textLength);
      System.arraycopy(sealed, 0, packet, front, sealed.length);
      return packet;
    }
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(nonce));
    System.arraycopy(cipher.doFinal(clear, front, op.textLength), 0, packet, front, op.textLength);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(TestOctets.of(label + "i", 32), "HMAC"));
    mac.update(packet, 0, clear.length);
    mac.update(ByteBuffer.allocate(4).putInt(0, op.highSequence));
    System.arraycopy(mac.doFinal(), 0, packet, clear.length, 16);
    return packet;
  }

  /** Many more keys than contexts, of two kinds, in any order: each packet is right. */
  @Test
  void moreKeysThanContexts() throws CryptoException {
    CryptoProvider small = BulkProvider.of(true, 32);
    OpenSslPacketWorker worker = (OpenSslPacketWorker) small.packetWorker();
    PacketWorker other = PROVIDER.packetWorker();
    List<PacketKey> keys = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      keys.add(PacketRing.key(small, kinds().get(i % 4), "many" + i));
    }
    Random random = new Random(3);
    PacketRing ring = new PacketRing(16, 512);
    for (int round = 0; round < 400; round++) {
      int[] owner = new int[16];
      ring.burst.clear();
      for (int slot = 0; slot < 16; slot++) {
        owner[slot] = random.nextInt(keys.size());
        long number = round * 100L + slot;
        ring.write(keys.get(owner[slot]), slot, 64, number);
        ring.describe(keys.get(owner[slot]), slot, 64, number, true);
      }
      worker.submit(ring.burst);
      for (int slot = 0; slot < 16; slot++) {
        assertEquals(Status.OK, ring.burst.op(slot).status);
        ring.burst.op(slot).seal = false;
      }
      (round % 2 == 0 ? worker : other).submit(ring.burst);
      for (int slot = 0; slot < 16; slot++) {
        assertEquals(Status.OK, ring.burst.op(slot).status);
        assertTrue(ring.holds(keys.get(owner[slot]), slot, 64, round * 100L + slot));
      }
      assertTrue(worker.kept() <= 32);
    }
    worker.close();
    other.close();
    keys.forEach(PacketKey::destroy);
  }

  /** Slabs of the heap, views, and slabs that cannot be written. */
  @Test
  void slabsOfAnyKind() throws CryptoException {
    PacketKey key = PacketRing.key(PROVIDER, PacketRing.gcm(), "slabs");
    PacketWorker worker = worker(PROVIDER);
    PacketRing ring = new PacketRing(1, 512);
    ring.write(key, 0, 256, 5);
    CryptoOp op = ring.describe(key, 0, 256, 5, true);
    ByteBuffer clear = ByteBuffer.allocate(512).put(0, ring.slab, 0, 512);
    List<ByteBuffer> slabs =
        List.of(
            ByteBuffer.allocateDirect(600).slice(7, 512),
            ByteBuffer.allocate(512),
            ByteBuffer.allocate(700).slice(33, 520),
            ByteBuffer.allocateDirect(512).position(100).limit(101));
    worker.submit(ring.burst);
    assertEquals(Status.OK, op.status);
    for (ByteBuffer slab : slabs) {
      slab.duplicate().clear().put(0, clear, 0, 512);
      op.slab = slab;
      op.seal = true;
      worker.submit(ring.burst);
      assertEquals(Status.OK, op.status, slab.toString());
      assertEquals(
          ring.slab.slice(0, 512), slab.duplicate().clear().slice(0, 512), slab.toString());
      op.seal = false;
      worker.submit(ring.burst);
      assertEquals(Status.OK, op.status, slab.toString());
      assertTrue(slab.duplicate().clear().slice(0, 272).equals(clear.slice(0, 272)));
    }
    for (ByteBuffer slab : slabs) {
      op.slab = slab.asReadOnlyBuffer();
      worker.submit(ring.burst);
      assertEquals(Status.FAILED, op.status, "a slab that cannot be written");
    }
    worker.close();
    key.destroy();
  }

  /** Native memory goes when keys and workers go, in whatever order. */
  @Test
  void nothingStaysBehind() throws CryptoException {
    for (int order = 0; order < 3; order++) {
      long before = NativeMemory.inUse();
      long contexts = Evp.contextsInUse();
      List<PacketKey> keys = new ArrayList<>();
      PacketWorker worker = worker(PROVIDER);
      PacketRing ring = new PacketRing(kinds().size(), 512);
      for (PacketTransform transform : kinds()) {
        PacketKey key = PacketRing.key(PROVIDER, transform, "stays");
        keys.add(key);
        ring.describe(key, keys.size() - 1, 64, 1, true);
      }
      worker.submit(ring.burst);
      for (int i = 0; i < keys.size(); i++) {
        assertEquals(Status.OK, ring.burst.op(i).status, keys.get(i).toString());
      }
      assertNotEquals(before, NativeMemory.inUse());
      assertNotEquals(contexts, Evp.contextsInUse());
      if (order == 0) {
        worker.close();
        worker.close();
        worker.submit(ring.burst);
        assertEquals(Status.FAILED, ring.burst.op(0).status, "a closed worker");
      }
      keys.forEach(PacketKey::destroy);
      keys.forEach(PacketKey::destroy);
      assertEquals(contexts, Evp.contextsInUse(), "an idle worker keeps no dead key");
      if (order == 2) {
        worker.submit(ring.burst);
        assertEquals(Status.FAILED, ring.burst.op(0).status, "a destroyed key");
      }
      worker.close();
      assertEquals(before, NativeMemory.inUse(), "order " + order);
      assertEquals(contexts, Evp.contextsInUse(), "order " + order);
    }
  }

  /** IKE messages and functions hold native memory only as long as they must. */
  @Test
  void messagesAndFunctionsLeaveNothingBehind() throws CryptoException {
    PROVIDER.random().nextBytes(new byte[16]);
    long before = NativeMemory.inUse();
    long contexts = Evp.contextsInUse();
    for (CryptoProvider provider : List.of(PROVIDER, BulkProvider.of(false, 2))) {
      long made = NativeMemory.inUse();
      for (PrfAlgorithm algorithm : PrfAlgorithm.values()) {
        Prf prf = provider.prf(algorithm);
        for (int length : new int[] {0, 16, 200}) {
          Secret key = TestOctets.secret("left", length);
          assertEquals(algorithm.length(), prf.compute(key, key).length());
          assertEquals(100, prf.expand(key, key, 100).length());
        }
      }
      for (PacketTransform transform : kinds()) {
        if (provider.supports(transform.encryption(), transform.integrity())) {
          IkeCipher cipher =
              provider.ikeCipher(
                  transform.encryption(),
                  transform.integrity(),
                  TestOctets.secret("e", transform.encryption().keyingMaterialLength()),
                  TestOctets.secret("i", transform.integrity().keyLength()));
          byte[] message = new byte[32 + cipher.ivLength() + 64 + cipher.icvLength()];
          cipher.seal(message, 32);
          assertTrue(cipher.open(message, 32));
          message[3] ^= 1;
          assertFalse(cipher.open(message, 32));
          cipher.destroy();
          cipher.destroy();
        }
      }
      assertEquals(made, NativeMemory.inUse());
      assertEquals(contexts, Evp.contextsInUse());
    }
    BulkProvider.of(true, 2).random().nextBytes(new byte[16]);
    assertEquals(before, NativeMemory.inUse(), "one supply of random octets for all");
  }

  /** A key takes as little native memory as it can, since there may be a million. */
  @Test
  void keysAreSmall() throws CryptoException {
    long before = NativeMemory.inUse();
    PacketKey gcm = PacketRing.key(PROVIDER, PacketRing.gcm(), "small");
    assertEquals(64, NativeMemory.inUse() - before);
    PacketKey cbc = PacketRing.key(PROVIDER, PacketRing.cbc(), "small");
    assertTrue(NativeMemory.inUse() - before <= 64 + 64 + 256);
    gcm.destroy();
    cbc.destroy();
    assertEquals(before, NativeMemory.inUse());
  }

  /** Lengths that no packet has are refused before libcrypto sees them. */
  @Test
  void whatNoPacketHasIsRefused() throws CryptoException {
    PacketWorker worker = worker(PROVIDER);
    for (PacketTransform transform : kinds()) {
      PacketKey key = PacketRing.key(PROVIDER, transform, "refused");
      PacketRing ring = new PacketRing(1, 1 << 20);
      CryptoOp op = ring.describe(key, 0, 64, 1, true);
      int nonceLength = op.nonceLength;
      for (int wrong : new int[] {nonceLength - 1, nonceLength + 1, -1, 17, Integer.MAX_VALUE}) {
        op.nonceLength = wrong;
        worker.submit(ring.burst);
        assertEquals(Status.FAILED, op.status, transform + " with a nonce of " + wrong);
      }
      op.nonceLength = nonceLength;
      op.textLength = 1 << 19;
      worker.submit(ring.burst);
      assertEquals(Status.FAILED, op.status, transform + " with a text that no packet has");
      if (transform.encryption().algorithm().blockLength() > 1) {
        op.textLength = 65;
        worker.submit(ring.burst);
        assertEquals(Status.FAILED, op.status, transform + " with a part of a block");
      }
      op.textLength = 64;
      worker.submit(ring.burst);
      assertEquals(Status.OK, op.status, transform + " after refusals");
      key.destroy();
    }
    worker.close();
  }

  /** ESP with padding and next header alone, or nothing at all. */
  @Test
  void shortTexts() throws CryptoException {
    PacketWorker worker = worker(PROVIDER);
    for (PacketTransform transform : kinds()) {
      PacketKey key = PacketRing.key(PROVIDER, transform, "short");
      int block = transform.encryption().algorithm().blockLength();
      for (int length : new int[] {0, block, 2 * block}) {
        PacketRing ring = new PacketRing(1, 256);
        CryptoOp op = ring.describe(key, 0, length, 9, true);
        worker.submit(ring.burst);
        assertEquals(Status.OK, op.status, transform + " sealing " + length);
        op.seal = false;
        worker.submit(ring.burst);
        assertEquals(Status.OK, op.status, transform + " opening " + length);
        ring.slab.put(op.icvOffset, (byte) (ring.slab.get(op.icvOffset) ^ 1));
        worker.submit(ring.burst);
        assertEquals(Status.ICV_MISMATCH, op.status, transform + " forged " + length);
      }
      key.destroy();
    }
    worker.close();
  }
}
