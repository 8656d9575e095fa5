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

/** A vector of AES-CBC, run as a packet with some MAC beside it. */
final class CbcVector {
  private static final int HEADER = 8;

  private CbcVector() {}

  static void check(
      CryptoProvider provider, Bytes cipherKey, Bytes iv, Bytes text, Bytes ciphertext)
      throws CryptoException {
    IntegrityAlgorithm integrity = IntegrityAlgorithm.HMAC_SHA2_256_128;
    PacketKey key =
        provider.packetKey(
            PacketTransform.esp(
                EncryptionAlgorithm.AES_CBC, cipherKey.length() * 8, integrity, false),
            Secret.ofPublic(cipherKey),
            TestOctets.secret("cbc", integrity.keyLength()));
    Bytes front = Bytes.concat(Bytes.copyOf(new byte[HEADER]), iv);
    Bytes icv = Bytes.copyOf(new byte[integrity.icvLength()]);
    try (PacketBench bench = new PacketBench(provider, 4096)) {
      bench.put(Bytes.concat(front, text, icv).toArray());
      bench.describe(key, true, HEADER, text.length());
      assertEquals(Status.OK, bench.run());
      byte[] sealed = bench.packet();
      assertEquals(ciphertext, Bytes.copyOf(sealed, front.length(), text.length()));
      bench.put(sealed);
      bench.describe(key, false, HEADER, text.length());
      assertEquals(Status.OK, bench.run());
      assertEquals(text, Bytes.copyOf(bench.packet(), front.length(), text.length()));
    }
  }
}
