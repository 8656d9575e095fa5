package org.ipsec4j.ike.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.ike.vectors.SeededRandom;
import org.junit.jupiter.api.Test;

final class KeyDerivationTest {
  private static final CryptoProvider CRYPTO = new JcaCryptoProvider();
  private static final IkeSaId ID = new IkeSaId(0x0102030405060708L, 0x1112131415161718L);

  private final SeededRandom random = new SeededRandom(14);
  private final Bytes ni = random.bytes(32);
  private final Bytes nr = random.bytes(40);
  private final Secret shared = Secret.ofPublic(random.bytes(32));

  /* RFC 7296 2.14: SKEYSEED = prf(Ni | Nr, g^ir), whole nonces. */
  @Test
  void keysTheSeedWithWholeNonces() throws CryptoException {
    Prf prf = CRYPTO.prf(PrfAlgorithm.HMAC_SHA2_256);
    assertEquals(
        prf.compute(Secret.ofPublic(Bytes.concat(ni, nr)), shared),
        KeyDerivation.skeyseed(prf, shared, ni, nr));
  }

  /* RFC 7296 2.14: of a fixed-key PRF the first 64 bits of each nonce. */
  @Test
  void keysTheSeedWithHalvesForFixedKeyPrfs() throws CryptoException {
    for (PrfAlgorithm algorithm : List.of(PrfAlgorithm.AES128_XCBC, PrfAlgorithm.AES128_CMAC)) {
      Prf prf = new RecordingPrf(algorithm);
      Secret seed = KeyDerivation.skeyseed(prf, shared, ni, nr);
      assertEquals(Secret.ofPublic(Bytes.concat(ni.slice(0, 8), nr.slice(0, 8))), seed);
    }
  }

  @Test
  void cutsTheKeysInTheOrderOfTheRfc() throws CryptoException {
    Prf prf = CRYPTO.prf(PrfAlgorithm.HMAC_SHA2_384);
    Secret skeyseed = KeyDerivation.skeyseed(prf, shared, ni, nr);
    IkeKeys keys =
        KeyDerivation.ikeKeys(
            prf,
            skeyseed,
            ni,
            nr,
            ID,
            new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 256),
            IntegrityAlgorithm.HMAC_SHA2_512_256);

