package org.ipsec4j.crypto.jca;

import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;

/**
 * Nonce or IV for one cipher without an allocation per packet: parameter objects that hand out one
 * array again and again. There are two, used in turn, because SunJCE keeps the array of the last
 * packet to find a nonce that is used twice, and would compare an overwritten array with itself.
 */
final class ReusedNonce {
  private final byte[][] arrays;
  private final AlgorithmParameterSpec[] specs;
  private int turn;

  ReusedNonce(EncryptionAlgorithm algorithm, int length) {
    arrays = new byte[][] {new byte[length], new byte[length]};
    specs = new AlgorithmParameterSpec[2];
    for (int i = 0; i < 2; i++) {
      specs[i] =
          Names.isGcm(algorithm)
              ? new ReusedGcm(algorithm.icvLength() * 8, arrays[i])
              : new ReusedIv(arrays[i]);
    }
  }

  /** Octets of the nonce. */
  int length() {
    return arrays[0].length;
  }

  /** The parameters of {@code nonce}, valid until the next call but one after {@link #taken()}. */
  AlgorithmParameterSpec set(byte[] nonce) {
    System.arraycopy(nonce, 0, arrays[turn], 0, arrays[turn].length);
    return specs[turn];
  }

  /** The cipher accepted the parameters and may keep their array until its next packet. */
  void taken() {
    turn ^= 1;
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
