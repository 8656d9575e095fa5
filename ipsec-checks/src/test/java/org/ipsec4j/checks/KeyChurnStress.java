package org.ipsec4j.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.testkit.crypto.KeyChurn;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keys are set up and destroyed under traffic of several threads: no packet is wrong, and native
 * memory is freed only when nobody can still use it. Seconds by default; minutes with {@code
 * -Dipsec4j.stress.seconds=600}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class KeyChurnStress {
  private static final List<PacketTransform> TRANSFORMS =
      List.of(
          PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false),
          PacketTransform.esp(
              EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE, false),
          PacketTransform.esp(
              EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, false));

  @ParameterizedTest
  @MethodSource("org.ipsec4j.checks.Providers#names")
  void keysGoWhilePacketsAreAtWork(String name) throws Exception {
    CryptoProvider provider = Providers.usable(name);
    long millis = 1000 * Long.getLong("ipsec4j.stress.seconds", 6) / TRANSFORMS.size();
    for (PacketTransform transform : TRANSFORMS) {
      KeyChurn.Outcome outcome = new KeyChurn(provider, transform).run(3, millis);
      System.out.println("stress: " + name + " " + transform + " " + outcome);
      assertEquals(List.of(), outcome.violations(), transform::toString);
      assertTrue(outcome.passed() > 100, outcome::toString);
      assertTrue(outcome.keys() > 100, outcome::toString);
    }
  }
}
