package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.crypto.openssl.lib.HashFunction;
import org.ipsec4j.crypto.openssl.lib.Raw;

/** HMAC from the two states that lie with the key; see {@link MacRecipe.StatefulHmac}. */
final class StatefulMac extends Mac {
  private final HashFunction hash;
  private final int stateLength;
  private final int room;
  private long states;

  StatefulMac(HashFunction hash) {
    this.hash = hash;
    stateLength = hash.stateLength();
    room = MacRecipe.StatefulHmac.room(hash);
  }

  @Override
  boolean key(long material) {
    states = material;
    return true;
  }

  @Override
  boolean begin(Scratch scratch) {
    Raw.copy(states, scratch.hash, stateLength);
    return true;
  }

  @Override
  boolean take(long at, int length, Scratch scratch) {
    return hash.update(scratch.hash, at, length);
  }

  @Override
  boolean finish(Scratch scratch) {
    if (!hash.finish(scratch.mac, scratch.hash)) {
      return false;
    }
    Raw.copy(states + room, scratch.hash, stateLength);
    return outer(scratch);
  }

  private boolean outer(Scratch scratch) {
    return hash.update(scratch.hash, scratch.mac, hash.length())
        && hash.finish(scratch.mac, scratch.hash);
  }

  @Override
  void free() {
    states = 0;
  }
}
