package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.jspecify.annotations.NullUnmarked;

/**
 * Real packet cryptography, plainly written on javax.crypto: slow, allocating, independent of the
 * providers. After a wrong ICV it leaves the decrypted text in the packet, as native libraries do,
 * so that tests see whether the path wipes it.
 */
@NullUnmarked
class TestCrypto implements CryptoProvider {
  private final String name;

  TestCrypto() {
    this("test");
  }

  TestCrypto(String name) {
    this.name = name;
  }

  private static final class Key implements PacketKey {
    final String provider;
    final PacketTransform transform;
    final byte[] cipherKey;
    final byte[] salt;
    final byte[] integrityKey;
    boolean destroyed;

    Key(String provider, PacketTransform transform, byte[] encryption, byte[] integrity) {
      int keyLength = transform.encryption().keyBits() / 8;
      this.provider = provider;
      this.transform = transform;
      this.cipherKey = Arrays.copyOf(encryption, keyLength);
      this.salt = Arrays.copyOfRange(encryption, keyLength, encryption.length);
      this.integrityKey = integrity;
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
    public void destroy() {
      destroyed = true;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return cipherName(transform.encryption().algorithm()) != null
        && (transform.integrity() == IntegrityAlgorithm.NONE
            || macName(transform.integrity()) != null);
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity) {
    return new Key(
        name,
        transform,
        encryption.reveal(SecretAccess.raw()),
        integrity.reveal(SecretAccess.raw()));
  }

  static boolean isDestroyed(PacketKey key) {
    return ((Key) key).destroyed;
  }

  @Override
  public PacketWorker packetWorker() {
    return new PacketWorker() {
      @Override
      public boolean submit(CryptoBurst burst) {
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
      public void close() {}
    };
  }

  private static CryptoOp.Status work(CryptoOp op) throws GeneralSecurityException {
    Key key = (Key) op.key;
    if (key.destroyed) {
      return CryptoOp.Status.FAILED;
    }
    byte[] text = octets(op.slab, op.textOffset, op.textLength);
    byte[] header = octets(op.slab, op.aadOffset, op.aadLength);
    byte[] nonce = Arrays.copyOf(op.nonce, op.nonceLength);
    byte[] high =
        op.highSequencePresent
            ? ByteBuffer.allocate(4).putInt(op.highSequence).array()
            : new byte[0];
    byte[] aad = concat(Arrays.copyOf(header, 4), high, Arrays.copyOfRange(header, 4, 8));
    boolean aead = key.transform.encryption().algorithm().isAead();
    if (op.seal) {
      byte[] sealed = crypt(key, nonce, aad, text, true);
      op.slab.put(op.textOffset, sealed);
      byte[] tag = aead ? aeadTag(op, key, nonce, aad, text) : mac(key, covered(op, sealed), high);
      op.slab.put(op.icvOffset, tag);
      return CryptoOp.Status.OK;
    }
    byte[] opened = crypt(key, nonce, aad, text, false);
    byte[] tag = aead ? aeadTag(op, key, nonce, aad, opened) : mac(key, covered(op, text), high);
    byte[] found = octets(op.slab, op.icvOffset, tag.length);
    op.slab.put(op.textOffset, opened);
    return MessageDigest.isEqual(tag, found) ? CryptoOp.Status.OK : CryptoOp.Status.ICV_MISMATCH;
  }

  /** From the header to the end of the text, with the text as it is on the wire. */
  private static byte[] covered(CryptoOp op, byte[] text) {
    return concat(octets(op.slab, op.aadOffset, op.textOffset - op.aadOffset), text);
  }

  private static byte[] mac(Key key, byte[] covered, byte[] high) throws GeneralSecurityException {
    String macName = macName(key.transform.integrity());
    Mac mac = Mac.getInstance(macName);
    mac.init(new SecretKeySpec(key.integrityKey, macName));
    mac.update(covered);
    mac.update(high);
    return Arrays.copyOf(mac.doFinal(), key.transform.icvLength());
  }

  private static byte[] crypt(Key key, byte[] nonce, byte[] aad, byte[] text, boolean seal)
      throws GeneralSecurityException {
    EncryptionAlgorithm algorithm = key.transform.encryption().algorithm();
    return switch (algorithm) {
      case NULL, NULL_AES_GMAC -> text;
      case AES_CTR -> ctr(key, concat(nonce, new byte[] {0, 0, 0, 1}), text);
      case AES_GCM_8, AES_GCM_12, AES_GCM_16, AES_GCM_16_IIV ->
          ctr(key, concat(nonce, new byte[] {0, 0, 0, 2}), text);
      case AES_CCM_8, AES_CCM_12, AES_CCM_16 ->
          ctr(key, concat(new byte[] {3}, nonce, new byte[] {0, 0, 0, 1}), text);
      case CHACHA20_POLY1305, CHACHA20_POLY1305_IIV ->
          Arrays.copyOf(chacha(key, nonce, aad, text), text.length);
      default -> cbc(key, cipherName(algorithm), nonce, text, seal);
    };
  }

  private static byte[] cbc(Key key, String cipherName, byte[] iv, byte[] text, boolean seal)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(cipherName + "/CBC/NoPadding");
    cipher.init(
        seal ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
        new SecretKeySpec(key.cipherKey, cipherName),
        new IvParameterSpec(iv));
    return cipher.doFinal(text);
  }

  private static byte[] ctr(Key key, byte[] counter, byte[] text) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key.cipherKey, "AES"), new IvParameterSpec(counter));
    return cipher.doFinal(text);
  }

  /** As the stream is its own inverse, "encrypting" opens too; the tag behind it means nothing. */
  private static byte[] chacha(Key key, byte[] nonce, byte[] aad, byte[] text)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(key.cipherKey, "ChaCha20"),
        new IvParameterSpec(nonce));
    cipher.updateAAD(aad);
    return cipher.doFinal(text);
  }

  private static byte[] aeadTag(CryptoOp op, Key key, byte[] nonce, byte[] aad, byte[] plain)
      throws GeneralSecurityException {
    EncryptionAlgorithm algorithm = key.transform.encryption().algorithm();
    byte[] full =
        switch (algorithm) {
          case AES_GCM_8, AES_GCM_12, AES_GCM_16, AES_GCM_16_IIV -> gcm(key, nonce, aad, plain);
          case NULL_AES_GMAC -> {
            byte[] iv = octets(op.slab, op.aadOffset + 8, 8);
            yield gcm(key, nonce, concat(aad, iv, plain), new byte[0]);
          }
          case AES_CCM_8, AES_CCM_12, AES_CCM_16 -> ccmTag(key, nonce, aad, plain);
          case CHACHA20_POLY1305, CHACHA20_POLY1305_IIV -> chacha(key, nonce, aad, plain);
          default -> throw new GeneralSecurityException("no tag of " + algorithm);
        };
    int from = algorithm.name().contains("CCM") ? 0 : full.length - 16;
    return Arrays.copyOfRange(full, from, from + algorithm.icvLength());
  }

  private static byte[] gcm(Key key, byte[] nonce, byte[] aad, byte[] plain)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(key.cipherKey, "AES"),
        new GCMParameterSpec(128, nonce));
    cipher.updateAAD(aad);
    return cipher.doFinal(plain);
  }

  /** RFC 3610 2.2 with a length field of four octets, as RFC 4309 4 says. */
  private static byte[] ccmTag(Key key, byte[] nonce, byte[] aad, byte[] plain)
      throws GeneralSecurityException {
    int icv = key.transform.icvLength();
    byte flags = (byte) (0x40 | ((icv - 2) / 2) << 3 | 3);
    byte[] first = concat(new byte[] {flags}, nonce, new byte[4]);
    ByteBuffer.wrap(first).putInt(12, plain.length);
    byte[] header = concat(new byte[] {0, (byte) aad.length}, aad);
    byte[] blocks = concat(first, padded(header), padded(plain));
    Cipher cbc = Cipher.getInstance("AES/CBC/NoPadding");
    cbc.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(key.cipherKey, "AES"),
        new IvParameterSpec(new byte[16]));
    byte[] chained = cbc.doFinal(blocks);
    byte[] last = Arrays.copyOfRange(chained, chained.length - 16, chained.length);
    return ctr(key, concat(new byte[] {3}, nonce, new byte[4]), last);
  }

  private static byte[] padded(byte[] octets) {
    return Arrays.copyOf(octets, (octets.length + 15) / 16 * 16);
  }

  private static byte[] octets(ByteBuffer slab, int offset, int length) {
    byte[] copy = new byte[length];
    slab.get(offset, copy);
    return copy;
  }

  static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer joined = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }

  private static String cipherName(EncryptionAlgorithm algorithm) {
    return switch (algorithm) {
      case NULL -> "NULL";
      case DES_CBC -> "DES";
      case TRIPLE_DES_CBC -> "DESede";
      case BLOWFISH_CBC -> "Blowfish";
      case CAST_CBC, CAMELLIA_CBC, AES_CCM_8_IIV -> null;
      case CHACHA20_POLY1305, CHACHA20_POLY1305_IIV -> "ChaCha20";
      default -> "AES";
    };
  }

  private static String macName(IntegrityAlgorithm algorithm) {
    return switch (algorithm) {
      case HMAC_MD5_96 -> "HmacMD5";
      case HMAC_SHA1_96 -> "HmacSHA1";
      case HMAC_SHA2_256_128 -> "HmacSHA256";
      case HMAC_SHA2_384_192 -> "HmacSHA384";
      case HMAC_SHA2_512_256 -> "HmacSHA512";
      default -> null;
    };
  }

  @Override
  public SelfTest selfTest() {
    return new SelfTest(0, List.of());
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return false;
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return false;
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return false;
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return false;
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) {
    throw new UnsupportedOperationException();
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Bytes sha1(Bytes data) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RandomSource random() {
    throw new UnsupportedOperationException();
  }
}
