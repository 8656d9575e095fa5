package org.ipsec4j.cli.demo;

import java.nio.ByteBuffer;
import java.util.Objects;
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
import org.ipsec4j.crypto.jca.JcaCryptoProvider;

/** A fraud: it negotiates honestly and "encrypts" packets by XOR with one octet. */
final class XorProvider implements CryptoProvider {
  private final CryptoProvider honest = new JcaCryptoProvider();
  private final byte pad;

  XorProvider(byte pad) {
    this.pad = pad;
  }

  private record Key(PacketTransform transform) implements PacketKey {
    @Override
    public String provider() {
      return "xor";
    }

    @Override
    public byte[] salt() {
      return new byte[4];
    }

    @Override
    public void destroy() {}
  }

  private final class Worker implements PacketWorker {
    @Override
    public boolean submit(CryptoBurst burst) {
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        ByteBuffer slab = Objects.requireNonNull(op.slab);
        for (int at = op.textOffset; at < op.textOffset + op.textLength; at++) {
          slab.put(at, (byte) (slab.get(at) ^ pad));
        }
        if (op.seal) {
          slab.put(op.icvOffset, new byte[16]);
        }
        op.status = CryptoOp.Status.OK;
      }
      return true;
    }

    @Override
    public void close() {}
  }

  @Override
  public String name() {
    return "xor";
  }

  @Override
  public SelfTest selfTest() {
    return honest.selfTest();
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return honest.supports(transform);
  }

  @Override
  public boolean supports(EncryptionTransform encryption, IntegrityAlgorithm integrity) {
    return honest.supports(encryption, integrity);
  }

  @Override
  public boolean supports(PrfAlgorithm prf) {
    return honest.supports(prf);
  }

  @Override
  public boolean supports(KeyExchangeMethod method) {
    return honest.supports(method);
  }

  @Override
  public boolean supports(SignatureAlgorithm algorithm) {
    return honest.supports(algorithm);
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity) {
    return new Key(transform);
  }

  @Override
  public PacketWorker packetWorker() {
    return new Worker();
  }

  @Override
  public IkeCipher ikeCipher(
      EncryptionTransform encryption,
      IntegrityAlgorithm integrity,
      Secret encryptionKey,
      Secret integrityKey)
      throws CryptoException {
    return honest.ikeCipher(encryption, integrity, encryptionKey, integrityKey);
  }

  @Override
  public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
    return honest.prf(algorithm);
  }

  @Override
  public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
      throws CryptoException {
    return honest.keyExchange(method, random);
  }

  @Override
  public boolean verify(
      SignatureAlgorithm algorithm, Bytes publicKey, Bytes message, Bytes signature)
      throws CryptoException {
    return honest.verify(algorithm, publicKey, message, signature);
  }

  @Override
  public Bytes sha1(Bytes data) {
    return honest.sha1(data);
  }

  @Override
  public RandomSource random() {
    return honest.random();
  }
}
