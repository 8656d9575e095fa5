package org.ipsec4j.node.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * A provider without cryptography: its workers only note which keys they got. Public for the tests
 * of the package above.
 */
public final class FakeProvider implements CryptoProvider {
  private final String name;
  private final Predicate<PacketTransform> supports;
  int priority;
  Supplier<SelfTest> selfTest = () -> new SelfTest(1, List.of());

  /** What stands behind the name in keys. */
  String detail = "";

  /** Whether bursts come back by poll. */
  boolean asynchronous;

  /** The key of each packet that a worker of this provider got. */
  final List<@Nullable PacketKey> seen = new ArrayList<>();

  int closedWorkers;

  /** A provider that passes its tests. */
  public FakeProvider(String name, Predicate<PacketTransform> supports) {
    this.name = name;
    this.supports = supports;
  }

  /** A provider that fails its tests. */
  public static FakeProvider failing(String name) {
    FakeProvider made = new FakeProvider(name, transform -> true);
    made.selfTest = () -> new SelfTest(1, List.of("a vector of the tests differs"));
    return made;
  }

  private record Key(PacketTransform transform, String provider) implements PacketKey {
    @Override
    public byte[] salt() {
      return new byte[4];
    }

    @Override
    public void destroy() {}
  }

  private final class Worker implements PacketWorker {
    private @Nullable CryptoBurst waiting;

    @Override
    public boolean submit(CryptoBurst burst) {
      for (int i = 0; i < burst.size(); i++) {
        seen.add(burst.op(i).key);
        burst.op(i).status = CryptoOp.Status.OK;
      }
      waiting = asynchronous ? burst : null;
      return !asynchronous;
    }

    @Override
    public @Nullable CryptoBurst poll() {
      CryptoBurst done = waiting;
      waiting = null;
      return done;
    }

    @Override
    public int preferredBurst() {
      return name.length();
    }

    @Override
    public void close() {
      closedWorkers++;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int priority() {
    return priority;
  }

  @Override
  public SelfTest selfTest() {
    return selfTest.get();
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return supports.test(transform);
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return false;
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return false;
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return false;
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return false;
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    if (!supports.test(transform)) {
      throw denied();
    }
    return new Key(transform, name + detail);
  }

  @Override
  public PacketWorker packetWorker() {
    return new Worker();
  }

  private static CryptoException denied() {
    return new CryptoException(CryptoException.Culprit.PROVIDER, "not here");
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    throw denied();
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    throw denied();
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    throw denied();
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    throw denied();
  }

  @Override
  public Bytes sha1(Bytes data) {
    return Bytes.EMPTY;
  }

  @Override
  public RandomSource random() {
    return target -> {};
  }
}
