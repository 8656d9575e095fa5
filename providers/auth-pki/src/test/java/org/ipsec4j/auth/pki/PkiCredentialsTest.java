package org.ipsec4j.auth.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.auth.PathOutcome;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.auth.pki.TestCa.Issued;
import org.junit.jupiter.api.Test;

/** Credentials are found by the names of the policy, and nothing else is. */
class PkiCredentialsTest {
  @Test
  void credentialsAreFoundByName() throws PkiException {
    Issued root = TestCa.root("CN=Root");
    Issued leaf = TestCa.wish("CN=x").dns("x.example.org").issue(root);
    CertifiedKey key = CertifiedKey.of(leaf.keys().getPrivate(), List.of(leaf.certificate()), "x");
    Secret psk = Secret.ofPublic(Bytes.ofHex("010203"));
    PkiCredentials credentials =
        PkiCredentials.builder()
            .preSharedKey("site", psk)
            .signingKey("me", key)
            .trustAnchors("company", List.of(root.certificate()))
            .build();
    assertSame(psk, credentials.preSharedKey(new AuthMethod.Psk("site")));
    assertNull(credentials.preSharedKey(new AuthMethod.Psk("other")));
    assertSame(key, credentials.signingKey(new AuthMethod.Certificate("me")));
    assertNull(credentials.signingKey(new AuthMethod.Certificate("company")));
    AuthMethod.Certificate company = new AuthMethod.Certificate("company");
    assertEquals(1, credentials.anchorKeyHashes(company).size());
    assertEquals(List.of(), credentials.anchorKeyHashes(new AuthMethod.Certificate("me")));
    Identity claimed = new Identity.Fqdn("x.example.org");
    assertInstanceOf(
        PathOutcome.Validated.class,
        credentials.validate(company, List.of(leaf.der()), claimed, TestCa.NOW));
    PathOutcome.Rejected rejected =
        assertInstanceOf(
            PathOutcome.Rejected.class,
            credentials.validate(
                new AuthMethod.Certificate("nobody"), List.of(leaf.der()), claimed, TestCa.NOW));
    assertTrue(rejected.detail().contains("nobody"));
    assertEquals(List.of("there is company"), rejected.evidence());
    assertTrue(credentials.toString().contains("1 shared keys"));
  }
}
