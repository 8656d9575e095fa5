package org.ipsec4j.ike.v2.exchange;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.keys.IkeKeys;
import org.ipsec4j.ike.keys.KeyDerivation;

/** From the shared secret to the keys of an IKE SA (RFC 7296 2.14, 2.18). */
final class InitKeys {
  private InitKeys() {}

  static IkeKeys first(Prf prf, IkeSaId id, ChosenIke chosen, Secret shared, Bytes ni, Bytes nr)
      throws CryptoException {
    Secret skeyseed = KeyDerivation.skeyseed(prf, shared, ni, nr);
    try {
      return KeyDerivation.ikeKeys(
          prf, skeyseed, ni, nr, id, chosen.encryption(), chosen.integrity());
    } finally {
      skeyseed.destroy();
    }
  }

  static IkeKeys rekeyed(
      InitFacts old, Prf prf, IkeSaId id, ChosenIke chosen, Secret shared, Bytes ni, Bytes nr)
      throws CryptoException {
    Secret skeyseed = KeyDerivation.rekeySkeyseed(old.prf(), old.keys().skD(), shared, ni, nr);
    try {
      return KeyDerivation.ikeKeys(
          prf, skeyseed, ni, nr, id, chosen.encryption(), chosen.integrity());
    } finally {
      skeyseed.destroy();
    }
  }

  /** The failure as an outcome, for diagnoses. */
  static Outcome.Failed<?> failed(CryptoException e) {
    return new Outcome.Failed<>(e.culprit(), String.valueOf(e.getMessage()));
  }
}
