package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.jspecify.annotations.Nullable;

/**
 * Verifies ECDSA (FIPS 186-5 6.4.2) with the points of libcrypto directly: building a key object
 * for each signature would cost a quarter of the time. All that it reckons with is public.
 */
final class EcdsaVerifier {
  private static final int MAX_DIGEST = 64;

  private final LibPk lib;
  private final CurveGroup curve;
  private final int length;

  EcdsaVerifier(LibPk lib, CurveGroup curve) {
    this.lib = lib;
    this.curve = curve;
    this.length = curve.length();
  }

  /**
   * Whether the signature is right.
   *
   * @param point uncompressed
   * @param digest the {@code EVP_MD}
   * @param signature DER, already found to be two positive integers and nothing else
   * @throws CryptoException with PEER_VALUE when the point is not on the curve
   */
  boolean verify(Bytes point, long digest, Bytes message, Bytes signature) throws CryptoException {
    DerReader outer = new DerReader(signature);
    Bytes content = outer.content(DerReader.SEQUENCE);
    DerReader numbers = new DerReader(content == null ? Bytes.EMPTY : content);
    byte[] r = scalar(numbers.positive());
    byte[] s = scalar(numbers.positive());
    try (Work work = new Work(lib)) {
      long context = work.numberContext();
      long key =
          curve.point(
              work,
              point.slice(1, length).toArray(),
              point.slice(1 + length, length).toArray(),
              context);
      if (key == 0) {
        throw PublicKeyInfo.refused("the public key is not a point of its curve");
      }
      return r != null
          && s != null
          && isRight(work, context, key, hash(work, digest, message), r, s);
    }
  }

  /** A number from 1 to the order less 1 in the length of the order; null when it is none. */
  private byte @Nullable [] scalar(@Nullable Bytes number) {
    if (number == null || number.length() > length) {
      return null;
    }
    byte[] fixed = new byte[length];
    number.copyTo(fixed, length - number.length());
    return curve.isScalar(fixed) ? fixed : null;
  }

  /**
   * As many leading octets of the hash as the order has; its bits fill octets in all our curves.
   */
  private byte[] hash(Work work, long digest, Bytes message) throws CryptoException {
    MemorySegment out = work.memory(MAX_DIGEST);
    MemorySegment made = work.memory(4);
    work.must(
        lib.digest.call(
            work.copyOf(message), message.length(), out.address(), made.address(), digest, 0),
        lib.digest);
    byte[] all = new byte[made.get(ValueLayout.JAVA_INT, 0)];
    MemorySegment.copy(out, ValueLayout.JAVA_BYTE, 0, all, 0, all.length);
    return all.length > length ? Arrays.copyOf(all, length) : all;
  }

  /** Whether {@code x(e/s G + r/s Q) mod n = r}. */
  private boolean isRight(Work work, long context, long key, byte[] hash, byte[] r, byte[] s)
      throws CryptoException {
    long order = work.number(curve.order());
    long inverse = work.number();
    if (lib.bnModInverse.call(inverse, work.number(s), order, context) == 0) {
      throw work.failure(lib.bnModInverse);
    }
    long u1 = product(work, work.number(hash), inverse, order, context);
    long u2 = product(work, work.number(r), inverse, order, context);
    long sum = curve.newPoint(work);
    work.must(lib.ecPointMul.call(curve.address(), sum, u1, key, u2, context), lib.ecPointMul);
    long x = work.number();
    if (!work.succeeded(lib.ecPointGet.call(curve.address(), sum, x, 0, context))) {
      // The point at infinity has no coordinates.
      return false;
    }
    long reduced = work.number();
    work.must(lib.bnMod.call(reduced, x, order, context), lib.bnMod);
    return Arrays.equals(work.octets(reduced, length), r);
  }

  private long product(Work work, long a, long b, long order, long context) throws CryptoException {
    long product = work.number();
    work.must(lib.bnModMul.call(product, a, b, order, context), lib.bnModMul);
    return product;
  }
}
