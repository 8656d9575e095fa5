package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.RandomSource;
import org.jspecify.annotations.Nullable;

/**
 * ML-KEM (FIPS 203), which libcrypto has from 3.5 on: the initiator sends an encapsulation key, the
 * responder a ciphertext. Between the steps the initiator keeps the seed of 64 octets in Java, from
 * which the key is made again. Thread-safe.
 */
final class KemExchange implements KeyExchange {
  private static final int SECRET_LENGTH = 32;
  private static final int SEED_LENGTH = 64;
  private static final int MESSAGE_LENGTH = 32;
  private static final int PUBLIC_KEY = 0x86;

  private final KeyExchangeMethod method;
  private final LibPk lib;
  private final RandomSource random;

  KemExchange(KeyExchangeMethod method, LibPk lib, RandomSource random) {
    this.method = method;
    this.lib = lib;
    this.random = random;
  }

  /** Whether the library has it: a key is made on trial. */
  static boolean isDone(KeyExchangeMethod method, LibPk lib) {
    try {
      byte[] seed = new byte[SEED_LENGTH];
      Bytes key = new KemExchange(method, lib, target -> {}).publicKey(seed);
      return key.length() == method.publicLength();
    } catch (CryptoException e) {
      return false;
    }
  }

  @Override
  public KeyExchangeMethod method() {
    return method;
  }

