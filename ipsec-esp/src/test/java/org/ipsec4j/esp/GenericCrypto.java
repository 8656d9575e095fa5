package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.NullUnmarked;

/**
 * A cipher for every transform, safe for none: it has the IV, block and ICV lengths of the real one
 * and its flow of data (a key stream from the nonce, or chained blocks), so that whatever the path
 * gets wrong shows. An ICV of it changes with every single bit. Quick and without allocation.
 */
@NullUnmarked
final class GenericCrypto extends TestCrypto {
  private static final long ODD = 0x9e3779b97f4a7c15L;

  GenericCrypto() {
    super("generic");
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Key(PacketTransform transform, byte[] salt, long secret) implements PacketKey {
    @Override
    public byte[] salt() {
      return salt.clone();
    }

    @Override
    public String provider() {
      return "generic";
    }

    @Override
    public void destroy() {}
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return true;
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity) {
    byte[] octets = encryption.reveal(SecretAccess.raw());
    int salt = transform.encryption().algorithm().saltLength();
    long secret =
        31L * Arrays.hashCode(octets) + Arrays.hashCode(integrity.reveal(SecretAccess.raw()));
    return new Key(
        transform, Arrays.copyOfRange(octets, octets.length - salt, octets.length), secret);
  }

  @Override
  public PacketWorker packetWorker() {
    return new PacketWorker() {
      @Override
      public boolean submit(CryptoBurst burst) {
        for (int i = 0; i < burst.size(); i++) {
          work(burst.op(i));
        }
        return true;
      }

      @Override
      public void close() {}
    };
  }

  private static void work(CryptoOp op) {
    Key key = (Key) op.key;
    int icvLength = key.transform.icvLength();
    if (op.seal) {
      crypt(key, op);
      long icv = icv(key, op);
      for (int i = 0; i < icvLength; i++) {
        op.slab.put(op.icvOffset + i, icvOctet(icv, i));
      }
      op.status = CryptoOp.Status.OK;
      return;
    }
    long icv = icv(key, op);
    boolean right = true;
    for (int i = 0; i < icvLength; i++) {
      right &= op.slab.get(op.icvOffset + i) == icvOctet(icv, i);
    }
    crypt(key, op);
    op.status = right ? CryptoOp.Status.OK : CryptoOp.Status.ICV_MISMATCH;
  }

  private static long icv(Key key, CryptoOp op) {
    long sum = key.secret;
    for (int at = op.aadOffset; at < op.icvOffset; at++) {
      sum = sum * ODD + (op.slab.get(at) & 0xff);
    }
    if (key.transform.encryption().algorithm().blockLength() == 1) {
      for (int i = 0; i < op.nonceLength; i++) {
        sum = sum * ODD + op.nonce[i];
      }
    }
    if (op.highSequencePresent) {
      sum = sum * ODD + op.highSequence;
    }
    return mix(sum);
  }

  private static byte icvOctet(long icv, int i) {
    return i < 8 ? (byte) (icv >>> (8 * i)) : (byte) mix(icv + i);
  }

  private static long mix(long x) {
    long y = (x ^ x >>> 32) * ODD;
    return (y ^ y >>> 29) * ODD;
  }

  private static void crypt(Key key, CryptoOp op) {
    EncryptionAlgorithm cipher = key.transform.encryption().algorithm();
    if (cipher == EncryptionAlgorithm.NULL || cipher == EncryptionAlgorithm.NULL_AES_GMAC) {
      return;
    }
    if (cipher.blockLength() > 1) {
      chain(key, op, cipher.blockLength());
      return;
    }
    long stream = key.secret;
    for (int i = 0; i < op.nonceLength; i++) {
      stream = stream * ODD + op.nonce[i];
    }
    for (int i = 0; i < op.textLength; i++) {
      int at = op.textOffset + i;
      op.slab.put(at, (byte) (op.slab.get(at) ^ mix(stream + i)));
    }
  }

  /** Cipher block chaining, where a block's cipher is the addition of a key octet. */
  private static void chain(Key key, CryptoOp op, int block) {
    if (op.textLength % block != 0 || op.nonceLength != block) {
      throw new AssertionError("not whole blocks");
    }
    ByteBuffer slab = op.slab;
    for (int i = 0; i < op.textLength; i++) {
      int at = op.textOffset + i;
      int keyOctet = (int) (key.secret >>> i % block);
      if (op.seal) {
        int before = i < block ? op.nonce[i] : slab.get(at - block);
        slab.put(at, (byte) ((slab.get(at) ^ before) + keyOctet));
      }
    }
    for (int i = op.textLength - 1; !op.seal && i >= 0; i--) {
      int at = op.textOffset + i;
      int keyOctet = (int) (key.secret >>> i % block);
      int before = i < block ? op.nonce[i] : slab.get(at - block);
      slab.put(at, (byte) ((byte) (slab.get(at) - keyOctet) ^ before));
    }
  }
}
