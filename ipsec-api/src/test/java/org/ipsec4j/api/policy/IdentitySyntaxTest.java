package org.ipsec4j.api.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.IpAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentitySyntaxTest {
  @Test
  void theKindFollowsFromTheForm() {
    assertEquals(
        new Identity.Address(IpAddress.parse("192.0.2.1")), IdentitySyntax.parse("192.0.2.1"));
    assertEquals(
        new Identity.Address(IpAddress.parse("2001:db8::1")), IdentitySyntax.parse("2001:db8::1"));
    assertEquals(new Identity.Fqdn("a.example"), IdentitySyntax.parse("A.example"));
    assertEquals(new Identity.Mailbox("joe@example.org"), IdentitySyntax.parse("joe@example.org"));
    assertEquals(new Identity.KeyId(Bytes.ofHex("0a1b")), IdentitySyntax.parse("keyid:0a1B"));
  }

  @Test
  void aDistinguishedNameIsItsDer() {
    // Name ::= SEQUENCE { SET { SEQUENCE { OID 2.5.4.3 (CN), PrintableString/UTF8String "gw" } } }
    Identity name = IdentitySyntax.parse("CN=gw");
    assertEquals(9, name.type());
    assertEquals("300d310b300906035504031302" + "6777", name.data().toHex());
    assertEquals(name, IdentitySyntax.parse("dn:CN=gw"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.example",
        "192.0.2.1",
        "2001:db8::1",
        "joe@example.org",
        "keyid:00ff",
        "dn:CN=gw,O=Example Corp,C=DE"
      })
  void textReadsBack(String text) {
    Identity identity = IdentitySyntax.parse(text);
    assertEquals(identity, IdentitySyntax.parse(identity.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a..example",
        "-a.example",
        "a b",
        "ip:a.example",
        "192.0.2",
        "keyid:0",
        "keyid:xy",
        "email:joe",
        "joe@",
        "@example.org",
        "dn:gw",
        "dn:FOO=bar",
        "grüße.example",
        "::1::"
      })
  void whatIsNoneIsRefusedWithItsText(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> IdentitySyntax.parse(text));
    assertTrue(e.getMessage() != null && !e.getMessage().isBlank());
  }
}
