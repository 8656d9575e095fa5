package org.ipsec4j.ike.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.security.auth.x500.X500Principal;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.ike.vectors.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IdPayloadTest {
  @Test
  void readsWhatItWroteForEveryKindOfIdentity() {
    Bytes dn = Bytes.copyOf(new X500Principal("CN=left, O=Example").getEncoded());
    for (Identity identity :
        new Identity[] {
          new Identity.Address(IpAddress.parse("192.0.2.1")),
          new Identity.Address(IpAddress.parse("2001:db8::1")),
          new Identity.Fqdn("left.example.org"),
          new Identity.Mailbox("joe@example.org"),
          new Identity.DistinguishedName(dn, "CN=left,O=Example"),
          new Identity.KeyId(Bytes.ofHex("0001ff")),
          new Identity.Other(201, Bytes.ofHex("00"))
        }) {
      assertEquals(identity, IdPayload.of(Role.RESPONDER, identity).identity());
    }
  }

  @Test
  void readsTheNameForPeopleToo() {
    Bytes der = Bytes.copyOf(new X500Principal("CN=left, O=Example").getEncoded());
    Identity.DistinguishedName name =
        assertInstanceOf(
            Identity.DistinguishedName.class, new IdPayload(Role.INITIATOR, 9, 0, der).identity());
    assertEquals("CN=left,O=Example", name.text());
  }

  /** A claim that is not exactly its type must not match a policy by accident. */
  @ParameterizedTest
  @CsvSource({
    "1, 0a0000",
    "1, 0a00000101",
    "5, 0a000001",
    "2, ''",
    "2, 6c65667400",
    "2, 6c656674c3a9",
    "2, 6c 20 66",
    "3, 6a6f650a",
    "9, ''",
    "9, 3003",
    "9, 30003000",
    "9, 04020000",
    "4, 0a000001ffffff00"
  })
  void keepsWhatDoesNotFitAsOther(int type, String hex) {
    Bytes data = Bytes.ofHex(hex);
    assertEquals(
        new Identity.Other(type, data), new IdPayload(Role.INITIATOR, type, 0, data).identity());
  }

  /** Damaged names give some identity and never an exception. */
  @Test
  void survivesDamagedNames() {
    byte[] der = new X500Principal("CN=left, OU=Test, O=Example, C=NO").getEncoded();
    SeededRandom random = new SeededRandom(9);
    int names = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = Arrays.copyOf(der, der.length - random.below(3));
      for (int j = random.below(3); j >= 0; j--) {
        damaged[random.below(damaged.length)] = (byte) random.below(256);
      }
      Bytes data = Bytes.copyOf(damaged);
      Identity identity = new IdPayload(Role.INITIATOR, 9, 0, data).identity();
      assertEquals(data, identity.data());
      names += identity instanceof Identity.DistinguishedName ? 1 : 0;
    }
    assertTrue(names > 100, "names " + names);
  }

  @Test
  void keepsTextThatIsTooLongAsOther() {
    Bytes data = Bytes.copyOf("a".repeat(256).getBytes(StandardCharsets.US_ASCII));
    assertInstanceOf(Identity.Other.class, new IdPayload(Role.INITIATOR, 2, 0, data).identity());
  }

  /* RFC 7296 2.15: RestOfInitIDPayload = IDType | RESERVED | InitIDData */
  @Test
  void signsTypeReservedAndDataAsReceived() {
    assertEquals(
        Bytes.ofHex("0b ffeedd 0102"),
        new IdPayload(Role.INITIATOR, 11, 0xffeedd, Bytes.ofHex("0102")).body());
  }
}
