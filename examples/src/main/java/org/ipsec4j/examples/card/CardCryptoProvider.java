package org.ipsec4j.examples.card;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketCryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.crypto.SelfTest;

/**
 * A provider for an imaginary card: AES-128-GCM of ESP packets, look-aside. Everything else is left
 * to other providers.
 */
public final class CardCryptoProvider extends PacketCryptoProvider {
  static final String NAME = "card";

  private static final int KEY_LENGTH = 16;

  private final Card card = new Card();

  /** For ServiceLoader. A real one looks for its driver here, and never throws. */
  public CardCryptoProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return "imaginary 1.0";
  }

  /** Below the JDK: a card that does not exist should be used by those alone who name it. */
  @Override
  public int priority() {
    return -10;
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return transform.protocol() == SecurityProtocol.ESP
        && transform.encryption().algorithm() == EncryptionAlgorithm.AES_GCM_16
        && transform.encryption().keyBits() == 8 * KEY_LENGTH;
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    if (!supports(transform)) {
      throw new CryptoException(
          CryptoException.Culprit.PROVIDER, "the card does not do " + transform);
    }
    byte[] material = encryption.reveal(SecretAccess.raw());
    try {
      if (material.length != transform.encryption().keyingMaterialLength()
          || integrity.length() != 0) {
        throw new CryptoException(
            CryptoException.Culprit.LOCAL_KEY,
            transform + " takes one key of 16 octets and 4 of salt");
      }
      byte[] salt = Arrays.copyOfRange(material, KEY_LENGTH, material.length);
      byte[] key = Arrays.copyOf(material, KEY_LENGTH);
      try {
        return new CardKey(card, transform, salt, card.loadKey(key));
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  @Override
  public PacketWorker packetWorker() {
    return new CardWorker(card.openQueue());
  }

  /** Test case 4 of the specification of GCM, sealed and opened, and opened once more forged. */
  @Override
  public SelfTest selfTest() {
    HexFormat hex = HexFormat.of();
    byte[] key = hex.parseHex("feffe9928665731c6d6a8f9467308308" + "cafebabe");
    byte[] iv = hex.parseHex("cafebabefacedbaddecaf888");
    byte[] header = hex.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    String clear =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    String sealed =
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
            + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
            + "5bc94fbc3221a5db94fae95ae7121a47";
    PacketTransform transform =
        PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
    PacketWorker worker = packetWorker();
    try {
      PacketKey known = packetKey(transform, Secret.adopt(key), Secret.adopt(new byte[0]));
      int length = clear.length() / 2;
      ByteBuffer slab = ByteBuffer.allocateDirect(header.length + length + 16);
      slab.put(0, header).put(header.length, hex.parseHex(clear));
      CryptoBurst burst = new CryptoBurst(1);
      run(worker, burst, known, slab, iv, true);
      byte[] result = new byte[length + 16];
      slab.get(header.length, result);
      boolean right = hex.formatHex(result).equals(sealed);
      right &= run(worker, burst, known, slab, iv, false) == CryptoOp.Status.OK;
      slab.put(header.length, hex.parseHex(sealed)).put(header.length, (byte) 0);
      right &= run(worker, burst, known, slab, iv, false) == CryptoOp.Status.ICV_MISMATCH;
      known.destroy();
      return new SelfTest(3, right ? List.of() : List.of("AES-128-GCM gave a wrong answer"));
    } catch (CryptoException e) {
      return new SelfTest(3, List.of("the card took no key: " + e.getMessage()));
    } finally {
      worker.close();
    }
  }

  private static CryptoOp.Status run(
      PacketWorker worker,
      CryptoBurst burst,
      PacketKey key,
      ByteBuffer slab,
      byte[] iv,
      boolean seal) {
    burst.clear();
    CryptoOp op = burst.next();
    op.key = key;
    op.slab = slab;
    op.seal = seal;
    op.aadOffset = 0;
    op.aadLength = 20;
    op.textOffset = 20;
    op.textLength = slab.capacity() - 20 - 16;
    op.icvOffset = slab.capacity() - 16;
    op.nonceLength = iv.length;
    System.arraycopy(iv, 0, op.nonce, 0, iv.length);
    boolean done = worker.submit(burst);
    while (!done) {
      done = worker.poll() != null;
    }
    return op.status;
  }
}
