package org.ipsec4j.ike.v2.task;

import java.util.EnumSet;
import java.util.Set;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.HashAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.ike.auth.HashAlgorithms;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;

/** SIGNATURE_HASH_ALGORITHMS (RFC 7427 4): which hashes a side can verify signatures with. */
public final class SignatureHashes {
  private SignatureHashes() {}

  /** Signatures that we take; none with SHA-1. */
  public static Set<SignatureAlgorithm> accepted(CryptoProvider crypto) {
    EnumSet<SignatureAlgorithm> accepted = EnumSet.noneOf(SignatureAlgorithm.class);
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (algorithm.hash() != HashAlgorithm.SHA1 && crypto.supports(algorithm)) {
        accepted.add(algorithm);
      }
    }
    return accepted;
  }

  /** What we can verify. */
  public static NotifyPayload payload(CryptoProvider crypto) {
    EnumSet<HashAlgorithm> hashes = EnumSet.noneOf(HashAlgorithm.class);
    accepted(crypto).forEach(algorithm -> hashes.add(algorithm.hash()));
    return HashAlgorithms.emit(hashes);
  }

  /** What the peer can verify; empty when it does not do RFC 7427. Unknown hashes are skipped. */
  public static Set<HashAlgorithm> read(IkeMessage message) {
    return message
        .notification(NotifyType.SIGNATURE_HASH_ALGORITHMS)
        .map(NotifyPayload::data)
        .map(HashAlgorithms::parse)
        .orElse(Set.of());
  }
}
