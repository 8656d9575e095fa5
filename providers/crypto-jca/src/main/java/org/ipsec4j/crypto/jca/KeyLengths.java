package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;

/** Whether keys are as long as their algorithms want them. Stateless. */
final class KeyLengths {
  private KeyLengths() {}

  static void check(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    if (encryptionKey.length() != encryption.keyingMaterialLength()) {
      throw new CryptoException(
          Culprit.LOCAL_KEY,
          encryption
              + " takes "
              + encryption.keyingMaterialLength()
              + " octets of key and salt, not "
              + encryptionKey.length());
    }
    if (integrityKey.length() != integrity.keyLength()) {
      throw new CryptoException(
          Culprit.LOCAL_KEY,
          integrity
              + " takes a key of "
              + integrity.keyLength()
              + " octets, not "
              + integrityKey.length());
    }
  }
}
