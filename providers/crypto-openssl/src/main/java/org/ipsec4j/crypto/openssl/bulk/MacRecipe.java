package org.ipsec4j.crypto.openssl.bulk;

import java.util.Arrays;
import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.HashFunction;
import org.ipsec4j.crypto.openssl.lib.Raw;
import org.ipsec4j.ffm.NativeMemory;

/** How a MAC is made: what is kept of its key, and the state that a thread needs. Immutable. */
sealed interface MacRecipe {
  /** Octets that are kept of a key. */
  int materialLength();

  /** Octets of the whole MAC, before it is cut. */
  int length();

  /**
   * Works out what is kept of a key.
   *
   * @param key of a length that the MAC takes; the caller's to wipe
   * @param at address of {@link #materialLength()} octets
   */
  void derive(byte[] key, long at);

  /** The state of a thread, without a key. */
  Mac make();

  /**
   * HMAC (RFC 2104) with the states behind its two pads kept.
   *
   * @param hash the hash function
   * @param digest its {@code EVP_MD *}, for keys longer than a block
   */
  record StatefulHmac(HashFunction hash, long digest) implements MacRecipe {
    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;

    /** Octets from one kept state to the other. */
    static int room(HashFunction hash) {
      return (hash.stateLength() + 63) & ~63;
    }

    @Override
    public int materialLength() {
      return 2 * room(hash);
    }

    @Override
    public int length() {
      return hash.length();
    }

    @Override
    public void derive(byte[] key, long at) {
      byte[] used = shortened(key, hash, digest);
      byte[] padded = Arrays.copyOf(used, hash.blockLength());
      Arrays.fill(used, (byte) 0);
      begin(padded, INNER, at);
      begin(padded, OUTER, at + room(hash));
      Arrays.fill(padded, (byte) 0);
    }

    private void begin(byte[] padded, byte pad, long state) {
      byte[] mixed = new byte[padded.length];
      for (int i = 0; i < mixed.length; i++) {
        mixed[i] = (byte) (padded[i] ^ pad);
      }
      long work = NativeMemory.allocate(mixed.length);
      Raw.copyIn(mixed, 0, work, mixed.length);
      boolean begun = hash.init(state) && hash.update(state, work, mixed.length);
      NativeMemory.free(work, mixed.length);
      Arrays.fill(mixed, (byte) 0);
      if (!begun) {
        throw new IllegalStateException(hash + " does not begin");
      }
    }

    @Override
    public Mac make() {
      return new StatefulMac(hash);
    }
  }

  /**
   * HMAC by the library's own MAC, for a libcrypto without the older functions.
   *
   * @param hash the hash function
   * @param digest its {@code EVP_MD *}
   * @param mac {@code EVP_MAC *} of HMAC
   */
  record FetchedHmac(HashFunction hash, long digest, long mac) implements MacRecipe {
    /** In front of the key: its length. */
    static final int KEY = 8;

    @Override
    public int materialLength() {
      return KEY + hash.blockLength();
    }

    @Override
    public int length() {
      return hash.length();
    }

    @Override
    public void derive(byte[] key, long at) {
      byte[] used = shortened(key, hash, digest);
      Raw.putInt(at, used.length);
      Raw.copyIn(used, 0, at + KEY, used.length);
      Arrays.fill(used, (byte) 0);
    }

    @Override
    public Mac make() {
      return new FetchedMac(mac, hash.name());
    }
  }

  /**
   * AES-CMAC (RFC 4493) or AES-XCBC-MAC (RFC 3566): a chain of AES-CBC and two keys for the end.
   *
   * @param cmac which of the two
   * @param cbc {@code EVP_CIPHER *} of AES-128-CBC
   */
  record Chain(boolean cmac, long cbc) implements MacRecipe {
    @Override
    public int materialLength() {
      return 3 * ChainMac.BLOCK;
    }

    @Override
    public int length() {
      return ChainMac.BLOCK;
    }

    @Override
    public void derive(byte[] key, long at) {
      ChainKeys.derive(cmac, cbc, key, at);
    }

    @Override
    public Mac make() {
      return new ChainMac(cbc);
    }
  }

  /** A copy of the key, or the digest of one that is longer than a block. */
  private static byte[] shortened(byte[] key, HashFunction hash, long digest) {
    if (key.length <= hash.blockLength()) {
      return key.clone();
    }
    byte[] out = new byte[hash.length()];
    long room = key.length + (long) HashFunction.MAX_LENGTH;
    long at = NativeMemory.allocate(room);
    Raw.copyIn(key, 0, at + HashFunction.MAX_LENGTH, key.length);
    boolean done = Evp.digest(at + HashFunction.MAX_LENGTH, key.length, at, digest);
    Raw.copyOut(at, out, 0, out.length);
    NativeMemory.free(at, room);
    if (!done) {
      throw new IllegalStateException(hash + " fails");
    }
    return out;
  }
}
