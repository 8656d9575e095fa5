package org.ipsec4j.crypto.openssl.bulk;

import java.nio.ByteBuffer;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.testkit.crypto.TestOctets;

/** Packets of ESP in slots of a slab, and the descriptors for them. */
final class PacketRing {
  static final int HEADER = 8;

  final ByteBuffer slab;
  final CryptoBurst burst;
  private final int stride;

  PacketRing(int slots, int stride) {
    slab = ByteBuffer.allocateDirect(slots * stride);
    burst = new CryptoBurst(slots);
    this.stride = stride;
  }

  static PacketTransform gcm() {
    return PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
  }

  static PacketTransform cbc() {
    return PacketTransform.esp(
        EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, true);
  }

  static PacketKey key(CryptoProvider provider, PacketTransform transform, String label)
      throws CryptoException {
    return provider.packetKey(
        transform,
        TestOctets.secret(label + "e", transform.encryption().keyingMaterialLength()),
        TestOctets.secret(label + "i", transform.integrity().keyLength()));
  }

  /** Writes header, IV and a text that belongs to {@code number}. */
  void write(PacketKey key, int slot, int length, long number) {
    int at = slot * stride;
    slab.putInt(at, 0x1234).putInt(at + 4, (int) number);
    int text = at + HEADER + iv(key);
    for (int i = at + HEADER; i < text; i += 8) {
      slab.putLong(i, number);
    }
    for (int i = 0; i < length; i += 8) {
      slab.putLong(text + i, number * 31 + i);
    }
  }

  /** Whether the text is the one that {@link #write} wrote. */
  boolean holds(PacketKey key, int slot, int length, long number) {
    int text = slot * stride + HEADER + iv(key);
    for (int i = 0; i < length; i += 8) {
      if (slab.getLong(text + i) != number * 31 + i) {
        return false;
      }
    }
    return true;
  }

  /** The next descriptor of the burst. */
  CryptoOp describe(PacketKey key, int slot, int length, long number, boolean seal) {
    CryptoOp op = burst.next();
    int at = slot * stride;
    op.key = key;
    op.slab = slab;
    op.seal = seal;
    op.aadOffset = at;
    op.aadLength = HEADER;
    op.textOffset = at + HEADER + iv(key);
    op.textLength = length;
    op.icvOffset = op.textOffset + length;
    byte[] salt = key.salt();
    System.arraycopy(salt, 0, op.nonce, 0, salt.length);
    op.nonceLength = salt.length + iv(key);
    for (int i = salt.length; i < op.nonceLength; i++) {
      op.nonce[i] = (byte) (number >>> (8 * (7 - (i - salt.length) % 8)));
    }
    op.highSequencePresent = key.transform().extendedSequenceNumbers();
    op.highSequence = (int) (number >>> 32);
    return op;
  }

  private static int iv(PacketKey key) {
    return key.transform().encryption().algorithm().ivLength();
  }
}
