package org.ipsec4j.crypto.openssl.bulk;

import org.ipsec4j.crypto.openssl.lib.Parameter;

/** A thread's own native memory beside the packets: addresses of its parts. */
final class Scratch {
  /** Longest additional data that is put together here. */
  static final int AAD_ROOM = 64;

  /** Octets that are encrypted for a MAC only and forgotten. */
  static final int SINK_ROOM = 4096;

  /** Octets to allocate. */
  static final int SIZE = 704 + SINK_ROOM;

  /** Nonce or IV, 16 octets. */
  final long iv;

  /** Where functions say how many octets they wrote; 8 octets. */
  final long written;

  /** Upper half of a sequence number, 4 octets. */
  final long high;

  /** 64 octets of zero; only read. */
  final long zeros;

  /** Additional data, {@link #AAD_ROOM} octets. */
  final long aad;

  /** A whole MAC, 64 octets. */
  final long mac;

  /** A block that is not full yet, 16 octets. */
  final long block;

  /** State of a hash function. */
  final long hash;

  /** What a tag is asked for with; see {@link Parameter}. */
  final Parameter tag;

  /** {@link #SINK_ROOM} octets. */
  final long sink;

  /** How many octets of {@link #block} are in use. */
  int inBlock;

  /**
   * @param address of {@link #SIZE} octets of zero
   */
  Scratch(long address) {
    iv = address;
    written = address + 16;
    high = address + 24;
    zeros = address + 64;
    aad = address + 128;
    mac = address + 192;
    block = address + 256;
    hash = address + 320;
    tag = new Parameter(address + 576, "tag", Parameter.OCTETS);
    sink = address + 704;
  }
}
