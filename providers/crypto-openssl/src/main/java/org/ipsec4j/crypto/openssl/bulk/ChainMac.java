package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.crypto.openssl.lib.Evp;
import org.ipsec4j.crypto.openssl.lib.Raw;

/**
 * AES-CMAC and AES-XCBC-MAC as a chain of AES-CBC over the message whose last block is mixed with a
 * key of its own. Several times faster than the library's CMAC, which goes block by block.
 */
final class ChainMac extends Mac {
  /** Octets of a block. */
  static final int BLOCK = 16;

  private static final byte PAD = (byte) 0x80;

  private final long cbc;
  private long context;
  private long material;

  ChainMac(long cbc) {
    this.cbc = cbc;
  }

  @Override
  boolean key(long material) {
    this.material = material;
    if (context == 0) {
      context = Evp.newContext();
      return context != 0 && Evp.init(context, cbc, material, 0, Evp.SEAL);
    }
    return Evp.init(context, 0, material, 0, Evp.SAME);
  }

  @Override
  boolean begin(Scratch scratch) {
    scratch.inBlock = 0;
    return Evp.init(context, 0, 0, scratch.zeros, Evp.SAME);
  }

  @Override
  boolean take(long at, int length, Scratch scratch) {
    long from = at;
    int left = length;
    if (scratch.inBlock > 0) {
      int part = Math.min(BLOCK - scratch.inBlock, left);
      Raw.copy(from, scratch.block + scratch.inBlock, part);
      scratch.inBlock += part;
      from += part;
      left -= part;
      if (left == 0) {
        return true;
      }
      if (!Evp.blocks(context, scratch.sink, scratch.block, BLOCK)) {
        return false;
      }
    }
    // The last block, full or not, waits: it may be the last of all.
    int whole = (left - 1) & -BLOCK;
    if (!chain(from, whole, scratch)) {
      return false;
    }
    scratch.inBlock = left - whole;
    Raw.copy(from + whole, scratch.block, scratch.inBlock);
    return true;
  }

  private boolean chain(long from, int length, Scratch scratch) {
    for (int done = 0; done < length; done += Scratch.SINK_ROOM) {
      int part = Math.min(Scratch.SINK_ROOM, length - done);
      if (!Evp.blocks(context, scratch.sink, from + done, part)) {
        return false;
      }
    }
    return true;
  }

  @Override
  boolean finish(Scratch scratch) {
    long key = material + BLOCK;
    if (scratch.inBlock < BLOCK) {
      key += BLOCK;
      Raw.putByte(scratch.block + scratch.inBlock, PAD);
      for (int i = scratch.inBlock + 1; i < BLOCK; i++) {
        Raw.putByte(scratch.block + i, (byte) 0);
      }
    }
    for (int at = 0; at < BLOCK; at += Long.BYTES) {
      Raw.putLong(scratch.block + at, Raw.getLong(scratch.block + at) ^ Raw.getLong(key + at));
    }
    return Evp.blocks(context, scratch.mac, scratch.block, BLOCK);
  }

  @Override
  void free() {
    Evp.free(context);
    context = 0;
    material = 0;
  }
}
