package org.ipsec4j.crypto.openssl.bulk;

/** A thread's state of a MAC under one key at a time. */
abstract class Mac extends Sink {
  /**
   * Takes a key.
   *
   * @param material what {@link MacRecipe#derive} wrote; stays there as long as the key is used
   * @return false when the library refuses
   */
  abstract boolean key(long material);

  /** Begins a message. */
  abstract boolean begin(Scratch scratch);

  /** Ends it: the whole MAC lies at {@link Scratch#mac}. */
  abstract boolean finish(Scratch scratch);

  /** Wipes and frees; the next use needs a key first. Idempotent. */
  abstract void free();
}
