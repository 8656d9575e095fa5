package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.testkit.crypto.ModpReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The digits of RFC 3526 against its formulas. */
class ModpPrimesTest {
  @ParameterizedTest
  @EnumSource(
      names = {"MODP_1536", "MODP_2048", "MODP_3072", "MODP_4096", "MODP_6144", "MODP_8192"})
  void primesFollowTheirFormula(KeyExchangeMethod method) {
    int bits = method.publicLength() * 8;
    assertEquals(bits, ModpPrimes.of(method).bitLength());
    assertEquals(ModpReference.prime(bits), ModpPrimes.of(method));
  }

  @Test
  void otherMethodsHaveNone() {
    assertThrows(IllegalArgumentException.class, () -> ModpPrimes.of(KeyExchangeMethod.X25519));
  }
}