  @Override
  public Initiation initiate() throws CryptoException {
    byte[] seed = new byte[SEED_LENGTH];
    random.nextBytes(seed);
    try {
      return new Started(publicKey(seed), seed.clone());
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  @Override
  public Answer respond(Bytes peerValue) throws CryptoException {
    checkLength(peerValue, method.publicLength());
    byte[] message = new byte[MESSAGE_LENGTH];
    random.nextBytes(message);
    try (Work work = new Work(lib)) {
      // Making the key makes the test of FIPS 203 7.2.
      long peer = peerKey(work, peerValue);
      if (peer == 0) {
        throw refused("the encapsulation key is refused");
      }
      long context = context(work, peer);
      Params drawn = new Params(work).octets("ikme", message);
      work.must(lib.encapsulateInit.call(context, drawn.address()), lib.encapsulateInit);
      MemorySegment ciphertext = work.memory(method.answerLength());
      MemorySegment secret = work.memory(SECRET_LENGTH);
      MemorySegment lengths = lengths(work);
      work.must(
          lib.encapsulate.call(
              context,
              ciphertext.address(),
              lengths.address(),
              secret.address(),
              lengths.address() + 8),
          lib.encapsulate);
      checkLengths(work, lengths, lib.encapsulate);
      return new Answer(
          Bytes.copyOf(ciphertext.toArray(ValueLayout.JAVA_BYTE)),
          Secret.adopt(secret.toArray(ValueLayout.JAVA_BYTE)));
    } finally {
      Arrays.fill(message, (byte) 0);
    }
  }

  private Bytes publicKey(byte[] seed) throws CryptoException {
    try (Work work = new Work(lib)) {
      long pair = pair(work, seed);
      MemorySegment out = work.memory(method.publicLength());
      MemorySegment length = work.memory(8);
      length.set(ValueLayout.JAVA_LONG, 0, method.publicLength());
      work.must(
          lib.pkeyGetRawPublic.call(pair, out.address(), length.address()), lib.pkeyGetRawPublic);
      return Bytes.copyOf(out.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private Secret decapsulated(byte[] seed, Bytes ciphertext) throws CryptoException {
    try (Work work = new Work(lib)) {
      long context = context(work, pair(work, seed));
      work.must(lib.decapsulateInit.call(context, 0), lib.decapsulateInit);
      MemorySegment secret = work.memory(SECRET_LENGTH);
      MemorySegment lengths = lengths(work);
      work.must(
          lib.decapsulate.call(
              context,
              secret.address(),
              lengths.address() + 8,
              work.copyOf(ciphertext),
              ciphertext.length()),
          lib.decapsulate);
      checkLengths(work, lengths, lib.decapsulate);
      return Secret.adopt(secret.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /**
   * The key of a seed. It is generated and not imported: an import would try the key out each time,
   * which takes longer than all the rest.
   */
  private long pair(Work work, byte[] seed) throws CryptoException {
    long context = contextByName(work);
    work.must(lib.keygenInit.call(context), lib.keygenInit);
    Params params = new Params(work).octets("seed", seed);
    work.must(lib.setParams.call(context, params.address()), lib.setParams);
    MemorySegment out = work.memory(8);
    work.must(lib.generate.call(context, out.address()), lib.generate);
    return work.own(out.get(ValueLayout.JAVA_LONG, 0), lib.generate, lib.pkeyFree);
  }

  /** The peer's key; 0 when the library does not take it. */
  private long peerKey(Work work, Bytes octets) throws CryptoException {
    long context = contextByName(work);
    work.must(lib.fromDataInit.call(context), lib.fromDataInit);
    MemorySegment out = work.memory(8);
    Params params = new Params(work).octets("pub", octets.toArray());
    boolean made =
        work.succeeded(lib.fromData.call(context, out.address(), PUBLIC_KEY, params.address()));
    return made ? work.own(out.get(ValueLayout.JAVA_LONG, 0), lib.fromData, lib.pkeyFree) : 0;
  }

  private long contextByName(Work work) throws CryptoException {
    String name = method.name().replace('_', '-');
    return work.own(
        lib.pkeyCtxNewByName.call(0, work.text(name), 0), lib.pkeyCtxNewByName, lib.pkeyCtxFree);
  }

  private long context(Work work, long key) throws CryptoException {
    return work.own(lib.pkeyCtxNew.call(key, 0), lib.pkeyCtxNew, lib.pkeyCtxFree);
  }

  /** Room for the length of a ciphertext and, behind it, that of a secret. */
  private MemorySegment lengths(Work work) {
    MemorySegment lengths = work.memory(16);
    lengths.set(ValueLayout.JAVA_LONG, 0, method.answerLength());
    lengths.set(ValueLayout.JAVA_LONG, 8, SECRET_LENGTH);
    return lengths;
  }

  private void checkLengths(Work work, MemorySegment lengths, NativeFunction called)
      throws CryptoException {
    boolean right =
        lengths.get(ValueLayout.JAVA_LONG, 0) == method.answerLength()
            && lengths.get(ValueLayout.JAVA_LONG, 8) == SECRET_LENGTH;
    if (!right) {
      throw work.failure(called);
    }
  }

  private void checkLength(Bytes value, int expected) throws CryptoException {
    if (value.length() != expected) {
      throw refused("the value has " + value.length() + " octets instead of " + expected);
    }
  }

  private CryptoException refused(String why) {
    return new CryptoException(Culprit.PEER_VALUE, method + ": " + why);
  }

  private final class Started implements Initiation {
    private final Bytes publicValue;
    private byte @Nullable [] seed;

    Started(Bytes publicValue, byte[] seed) {
      this.publicValue = publicValue;
      this.seed = seed;
    }

    @Override
    public Bytes publicValue() {
      return publicValue;
    }

    @Override
    public Secret complete(Bytes peerValue) throws CryptoException {
      byte[] copy = seed();
      try {
        checkLength(peerValue, method.answerLength());
        return decapsulated(copy, peerValue);
      } finally {
        Arrays.fill(copy, (byte) 0);
      }
    }

    private synchronized byte[] seed() throws CryptoException {
      if (seed == null) {
        throw new CryptoException(Culprit.LOCAL_KEY, "the private value was destroyed");
      }
      return seed.clone();
    }

    @Override
    public synchronized void destroy() {
      if (seed != null) {
        Arrays.fill(seed, (byte) 0);
        seed = null;
      }
    }
  }
}
