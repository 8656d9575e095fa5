package org.ipsec4j.crypto.openssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.ipsec4j.testkit.crypto.Transforms;
import org.junit.jupiter.api.Test;

/** On a machine without a libcrypto the provider says so and does no harm. */
class AbsentLibraryTest {
  private static final String REASON = "no libcrypto here: install one";

  private final CryptoProvider provider = new OpenSslCryptoProvider(new MissingException(REASON));

  @Test
  void theSelfTestSaysWhy() {
    assertFalse(provider.selfTest().passed());
    assertEquals(List.of(REASON), provider.selfTest().failures());
    assertEquals("openssl", provider.name());
    assertEquals("", provider.version());
  }

  @Test
  void nothingIsClaimed() {
    assertEquals(List.of(), Transforms.claimed(provider));
    for (EncryptionTransform encryption : Transforms.encryption()) {
      assertFalse(provider.supports(encryption, IntegrityAlgorithm.HMAC_SHA2_256_128));
      assertFalse(provider.supports(encryption, IntegrityAlgorithm.NONE));
    }
    for (PrfAlgorithm prf : PrfAlgorithm.values()) {
      assertFalse(provider.supports(prf));
    }
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      assertFalse(provider.supports(method));
    }
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      assertFalse(provider.supports(algorithm));
      assertFalse(provider.supportsSigning(algorithm));
    }
  }

  @Test
  void factoriesRefuseWithTheReason() {
    PacketTransform transform = Transforms.packets().getFirst();
    assertReason(
        () ->
            provider.packetKey(
                transform,
                TestOctets.secret("e", transform.encryption().keyingMaterialLength()),
                TestOctets.secret("i", transform.integrity().keyLength())));
    assertReason(() -> provider.prf(PrfAlgorithm.HMAC_SHA2_256));
    assertReason(() -> provider.keyExchange(KeyExchangeMethod.X25519, TestOctets.seeded(1)));
    IllegalStateException noWorker =
        assertThrows(IllegalStateException.class, provider::packetWorker);
    assertEquals(REASON, noWorker.getMessage());
    assertThrows(IllegalStateException.class, provider::random);
  }

  private static void assertReason(org.junit.jupiter.api.function.Executable factory) {
    assertEquals(REASON, assertThrows(CryptoException.class, factory).getMessage());
  }

  /** NAT detection works with whatever is there. */
  @Test
  void sha1IsThatOfThePlatform() {
    assertEquals(
        Bytes.ofHex("a9993e364706816aba3e25717850c26c9cd0d89d"),
        provider.sha1(Bytes.ofHex("616263")));
  }
}
