package org.ipsec4j.crypto.openssl.pk;

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
  private final CurveGroup curve;
  private final int length;
  private final int topMask;

  EcpGroup(KeyExchangeMethod method, LibPk lib) throws CryptoException {
    super(method, lib);
    curve = new CurveGroup(Curve.of(method), lib);
    length = curve.length();
    topMask = (Integer.highestOneBit(curve.order()[0] & 0xff) << 1) - 1;
  }

  @Override
  int privateLength() {
    return length;
  }

  /** From 1 to n - 1, each alike. */
  @Override
  boolean shape(byte[] target) {
    target[0] &= (byte) topMask;
    return curve.isScalar(target);
  }

  @Override
  Bytes publicValue(byte[] privateValue) throws CryptoException {
    try (Work work = new Work(lib)) {
      long context = work.numberContext();
      long point = curve.newPoint(work);
      work.must(
          lib.ecPointMul.call(curve.address(), point, secret(work, privateValue), 0, 0, context),
          lib.ecPointMul);
      long x = work.number();
      long y = work.number();
      curve.coordinates(work, point, x, y, context);
      return Bytes.concat(
          Bytes.copyOf(work.octets(x, length)), Bytes.copyOf(work.octets(y, length)));
    }
  }

  @Override
  byte[] agree(byte[] privateValue, Bytes own, Bytes peer) throws CryptoException {
    try (Work work = new Work(lib)) {
      long context = work.numberContext();
      long theirs =
          curve.point(
              work, peer.slice(0, length).toArray(), peer.slice(length, length).toArray(), context);
      if (theirs == 0) {
        throw refused("the public value is not a point of the curve");
      }
      long shared = curve.newPoint(work);
      work.must(
          lib.ecPointMul.call(
              curve.address(), shared, 0, theirs, secret(work, privateValue), context),
          lib.ecPointMul);
      long x = work.number();
      curve.coordinates(work, shared, x, 0, context);
      return work.octets(x, length);
    }
  }

  private long secret(Work work, byte[] privateValue) throws CryptoException {
    long secret = work.number(privateValue);
    lib.bnSetFlags.call(secret, LibPk.SECRET_NUMBER);
    return secret;
  }
}
