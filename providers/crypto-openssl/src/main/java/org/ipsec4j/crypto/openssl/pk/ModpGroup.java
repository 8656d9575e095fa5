package org.ipsec4j.crypto.openssl.pk;

import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.ffm.NativeLibrary;

/**
 * MODP groups of RFC 2409 and 3526: safe primes, generator 2.
 *
 * <p>Of a peer's value {@code y} RFC 6989 2.1 asks {@code 1 < y < p - 1} and no more when private
 * values are never used twice, as here: a value outside the subgroup of order q tells the peer at
 * most one bit of an exponent that is gone with the exchange. The full test, {@code y^q = 1}, is an
 * exponentiation ten times as long as the exchange itself; libcrypto 3.0 makes it in {@code
 * EVP_PKEY_derive_set_peer}, which is why the numbers are used directly.
 */
final class ModpGroup extends Group {
  private static final byte[] GENERATOR = {2};

  private final int exponentLength;
  private final byte[] primeLess1;
  private final long prime;
  private final long montgomery;

  /** The prime and what belongs to it stay for the life of the process. */
  ModpGroup(KeyExchangeMethod method, LibPk lib) throws CryptoException {
    super(method, lib);
    exponentLength = exponentBits(method) / 8;
    int length = method.publicLength();
    try (Work work = new Work(lib)) {
      NativeFunction source = lib.bind(primeName(method), 1);
      long found = work.own(source.call(0), source, lib.bnClearFree);
      byte[] octets = work.octets(found, length);
      // Only what is odd and fills its length is a modulus that the reckoning below takes.
      if ((octets[length - 1] & 1) == 0 || octets[0] >= 0) {
        throw work.failure(source);
      }
      primeLess1 = octets.clone();
      primeLess1[length - 1] = (byte) (octets[length - 1] & 0xfe);
      long context = lib.bnMontCtxNew.call();
      if (context == 0) {
        throw work.failure(lib.bnMontCtxNew);
      }
      prime = lib.bnBin2bn.call(work.copyOf(octets), length, 0);
      work.must(prime == 0 ? 0 : 1, lib.bnBin2bn);
      work.must(lib.bnMontCtxSet.call(context, prime, work.numberContext()), lib.bnMontCtxSet);
      montgomery = context;
    } catch (NativeLibrary.MissingException e) {
      throw new CryptoException(Culprit.PROVIDER, method + ": " + e.getMessage());
    }
  }

  private static String primeName(KeyExchangeMethod method) {
    int bits = method.publicLength() * 8;
    return "BN_get_rfc" + (bits <= 1024 ? "2409" : "3526") + "_prime_" + bits;
  }

  /**
   * Bits of a private value: at least twice the strength of the group (RFC 7919 appendix A), up to
   * whole words of the machine, as what is left of a word costs nothing.
   */
  static int exponentBits(KeyExchangeMethod method) {
    return switch (method.publicLength() * 8) {
      case 768, 1024 -> 192;
      case 1536, 2048 -> 256;
      case 3072 -> 320;
      case 4096, 6144 -> 384;
      default -> 448;
    };
  }

  @Override
  int privateLength() {
    return exponentLength;
  }

  @Override
  boolean shape(byte[] target) {
    return !isZero(target);
  }

  @Override
  Bytes publicValue(byte[] privateValue) throws CryptoException {
    try (Work work = new Work(lib)) {
      return Bytes.copyOf(power(work, GENERATOR, privateValue));
    }
  }

  @Override
  byte[] agree(byte[] privateValue, Bytes own, Bytes peer) throws CryptoException {
    byte[] y = peer.toArray();
    byte[] one = new byte[y.length];
    one[y.length - 1] = 1;
    if (Arrays.compareUnsigned(y, one) <= 0 || Arrays.compareUnsigned(y, primeLess1) >= 0) {
      throw refused("the public value is not between 1 and p-1");
    }
    try (Work work = new Work(lib)) {
      return power(work, y, privateValue);
    }
  }

  private byte[] power(Work work, byte[] base, byte[] exponent) throws CryptoException {
    long result = work.number();
    long secret = work.number(exponent);
    lib.bnSetFlags.call(secret, LibPk.SECRET_NUMBER);
    work.must(
        lib.bnModExp.call(
            result, work.number(base), secret, prime, work.numberContext(), montgomery),
        lib.bnModExp);
    return work.octets(result, method.publicLength());
  }
}
