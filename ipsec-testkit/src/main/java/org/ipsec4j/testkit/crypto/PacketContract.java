package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.junit.jupiter.api.Test;

/** What a provider must do with packets, for every transform that it claims. */
public interface PacketContract extends ProviderUnderTest {
  /** SPI and sequence number. */
  int HEADER = 8;

  /** A key of the transform that is the same in every run. */
  default PacketKey testKey(PacketTransform transform, String label) throws CryptoException {
    return provider()
        .packetKey(
            transform,
            TestOctets.secret(label + "e", transform.encryption().keyingMaterialLength()),
            TestOctets.secret(label + "i", transform.integrity().keyLength()));
  }

  /** Header, IV, text and room for the ICV; {@code turn} makes the IV unique. */
  default byte[] clearPacket(PacketTransform transform, int textLength, int turn) {
    int iv = transform.encryption().algorithm().ivLength();
    byte[] packet = new byte[HEADER + iv + textLength + transform.icvLength()];
    byte[] content = TestOctets.of("packet" + turn, HEADER + iv + textLength);
    System.arraycopy(content, 0, packet, 0, content.length);
    ByteBuffer.wrap(packet).putInt(4, turn);
    return packet;
  }

  /** Lengths of text to try: multiples of every block. */
  default int[] textLengths() {
    return new int[] {16, 32, 64, 576, 1408, 2048, 9008, 65536};
  }

  /** Sealed and opened again, in place, and nothing around the packet changes. */
  @Test
  default void everyClaimedTransformSealsAndOpensInPlace() throws CryptoException {
    List<PacketTransform> claimed = Transforms.claimed(provider());
    assertFalse(claimed.isEmpty(), "the provider claims no packet transform");
    for (PacketTransform transform : claimed) {
      if (transform.protocol() == SecurityProtocol.ESP) {
        PacketKey key = testKey(transform, "round");
        assertEquals(transform, key.transform());
        try (PacketBench bench = new PacketBench(provider(), 70_000)) {
          int turn = 1;
          for (int length : textLengths()) {
            roundTrip(bench, key, length, turn++);
          }
        }
        key.destroy();
      }
    }
  }

  private void roundTrip(PacketBench bench, PacketKey key, int length, int turn) {
    PacketTransform transform = key.transform();
    String what = transform + " with " + length + " octets";
    byte[] clear = clearPacket(transform, length, turn);
    int front = clear.length - length - transform.icvLength();
    bench.put(clear);
    extended(bench.describe(key, true, HEADER, length), transform, 7);
    assertEquals(Status.OK, bench.run(), what);
    byte[] sealed = bench.packet();
    assertTrue(bench.surroundingIsUntouched(), what);
    assertArrayEquals(
        Arrays.copyOf(clear, front), Arrays.copyOf(sealed, front), "header and IV of " + what);
    boolean visible =
        Arrays.equals(
            Arrays.copyOfRange(clear, front, front + length),
            Arrays.copyOfRange(sealed, front, front + length));
    boolean clearText =
        transform.encryption().algorithm() == EncryptionAlgorithm.NULL
            || transform.encryption().algorithm() == EncryptionAlgorithm.NULL_AES_GMAC;
    assertEquals(clearText, visible, "text of " + what);

    bench.put(sealed);
    extended(bench.describe(key, false, HEADER, length), transform, 7);
    assertEquals(Status.OK, bench.run(), what);
    assertTrue(bench.surroundingIsUntouched(), what);
    assertArrayEquals(
        Arrays.copyOf(clear, front + length), Arrays.copyOf(bench.packet(), front + length), what);
  }

  private static void extended(CryptoOp op, PacketTransform transform, int high) {
    op.highSequencePresent = transform.extendedSequenceNumbers();
    op.highSequence = high;
  }

