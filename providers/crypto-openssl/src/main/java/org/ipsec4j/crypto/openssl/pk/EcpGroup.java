package org.ipsec4j.crypto.openssl.pk;

import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchangeMethod;

/**
 * Curves over prime fields (RFC 5903, RFC 6954): a public value is {@code x | y}, the secret is x
 * alone.
 *
 * <p>A peer's value is an element of the field in both coordinates and a point of the curve (RFC
 * 6989 2.3). All curves have cofactor 1, so that is all there is to test: libcrypto's own way,
 * {@code EVP_PKEY_derive_set_peer}, would multiply by the order besides and take twice as long.
 */
final class EcpGroup extends Group {
  private final Curve curve;
  private final int length;
  private final byte[] prime;
  private final byte[] order;
  private final int topMask;
  private final long group;

  /** The group stays for the life of the process. */
  EcpGroup(KeyExchangeMethod method, LibPk lib) throws CryptoException {
    super(method, lib);
    curve = Curve.of(method);
    length = curve.length();
    try (Work work = new Work(lib)) {
      group = lib.ecGroupNew.call(curve.number());
      if (group == 0) {
        throw work.failure(lib.ecGroupNew);
      }
      long p = work.number();
      work.must(
          lib.ecGroupGetCurve.call(group, p, work.number(), work.number(), work.numberContext()),
          lib.ecGroupGetCurve);
      prime = work.octets(p, length);
      long n = lib.ecGroupOrder.call(group);
      work.must(n == 0 ? 0 : 1, lib.ecGroupOrder);
      order = work.octets(n, length);
    }
    int top = order[0] & 0xff;
    topMask = (Integer.highestOneBit(top) << 1) - 1;
  }

  @Override
  int privateLength() {
    return length;
  }

  /** From 1 to n - 1, each alike. */
  @Override
  boolean shape(byte[] target) {
    target[0] &= (byte) topMask;
    return !isZero(target) && Arrays.compareUnsigned(target, order) < 0;
  }

  @Override
  Bytes publicValue(byte[] privateValue) throws CryptoException {
    try (Work work = new Work(lib)) {
      long context = work.numberContext();
      long point = point(work);
      work.must(
          lib.ecPointMul.call(group, point, secret(work, privateValue), 0, 0, context),
          lib.ecPointMul);
      long x = work.number();
      long y = work.number();
      work.must(lib.ecPointGet.call(group, point, x, y, context), lib.ecPointGet);
      return Bytes.concat(
          Bytes.copyOf(work.octets(x, length)), Bytes.copyOf(work.octets(y, length)));
    }
  }

  @Override
  byte[] agree(byte[] privateValue, Bytes own, Bytes peer) throws CryptoException {
    byte[] peerX = peer.slice(0, length).toArray();
    byte[] peerY = peer.slice(length, length).toArray();
    if (Arrays.compareUnsigned(peerX, prime) >= 0 || Arrays.compareUnsigned(peerY, prime) >= 0) {
      throw refused("a coordinate of the public value is not below the prime");
    }
    try (Work work = new Work(lib)) {
      long context = work.numberContext();
      long theirs = point(work);
      if (!work.succeeded(
          lib.ecPointSet.call(group, theirs, work.number(peerX), work.number(peerY), context))) {
        throw refused("the public value is not a point of the curve");
      }
      long shared = point(work);
      work.must(
          lib.ecPointMul.call(group, shared, 0, theirs, secret(work, privateValue), context),
          lib.ecPointMul);
      long x = work.number();
      work.must(lib.ecPointGet.call(group, shared, x, 0, context), lib.ecPointGet);
      return work.octets(x, length);
    }
  }

  private long point(Work work) throws CryptoException {
    return work.own(lib.ecPointNew.call(group), lib.ecPointNew, lib.ecPointFree);
  }

  private long secret(Work work, byte[] privateValue) throws CryptoException {
    long secret = work.number(privateValue);
    lib.bnSetFlags.call(secret, LibPk.SECRET_NUMBER);
    return secret;
  }
}
