package org.ipsec4j.crypto.mb;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
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

/**
 * Packets by Intel's multi-buffer library libIPSec_MB: AES-GCM, AES-GMAC, ChaCha20-Poly1305,
 * AES-CCM, and AES-CBC, AES-CTR, 3DES or no cipher beside HMAC, AES-XCBC or AES-CMAC, in ESP and
 * AH. Give it bursts of 32: with a CBC mode a packet alone costs ten times as much. It protects
 * packets and nothing else; other providers do the rest.
 *
 * <p>The library is looked for as {@code libIPSec_MB.so.1}, {@code libIPSec_MB.so.2}, or where the
 * system property {@code ipsec4j.mb.library} says, an absolute path. One that is absent or of a
 * version whose memory layout is not known is refused: then nothing is supported, and {@link
 * #selfTest} says why.
 *
 * <p>Limits: slabs are direct buffers. Beside a MAC a packet has 1 to 65,530 octets from its header
 * to the end of its text, with ChaCha20-Poly1305 and AES-CCM a text of 65,534. The header of
 * AES-CCM has at most 46 octets, that of a combined mode with extended sequence numbers 44. With AH
 * and extended sequence numbers four octets behind the packet must belong to the slab; they are put
 * back. What is beyond fails. No packet of ESP in IP comes near.
 *
 * <p>A key owns native memory until {@link PacketKey#destroy}: 128 octets to 1.1 kB. A worker owns
 * 220 kB until {@link PacketWorker#close}. Thread-safe.
 */
public final class MbCryptoProvider implements CryptoProvider {
  /** Its name. */
  static final String NAME = "mb";

  private static final int PRIORITY = 30;

  private final Discovery discovery;
  private final SecureRandom generator = new SecureRandom();

  /** With the library of this machine, if there is one. Never throws. */
  public MbCryptoProvider() {
    this(Discovery.ofThisProcess());
  }

  MbCryptoProvider(Discovery discovery) {
    this.discovery = discovery;
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Version of the library and the processor extension that it uses. */
  @Override
  public String version() {
    return discovery.version();
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public SelfTest selfTest() {
    return discovery.present()
        ? KnownAnswers.run(this)
        : new SelfTest(0, List.of(discovery.reason()));
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return discovery.present() && Group.has(transform);
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
    if (!discovery.present()) {
      throw new CryptoException(Culprit.PROVIDER, discovery.reason());
    }
    Optional<Group> group = Group.of(transform);
    if (group.isEmpty()) {
      throw lacking(transform);
    }
    checkLength(transform.encryption(), encryption, transform.encryption().keyingMaterialLength());
    checkLength(transform.integrity(), integrity, transform.integrity().keyLength());
    return KeyMemory.make(transform, group.get(), encryption, integrity);
  }

  private static void checkLength(Object algorithm, Secret key, int octets) throws CryptoException {
    if (key.length() != octets) {
      throw new CryptoException(
          Culprit.LOCAL_KEY,
          algorithm + " takes a key of " + octets + " octets with its salt, not " + key.length());
    }
  }

  /** A worker for the calling thread; without the library one with which every packet fails. */
  @Override
  public PacketWorker packetWorker() {
    return discovery.present() ? new MbPacketWorker() : new Refusal();
  }

  /** Nobody has keys for it. */
  private static final class Refusal implements PacketWorker {
    @Override
    public boolean submit(CryptoBurst burst) {
      for (int i = 0; i < burst.size(); i++) {
        burst.op(i).status = CryptoOp.Status.FAILED;
      }
      return true;
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  private static CryptoException lacking(Object wanted) {
    return new CryptoException(Culprit.PROVIDER, NAME + " does not do " + wanted);
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    throw lacking(encryption + " for IKE messages");
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    throw lacking(algorithm);
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    throw lacking(method);
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    throw lacking(algorithm);
  }

  /** By the JDK: it is not for packets. */
  @Override
  public Bytes sha1(Bytes data) {
    try {
      return Bytes.copyOf(MessageDigest.getInstance("SHA-1").digest(data.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  /** The JDK's. */
  @Override
  public RandomSource random() {
    return generator::nextBytes;
  }
}