  /** One wrong bit anywhere, or a wrong upper half of the number, and the packet is refused. */
  @Test
  default void everyTamperedRegionIsNoticed() throws CryptoException {
    for (PacketTransform transform : Transforms.claimed(provider())) {
      if (transform.protocol() != SecurityProtocol.ESP) {
        continue;
      }
      PacketKey key = testKey(transform, "tamper");
      try (PacketBench bench = new PacketBench(provider(), 4096)) {
        int length = 96;
        byte[] clear = clearPacket(transform, length, 3);
        bench.put(clear);
        extended(bench.describe(key, true, HEADER, length), transform, 9);
        assertEquals(Status.OK, bench.run());
        byte[] sealed = bench.packet();
        for (int at = 0; at < sealed.length; at++) {
          byte[] forged = sealed.clone();
          forged[at] ^= (byte) (1 << (at % 8));
          bench.put(forged);
          extended(bench.describe(key, false, HEADER, length), transform, 9);
          assertEquals(Status.ICV_MISMATCH, bench.run(), transform + " octet " + at);
          assertTrue(bench.surroundingIsUntouched(), transform + " octet " + at);
        }
        if (transform.extendedSequenceNumbers()) {
          bench.put(sealed);
          extended(bench.describe(key, false, HEADER, length), transform, 10);
          assertEquals(Status.ICV_MISMATCH, bench.run(), transform + " upper half");
        }
        bench.put(sealed);
        extended(bench.describe(key, false, HEADER, length), transform, 9);
        assertEquals(Status.OK, bench.run(), transform + " after forgeries");
      }
      key.destroy();
    }
  }

  /** Another key opens nothing. */
  @Test
  default void anotherKeyOpensNothing() throws CryptoException {
    for (PacketTransform transform : Transforms.claimed(provider())) {
      if (transform.protocol() == SecurityProtocol.ESP) {
        PacketKey key = testKey(transform, "one");
        PacketKey other = testKey(transform, "other");
        try (PacketBench bench = new PacketBench(provider(), 4096)) {
          bench.put(clearPacket(transform, 64, 4));
          bench.describe(key, true, HEADER, 64);
          assertEquals(Status.OK, bench.run());
          byte[] sealed = bench.packet();
          bench.put(sealed);
          bench.describe(other, false, HEADER, 64);
          assertEquals(Status.ICV_MISMATCH, bench.run(), transform.toString());
        }
      }
    }
  }

  /** AH: the ICV lies inside of the packet and counts as zero. */
  @Test
  default void authenticationHeadersCoverTheWholePacket() throws CryptoException {
    for (PacketTransform transform : Transforms.claimed(provider())) {
      if (transform.protocol() != SecurityProtocol.AH) {
        continue;
      }
      PacketKey key = testKey(transform, "ah");
      byte[] packet = TestOctets.of("ah", 120);
      int icv = 32;
      Arrays.fill(packet, icv, icv + transform.icvLength(), (byte) 0);
      try (PacketBench bench = new PacketBench(provider(), 4096)) {
        assertEquals(Status.OK, authenticate(bench, key, packet, icv, true));
        byte[] sealed = bench.packet();
        byte[] filled = packet.clone();
        Arrays.fill(filled, icv, icv + transform.icvLength(), (byte) 0x5a);
        filled[icv - 1] ^= 1;
        filled[packet.length - 1] ^= 1;
        assertEquals(Status.OK, authenticate(bench, key, filled, icv, true), "another packet");
        filled[icv - 1] ^= 1;
        filled[packet.length - 1] ^= 1;
        assertEquals(Status.OK, authenticate(bench, key, filled, icv, true));
        assertArrayEquals(sealed, bench.packet(), transform + " counts the ICV as zero");
        byte[] without = sealed.clone();
        Arrays.fill(without, icv, icv + transform.icvLength(), (byte) 0);
        assertArrayEquals(packet, without, transform + " changes the ICV alone");
        assertEquals(Status.OK, authenticate(bench, key, sealed, icv, false));
        for (int at = 0; at < sealed.length; at++) {
          byte[] forged = sealed.clone();
          forged[at] ^= 0x40;
          assertEquals(
              Status.ICV_MISMATCH,
              authenticate(bench, key, forged, icv, false),
              transform + " octet " + at);
        }
      }
    }
  }

  private static Status authenticate(
      PacketBench bench, PacketKey key, byte[] packet, int icv, boolean seal) {
    bench.put(packet);
    CryptoOp op = bench.describe(key, seal, packet.length - key.transform().icvLength(), 0);
    op.aadLength = packet.length;
    op.icvOffset = PacketBench.GUARD + icv;
    byte[] salt = key.salt();
    int iv = key.transform().integrity().ivLength();
    System.arraycopy(salt, 0, op.nonce, 0, salt.length);
    System.arraycopy(packet, icv - iv, op.nonce, salt.length, iv);
    op.nonceLength = salt.length + iv;
    extended(op, key.transform(), 5);
    return bench.run();
  }

