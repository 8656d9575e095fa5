package org.ipsec4j.cli.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** How a policy names a key in a token. */
class TokenReferenceTest {
  @Test
  void fileAndLabelAreToldApart() {
    assertEquals(new TokenReference("hsm.cfg", "ike"), TokenReference.of("pkcs11:hsm.cfg#ike"));
    assertEquals(
        new TokenReference("/etc/a#b.cfg", "my key"),
        TokenReference.of("pkcs11:/etc/a#b.cfg#my key"));
    assertEquals(new TokenReference("hsm.cfg", ""), TokenReference.of("pkcs11:hsm.cfg"));
    assertNull(TokenReference.of("key.pem"));
  }
}
