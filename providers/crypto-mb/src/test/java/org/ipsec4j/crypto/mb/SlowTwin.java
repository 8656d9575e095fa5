package org.ipsec4j.crypto.mb;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.testkit.crypto.AesMacReference;

/** Seals ESP packets by the JDK, step by step from the RFCs, without looking at the time. */
final class SlowTwin {
  private static final int HEADER = 8;

  private SlowTwin() {}

  /** Whether the JDK alone has what is needed. */
  static boolean has(PacketTransform transform) {
    return switch (transform.encryption().algorithm()) {
      case NULL,
          AES_CBC,
          AES_CTR,
          TRIPLE_DES_CBC,
          AES_GCM_12,
          AES_GCM_16,
          NULL_AES_GMAC,
          CHACHA20_POLY1305 ->
          true;
      default -> false;
    };
  }

  /**
   * Seals.
   *
   * @param clear header, IV and text
   * @param high upper half of the number, for those that have it
   * @return header, IV, ciphertext and ICV
   */
  static byte[] seal(
      PacketTransform transform, byte[] encryption, byte[] integrity, byte[] clear, int high)
      throws GeneralSecurityException {
    return transform.encryption().algorithm().isAead()
        ? combined(transform, encryption, clear, high)
        : separate(transform, encryption, integrity, clear, high);
  }

  private static byte[] combined(PacketTransform transform, byte[] material, byte[] clear, int high)
      throws GeneralSecurityException {
    EncryptionAlgorithm algorithm = transform.encryption().algorithm();
    int keyOctets = transform.encryption().keyBits() / 8;
    int front = HEADER + algorithm.ivLength();
    byte[] nonce = Arrays.copyOfRange(material, keyOctets, keyOctets + 12);
    System.arraycopy(clear, HEADER, nonce, 4, 8);
    boolean chacha = algorithm == EncryptionAlgorithm.CHACHA20_POLY1305;
    Cipher cipher = Cipher.getInstance(chacha ? "ChaCha20-Poly1305" : "AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(material, 0, keyOctets, chacha ? "ChaCha20" : "AES"),
        chacha
            ? new IvParameterSpec(nonce)
            : new GCMParameterSpec(transform.icvLength() * 8, nonce));
    cipher.updateAAD(clear, 0, 4);
    if (transform.extendedSequenceNumbers()) {
      cipher.updateAAD(ByteBuffer.allocate(4).putInt(0, high));
    }
    boolean gmac = algorithm == EncryptionAlgorithm.NULL_AES_GMAC;
    int additional = gmac ? clear.length : HEADER;
    cipher.updateAAD(clear, 4, additional - 4);
    byte[] behind = gmac ? cipher.doFinal() : cipher.doFinal(clear, front, clear.length - front);
    byte[] sealed = Arrays.copyOf(clear, clear.length + transform.icvLength());
    System.arraycopy(behind, 0, sealed, gmac ? clear.length : front, behind.length);
    return sealed;
  }

  private static byte[] separate(
      PacketTransform transform, byte[] material, byte[] macKey, byte[] clear, int high)
      throws GeneralSecurityException {
    EncryptionAlgorithm algorithm = transform.encryption().algorithm();
    int front = HEADER + algorithm.ivLength();
    byte[] sealed = clear.clone();
    if (algorithm != EncryptionAlgorithm.NULL) {
      Cipher cipher = cipher(algorithm, material, clear, transform.encryption().keyBits() / 8);
      byte[] text = cipher.doFinal(clear, front, clear.length - front);
      System.arraycopy(text, 0, sealed, front, text.length);
    }
    byte[] covered = sealed;
    if (transform.extendedSequenceNumbers()) {
      covered = Arrays.copyOf(sealed, sealed.length + 4);
      ByteBuffer.wrap(covered).putInt(sealed.length, high);
    }
    byte[] icv = mac(transform.integrity(), macKey, covered);
    byte[] packet = Arrays.copyOf(sealed, sealed.length + transform.icvLength());
    System.arraycopy(icv, 0, packet, sealed.length, transform.icvLength());
    return packet;
  }

  private static Cipher cipher(
      EncryptionAlgorithm algorithm, byte[] material, byte[] clear, int keyOctets)
      throws GeneralSecurityException {
    boolean des = algorithm == EncryptionAlgorithm.TRIPLE_DES_CBC;
    byte[] iv = Arrays.copyOfRange(clear, HEADER, HEADER + algorithm.ivLength());
    String name = des ? "DESede/CBC/NoPadding" : "AES/CBC/NoPadding";
    if (algorithm == EncryptionAlgorithm.AES_CTR) {
      name = "AES/CTR/NoPadding";
      iv = ByteBuffer.allocate(16).put(material, keyOctets, 4).put(iv).putInt(1).array();
    }
    Cipher cipher = Cipher.getInstance(name);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(material, 0, keyOctets, des ? "DESede" : "AES"),
        new IvParameterSpec(iv));
    return cipher;
  }

  private static byte[] mac(IntegrityAlgorithm algorithm, byte[] key, byte[] covered)
      throws GeneralSecurityException {
    String name =
        switch (algorithm) {
          case AES_XCBC_96 -> "";
          case AES_CMAC_96 -> "";
          case HMAC_MD5_96 -> "HmacMD5";
          case HMAC_SHA1_96 -> "HmacSHA1";
          case HMAC_SHA2_256_128 -> "HmacSHA256";
          case HMAC_SHA2_384_192 -> "HmacSHA384";
          case HMAC_SHA2_512_256 -> "HmacSHA512";
          case NONE, AES_128_GMAC, AES_192_GMAC, AES_256_GMAC ->
              throw new IllegalArgumentException(algorithm.toString());
        };
    if (name.isEmpty()) {
      return algorithm == IntegrityAlgorithm.AES_XCBC_96
          ? AesMacReference.xcbcPrf(key, covered)
          : AesMacReference.cmacPrf(key, covered);
    }
    Mac mac = Mac.getInstance(name);
    mac.init(new SecretKeySpec(key, name));
    return mac.doFinal(covered);
  }
}