  /** A burst of several SAs and both directions; a forged packet in it spoils no other. */
  @Test
  default void burstsSpanKeysAndDirections() throws CryptoException {
    List<PacketKey> keys = new ArrayList<>();
    for (PacketTransform transform : Transforms.claimed(provider())) {
      if (transform.protocol() == SecurityProtocol.ESP && !transform.extendedSequenceNumbers()) {
        keys.add(testKey(transform, "burst" + keys.size()));
      }
    }
    int count = keys.size();
    int stride = 512;
    int length = 128;
    ByteBuffer slab = ByteBuffer.allocateDirect(2 * count * stride);
    PacketWorker worker = provider().packetWorker();
    CryptoBurst first = burst(keys, slab, 0, stride, length, true, 20);
    submit(worker, first);
    byte[] sealed = new byte[count * stride];
    slab.get(0, sealed);
    CryptoBurst second = burst(keys, slab, count * stride, stride, length, true, 60);
    CryptoBurst both = new CryptoBurst(2 * count);
    for (int i = 0; i < count; i++) {
      assertEquals(Status.OK, first.op(i).status, keys.get(i).toString());
      if (i % 3 == 1) {
        slab.put(i * stride + 40, (byte) (slab.get(i * stride + 40) ^ 1));
      }
      copy(first.op(i), both.next(), false);
      copy(second.op(i), both.next(), true);
    }
    submit(worker, both);
    for (int i = 0; i < count; i++) {
      Status expected = i % 3 == 1 ? Status.ICV_MISMATCH : Status.OK;
      assertEquals(expected, both.op(2 * i).status, keys.get(i).toString());
      assertEquals(Status.OK, both.op(2 * i + 1).status, keys.get(i).toString());
      if (expected == Status.OK) {
        byte[] clear = clearPacket(keys.get(i).transform(), length, 20 + i);
        int text = first.op(i).textOffset - i * stride;
        byte[] opened = new byte[text + length];
        slab.get(i * stride, opened);
        assertArrayEquals(Arrays.copyOf(clear, text + length), opened, keys.get(i).toString());
      }
    }
    worker.close();
  }

  private CryptoBurst burst(
      List<PacketKey> keys,
      ByteBuffer slab,
      int from,
      int stride,
      int length,
      boolean seal,
      int turn) {
    CryptoBurst burst = new CryptoBurst(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      PacketKey key = keys.get(i);
      byte[] packet = clearPacket(key.transform(), length, turn + i);
      int offset = from + i * stride;
      slab.put(offset, packet);
      CryptoOp op = burst.next();
      PacketBench.fill(op, key, slab, seal, offset, HEADER, length);
      PacketBench.fillNonce(op, key, packet, HEADER);
    }
    return burst;
  }

  private static void copy(CryptoOp from, CryptoOp to, boolean seal) {
    to.key = from.key;
    to.slab = from.slab;
    to.seal = seal;
    to.aadOffset = from.aadOffset;
    to.aadLength = from.aadLength;
    to.textOffset = from.textOffset;
    to.textLength = from.textLength;
    to.icvOffset = from.icvOffset;
    to.nonceLength = from.nonceLength;
    // A second packet of the same key needs a nonce of its own.
    System.arraycopy(from.nonce, 0, to.nonce, 0, from.nonce.length);
  }

  private static void submit(PacketWorker worker, CryptoBurst burst) {
    if (!worker.submit(burst)) {
      while (worker.poll() == null) {
        Thread.onSpinWait();
      }
    }
  }

