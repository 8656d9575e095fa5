package org.ipsec4j.crypto.openssl.pk;

import java.util.Arrays;
import org.ipsec4j.api.crypto.CryptoException;

/**
 * A curve of libcrypto with its numbers. The group stays for the life of the process; reckoning
 * with it changes nothing in it. Immutable, thread-safe.
 */
final class CurveGroup {
  private final Curve curve;
  private final LibPk lib;
  private final byte[] prime;
  private final byte[] order;
  private final long address;

  CurveGroup(Curve curve, LibPk lib) throws CryptoException {
    this.curve = curve;
    this.lib = lib;
    int length = curve.length();
    try (Work work = new Work(lib)) {
      address = lib.ecGroupNew.call(curve.number());
      if (address == 0) {
        throw work.failure(lib.ecGroupNew);
      }
      long p = work.number();
      work.must(
          lib.ecGroupGetCurve.call(address, p, work.number(), work.number(), work.numberContext()),
          lib.ecGroupGetCurve);
      prime = work.octets(p, length);
      long n = lib.ecGroupOrder.call(address);
      work.must(n == 0 ? 0 : 1, lib.ecGroupOrder);
      order = work.octets(n, length);
    }
  }

  /** The {@code EC_GROUP}. */
  long address() {
    return address;
  }

  /** Octets of a coordinate and of a number below the order. */
  int length() {
    return curve.length();
  }

  /** The order of the group, in network order. */
  byte[] order() {
    return order.clone();
  }

  /** Whether a number, of {@link #length()} octets, is from 1 to the order less 1. */
  boolean isScalar(byte[] number) {
    return !Group.isZero(number) && Arrays.compareUnsigned(number, order) < 0;
  }

  /** A point, not yet any. */
  long newPoint(Work work) throws CryptoException {
    return work.own(lib.ecPointNew.call(address), lib.ecPointNew, lib.ecPointFree);
  }

  /**
   * A peer's point: of cofactor 1, so being on the curve is all that it takes (RFC 6989 2.3).
   *
   * @return 0 when a coordinate is not below the prime, or the point is not on the curve
   */
  long point(Work work, byte[] x, byte[] y, long context) throws CryptoException {
    if (Arrays.compareUnsigned(x, prime) >= 0 || Arrays.compareUnsigned(y, prime) >= 0) {
      return 0;
    }
    long point = newPoint(work);
    return work.succeeded(
            lib.ecPointSet.call(address, point, work.number(x), work.number(y), context))
        ? point
        : 0;
  }

  /** The affine coordinate x of a point, and y where it is asked for. */
  void coordinates(Work work, long point, long x, long y, long context) throws CryptoException {
    work.must(lib.ecPointGet.call(address, point, x, y, context), lib.ecPointGet);
  }
}
