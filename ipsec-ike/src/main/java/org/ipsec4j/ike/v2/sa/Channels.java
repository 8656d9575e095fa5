package org.ipsec4j.ike.v2.sa;

import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.ike.keys.IkeKeys;
import org.ipsec4j.ike.v2.exchange.Environment;
import org.ipsec4j.ike.v2.exchange.InitFacts;
import org.ipsec4j.ike.v2.window.SecureChannel;
import org.ipsec4j.ike.wire.SealKey;

/** Sets the keys of an IKE SA up. */
final class Channels {
  private Channels() {}

  /**
   * The two directions.
   *
   * @param peer whose profile says how large fragments are
   */
  static SecureChannel open(Environment env, InitFacts facts, PadEntry peer)
      throws CryptoException {
    IkeCipher sending = cipher(env, facts, facts.initiator());
    IkeCipher receiving = cipher(env, facts, !facts.initiator());
    return new SecureChannel(
        SealKey.of(facts.algorithms().encryption(), sending, env.random()),
        receiving,
        facts.fragmentation(),
        peer.ike().fragmentSize());
  }

  /** The keys for an operator who asked for them; copies, so that they outlive the IKE SA. */
  static IkeEvent.KeysExported export(String peer, InitFacts facts) {
    IkeKeys keys = facts.keys();
    return new IkeEvent.KeysExported(
        peer,
        facts.id(),
        facts.algorithms(),
        copy(keys.skEi()),
        copy(keys.skEr()),
        copy(keys.skAi()),
        copy(keys.skAr()));
  }

  private static Secret copy(Secret secret) {
    return secret.slice(0, secret.length());
  }

  private static IkeCipher cipher(Environment env, InitFacts facts, boolean ofInitiator)
      throws CryptoException {
    ChosenIke chosen = facts.algorithms();
    IkeKeys keys = facts.keys();
    return env.crypto()
        .ikeCipher(
            chosen.encryption(),
            chosen.integrity(),
            keys.encryption(ofInitiator),
            keys.integrity(ofInitiator));
  }
}
