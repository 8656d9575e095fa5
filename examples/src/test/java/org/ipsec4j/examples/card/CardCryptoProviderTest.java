package org.ipsec4j.examples.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.ServiceLoader;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.testkit.crypto.KeyChurn;
import org.ipsec4j.testkit.crypto.PacketContract;
import org.junit.jupiter.api.Test;

/** The contract of every provider of packets, and what is special about a card. */
final class CardCryptoProviderTest implements PacketContract {
  private final CryptoProvider card = new CardCryptoProvider();

  @Override
  public CryptoProvider provider() {
    return card;
  }

  @Test
  void serviceLoaderFindsIt() {
    assertTrue(
        ServiceLoader.load(CryptoProvider.class).stream()
            .anyMatch(found -> found.type() == CardCryptoProvider.class));
    assertTrue(card.selfTest().passed(), () -> card.selfTest().failures().toString());
  }

  @Test
  void keysGoWhilePacketsAreAtWork() throws Exception {
    KeyChurn.Outcome outcome =
        new KeyChurn(
                card,
                PacketTransform.esp(
                    EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, true))
            .run(2, 300);
    assertEquals(List.of(), outcome.violations());
    assertTrue(outcome.passed() > 0, outcome::toString);
    assertFalse(
        card.supports(
            PacketTransform.esp(
                EncryptionAlgorithm.AES_GCM_16, 256, IntegrityAlgorithm.NONE, false)));
  }
}
