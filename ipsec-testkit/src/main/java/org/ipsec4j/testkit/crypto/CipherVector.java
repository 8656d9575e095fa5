package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;

/**
 * A vector of a cipher that does not authenticate, run as a packet with a MAC beside it.
 *
 * @param algorithm CBC or counter mode, or NULL
 * @param keyingMaterial key and salt
 * @param iv of the packet
 * @param text clear; whole blocks
 * @param ciphertext as long as the text
 */
public record CipherVector(
    EncryptionAlgorithm algorithm, Bytes keyingMaterial, Bytes iv, Bytes text, Bytes ciphertext) {
  private static final int HEADER = 8;

  /** The packets that the vector is run as, beside a MAC. */
  public PacketTransform transform(IntegrityAlgorithm integrity) {
    int keyBits = (keyingMaterial.length() - algorithm.saltLength()) * 8;
    return PacketTransform.esp(algorithm, keyBits, integrity, false);
  }

  /** Whether the provider claims the cipher beside HMAC-SHA2-256. */
  public boolean claimedBy(CryptoProvider provider) {
    return provider.supports(transform(IntegrityAlgorithm.HMAC_SHA2_256_128));
  }

  /** Seals and opens beside HMAC-SHA2-256 and compares the texts. */
  public void check(CryptoProvider provider, String what) throws CryptoException {
    IntegrityAlgorithm integrity = IntegrityAlgorithm.HMAC_SHA2_256_128;
    Bytes macKey = Bytes.copyOf(TestOctets.of("cipher", integrity.keyLength()));
    Bytes icv = Bytes.copyOf(new byte[integrity.icvLength()]);
    run(provider, integrity, macKey, Bytes.copyOf(new byte[HEADER]), icv, false, what);
  }

  /**
   * Seals and opens beside a MAC whose answer is known too.
   *
   * @param header what the MAC covers in front of the IV
   * @param icv beginning with the truncated one
   */
  public void check(
      CryptoProvider provider,
      IntegrityAlgorithm integrity,
      Bytes integrityKey,
      Bytes header,
      Bytes icv,
      String what)
      throws CryptoException {
    run(provider, integrity, integrityKey, header, icv.slice(0, integrity.icvLength()), true, what);
  }

  private void run(
      CryptoProvider provider,
      IntegrityAlgorithm integrity,
      Bytes integrityKey,
      Bytes header,
      Bytes icv,
      boolean knownIcv,
      String what)
      throws CryptoException {
    PacketKey key =
        provider.packetKey(
            transform(integrity), Secret.ofPublic(keyingMaterial), Secret.ofPublic(integrityKey));
    Bytes front = Bytes.concat(header, iv);
    Bytes room = Bytes.copyOf(new byte[icv.length()]);
    try (PacketBench bench = new PacketBench(provider, 16_384)) {
      bench.put(Bytes.concat(front, text, room).toArray());
      bench.describe(key, true, header.length(), text.length());
      assertEquals(Status.OK, bench.run(), what);
      byte[] sealed = bench.packet();
      int end = front.length() + text.length();
      assertEquals(ciphertext, Bytes.copyOf(sealed, front.length(), text.length()), what);
      if (knownIcv) {
        assertEquals(icv, Bytes.copyOf(sealed, end, icv.length()), what);
      }
      bench.put(sealed);
      bench.describe(key, false, header.length(), text.length());
      assertEquals(Status.OK, bench.run(), what);
      assertEquals(text, Bytes.copyOf(bench.packet(), front.length(), text.length()), what);
    }
  }
}
