package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.HashAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm.KeyType;
import org.ipsec4j.api.crypto.Signer;

/** Verifies signatures and sets private keys up. Immutable, thread-safe. */
final class Signatures {
  private static final int ED25519 = 1087;
  private static final int ED448 = 1088;
  private static final int PUBLIC_KEY = 0x86;

  /** Longer than any signature of a key that is accepted. */
  private static final int MAX_SIGNATURE = 2048;

  private final LibPk lib;
  private final boolean approvedOnly;
  private final Map<Curve, EcdsaVerifier> verifiers = new ConcurrentHashMap<>();
  private final Map<HashAlgorithm, Long> digests = new EnumMap<>(HashAlgorithm.class);

  /**
   * @param approvedOnly whether nothing may be done around the library's providers
   */
  Signatures(LibPk lib, boolean approvedOnly) {
    this.lib = lib;
    this.approvedOnly = approvedOnly;
    for (HashAlgorithm hash : HashAlgorithm.values()) {
      digests.put(hash, fetch(lib, hash));
    }
  }

  private static long fetch(LibPk lib, HashAlgorithm hash) {
    String name =
        switch (hash) {
          case SHA1 -> "SHA1";
          case SHA2_256 -> "SHA2-256";
          case SHA2_384 -> "SHA2-384";
          case SHA2_512 -> "SHA2-512";
          case IDENTITY -> "";
        };
    if (name.isEmpty()) {
      return 0;
    }
    try (Work work = new Work(lib)) {
      long digest = lib.mdFetch.call(0, work.text(name), 0);
      work.succeeded(digest == 0 ? 0 : 1);
      return digest;
    }
  }

  /** Whether the library hashes so; whether it signs so the known answers tell. */
  boolean hashes(SignatureAlgorithm algorithm) {
    return algorithm.hash() == HashAlgorithm.IDENTITY || digest(algorithm) != 0;
  }

  private long digest(SignatureAlgorithm algorithm) {
    return digests.getOrDefault(algorithm.hash(), 0L);
  }

  /** See {@link org.ipsec4j.api.crypto.CryptoProvider#verify}. */
  boolean verify(SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    PublicKeyInfo info = PublicKeyInfo.parse(algorithm, publicKey);
    boolean shaped =
        signature.length() > 0
            && signature.length() <= MAX_SIGNATURE
            && (algorithm.keyType() != KeyType.EC || DerReader.isEcdsaSignature(signature));
    if (shaped && !approvedOnly && info instanceof PublicKeyInfo.OnCurve ec) {
      return verifier(ec.curve()).verify(ec.point(), digest(algorithm), message, signature);
    }
    try (Work work = new Work(lib)) {
      long key = key(work, info);
      if (!shaped) {
        return false;
      }
      long context = work.own(lib.mdCtxNew.call(), lib.mdCtxNew, lib.mdCtxFree);
      init(work, lib.verifyInit, context, algorithm, key);
      return work.succeeded(
          lib.verify.call(
              context,
              work.copyOf(signature),
              signature.length(),
              work.copyOf(message),
              message.length()));
    }
  }

  private EcdsaVerifier verifier(Curve curve) throws CryptoException {
    EcdsaVerifier known = verifiers.get(curve);
    if (known == null) {
      EcdsaVerifier made = new EcdsaVerifier(lib, new CurveGroup(curve, lib));
      EcdsaVerifier other = verifiers.putIfAbsent(curve, made);
      known = other == null ? made : other;
    }
    return known;
  }

  private long key(Work work, PublicKeyInfo info) throws CryptoException {
    return switch (info) {
      case PublicKeyInfo.Rsa rsa ->
          key(
              work,
              "RSA",
              new Params(work)
                  .number("n", rsa.modulus().toArray())
                  .number("e", rsa.exponent().toArray()));
      case PublicKeyInfo.OnCurve ec ->
          key(
              work,
              "EC",
              new Params(work)
                  .text("group", ec.curve().groupName())
                  .octets("pub", ec.point().toArray()));
      case PublicKeyInfo.Edwards edwards -> {
        int type = edwards.type() == KeyType.ED25519 ? ED25519 : ED448;
        Bytes octets = edwards.octets();
        yield work.own(
            lib.pkeyNewRawPublic.call(type, 0, work.copyOf(octets), octets.length()),
            lib.pkeyNewRawPublic,
            lib.pkeyFree);
      }
    };
  }

  private long key(Work work, String kind, Params params) throws CryptoException {
    long context =
        work.own(
            lib.pkeyCtxNewByName.call(0, work.text(kind), 0),
            lib.pkeyCtxNewByName,
            lib.pkeyCtxFree);
    work.must(lib.fromDataInit.call(context), lib.fromDataInit);
    MemorySegment out = work.memory(8);
    if (!work.succeeded(lib.fromData.call(context, out.address(), PUBLIC_KEY, params.address()))) {
      // The numbers are in bounds, so what is left is a point beside its curve.
      throw PublicKeyInfo.refused("the public key is refused");
    }
    return work.own(out.get(ValueLayout.JAVA_LONG, 0), lib.fromData, lib.pkeyFree);
  }

  /** Begins signing or verifying. */
  void init(Work work, NativeFunction begin, long context, SignatureAlgorithm algorithm, long key)
      throws CryptoException {
    MemorySegment settings = work.memory(8);
    work.must(begin.call(context, settings.address(), digest(algorithm), 0, key), begin);
    int salt =
        switch (algorithm) {
          case RSA_PSS_SHA256 -> 32;
          case RSA_PSS_SHA384 -> 48;
          case RSA_PSS_SHA512 -> 64;
          default -> 0;
        };
    if (salt > 0) {
      long keyContext = settings.get(ValueLayout.JAVA_LONG, 0);
      work.must(lib.rsaPadding.call(keyContext, LibPk.PSS_PADDING), lib.rsaPadding);
      // MGF1 takes the hash of the message unless it is told otherwise.
      work.must(lib.pssSaltLength.call(keyContext, salt), lib.pssSaltLength);
    }
  }

  /** See {@link org.ipsec4j.api.crypto.CryptoProvider#signer}. */
  Signer signer(Secret privateKey, SignatureAlgorithm algorithm) throws CryptoException {
    byte[] der = privateKey.reveal(SecretAccess.raw());
    try {
      return NativeSigner.of(this, lib, der, algorithm);
    } finally {
      java.util.Arrays.fill(der, (byte) 0);
    }
  }

  static CryptoException unfit(String why) {
    return new CryptoException(Culprit.LOCAL_KEY, why);
  }
}
