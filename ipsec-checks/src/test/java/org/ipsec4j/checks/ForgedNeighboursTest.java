package org.ipsec4j.checks;

import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.testkit.crypto.NeighboursContract;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whichever provider opens the packets of a slab, a forged one costs itself alone. */
class ForgedNeighboursTest {
  private interface Asked extends ProviderUnderTck, NeighboursContract {}

  @ParameterizedTest
  @MethodSource("org.ipsec4j.checks.Providers#names")
  void aForgedPacketCostsItselfAlone(String name) throws CryptoException {
    CryptoProvider provider = Providers.usable(name);
    Asked contract = () -> provider;
    contract.forgedPacketsTouchNobodyInDirectSlabs();
    contract.forgedPacketsTouchNobodyInHeapSlabs();
  }
}
