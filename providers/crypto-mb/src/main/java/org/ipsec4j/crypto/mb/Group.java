package org.ipsec4j.crypto.mb;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;

/**
 * What packets have in common that can be worked off together, whatever their SAs: cipher, length
 * of its key, MAC, place of the ICV. There is one object for each group, and it has a small number.
 * Immutable.
 */
final class Group {
  /** Who works the packets of a group off. */
  enum Lane {
    /** One call per packet: AES-GCM. */
    GCM,
    /** Several calls per packet: AES-GMAC. */
    GMAC,
    /** Jobs that encrypt and authenticate in one: ChaCha20-Poly1305, AES-CCM. */
    AEAD,
    /** Jobs of a cipher and jobs of a MAC, one after the other. */
    MAC
  }

  private record Traits(
      boolean authenticationHeader,
      EncryptionAlgorithm encryption,
      int keyBits,
      IntegrityAlgorithm integrity) {}

  private static final Map<Traits, Group> MADE = new ConcurrentHashMap<>();
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** Unique in this JVM. */
  final int number;

  final CipherKind cipher;
  final MacKind mac;

  /** Octets of the cipher's key; of AH with AES-GMAC, of the MAC's. */
  final int keyOctets;

  final int icvLength;
  final boolean authenticationHeader;
  final Lane lane;

  /** Index of functions for keys of 128, 192 and 256 bits. */
  final int size;

  private Group(Traits traits) {
    number = NUMBERS.getAndIncrement();
    cipher = CipherKind.of(traits.encryption);
    mac = MacKind.of(traits.integrity);
    IntegrityAlgorithm integrity = traits.integrity;
    boolean gmac = integrity.isGmac();
    keyOctets = gmac ? integrity.keyLength() - integrity.saltLength() : traits.keyBits / 8;
    icvLength = traits.encryption.isAead() ? traits.encryption.icvLength() : integrity.icvLength();
    authenticationHeader = traits.authenticationHeader;
    size = keyOctets == 24 ? 1 : keyOctets == 32 ? 2 : 0;
    lane = lane(traits.encryption, gmac);
  }

  private Lane lane(EncryptionAlgorithm encryption, boolean gmac) {
    if (gmac || encryption == EncryptionAlgorithm.NULL_AES_GMAC) {
      return Lane.GMAC;
    }
    return switch (cipher) {
      case GCM -> Lane.GCM;
      case CHACHA, CCM -> Lane.AEAD;
      case NONE, AES_CBC, AES_CTR, TRIPLE_DES -> Lane.MAC;
    };
  }

  /** Whether the library has what the transform needs. */
  static boolean has(PacketTransform transform) {
    EncryptionAlgorithm algorithm = transform.encryption().algorithm();
    return switch (algorithm) {
      case DES_CBC, CAST_CBC, BLOWFISH_CBC, CAMELLIA_CBC -> false;
      case AES_CCM_8, AES_CCM_12, AES_CCM_16, AES_CCM_8_IIV ->
          transform.encryption().keyBits() != 192;
      case NULL, AES_CBC, AES_CTR, TRIPLE_DES_CBC ->
          transform.protocol() == SecurityProtocol.AH || !transform.integrity().isGmac();
      case AES_GCM_8,
          AES_GCM_12,
          AES_GCM_16,
          AES_GCM_16_IIV,
          NULL_AES_GMAC,
          CHACHA20_POLY1305,
          CHACHA20_POLY1305_IIV ->
          true;
    };
  }

  /** The group of a transform; empty when the library lacks it. */
  static Optional<Group> of(PacketTransform transform) {
    if (!has(transform)) {
      return Optional.empty();
    }
    Traits traits =
        new Traits(
            transform.protocol() == SecurityProtocol.AH,
            transform.encryption().algorithm(),
            transform.encryption().keyBits(),
            transform.integrity());
    return Optional.of(MADE.computeIfAbsent(traits, Group::new));
  }

  @Override
  public String toString() {
    return lane + " " + cipher + " " + keyOctets + " " + mac;
  }
}
