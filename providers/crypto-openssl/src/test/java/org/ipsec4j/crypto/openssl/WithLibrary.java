package org.ipsec4j.crypto.openssl;

import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.junit.jupiter.api.Assumptions;

/** Tests that need a libcrypto are skipped, with the reason, on a machine without one. */
public final class WithLibrary {
  private WithLibrary() {}

  /** The library; skips the test when there is none. */
  @SuppressWarnings("exports") // tests in other packages of this module
  public static LibCrypto assume() {
    try {
      return LibCrypto.get();
    } catch (MissingException e) {
      Assumptions.abort(String.valueOf(e.getMessage()));
      throw new AssertionError(e);
    }
  }
}
