package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;

/**
 * X25519 and X448 (RFC 8031): every string of the right length is a public value, and one that
 * leads to the all-zero secret is refused (RFC 7748 6).
 */
final class MontgomeryGroup extends Group {
  private static final int X25519 = 1034;
  private static final int X448 = 1035;
  private static final int KEY_PAIR = 0x87;

  private final int type;

  MontgomeryGroup(KeyExchangeMethod method, LibPk lib) throws CryptoException {
    super(method, lib);
    type = method == KeyExchangeMethod.X25519 ? X25519 : X448;
    byte[] nine = new byte[method.publicLength()];
    nine[0] = 9;
    publicValue(nine);
  }

  @Override
  int privateLength() {
    return method.publicLength();
  }

  @Override
  boolean shape(byte[] target) {
    // Every string is one: the function sets and clears bits by itself (RFC 7748 5).
    return true;
  }

  @Override
  Bytes publicValue(byte[] privateValue) throws CryptoException {
    try (Work work = new Work(lib)) {
      return publicHalf(work, key(work, privateValue));
    }
  }

  @Override
  byte[] agree(byte[] privateValue, Bytes own, Bytes peer) throws CryptoException {
    try (Work work = new Work(lib)) {
      return agree(work, pair(work, privateValue, own), peer);
    }
  }

  /** With one native key for both halves. */
  @Override
  KeyExchange.Answer answer(byte[] privateValue, Bytes peer) throws CryptoException {
    try (Work work = new Work(lib)) {
      long key = key(work, privateValue);
      return new KeyExchange.Answer(publicHalf(work, key), Secret.adopt(agree(work, key, peer)));
    }
  }

  /** A key whose public half the library computes. */
  private long key(Work work, byte[] privateValue) throws CryptoException {
    return work.own(
        lib.pkeyNewRawPrivate.call(type, 0, work.copyOf(privateValue), privateValue.length),
        lib.pkeyNewRawPrivate,
        lib.pkeyFree);
  }

  private Bytes publicHalf(Work work, long key) throws CryptoException {
    MemorySegment out = work.memory(method.publicLength());
    MemorySegment length = length(work);
    work.must(
        lib.pkeyGetRawPublic.call(key, out.address(), length.address()), lib.pkeyGetRawPublic);
    return Bytes.copyOf(out.toArray(ValueLayout.JAVA_BYTE));
  }

  private byte[] agree(Work work, long key, Bytes peer) throws CryptoException {
    long context = work.own(lib.pkeyCtxNew.call(key, 0), lib.pkeyCtxNew, lib.pkeyCtxFree);
    long theirs =
        work.own(
            lib.pkeyNewRawPublic.call(type, 0, work.copyOf(peer), peer.length()),
            lib.pkeyNewRawPublic,
            lib.pkeyFree);
    work.must(lib.deriveInit.call(context), lib.deriveInit);
    // Nothing to validate: what is wrong with a value shows in the secret.
    work.must(lib.deriveSetPeer.call(context, theirs, 0), lib.deriveSetPeer);
    MemorySegment out = work.memory(method.publicLength());
    MemorySegment length = length(work);
    boolean derived = work.succeeded(lib.derive.call(context, out.address(), length.address()));
    byte[] secret = out.toArray(ValueLayout.JAVA_BYTE);
    if (!derived || length.get(ValueLayout.JAVA_LONG, 0) != secret.length || isZero(secret)) {
      Arrays.fill(secret, (byte) 0);
      throw refused("the public value is of small order");
    }
    return secret;
  }

  /** Both halves of our key, so that the public one is not computed again. */
  private long pair(Work work, byte[] privateValue, Bytes own) throws CryptoException {
    long context =
        work.own(
            lib.pkeyCtxNewByName.call(0, work.text(method.name()), 0),
            lib.pkeyCtxNewByName,
            lib.pkeyCtxFree);
    work.must(lib.fromDataInit.call(context), lib.fromDataInit);
    MemorySegment key = work.memory(8);
    Params params = new Params(work).octets("priv", privateValue).octets("pub", own.toArray());
    work.must(lib.fromData.call(context, key.address(), KEY_PAIR, params.address()), lib.fromData);
    return work.own(key.get(ValueLayout.JAVA_LONG, 0), lib.fromData, lib.pkeyFree);
  }

  private MemorySegment length(Work work) {
    MemorySegment length = work.memory(8);
    length.set(ValueLayout.JAVA_LONG, 0, method.publicLength());
    return length;
  }
}
