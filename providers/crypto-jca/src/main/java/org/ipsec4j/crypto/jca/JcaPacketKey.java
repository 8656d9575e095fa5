package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.SecretKey;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.jspecify.annotations.Nullable;

/** Keys of one direction of one SA; the ciphers themselves belong to the workers. */
final class JcaPacketKey implements PacketKey {
  private static final AtomicLong IDS = new AtomicLong();

  private final PacketTransform transform;
  private final String provider;
  private final @Nullable SecretKey encryption;
  private final @Nullable RawKey encryptionOctets;
  private final @Nullable RawKey integrity;
  private final byte[] salt;

  /** Unique in this JVM; workers find their ciphers by it. */
  final long id = IDS.getAndIncrement();

  /** Where a worker gets its ciphers for this key. */
  final Ciphers ciphers;

  private volatile boolean destroyed;

  /**
   * The lengths of the secrets have been checked.
   *
   * @throws GeneralSecurityException when a token refuses the key
   */
  JcaPacketKey(
      PacketTransform transform,
      String provider,
      Ciphers ciphers,
      Secret encryptionKey,
      Secret integrityKey)
      throws GeneralSecurityException {
    this.transform = transform;
    this.provider = provider;
    this.ciphers = ciphers;
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    int keyLength = transform.encryption().keyBits() / 8;
    encryptionOctets =
        keyLength == 0 ? null : RawKey.of(Names.cipherKey(cipher), encryptionKey, 0, keyLength);
    encryption =
        encryptionOctets == null ? null : ciphers.placed(transform.encryption(), encryptionOctets);
    IntegrityAlgorithm mac = transform.integrity();
    int macKeyLength = mac.keyLength() - mac.saltLength();
    integrity =
        macKeyLength == 0
            ? null
            : RawKey.of(Names.integrityKey(mac), integrityKey, 0, macKeyLength);
    Secret saltPart =
        mac.isGmac()
            ? integrityKey.slice(macKeyLength, mac.saltLength())
            : encryptionKey.slice(keyLength, cipher.saltLength());
    salt = saltPart.reveal(SecretAccess.raw());
    saltPart.destroy();
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
    return salt;
  }

  /** Key of the cipher, in memory or in a token; null for NULL encryption. */
  @Nullable SecretKey encryption() {
    return encryption;
  }

  /** Key of the MAC; null for combined modes. */
  @Nullable RawKey integrity() {
    return integrity;
  }

  boolean isDestroyed() {
    return destroyed;
  }

  @Override
  public void destroy() {
    destroyed = true;
    if (encryptionOctets != null) {
      // What is in a token is let go: workers refuse the key from now on.
      encryptionOctets.destroy();
    }
    if (integrity != null) {
      integrity.destroy();
    }
    Arrays.fill(salt, (byte) 0);
  }

  @Override
  public String toString() {
    return provider + " " + transform;
  }
}
