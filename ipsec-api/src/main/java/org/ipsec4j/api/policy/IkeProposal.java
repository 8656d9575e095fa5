package org.ipsec4j.api.policy;

import java.util.List;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;

/**
 * Algorithms acceptable together for an IKE SA; in each list the first is preferred.
 *
 * @param encryption at least one; combined modes and others may not be mixed
 * @param integrity empty exactly when the encryption is combined-mode
 * @param prf at least one
 * @param keyExchange at least one
 */
public record IkeProposal(
    List<EncryptionTransform> encryption,
    List<IntegrityAlgorithm> integrity,
    List<PrfAlgorithm> prf,
    List<KeyExchangeMethod> keyExchange) {
  /**
   * @throws IllegalArgumentException when a list is empty or contradicts another
   */
  public IkeProposal {
    encryption = List.copyOf(encryption);
    integrity = List.copyOf(integrity);
    prf = List.copyOf(prf);
    keyExchange = List.copyOf(keyExchange);
    if (encryption.isEmpty() || prf.isEmpty() || keyExchange.isEmpty()) {
      throw new IllegalArgumentException("encryption, PRF and key exchange are needed");
    }
    boolean aead = encryption.getFirst().algorithm().isAead();
    if (encryption.stream().anyMatch(e -> e.algorithm().isAead() != aead)) {
      throw new IllegalArgumentException(
          "combined-mode and other ciphers need proposals of their own");
    }
    if (aead != integrity.isEmpty()) {
      throw new IllegalArgumentException(
          aead ? "a combined-mode cipher takes no integrity algorithm" : "integrity is needed");
    }
  }
}
