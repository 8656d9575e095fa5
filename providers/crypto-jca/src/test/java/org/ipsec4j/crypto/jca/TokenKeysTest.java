package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import javax.crypto.SecretKey;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.testkit.crypto.SoftHsm;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.junit.jupiter.api.Test;

/** Where the keys of a token are, and what is refused because they stay there. */
class TokenKeysTest {
  @Test
  void keysOfAesAreBroughtInAndNobodyGetsThemOut() throws CryptoException {
    for (EncryptionAlgorithm algorithm :
        new EncryptionAlgorithm[] {
          EncryptionAlgorithm.AES_GCM_16, EncryptionAlgorithm.AES_CBC, EncryptionAlgorithm.AES_CTR
        }) {
      PacketTransform transform =
          PacketTransform.esp(
              algorithm,
              256,
              algorithm.isAead() ? IntegrityAlgorithm.NONE : IntegrityAlgorithm.HMAC_SHA2_256_128,
              false);
      JcaPacketKey key =
          (JcaPacketKey)
              SoftToken.provider()
                  .packetKey(
                      transform,
                      TestOctets.secret("e", transform.encryption().keyingMaterialLength()),
                      TestOctets.secret("i", transform.integrity().keyLength()));
      SecretKey placed = key.encryption();
      assertNotNull(placed);
      assertFalse(placed instanceof RawKey, transform.toString());
      assertNull(placed.getEncoded(), transform + " is not extractable");
      assertTrue(key.provider().startsWith("jca:SunPKCS11="), key.provider());
      key.destroy();
    }
  }

  @Test
  void diffieHellmanInTheTokenAgreesWithThatOutside() throws CryptoException {
    SoftHsm token = SoftHsm.token();
    CryptoProvider inside =
        new JcaCryptoProvider()
            .configured(
                "SunPKCS11="
                    + token.configuration()
                    + "?pin-file="
                    + token.pinFile()
                    + ",SunPKCS11="
                    + token.configurationForModp2048());
    CryptoProvider outside = new JcaCryptoProvider();
    for (KeyExchangeMethod method :
        new KeyExchangeMethod[] {
          KeyExchangeMethod.MODP_2048,
          KeyExchangeMethod.ECP_256,
          KeyExchangeMethod.ECP_384,
          KeyExchangeMethod.ECP_521
        }) {
      assertTrue(inside.supports(method), method.toString());
      agree(inside, outside, method);
      agree(outside, inside, method);
    }
    assertFalse(inside.supports(KeyExchangeMethod.MODP_3072), "no configuration is for its length");
  }

  private static void agree(CryptoProvider first, CryptoProvider second, KeyExchangeMethod method)
      throws CryptoException {
    KeyExchange.Initiation begun = first.keyExchange(method, first.random()).initiate();
    KeyExchange.Answer answer =
        second.keyExchange(method, second.random()).respond(begun.publicValue());
    assertEquals(answer.sharedSecret(), begun.complete(answer.publicValue()), method.toString());
  }

  /** PRF(Ni | Nr, g^ir) needs the octets of g^ir; a token that keeps them is of no use for it. */
  @Test
  void aTokenThatKeepsSharedSecretsIsRefusedByItsMechanism() throws CryptoException {
    SoftHsm token = SoftHsm.token();
    JcaCryptoProvider strict =
        JcaCryptoProvider.builder()
            .token(token.configurationThatKeepsSecrets(), token::pin)
            .build();
    assertFalse(strict.supports(KeyExchangeMethod.ECP_256));
    String refusal = refusal(() -> strict.keyExchange(KeyExchangeMethod.ECP_256, strict.random()));
    assertTrue(refusal.contains("CKM_ECDH1_DERIVE"), refusal);
    assertTrue(refusal.contains("CKR_ATTRIBUTE_SENSITIVE"), refusal);
  }

  @Test
  void whatTheTokenLacksIsNamedByItsMechanism() {
    JcaCryptoProvider token = SoftToken.provider();
    String prf = refusal(() -> token.prf(PrfAlgorithm.HMAC_SHA2_256));
    assertTrue(prf.contains("CKM_SHA256_HMAC: refused to begin"), prf);
    assertTrue(prf.contains("CKR_KEY_SIZE_RANGE"), prf);
    String exchange = refusal(() -> token.keyExchange(KeyExchangeMethod.X25519, token.random()));
    assertTrue(exchange.contains("CKM_ECDH1_DERIVE: not offered"), exchange);
    PacketTransform chacha =
        PacketTransform.esp(
            EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE, false);
    String packets =
        refusal(
            () -> token.packetKey(chacha, TestOctets.secret("e", 36), TestOctets.secret("i", 0)));
    assertTrue(packets.contains("CKM_CHACHA20_POLY1305: not offered"), packets);
  }

  @Test
  void whatLeadsToNoTokenSaysWhy() {
    SoftHsm token = SoftHsm.token();
    JcaCryptoProvider any = new JcaCryptoProvider();
    Path nowhere = token.pinFile().resolveSibling("nowhere");
    assertTrue(refusal(() -> any.configured("SunPKCS11=" + nowhere)).contains("there is no file"));
    assertTrue(
        refusal(() -> any.configured("SunPKCS11=" + token.configuration() + "?pin-file=" + nowhere))
            .contains("the PIN cannot be read"));
    assertTrue(
        refusal(() -> any.configured("SunPKCS11=" + token.pinFile()))
            .contains("does not lead to a token"));
    assertTrue(refusal(() -> any.configured("SunPKCS11")).contains("SunPKCS11=FILE"));
  }

  private static String refusal(org.junit.jupiter.api.function.Executable step) {
    CryptoException refused = assertThrows(CryptoException.class, step);
    assertEquals(CryptoException.Culprit.PROVIDER, refused.culprit());
    return String.valueOf(refused.getMessage());
  }
}
