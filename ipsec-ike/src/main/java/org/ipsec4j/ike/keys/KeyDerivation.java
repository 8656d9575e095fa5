package org.ipsec4j.ike.keys;

import java.nio.ByteBuffer;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.jspecify.annotations.Nullable;

/** Key derivation of IKEv2. Stateless, thread-safe; secrets handed in stay the caller's. */
public final class KeyDerivation {
  /** Octets of each nonce in the key of a fixed-key PRF. */
  private static final int FIXED_KEY_HALF = 8;

  private KeyDerivation() {}

  /**
   * SKEYSEED of the first IKE SA (RFC 7296 2.14): {@code prf(Ni | Nr, g^ir)}.
   *
   * @param prf the PRF agreed for the IKE SA
   * @param shared g^ir
   * @param ni nonce of the initiator, without headers
   * @param nr nonce of the responder
   * @return the caller's to destroy
   */
  public static Secret skeyseed(Prf prf, Secret shared, Bytes ni, Bytes nr) throws CryptoException {
    Bytes nonces =
        prf.algorithm().hasFixedKey()
            ? Bytes.concat(ni.slice(0, FIXED_KEY_HALF), nr.slice(0, FIXED_KEY_HALF))
            : Bytes.concat(ni, nr);
    return prf.compute(Secret.ofPublic(nonces), shared);
  }

  /**
   * SKEYSEED of an IKE SA that replaces another (RFC 7296 2.18): {@code prf(SK_d (old), g^ir (new)
   * | Ni | Nr)}.
   *
   * @param oldPrf the PRF of the old IKE SA
   * @param oldSkD SK_d of the old IKE SA
   * @param shared g^ir of the CREATE_CHILD_SA exchange
   * @param ni nonce of that exchange's initiator
   * @param nr nonce of that exchange's responder
   * @return the caller's to destroy
   */
  public static Secret rekeySkeyseed(Prf oldPrf, Secret oldSkD, Secret shared, Bytes ni, Bytes nr)
      throws CryptoException {
    Secret data = shared.followedBy(ni, nr);
    try {
      return oldPrf.compute(oldSkD, data);
    } finally {
      data.destroy();
    }
  }

  /**
   * The seven keys of an IKE SA (RFC 7296 2.14): {@code prf+(SKEYSEED, Ni | Nr | SPIi | SPIr)}.
   *
   * @param prf the PRF of this IKE SA
   * @param skeyseed from {@link #skeyseed} or {@link #rekeySkeyseed}
   * @param ni whole nonce of the initiator
   * @param nr whole nonce of the responder
   * @param id SPIs of this IKE SA (the new ones in a rekey)
   * @param encryption cipher of the IKE SA
   * @param integrity {@code NONE} beside a combined mode
   */
  public static IkeKeys ikeKeys(
      Prf prf,
      Secret skeyseed,
      Bytes ni,
      Bytes nr,
      IkeSaId id,
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity)
      throws CryptoException {
    int prfLength = prf.algorithm().length();
    int encryptionLength = encryption.keyingMaterialLength();
    int integrityLength = integrity.keyLength();
    Secret seed = Secret.ofPublic(Bytes.concat(ni, nr, spis(id)));
    Secret material =
        prf.expand(skeyseed, seed, 3 * prfLength + 2 * integrityLength + 2 * encryptionLength);
    try {
      Cutter cut = new Cutter(material);
      Secret skD = cut.next(prfLength);
      Secret skAi = cut.next(integrityLength);
      Secret skAr = cut.next(integrityLength);
      Secret skEi = cut.next(encryptionLength);
      Secret skEr = cut.next(encryptionLength);
      return new IkeKeys(skD, skAi, skAr, skEi, skEr, cut.next(prfLength), cut.next(prfLength));
    } finally {
      material.destroy();
    }
  }

  /**
   * The keys of a Child SA (RFC 7296 2.17): {@code prf+(SK_d, [g^ir (new) |] Ni | Nr)}, first those
   * of the direction from initiator to responder, in each direction encryption before integrity.
   *
   * @param prf the PRF of the IKE SA
   * @param skD SK_d of the IKE SA
   * @param shared g^ir of this exchange, or null without a key exchange of its own
   * @param ni nonce of this exchange's initiator; of IKE_SA_INIT for the first Child SA
   * @param nr nonce of this exchange's responder
   * @param transform algorithms of the Child SA
   */
  public static ChildKeys childKeys(
      Prf prf, Secret skD, @Nullable Secret shared, Bytes ni, Bytes nr, PacketTransform transform)
      throws CryptoException {
    int encryptionLength = transform.encryption().keyingMaterialLength();
    int integrityLength = transform.integrity().keyLength();
    Secret seed =
        shared == null ? Secret.ofPublic(Bytes.concat(ni, nr)) : shared.followedBy(ni, nr);
    try {
      Secret material = prf.expand(skD, seed, 2 * (encryptionLength + integrityLength));
      try {
        Cutter cut = new Cutter(material);
        SaKeys fromInitiator = new SaKeys(cut.next(encryptionLength), cut.next(integrityLength));
        return new ChildKeys(
            fromInitiator, new SaKeys(cut.next(encryptionLength), cut.next(integrityLength)));
      } finally {
        material.destroy();
      }
    } finally {
      seed.destroy();
    }
  }

  private static Bytes spis(IkeSaId id) {
    return Bytes.copyOf(
        ByteBuffer.allocate(16).putLong(id.initiatorSpi()).putLong(id.responderSpi()).array());
  }

  /** Takes secrets in order from the generated octets. */
  private static final class Cutter {
    private final Secret material;
    private int at;

    Cutter(Secret material) {
      this.material = material;
    }

    Secret next(int length) {
      Secret part = material.slice(at, length);
      at += length;
      return part;
    }
  }
}