    Bytes seed = Bytes.concat(ni, nr, Bytes.ofHex("0102030405060708 1112131415161718"));
    Secret all = prf.expand(skeyseed, Secret.ofPublic(seed), 3 * 48 + 2 * 64 + 2 * 32);
    assertEquals(all.slice(0, 48), keys.skD());
    assertEquals(all.slice(48, 64), keys.skAi());
    assertEquals(all.slice(112, 64), keys.skAr());
    assertEquals(all.slice(176, 32), keys.skEi());
    assertEquals(all.slice(208, 32), keys.skEr());
    assertEquals(all.slice(240, 48), keys.skPi());
    assertEquals(all.slice(288, 48), keys.skPr());
    assertEquals(keys.skEi(), keys.encryption(true));
    assertEquals(keys.skEr(), keys.encryption(false));
    assertEquals(keys.skAi(), keys.integrity(true));
    assertEquals(keys.skAr(), keys.integrity(false));
    assertEquals(keys.skPi(), keys.auth(true));
    assertEquals(keys.skPr(), keys.auth(false));
  }

  /* RFC 5282 7: no integrity keys beside a combined mode; the salt is part of SK_e. */
  @Test
  void givesCombinedModesTheirSaltAndNoIntegrityKeys() throws CryptoException {
    IkeKeys keys = gcmKeys();
    assertEquals(36, keys.skEi().length());
    assertEquals(0, keys.skAi().length());
  }

  /* RFC 7296 2.17: initiator to responder first, encryption before integrity. */
  @Test
  void cutsChildKeysByDirectionAndThenByUse() throws CryptoException {
    Prf prf = CRYPTO.prf(PrfAlgorithm.HMAC_SHA2_256);
    Secret skD = Secret.ofPublic(random.bytes(32));
    PacketTransform esp =
        PacketTransform.esp(
            EncryptionAlgorithm.AES_CBC, 192, IntegrityAlgorithm.HMAC_SHA2_256_128, true);
    Secret keymat = prf.expand(skD, Secret.ofPublic(Bytes.concat(ni, nr)), 2 * (24 + 32));

    ChildKeys keys = KeyDerivation.childKeys(prf, skD, null, ni, nr, esp);

    assertEquals(keymat.slice(0, 24), keys.fromInitiator().encryption());
    assertEquals(keymat.slice(24, 32), keys.fromInitiator().integrity());
    assertEquals(keymat.slice(56, 24), keys.fromResponder().encryption());
    assertEquals(keymat.slice(80, 32), keys.fromResponder().integrity());
    assertEquals(keys.fromInitiator(), keys.outbound(true));
    assertEquals(keys.fromResponder(), keys.inbound(true));
    assertEquals(keys.fromInitiator(), keys.inbound(false));
    assertEquals(keys.fromResponder(), keys.outbound(false));
  }

  @Test
  void mixesTheFreshSecretIntoChildKeys() throws CryptoException {
    Prf prf = CRYPTO.prf(PrfAlgorithm.HMAC_SHA2_256);
    Secret skD = Secret.ofPublic(random.bytes(32));
    PacketTransform ah =
        new PacketTransform(
            SecurityProtocol.AH,
            new EncryptionTransform(EncryptionAlgorithm.NULL, 0),
            IntegrityAlgorithm.HMAC_SHA2_256_128,
            false);

    ChildKeys keys = KeyDerivation.childKeys(prf, skD, shared, ni, nr, ah);

    Secret keymat = prf.expand(skD, shared.followedBy(ni, nr), 64);
    assertEquals(0, keys.fromInitiator().encryption().length());
    assertEquals(keymat.slice(0, 32), keys.fromInitiator().integrity());
    assertEquals(keymat.slice(32, 32), keys.fromResponder().integrity());
    assertFalse(shared.isDestroyed(), "what is handed in stays the caller's");
  }

  @Test
  void wipesKeysAndPrintsNone() throws CryptoException {
    IkeKeys keys = gcmKeys();
    String hex = Bytes.copyOf(keys.skD().reveal(SecretAccess.raw())).toHex();
    assertFalse(keys.toString().contains(hex));
    keys.destroy();
    assertTrue(keys.skD().isDestroyed() && keys.skPr().isDestroyed());
    assertThrows(IllegalStateException.class, () -> keys.skEi().reveal(SecretAccess.raw()));
  }

  @Test
  void exportsOneLineWhenAsked() throws CryptoException {
    IkeKeys keys = gcmKeys();
    ChosenIke chosen =
        new ChosenIke(
            1,
            new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 256),
            IntegrityAlgorithm.NONE,
            PrfAlgorithm.HMAC_SHA2_256,
            KeyExchangeMethod.X25519);
    String line = KeyExport.ikeSa(SecretAccess.raw(), ID, chosen, keys);
    String hex = Bytes.copyOf(keys.skEi().reveal(SecretAccess.raw())).toHex();
    assertTrue(
        line.startsWith(
            "{\"ike\":2,\"spi_i\":\"0102030405060708\",\"spi_r\":\"1112131415161718\","
                + "\"proposal\":\"IKE:AES_GCM_16_256/NONE\",\"SK_ei\":\""
                + hex
                + "\""),
        line);
    assertTrue(line.endsWith("\"SK_ai\":\"\",\"SK_ar\":\"\"}"), line);
  }

  /* RFC 7296 2.23: SHA-1 of SPIs, address and port in the order in which they appear. */
  @Test
  void hashesEndpointsForNatDetection() throws Exception {
    Endpoint v4 = new Endpoint(IpAddress.parse("192.0.2.1"), 500);
    Endpoint v6 = new Endpoint(IpAddress.parse("2001:db8::1"), 4500);
    assertEquals(
        sha1("0102030405060708 1112131415161718 c0000201 01f4"), NatDetection.hash(CRYPTO, ID, v4));
    assertEquals(
        sha1("0102030405060708 1112131415161718 20010db8000000000000000000000001 1194"),
        NatDetection.hash(CRYPTO, ID, v6));
    Bytes other = NatDetection.hash(CRYPTO, ID, v4.withPort(501));
    assertTrue(NatDetection.changed(CRYPTO, ID, v4, List.of(other)));
    assertFalse(
        NatDetection.changed(CRYPTO, ID, v4, List.of(other, NatDetection.hash(CRYPTO, ID, v4))));
    assertFalse(NatDetection.changed(CRYPTO, ID, v4, List.of()));
  }

  private static Bytes sha1(String hex) throws Exception {
    return Bytes.copyOf(MessageDigest.getInstance("SHA-1").digest(Bytes.ofHex(hex).toArray()));
  }

  private IkeKeys gcmKeys() throws CryptoException {
    Prf prf = CRYPTO.prf(PrfAlgorithm.HMAC_SHA2_256);
    return KeyDerivation.ikeKeys(
        prf,
        KeyDerivation.skeyseed(prf, shared, ni, nr),
        ni,
        nr,
        ID,
        new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 256),
        IntegrityAlgorithm.NONE);
  }

  /** Gives its key back, so that a test sees what it was keyed with. */
  private record RecordingPrf(PrfAlgorithm algorithm) implements Prf {
    @Override
    public Secret compute(Secret key, Secret data) {
      return key.slice(0, key.length());
    }

    @Override
    public Secret expand(Secret key, Secret seed, int length) {
      throw new AssertionError("not asked for");
    }
  }
}
