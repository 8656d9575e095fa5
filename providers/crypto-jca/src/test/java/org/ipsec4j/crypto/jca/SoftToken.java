package org.ipsec4j.crypto.jca;

import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.testkit.crypto.SoftHsm;

/** The provider of a token of SoftHSM, found as an operator writes it. */
final class SoftToken {
  private SoftToken() {}

  /** The provider; its tests are skipped when there is no token. */
  static JcaCryptoProvider provider() {
    SoftHsm.token();
    return Holder.PROVIDER;
  }

  private static final class Holder {
    static final JcaCryptoProvider PROVIDER = made();

    private static JcaCryptoProvider made() {
      SoftHsm token = SoftHsm.token();
      try {
        return (JcaCryptoProvider)
            new JcaCryptoProvider()
                .configured("SunPKCS11=" + token.configuration() + "?pin-file=" + token.pinFile());
      } catch (CryptoException e) {
        throw new AssertionError(e);
      }
    }
  }
}
