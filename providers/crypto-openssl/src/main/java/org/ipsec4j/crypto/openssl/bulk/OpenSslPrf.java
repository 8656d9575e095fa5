package org.ipsec4j.crypto.openssl.bulk;

import java.util.Arrays;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.crypto.openssl.lib.LibCrypto;
import org.ipsec4j.crypto.openssl.lib.Raw;
import org.ipsec4j.ffm.NativeMemory;

/**
 * HMAC (RFC 2104), AES-XCBC-PRF-128 (RFC 4434) and AES-CMAC-PRF-128 (RFC 4615), and their expansion
 * (RFC 7296 2.13). Native memory lives as long as a call and is wiped.
 */
final class OpenSslPrf implements Prf {
  private static final int MOST_ROUNDS = 255;

  private final PrfAlgorithm algorithm;
  private final MacRecipe recipe;

  OpenSslPrf(PrfAlgorithm algorithm, MacRecipe recipe) {
    this.algorithm = algorithm;
    this.recipe = recipe;
  }

  @Override
  public PrfAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public Secret compute(Secret key, Secret data) throws CryptoException {
    byte[] octets = data.reveal(SecretAccess.raw());
    try (Keyed keyed = keyed(key, octets)) {
      byte[] out = new byte[algorithm.length()];
      if (!keyed.round(0, octets.length, out)) {
        throw new CryptoException(Culprit.PROVIDER, algorithm + " failed");
      }
      return Secret.adopt(out);
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  @Override
  public Secret expand(Secret key, Secret seed, int length) throws CryptoException {
    int step = algorithm.length();
    if (length < 1 || length > MOST_ROUNDS * step) {
      throw new CryptoException(
          Culprit.PROVIDER, "prf+ gives 1 to " + MOST_ROUNDS * step + " octets, not " + length);
    }
    byte[] secret = seed.reveal(SecretAccess.raw());
    // T(n-1) | S | n, with T(0) empty
    byte[] input = new byte[step + secret.length + 1];
    System.arraycopy(secret, 0, input, step, secret.length);
    byte[] out = new byte[length];
    byte[] block = new byte[step];
    try (Keyed keyed = keyed(key, input)) {
      for (int done = 0; done < length; done += step) {
        keyed.put(input.length - 1, (byte) (done / step + 1));
        int from = done == 0 ? step : 0;
        if (!keyed.round(from, input.length - from, block)) {
          throw new CryptoException(Culprit.PROVIDER, algorithm + " failed");
        }
        keyed.feedBack();
        System.arraycopy(block, 0, out, done, Math.min(step, length - done));
      }
      return Secret.adopt(out);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(input, (byte) 0);
      Arrays.fill(block, (byte) 0);
    }
  }

  private Keyed keyed(Secret key, byte[] input) throws CryptoException {
    byte[] octets = key.reveal(SecretAccess.raw());
    try {
      byte[] used = algorithm.hasFixedKey() ? fixed(octets) : octets;
      try {
        return new Keyed(recipe, used, input);
      } finally {
        Arrays.fill(used, (byte) 0);
      }
    } catch (IllegalStateException e) {
      LibCrypto.present().clearErrors();
      throw new CryptoException(Culprit.PROVIDER, algorithm + " failed");
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  /** A key of another length becomes one of 16 octets (RFC 4434 2, RFC 4615 3). */
  private byte[] fixed(byte[] key) {
    int length = algorithm.length();
    boolean cmac = algorithm == PrfAlgorithm.AES128_CMAC;
    if (key.length == length || (!cmac && key.length < length)) {
      return Arrays.copyOf(key, length);
    }
    byte[] out = new byte[length];
    try (Keyed keyed = new Keyed(recipe, new byte[length], key)) {
      if (!keyed.round(0, key.length, out)) {
        throw new IllegalStateException("the key cannot be shortened");
      }
    }
    return out;
  }

  /** A keyed MAC beside its input in native memory. */
  private static final class Keyed implements AutoCloseable {
    /** Most octets that a call of the library gets. */
    private static final int PART = 1 << 16;

    private final int length;
    private final int materialRoom;
    private final long memory;
    private final long room;
    private final Scratch scratch;
    private final Mac mac;

    Keyed(MacRecipe recipe, byte[] key, byte[] input) {
      length = recipe.length();
      materialRoom = (recipe.materialLength() + 63) & ~63;
      room = (long) Scratch.SIZE + materialRoom + input.length;
      memory = NativeMemory.allocate(room);
      scratch = new Scratch(memory);
      mac = recipe.make();
      long material = memory + Scratch.SIZE;
      boolean done = false;
      try {
        Raw.copyIn(input, 0, input(), input.length);
        recipe.derive(key, material);
        done = mac.key(material);
      } finally {
        if (!done) {
          close();
        }
      }
      if (!done) {
        throw new IllegalStateException("the key is refused");
      }
    }

    private long input() {
      return memory + Scratch.SIZE + materialRoom;
    }

    void put(int offset, byte value) {
      Raw.putByte(input() + offset, value);
    }

    /** One MAC of a part of the input. */
    boolean round(int offset, int octets, byte[] out) {
      if (!mac.begin(scratch)) {
        return false;
      }
      for (int done = 0; done < octets; done += PART) {
        int part = Math.min(PART, octets - done);
        if (!mac.take(input() + offset + done, part, scratch)) {
          return false;
        }
      }
      boolean finished = mac.finish(scratch);
      Raw.copyOut(scratch.mac, out, 0, out.length);
      return finished;
    }

    /** The result becomes the beginning of the input. */
    void feedBack() {
      Raw.copy(scratch.mac, input(), length);
    }

    @Override
    public void close() {
      mac.free();
      NativeMemory.free(memory, room);
    }
  }
}
