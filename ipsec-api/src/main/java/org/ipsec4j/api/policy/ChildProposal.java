package org.ipsec4j.api.policy;

import java.util.List;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.SecurityProtocol;

/**
 * Algorithms acceptable together for a Child SA; in each list the first is preferred.
 *
 * @param protocol ESP or AH
 * @param encryption empty for AH
 * @param integrity empty exactly when the encryption is combined-mode
 * @param keyExchange methods for perfect forward secrecy; empty when none is wanted. Not sent in
 *     IKE_AUTH (RFC 7296 1.2)
 * @param esn acceptable settings of extended sequence numbers, the preferred first
 */
public record ChildProposal(
    SecurityProtocol protocol,
    List<EncryptionTransform> encryption,
    List<IntegrityAlgorithm> integrity,
    List<KeyExchangeMethod> keyExchange,
    List<Boolean> esn) {
  /**
   * @throws IllegalArgumentException when a list is empty or contradicts another
   */
  public ChildProposal {
    encryption = List.copyOf(encryption);
    integrity = List.copyOf(integrity);
    keyExchange = List.copyOf(keyExchange);
    esn = List.copyOf(esn);
    if (esn.isEmpty()) {
      throw new IllegalArgumentException("say whether extended sequence numbers are acceptable");
    }
    if (protocol == SecurityProtocol.ESP) {
      if (encryption.isEmpty()) {
        throw new IllegalArgumentException("ESP needs an encryption algorithm");
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
    } else if (!encryption.isEmpty() || integrity.isEmpty()) {
      throw new IllegalArgumentException("AH takes integrity algorithms only");
    }
  }
}
