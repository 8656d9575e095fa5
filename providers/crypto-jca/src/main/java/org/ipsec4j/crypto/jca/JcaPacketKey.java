package org.ipsec4j.crypto.jca;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
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
  private final @Nullable RawKey encryption;
  private final @Nullable RawKey integrity;
  private final byte[] salt;

  /** Unique in this JVM; workers find their ciphers by it. */
  final long id = IDS.getAndIncrement();

  /** Where a worker gets its ciphers for this key. */
  final Ciphers ciphers;

  private volatile boolean destroyed;

  /** The lengths of the secrets have been checked. */
  JcaPacketKey(
      PacketTransform transform,
      String provider,
      Ciphers ciphers,
      Secret encryptionKey,
      Secret integrityKey) {
    this.transform = transform;
    this.provider = provider;
    this.ciphers = ciphers;
    EncryptionAlgorithm cipher = transform.encryption().algorithm();
    int keyLength = transform.encryption().keyBits() / 8;
    encryption =
        keyLength == 0 ? null : RawKey.of(Names.cipherKey(cipher), encryptionKey, 0, keyLength);
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

  /** Key of the cipher; null for NULL encryption. */
  @Nullable RawKey encryption() {
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
    if (encryption != null) {
      encryption.destroy();
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
