package org.ipsec4j.crypto.jca;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.Nullable;

/**
 * Works packets off one after the other, at once, with JCA ciphers that it keeps per key.
 *
 * <p>What is allocated per packet, JCA allocates: nothing for AES-GCM with providers that can do
 * without (AmazonCorrettoCryptoProvider). With SunJCE of JDK 25 it is nothing for AES-XCBC and
 * AES-CMAC, the octets of the MAC for HMAC, 32 octets for AES-CCM and for the cipher of CBC and CTR
 * (800 for 3DES), 0.8 to 1 KB for AES-GCM, 2 KB for ChaCha20-Poly1305, up to 3 KB when they open,
 * as much as the packet holds for AES-GMAC, whose additional data SunJCE copies, and twice that for
 * what Bouncy Castle does: AES-GCM with 8 octets of ICV, Camellia.
 */
final class JcaPacketWorker implements PacketWorker {
  /** Keys whose ciphers are kept; a key beyond takes the place of another. A power of two. */
  static final int CACHE = 1024;

  private final @Nullable PacketCipher[] cache = new PacketCipher[CACHE];
  private final Scratch scratch = new Scratch();
  private @Nullable ByteBuffer lastSlab;
  private @Nullable ByteBuffer lastView;
  private boolean closed;

  @Override
  public boolean submit(CryptoBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      CryptoOp op = burst.op(i);
      op.status = CryptoOp.Status.FAILED;
      try {
        op.status = work(op);
      } catch (GeneralSecurityException | RuntimeException e) {
        // The status says it. The exception may name key lengths of a provider, and nobody reads
        // it on the packet path.
        op.status = CryptoOp.Status.FAILED;
        forget(op);
      }
    }
    return true;
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(cache, null);
    scratch.wipe();
    lastSlab = null;
    lastView = null;
  }

  private CryptoOp.Status work(CryptoOp op) throws GeneralSecurityException {
    if (closed || !(op.key instanceof JcaPacketKey key) || op.slab == null || key.isDestroyed()) {
      return CryptoOp.Status.FAILED;
    }
    ByteBuffer slab = whole(op.slab);
    int room = room(op, key, slab.capacity());
    if (room < 0) {
      return CryptoOp.Status.FAILED;
    }
    scratch.fit(room);
    PacketCipher cipher = cipherOf(key);
    return op.seal ? cipher.seal(op, slab, scratch) : cipher.open(op, slab, scratch);
  }

  /** Octets of scratch that the packet needs; negative when its offsets cannot be. */
  private static int room(CryptoOp op, JcaPacketKey key, int capacity) {
    int icvLength = key.transform().icvLength();
    if ((op.aadOffset | op.aadLength | op.textOffset | op.textLength | op.icvOffset) < 0
        || op.aadLength > capacity - op.aadOffset
        || op.textLength > capacity - op.textOffset
        || icvLength > capacity - op.icvOffset
        || (op.highSequencePresent && op.aadLength < 4)) {
      return -1;
    }
    long room;
    EncryptionAlgorithm cipher = key.transform().encryption().algorithm();
    if (Names.isCcm(cipher)) {
      if (Math.max(op.aadLength, op.textLength) > Scratch.MAX) {
        return -1;
      }
      room = CcmPacketCipher.room(op);
    } else if (cipher.isAead() && cipher != EncryptionAlgorithm.NULL_AES_GMAC) {
      room = AeadPacketCipher.room(op, icvLength);
    } else {
      int covered = MacPacketCipher.coveredLength(op, key);
      if (covered < op.aadLength || covered > capacity - op.aadOffset) {
        return -1;
      }
      room = covered + 4L + KeyedMac.SPARE;
    }
    return room > Scratch.MAX ? -1 : (int) room;
  }

  private PacketCipher cipherOf(JcaPacketKey key) throws GeneralSecurityException {
    int slot = (int) key.id & (CACHE - 1);
    PacketCipher kept = cache[slot];
    if (kept != null && kept.key == key) {
      return kept;
    }
    forgetDestroyed();
    PacketCipher made = make(key);
    cache[slot] = made;
    return made;
  }

  /**
   * A MAC that failed may be left in the middle of a packet. Combined modes begin anew with each
   * packet and are kept: they remember the last nonce and refuse to seal with it again.
   */
  private void forget(CryptoOp op) {
    if (op.key instanceof JcaPacketKey key) {
      int slot = (int) key.id & (CACHE - 1);
      if (cache[slot] instanceof MacPacketCipher) {
        cache[slot] = null;
      }
    }
  }

  /** The ciphers of dead SAs hold copies of their keys. */
  private void forgetDestroyed() {
    for (int i = 0; i < CACHE; i++) {
      PacketCipher kept = cache[i];
      if (kept != null && kept.key.isDestroyed()) {
        cache[i] = null;
      }
    }
  }

  private static PacketCipher make(JcaPacketKey key) throws GeneralSecurityException {
    SecretKey cipherKey = key.encryption();
    RawKey macKey = key.integrity();
    if (macKey != null) {
      return key.transform().integrity().isGmac()
          ? new GmacPacketCipher(key, macKey, 8 * macKey.octets(), key.ciphers)
          : new MacPacketCipher(key, macKey, key.ciphers);
    }
    if (cipherKey == null) {
      throw new NoSuchAlgorithmException("neither cipher nor MAC");
    }
    EncryptionAlgorithm algorithm = key.transform().encryption().algorithm();
    if (algorithm == EncryptionAlgorithm.NULL_AES_GMAC) {
      return new GmacPacketCipher(
          key, cipherKey, key.transform().encryption().keyBits(), key.ciphers);
    }
    return Names.isCcm(algorithm)
        ? new CcmPacketCipher(key, cipherKey, key.ciphers)
        : new AeadPacketCipher(key, cipherKey, key.ciphers);
  }

  /** The slab without its position and limit, which are the caller's. */
  @SuppressWarnings("ReferenceEquality") // equals() of buffers compares their content
  private ByteBuffer whole(ByteBuffer slab) {
    if (slab.limit() == slab.capacity()) {
      return slab;
    }
    ByteBuffer view = lastView;
    if (slab != lastSlab || view == null) {
      view = slab.duplicate().clear();
      lastSlab = slab;
      lastView = view;
    }
    return view;
  }
}
