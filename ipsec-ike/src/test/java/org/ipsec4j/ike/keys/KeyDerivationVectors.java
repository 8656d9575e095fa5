package org.ipsec4j.ike.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.ike.vectors.Shared;
import org.junit.jupiter.api.Test;

/** Key derivation against values that others computed. */
final class KeyDerivationVectors {
  private static final CryptoProvider CRYPTO = new JcaCryptoProvider();

  /** SKEYSEED, the seven keys, KEYMAT without and with a key exchange, and a rekey. */
  @Test
  void agreesWithCavpSamples() throws IOException, CryptoException {
    Optional<Path> file = Shared.file("kdf/libreswan-cavp-samples.json");
    int run = 0;
    if (file.isPresent()) {
      for (Map<String, String> vector : Shared.objects(file.get())) {
        if (Objects.equals(vector.get("mode"), "IKEv2")) {
          cavp(vector);
          run++;
        }
      }
      assertEquals(1, run);
    }
    Shared.report("libreswan-cavp-samples IKEv2", run, 1 - run);
  }

  private static void cavp(Map<String, String> vector) throws CryptoException {
    Prf prf = CRYPTO.prf(PrfAlgorithm.HMAC_SHA1);
    Bytes ni = bytes(vector, "n_i");
    Bytes nr = bytes(vector, "n_r");
    Secret skeyseed = KeyDerivation.skeyseed(prf, secret(vector, "g_ir"), ni, nr);
    assertEquals(bytes(vector, "sKeySeed"), open(skeyseed));

    IkeSaId id = new IkeSaId(number(vector, "spi_i"), number(vector, "spi_r"));
    IkeKeys keys =
        KeyDerivation.ikeKeys(
            prf,
            skeyseed,
            ni,
            nr,
            id,
            new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 128),
            IntegrityAlgorithm.HMAC_SHA1_96);
    Bytes material =
        Bytes.concat(
            open(keys.skD()),
            open(keys.skAi()),
            open(keys.skAr()),
            open(keys.skEi()),
            open(keys.skEr()),
            open(keys.skPi()),
            open(keys.skPr()));
    assertEquals(bytes(vector, "derivedKeyingMaterial"), material);

    Bytes child = bytes(vector, "derivedKeyingMaterialChild");
    assertChild(child, KeyDerivation.childKeys(prf, keys.skD(), null, ni, nr, esp()));
    Secret fresh = secret(vector, "g_ir_new");
    assertChild(
        bytes(vector, "derivedKeyingMaterialDh"),
        KeyDerivation.childKeys(prf, keys.skD(), fresh, ni, nr, esp()));
    assertEquals(
        bytes(vector, "sKeySeedReKey"),
        open(KeyDerivation.rekeySkeyseed(prf, keys.skD(), fresh, ni, nr)));
  }

  /** The vector is KEYMAT of some length; ours is its beginning, cut into four keys. */
  private static void assertChild(Bytes keymat, ChildKeys keys) {
    Bytes joined = Bytes.concat(joined(keys.fromInitiator()), joined(keys.fromResponder()));
    assertEquals(keymat.slice(0, joined.length()), joined);
  }

  private static Bytes joined(SaKeys keys) {
    return Bytes.concat(open(keys.encryption()), open(keys.integrity()));
  }

  private static PacketTransform esp() {
    return PacketTransform.esp(
        EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA1_96, false);
  }

  /** SKEYSEED with each HMAC-SHA2; the file gives {@code Ni | Nr} in one piece. */
  @Test
  void agreesWithStrongSwansVectors() throws IOException, CryptoException {
    Optional<Path> file = Shared.file("strongswan-test-vectors/kdf_prf.json");
    int run = 0;
    if (file.isPresent()) {
      for (Map<String, String> vector : Shared.objects(file.get())) {
        PrfAlgorithm algorithm =
            PrfAlgorithm.valueOf(text(vector, "arg.prf").substring("PRF_".length()));
        Bytes nonces = bytes(vector, "salt");
        int half = nonces.length() / 2;
        Secret skeyseed =
            KeyDerivation.skeyseed(
                CRYPTO.prf(algorithm),
                secret(vector, "key"),
                nonces.slice(0, half),
                nonces.slice(half, nonces.length() - half));
        assertEquals(bytes(vector, "out"), open(skeyseed), text(vector, "name"));
        run++;
      }
      assertEquals(6, run);
    }
    Shared.report("strongswan kdf_prf", run, 6 - run);
  }

  private static String text(Map<String, String> vector, String name) {
    return Objects.requireNonNull(vector.get(name), name);
  }

  private static Bytes bytes(Map<String, String> vector, String name) {
    return Bytes.ofHex(text(vector, name));
  }

  private static Secret secret(Map<String, String> vector, String name) {
    return Secret.ofPublic(bytes(vector, name));
  }

  private static long number(Map<String, String> vector, String name) {
    return Long.parseUnsignedLong(text(vector, name), 16);
  }

  private static Bytes open(Secret secret) {
    return Bytes.copyOf(secret.reveal(SecretAccess.raw()));
  }
}
