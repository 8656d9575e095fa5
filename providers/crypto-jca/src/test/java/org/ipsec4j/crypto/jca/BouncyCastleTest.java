package org.ipsec4j.crypto.jca;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.testkit.crypto.CryptoProviderContract;

/** A named JCA provider alone: every contract holds for Bouncy Castle too. */
class BouncyCastleTest implements CryptoProviderContract {
  private static final CryptoProvider PROVIDER =
      JcaCryptoProvider.using(new BouncyCastleProvider());

  @Override
  public CryptoProvider provider() {
    return PROVIDER;
  }

  @Override
  public int[] textLengths() {
    // Bouncy Castle needs a tenth of a second for the longest packets.
    return new int[] {16, 64, 1408, 9008};
  }
}
