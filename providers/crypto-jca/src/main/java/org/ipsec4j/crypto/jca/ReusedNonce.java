package org.ipsec4j.crypto.jca;

import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;

/**
 * Nonce or IV for one cipher without an allocation per packet: parameter objects that hand out one
 * array again and again. There are two, used in turn, because SunJCE keeps the array of the last
 * packet to find a nonce that is used twice, and would compare an overwritten array with itself.
 *
 * <p>Counter modes get a whole block: nonce and the counter 1 for CTR (RFC 3686 4), flags, nonce
 * and the counter 0 for CCM (RFC 3610 2.3).
 */
final class ReusedNonce {
  private static final int COUNTER_BLOCK = 16;

  private final byte[][] arrays;
  private final AlgorithmParameterSpec[] specs;
  private final int offset;
  private final int length;
  private int turn;
  private boolean used;

  ReusedNonce(EncryptionAlgorithm algorithm) {
    length = length(algorithm);
    offset = Names.isCcm(algorithm) ? 1 : 0;
    byte[] zero = new byte[length];
    arrays = new byte[][] {block(algorithm, zero), block(algorithm, zero)};
    specs = new AlgorithmParameterSpec[2];
    for (int i = 0; i < 2; i++) {
      specs[i] =
          Names.isGcm(algorithm)
              ? new ReusedGcm(algorithm.icvLength() * 8, arrays[i])
              : new ReusedIv(arrays[i]);
    }
  }

  /** Octets of nonce or IV of an algorithm, as engines give them. */
  static int length(EncryptionAlgorithm algorithm) {
    if (algorithm.blockLength() > 1) {
      return algorithm.ivLength();
    }
    return Names.isCcm(algorithm) ? CcmPacketCipher.NONCE : Ciphers.NONCE;
  }

  /** What JCA takes in the place of the nonce; the nonce itself where that is the same. */
  static byte[] block(EncryptionAlgorithm algorithm, byte[] nonce) {
    if (Names.base(algorithm) != EncryptionAlgorithm.AES_CTR) {
      return nonce.clone();
    }
    byte[] block = new byte[COUNTER_BLOCK];
    if (Names.isCcm(algorithm)) {
      block[0] = COUNTER_BLOCK - 1 - CcmPacketCipher.NONCE - 1;
      System.arraycopy(nonce, 0, block, 1, nonce.length);
    } else {
      System.arraycopy(nonce, 0, block, 0, nonce.length);
      block[COUNTER_BLOCK - 1] = 1;
    }
    return block;
  }

  /** Octets of the nonce. */
  int length() {
    return length;
  }

  /** Whether the nonce is that of the last packet. */
  boolean repeats(byte[] nonce) {
    byte[] last = arrays[turn ^ 1];
    return used && Arrays.equals(last, offset, offset + length, nonce, 0, length);
  }

  /** The parameters of {@code nonce}, valid until the next call but one after {@link #taken()}. */
  AlgorithmParameterSpec set(byte[] nonce) {
    System.arraycopy(nonce, 0, arrays[turn], offset, length);
    return specs[turn];
  }

  /** Parameters of another nonce, as {@link #set}. */
  AlgorithmParameterSpec setOther(byte[] nonce) {
    AlgorithmParameterSpec spec = set(nonce);
    arrays[turn][offset] ^= (byte) 0x80;
    return spec;
  }

  /** The cipher accepted the parameters and may keep their array until its next packet. */
  void taken() {
    turn ^= 1;
    used = true;
  }

  private static final class ReusedGcm extends GCMParameterSpec {
    private final byte[] nonce;

    ReusedGcm(int tagBits, byte[] nonce) {
      super(tagBits, nonce);
      this.nonce = nonce;
    }

    @Override
    public byte[] getIV() {
      return nonce;
    }
  }

  private static final class ReusedIv extends IvParameterSpec {
    private final byte[] iv;

    ReusedIv(byte[] iv) {
      super(iv);
      this.iv = iv;
    }

    @Override
    public byte[] getIV() {
      return iv;
    }
  }
}
