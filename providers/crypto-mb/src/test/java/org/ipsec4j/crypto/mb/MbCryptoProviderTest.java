package org.ipsec4j.crypto.mb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.testkit.crypto.NeighboursContract;
import org.ipsec4j.testkit.crypto.PacketContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract for packets, with the library of this machine. */
class MbCryptoProviderTest implements PacketContract, NeighboursContract {
  private static final CryptoProvider PROVIDER = new MbCryptoProvider();

  @BeforeAll
  static void needsTheLibrary() {
    Present.assume();
  }

  @Override
  public CryptoProvider provider() {
    return PROVIDER;
  }

  /** The last is more than ESP in an IP packet carries, and all that the library takes. */
  @Override
  public int[] textLengths() {
    return new int[] {16, 32, 64, 576, 1408, 2048, 9008, 65_504};
  }

  /** As the provider documents of AH with extended sequence numbers. */
  @Override
  public int octetsBehind(PacketTransform transform) {
    return transform.protocol() == SecurityProtocol.AH && transform.extendedSequenceNumbers()
        ? Integer.BYTES
        : 0;
  }

  @Test
  void itsSelfTestPasses() {
    SelfTest outcome = PROVIDER.selfTest();
    assertTrue(outcome.passed(), () -> String.join("\n", outcome.failures()));
    assertTrue(outcome.vectorsRun() >= 60, outcome.vectorsRun() + " vectors");
  }

  @Test
  void itSaysWhatStandsBehindIt() {
    assertEquals("mb", PROVIDER.name());
    assertTrue(PROVIDER.version().startsWith("libIPSec_MB 1."), PROVIDER.version());
    assertFalse(PROVIDER.version().endsWith("none"), PROVIDER.version());
  }
}
