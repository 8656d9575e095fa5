package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.jspecify.annotations.NullUnmarked;

/**
 * Every MAC of AH, plainly written: the HMACs of the JDK, and CMAC (RFC 4493), XCBC (RFC 3566) and
 * GMAC (RFC 4543) block by block. ESP it leaves to {@link TestCrypto}.
 */
@NullUnmarked
class AhCrypto extends TestCrypto {
  /** All that AH can be agreed with. */
  static final List<IntegrityAlgorithm> MACS =
      List.of(
          IntegrityAlgorithm.HMAC_MD5_96,
          IntegrityAlgorithm.HMAC_SHA1_96,
          IntegrityAlgorithm.AES_XCBC_96,
          IntegrityAlgorithm.AES_CMAC_96,
          IntegrityAlgorithm.AES_128_GMAC,
          IntegrityAlgorithm.AES_192_GMAC,
          IntegrityAlgorithm.AES_256_GMAC,
          IntegrityAlgorithm.HMAC_SHA2_256_128,
          IntegrityAlgorithm.HMAC_SHA2_384_192,
          IntegrityAlgorithm.HMAC_SHA2_512_256);

  /** Octets of salt at the end of a GMAC key. */
  private static final int SALT = 4;

  AhCrypto() {
    this("ah-test");
  }

  AhCrypto(String name) {
    super(name);
  }

  private static final class AhKey implements PacketKey {
    final String provider;
    final PacketTransform transform;
    final byte[] key;
    final byte[] salt;

    AhKey(String provider, PacketTransform transform, byte[] material) {
      int saltLength = isGmac(transform.integrity()) ? SALT : 0;
      this.provider = provider;
      this.transform = transform;
      this.key = Arrays.copyOf(material, material.length - saltLength);
      this.salt = Arrays.copyOfRange(material, material.length - saltLength, material.length);
    }

    @Override
    public PacketTransform transform() {
      return transform;
    }

    @Override
    public String provider() {
      return provider;
    }

    @Override
    public byte[] salt() {
      return salt.clone();
    }

    @Override
    public void destroy() {}
  }

  static boolean isGmac(IntegrityAlgorithm algorithm) {
    return algorithm.name().endsWith("GMAC");
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity) {
    return transform.protocol() == SecurityProtocol.AH
        ? new AhKey(name(), transform, integrity.reveal(SecretAccess.raw()))
        : super.packetKey(transform, encryption, integrity);
  }

  /** Called with each packet before its ICV is computed. */
  void beforeSeal(CryptoOp op) {}

  @Override
  public PacketWorker packetWorker() {
    PacketWorker esp = super.packetWorker();
    return new PacketWorker() {
      @Override
      public boolean submit(CryptoBurst burst) {
        boolean ah = false;
        for (int i = 0; i < burst.size(); i++) {
          ah |= burst.op(i).key instanceof AhKey;
        }
        if (!ah) {
          return esp.submit(burst);
        }
        for (int i = 0; i < burst.size(); i++) {
          CryptoOp op = burst.op(i);
          try {
            op.status = work(op);
          } catch (GeneralSecurityException e) {
            op.status = CryptoOp.Status.FAILED;
          }
        }
        return true;
      }

      @Override
      public void close() {
        esp.close();
      }
    };
  }

  private CryptoOp.Status work(CryptoOp op) throws GeneralSecurityException {
    AhKey key = (AhKey) op.key;
    if (op.seal) {
      beforeSeal(op);
    }
    byte[] packet = new byte[op.aadLength];
    op.slab.get(op.aadOffset, packet);
    int icvAt = op.icvOffset - op.aadOffset;
    int icvLength = key.transform.icvLength();
    byte[] found = Arrays.copyOfRange(packet, icvAt, icvAt + icvLength);
    Arrays.fill(packet, icvAt, icvAt + icvLength, (byte) 0);
    byte[] high = ByteBuffer.allocate(4).putInt(op.highSequence).array();
    byte[] covered = op.highSequencePresent ? concat(packet, high) : packet;
    byte[] icv = mac(key, Arrays.copyOf(op.nonce, op.nonceLength), covered);
    if (op.seal) {
      op.slab.put(op.icvOffset, icv);
      return CryptoOp.Status.OK;
    }
    return MessageDigest.isEqual(icv, found) ? CryptoOp.Status.OK : CryptoOp.Status.ICV_MISMATCH;
  }

