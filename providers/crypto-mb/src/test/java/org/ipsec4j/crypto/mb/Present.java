package org.ipsec4j.crypto.mb;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Tests that need the library are skipped, with the reason, where it is absent. */
final class Present {
  private Present() {}

  static void assume() {
    Discovery found = Discovery.ofThisProcess();
    assumeTrue(found.present(), found.reason());
  }
}
