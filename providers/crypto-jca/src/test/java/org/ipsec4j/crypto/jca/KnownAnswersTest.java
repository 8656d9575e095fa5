package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.ServiceLoader;
import java.util.Set;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.testkit.crypto.Transforms;
import org.ipsec4j.testkit.crypto.VectorCount;
import org.junit.jupiter.api.Test;

/** The known answers that run at load, and what they cover. */
class KnownAnswersTest {
  private final JcaCryptoProvider provider = new JcaCryptoProvider();

  @Test
  void everythingThatIsClaimedHasAKnownAnswer() {
    Set<String> covered = new HashSet<>();
    KnownAnswers.vectors().forEach(vector -> covered.addAll(vector.names()));
    Set<String> claimed = new HashSet<>();
    for (PacketTransform transform : Transforms.claimed(provider)) {
      claimed.add(transform.encryption().algorithm().name());
      claimed.add(transform.integrity().name());
    }
    for (EncryptionTransform encryption : Transforms.encryption()) {
      for (IntegrityAlgorithm integrity : IntegrityAlgorithm.values()) {
        if (provider.supports(encryption, integrity)) {
          claimed.add(encryption.algorithm().name());
        }
      }
    }
    for (PrfAlgorithm algorithm : PrfAlgorithm.values()) {
      if (provider.supports(algorithm)) {
        claimed.add(algorithm.name());
      }
    }
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      if (provider.supports(method)) {
        claimed.add(method.name());
      }
    }
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (provider.supports(algorithm)) {
        claimed.add(algorithm.name());
      }
    }
    claimed.removeAll(covered);
    assertEquals(Set.of(), claimed);
  }

  @Test
  void theIssueOfTheDayIsClaimed() {
    for (KeyExchangeMethod method :
        Set.of(
            KeyExchangeMethod.MODP_2048,
            KeyExchangeMethod.MODP_8192,
            KeyExchangeMethod.ECP_256,
            KeyExchangeMethod.ECP_521,
            KeyExchangeMethod.X25519,
            KeyExchangeMethod.X448,
            KeyExchangeMethod.BRAINPOOL_256)) {
      assertTrue(provider.supports(method), method.toString());
    }
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      assertTrue(provider.supports(algorithm), algorithm.toString());
    }
    assertEquals(316, Transforms.claimed(provider).size());
  }

  @Test
  void theSelfTestRunsThemAll() {
    SelfTest outcome = provider.selfTest();
    assertTrue(outcome.passed(), outcome.failures()::toString);
    VectorCount count = new VectorCount("known answers at load");
    for (int i = 0; i < outcome.vectorsRun(); i++) {
      count.ran();
    }
    count.reportAtLeast(140);
  }

  @Test
  void serviceLoaderFindsIt() {
    // On the module path only the node says that it uses the service.
    KnownAnswersTest.class.getModule().addUses(CryptoProvider.class);
    assertTrue(
        ServiceLoader.load(CryptoProvider.class).stream()
            .anyMatch(found -> found.type() == JcaCryptoProvider.class));
  }
}
