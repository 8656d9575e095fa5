package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;

/**
 * A private key in native memory. Whoever signs holds a reference of his own meanwhile, so that
 * {@link #destroy} may come at any time. A signer that is forgotten is freed by a cleaner.
 */
final class NativeSigner implements Signer {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int MAX_KEY_OCTETS = 65536;
  private static final int RSA = 6;
  private static final int RSA_PSS = 912;
  private static final int EC = 408;
  private static final int ED25519 = 1087;
  private static final int ED448 = 1088;
  private static final int NAME_LENGTH = 80;

  private final Signatures signatures;
  private final LibPk lib;
  private final SignatureAlgorithm algorithm;
  private final Key key;
  private final Cleaner.Cleanable cleanable;

  private NativeSigner(
      Signatures signatures, LibPk lib, SignatureAlgorithm algorithm, long address) {
    this.signatures = signatures;
    this.lib = lib;
    this.algorithm = algorithm;
    this.key = new Key(lib, address);
    this.cleanable = CLEANER.register(this, key);
  }

  /** What is freed; knows nothing of the signer, so that a signer can be forgotten. */
  private static final class Key implements Runnable {
    private final LibPk lib;
    private long address;

    Key(LibPk lib, long address) {
      this.lib = lib;
      this.address = address;
    }

    /** One reference more, which the caller frees; 0 when the key is gone. */
    synchronized long borrow() {
      if (address != 0 && Work.asInt(lib.pkeyUpRef.call(address)) != 1) {
        return 0;
      }
      return address;
    }

    @Override
    public synchronized void run() {
      if (address != 0) {
        // Wipes the numbers of a private key with the last reference.
        lib.pkeyFree.call(address);
        address = 0;
      }
    }
  }

  static NativeSigner of(
      Signatures signatures, LibPk lib, byte[] pkcs8, SignatureAlgorithm algorithm)
      throws CryptoException {
    if (pkcs8.length > MAX_KEY_OCTETS) {
      throw Signatures.unfit("the private key is too long");
    }
    try (Work work = new Work(lib)) {
      long key = decode(work, lib, pkcs8);
      checkKind(work, lib, key, algorithm);
      // The reference of the work ends with it.
      work.must(lib.pkeyUpRef.call(key), lib.pkeyUpRef);
      return new NativeSigner(signatures, lib, algorithm, key);
    }
  }

  private static long decode(Work work, LibPk lib, byte[] pkcs8) throws CryptoException {
    MemorySegment cursor = work.memory(8);
    long start = work.copyOf(pkcs8);
    cursor.set(ValueLayout.JAVA_LONG, 0, start);
    long info = lib.pkcs8Decode.call(0, cursor.address(), pkcs8.length);
    if (!work.succeeded(info == 0 ? 0 : 1)) {
      throw Signatures.unfit("the private key is no DER PrivateKeyInfo");
    }
    work.own(info, lib.pkcs8Decode, lib.pkcs8Free);
    if (cursor.get(ValueLayout.JAVA_LONG, 0) != start + pkcs8.length) {
      throw Signatures.unfit("something follows the private key");
    }
    long key = lib.pkcs8ToPkey.call(info);
    if (!work.succeeded(key == 0 ? 0 : 1)) {
      throw Signatures.unfit("the private key is malformed or of an unknown kind");
    }
    return work.own(key, lib.pkcs8ToPkey, lib.pkeyFree);
  }

  private static void checkKind(Work work, LibPk lib, long key, SignatureAlgorithm algorithm)
      throws CryptoException {
    int kind = Work.asInt(lib.pkeyBaseId.call(key));
    boolean fits =
        switch (algorithm.keyType()) {
          case RSA -> kind == RSA || (kind == RSA_PSS && algorithm.name().startsWith("RSA_PSS"));
          case EC -> kind == EC && hasKnownCurve(work, lib, key);
          case ED25519 -> kind == ED25519;
          case ED448 -> kind == ED448;
        };
    if (!fits) {
      throw Signatures.unfit("the private key is no key for " + algorithm);
    }
  }

  private static boolean hasKnownCurve(Work work, LibPk lib, long key) {
    MemorySegment name = work.memory(NAME_LENGTH);
    MemorySegment length = work.memory(8);
    return work.succeeded(
            lib.pkeyGroupName.call(key, name.address(), NAME_LENGTH, length.address()))
        && Curve.ofGroupName(name.getString(0, StandardCharsets.US_ASCII)).isPresent();
  }

  @Override
  public Bytes sign(Bytes message) throws CryptoException {
    try (Work work = new Work(lib)) {
      long borrowed = key.borrow();
      if (borrowed == 0) {
        throw new CryptoException(Culprit.LOCAL_KEY, "the signer was destroyed");
      }
      work.own(borrowed, lib.pkeyUpRef, lib.pkeyFree);
      long context = work.own(lib.mdCtxNew.call(), lib.mdCtxNew, lib.mdCtxFree);
      signatures.init(work, lib.signInit, context, algorithm, borrowed);
      int most = Work.asInt(lib.pkeySize.call(borrowed));
      MemorySegment out = work.memory(most);
      MemorySegment length = work.memory(8);
      length.set(ValueLayout.JAVA_LONG, 0, most);
      work.must(
          lib.sign.call(
              context, out.address(), length.address(), work.copyOf(message), message.length()),
          lib.sign);
      byte[] signature = new byte[Math.toIntExact(length.get(ValueLayout.JAVA_LONG, 0))];
      MemorySegment.copy(out, ValueLayout.JAVA_BYTE, 0, signature, 0, signature.length);
      return Bytes.copyOf(signature);
    } finally {
      java.lang.ref.Reference.reachabilityFence(this);
    }
  }

  @Override
  public void destroy() {
    cleanable.clean();
  }

  @Override
  public String toString() {
    return "signer with " + algorithm;
  }
}