  private static byte[] mac(AhKey key, byte[] nonce, byte[] covered)
      throws GeneralSecurityException {
    byte[] full =
        switch (key.transform.integrity()) {
          case HMAC_MD5_96 -> hmac("HmacMD5", key.key, covered);
          case HMAC_SHA1_96 -> hmac("HmacSHA1", key.key, covered);
          case HMAC_SHA2_256_128 -> hmac("HmacSHA256", key.key, covered);
          case HMAC_SHA2_384_192 -> hmac("HmacSHA384", key.key, covered);
          case HMAC_SHA2_512_256 -> hmac("HmacSHA512", key.key, covered);
          case AES_CMAC_96 -> cmac(key.key, covered);
          case AES_XCBC_96 -> xcbc(key.key, covered);
          case AES_128_GMAC, AES_192_GMAC, AES_256_GMAC -> gmac(key.key, nonce, covered);
          case NONE -> throw new GeneralSecurityException("no MAC");
        };
    return Arrays.copyOf(full, key.transform.icvLength());
  }

  static byte[] hmac(String name, byte[] key, byte[] data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(name);
    mac.init(new SecretKeySpec(key, name));
    return mac.doFinal(data);
  }

  static byte[] gmac(byte[] key, byte[] nonce, byte[] data) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    cipher.updateAAD(data);
    return cipher.doFinal();
  }

  static byte[] cmac(byte[] key, byte[] data) throws GeneralSecurityException {
    byte[] whole = doubled(aes(key, new byte[16]));
    return cbcMac(key, data, whole, doubled(whole));
  }

  static byte[] xcbc(byte[] key, byte[] data) throws GeneralSecurityException {
    byte[] first = aes(key, filled(1));
    return cbcMac(first, data, aes(key, filled(2)), aes(key, filled(3)));
  }

  /** CBC-MAC whose last block is masked, with one mask for a whole block and one for a padded. */
  private static byte[] cbcMac(byte[] key, byte[] data, byte[] whole, byte[] padded)
      throws GeneralSecurityException {
    int blocks = Math.max(1, (data.length + 15) / 16);
    byte[] text = Arrays.copyOf(data, blocks * 16);
    boolean complete = data.length == text.length;
    if (!complete) {
      text[data.length] = (byte) 0x80;
    }
    byte[] mask = complete ? whole : padded;
    byte[] chained = new byte[16];
    for (int block = 0; block < blocks; block++) {
      for (int i = 0; i < 16; i++) {
        chained[i] ^= text[block * 16 + i];
        chained[i] ^= block == blocks - 1 ? mask[i] : 0;
      }
      chained = aes(key, chained);
    }
    return chained;
  }

  /** Multiplication by x in the field of CMAC. */
  private static byte[] doubled(byte[] block) {
    byte[] twice = new byte[16];
    for (int i = 0; i < 16; i++) {
      int carry = i < 15 ? (block[i + 1] & 0xff) >> 7 : 0;
      twice[i] = (byte) (block[i] << 1 | carry);
    }
    twice[15] ^= (byte) (block[0] < 0 ? 0x87 : 0);
    return twice;
  }

  private static byte[] filled(int octet) {
    byte[] block = new byte[16];
    Arrays.fill(block, (byte) octet);
    return block;
  }

  private static byte[] aes(byte[] key, byte[] block) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
    return cipher.doFinal(block);
  }
}
