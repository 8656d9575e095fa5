package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;

/**
 * A vector of an integrity algorithm, run as an AH packet that is nothing but the data, with the
 * ICV behind it.
 *
 * @param algorithm whose MAC it is
 * @param key without the salt of GMAC
 * @param nonce of GMAC, 12 octets; none otherwise
 * @param data of any length
 */
public record MacVector(IntegrityAlgorithm algorithm, Bytes key, Bytes nonce, Bytes data) {
  /** A vector of a MAC without a nonce. */
  public static MacVector of(IntegrityAlgorithm algorithm, Bytes key, Bytes data) {
    return new MacVector(algorithm, key, Bytes.EMPTY, data);
  }

  /** The packets that the vector is run as. */
  public PacketTransform transform() {
    return new PacketTransform(
        SecurityProtocol.AH,
        new EncryptionTransform(EncryptionAlgorithm.NULL, 0),
        algorithm,
        false);
  }

  /**
   * Computes and verifies.
   *
   * @param mac the right one; it may be longer or shorter than the ICV
   */
  public void check(CryptoProvider provider, Bytes mac, String what) throws CryptoException {
    try (PacketBench bench = new PacketBench(provider, data.length() + algorithm.icvLength())) {
      assertEquals(Status.OK, run(provider, bench, new byte[algorithm.icvLength()], true), what);
      byte[] sealed = bench.packet();
      int known = Math.min(mac.length(), algorithm.icvLength());
      assertEquals(mac.slice(0, known), Bytes.copyOf(sealed, data.length(), known), what);
      assertEquals(data, Bytes.copyOf(sealed, 0, data.length()), what);
      byte[] icv = Arrays.copyOfRange(sealed, data.length(), sealed.length);
      assertEquals(Status.OK, run(provider, bench, icv, false), what);
    }
  }

  /**
   * What verifying comes to.
   *
   * @param icv as long as the algorithm's
   */
  public Status verify(CryptoProvider provider, Bytes icv) throws CryptoException {
    try (PacketBench bench = new PacketBench(provider, data.length() + algorithm.icvLength())) {
      return run(provider, bench, icv.toArray(), false);
    }
  }

  private Status run(CryptoProvider provider, PacketBench bench, byte[] icv, boolean seal)
      throws CryptoException {
    int saltLength = algorithm.saltLength();
    PacketKey packetKey =
        provider.packetKey(
            transform(),
            Secret.ofPublic(Bytes.EMPTY),
            Secret.ofPublic(Bytes.concat(key, nonce.slice(0, saltLength))));
    bench.put(Bytes.concat(data, Bytes.copyOf(icv)).toArray());
    CryptoOp op = bench.describe(packetKey, seal, data.length(), 0);
    nonce.copyTo(op.nonce, 0);
    op.nonceLength = nonce.length();
    return bench.run();
  }
}