  /** Descriptors that cannot be are a status and never an exception, and touch nothing. */
  @Test
  default void impossibleDescriptorsFail() throws CryptoException {
    for (PacketTransform transform : Transforms.claimed(provider())) {
      if (transform.protocol() != SecurityProtocol.ESP) {
        continue;
      }
      PacketKey key = testKey(transform, "impossible");
      try (PacketBench bench = new PacketBench(provider(), 1024)) {
        for (int value : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 20}) {
          for (int field = 0; field < 5; field++) {
            for (boolean seal : new boolean[] {true, false}) {
              bench.put(clearPacket(transform, 64, 5));
              CryptoOp op = bench.describe(key, seal, HEADER, 64);
              spoil(op, field, value);
              assertEquals(
                  Status.FAILED, bench.run(), transform + " field " + field + " = " + value);
              assertTrue(bench.surroundingIsUntouched());
            }
          }
        }
        bench.put(clearPacket(transform, 64, 5));
        bench.describe(key, true, HEADER, 64).key = null;
        assertEquals(Status.FAILED, bench.run());
        bench.describe(key, true, HEADER, 64).slab = null;
        assertEquals(Status.FAILED, bench.run());
        bench.describe(key, true, HEADER, 64).key = new ForeignKey(transform);
        assertEquals(Status.FAILED, bench.run());
        assertArrayEquals(clearPacket(transform, 64, 5), bench.packet());
      }
    }
  }

  private static void spoil(CryptoOp op, int field, int value) {
    switch (field) {
      case 0 -> op.aadOffset = value;
      case 1 -> op.aadLength = value;
      case 2 -> op.textOffset = value;
      case 3 -> op.textLength = value;
      default -> op.icvOffset = value;
    }
  }

  /** A destroyed key never protects with what is left of it. */
  @Test
  default void destroyedKeysAreNotUsed() throws CryptoException {
    for (PacketTransform transform : Transforms.claimed(provider())) {
      if (transform.protocol() == SecurityProtocol.ESP) {
        PacketKey key = testKey(transform, "destroyed");
        try (PacketBench bench = new PacketBench(provider(), 1024)) {
          byte[] clear = clearPacket(transform, 64, 6);
          bench.put(clear);
          bench.describe(key, true, HEADER, 64);
          assertEquals(Status.OK, bench.run());
          byte[] sealed = bench.packet();
          key.destroy();
          key.destroy();
          bench.put(sealed);
          bench.describe(key, false, HEADER, 64);
          assertNotEquals(Status.OK, bench.run(), transform.toString());
        }
      }
    }
  }

  /** Keys of a wrong length, and transforms that it does not claim, are refused at set-up. */
  @Test
  default void wrongKeysAreRefusedAtSetUp() {
    for (PacketTransform transform : Transforms.packets()) {
      int encryption = transform.encryption().keyingMaterialLength();
      int integrity = transform.integrity().keyLength();
      boolean claimed = provider().supports(transform);
      assertThrows(
          CryptoException.class,
          () ->
              provider()
                  .packetKey(
                      transform,
                      TestOctets.secret("x", encryption + (claimed ? 1 : 0)),
                      TestOctets.secret("y", integrity)),
          transform.toString());
      assertThrows(
          CryptoException.class,
          () ->
              provider()
                  .packetKey(
                      transform,
                      TestOctets.secret("x", encryption),
                      TestOctets.secret("y", integrity + 1)),
          transform.toString());
    }
  }

  /** The salt is the end of the keying material. */
  @Test
  default void saltIsBehindTheKey() throws CryptoException {
    for (PacketTransform transform : Transforms.claimed(provider())) {
      boolean gmac = transform.integrity().isGmac();
      byte[] encryption = TestOctets.of("salt", transform.encryption().keyingMaterialLength());
      byte[] integrity = TestOctets.of("salt", transform.integrity().keyLength());
      PacketKey key =
          provider().packetKey(transform, Secret.copyOf(encryption), Secret.copyOf(integrity));
      byte[] material = gmac ? integrity : encryption;
      int salt =
          gmac
              ? transform.integrity().saltLength()
              : transform.encryption().algorithm().saltLength();
      assertEquals(
          Bytes.copyOf(material, material.length - salt, salt),
          Bytes.copyOf(key.salt()),
          transform.toString());
    }
  }

  /** A key that no provider made. */
  final class ForeignKey implements PacketKey {
    private final PacketTransform transform;

    ForeignKey(PacketTransform transform) {
      this.transform = transform;
    }

    @Override
    public PacketTransform transform() {
      return transform;
    }

    @Override
    public String provider() {
      return "foreign";
    }

    @Override
    public byte[] salt() {
      return new byte[transform.encryption().algorithm().saltLength()];
    }

    @Override
    public void destroy() {
      // Holds nothing.
    }
  }
}
