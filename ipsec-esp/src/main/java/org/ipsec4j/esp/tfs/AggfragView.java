package org.ipsec4j.esp.tfs;

import java.nio.ByteBuffer;

/**
 * Reads an AGGFRAG payload (RFC 9347 6.1): its header, with or without congestion information, and
 * where its data blocks lie.
 *
 * <p>A flyweight: made once, laid over payload after payload by {@link #parse}, which copies the
 * facts out. Allocates nothing, never throws for what a payload contains, reads no octet outside
 * the given window. Offsets are absolute in the memory that was parsed. Thread-confined. After a
 * failed parse the accessors mean nothing.
 */
public final class AggfragView {
  /** Next header of ESP that announces an AGGFRAG payload. */
  public static final int NEXT_HEADER = 144;

  /** Octets of the header without congestion information. */
  public static final int BASIC_LENGTH = 4;

  /** Octets of the header with congestion information. */
  public static final int CONGESTION_LENGTH = 24;

  /** Largest value of {@link #rttMicros}: this long or longer. */
  public static final int MAX_RTT_MICROS = 0x3fffff;

  /** Largest value of both delays: this long or longer. */
  public static final int MAX_DELAY_MICROS = 0x1fffff;

  static final int SUB_TYPE_BASIC = 0;
  static final int SUB_TYPE_CONGESTION = 1;
  static final int FLAG_ECN = 1;
  static final int FLAG_PROBE = 2;

  /** A data block that is padding up to the end of the payload. */
  static final int PAD = 0;

  /** The length of a data block stands in octets that are not there yet. */
  static final int UNDECIDED = -1;

  /** No data block begins like this. */
  static final int BAD = -2;

  /** Longest data block: an IPv6 packet with 65,535 octets behind its fixed header. */
  static final int MAX_BLOCK = 40 + 65535;

  private boolean congestion;
  private int flags;
  private int blockOffset;
  private int dataOffset;
  private int dataLength;
  private boolean allPad;
  private long lossEventRate;
  private long delays;
  private int tVal;
  private int tEcho;

  /** Lies over no payload until {@link #parse} succeeds. */
  public AggfragView() {}

  /**
   * Lays the view over a payload and checks its whole structure: sub-type, header length, and that
   * each data block behind BlockOffset begins like one, with a length that its kind can have. The
   * last block may go on in later payloads. Reserved bits are ignored.
   *
   * @param memory big-endian; lent for the call; its position means nothing and is left alone
   * @param offset where the payload begins; the window must lie in the memory
   * @param length octets of the payload
   * @return whether it can be used
   */
  public boolean parse(ByteBuffer memory, int offset, int length) {
    return parseHeader(memory, offset, length) && checkBlocks(memory);
  }

  /** As {@link #parse}, for a payload whose blocks were checked before. */
  boolean parseHeader(ByteBuffer memory, int offset, int length) {
    if (length < BASIC_LENGTH) {
      return false;
    }
    int subType = memory.get(offset) & 0xff;
    congestion = subType == SUB_TYPE_CONGESTION;
    int header = congestion ? CONGESTION_LENGTH : BASIC_LENGTH;
    if (subType > SUB_TYPE_CONGESTION || length < header) {
      return false;
    }
    flags = congestion ? memory.get(offset + 1) : 0;
    blockOffset = memory.getShort(offset + 2) & 0xffff;
    dataOffset = offset + header;
    dataLength = length - header;
    allPad = blockOffset == 0 && dataLength > 0 && memory.get(dataOffset) >> 4 == 0;
    lossEventRate = congestion ? memory.getInt(offset + 4) & 0xffffffffL : 0;
    delays = congestion ? memory.getLong(offset + 8) : 0;
    tVal = congestion ? memory.getInt(offset + 16) : 0;
    tEcho = congestion ? memory.getInt(offset + 20) : 0;
    return true;
  }

  private boolean checkBlocks(ByteBuffer memory) {
    int end = dataOffset + dataLength;
    int at = dataOffset + blockOffset;
    while (at < end) {
      int total = blockLength(memory, at, end - at);
      if (total == BAD) {
        return false;
      }
      if (total == PAD || total == UNDECIDED) {
        return true;
      }
      at += total;
    }
    return true;
  }

  /**
   * The length of the data block that begins at {@code at}, by its own IP header (RFC 9347 6.1.3).
   *
   * @param available octets that are there, 1 or more; the block may be longer
   * @return octets, or {@link #PAD}, {@link #UNDECIDED}, {@link #BAD}
   */
  static int blockLength(ByteBuffer memory, int at, int available) {
    int first = memory.get(at) & 0xff;
    return switch (first >> 4) {
      case 0 -> PAD;
      case 4 -> v4Length(memory, at, available, (first & 15) * 4);
      case 6 -> available < 6 ? UNDECIDED : 40 + (memory.getShort(at + 4) & 0xffff);
      default -> BAD;
    };
  }

  private static int v4Length(ByteBuffer memory, int at, int available, int header) {
    if (header < 20) {
      return BAD;
    }
    if (available < 4) {
      return UNDECIDED;
    }
    int total = memory.getShort(at + 2) & 0xffff;
    return total < header ? BAD : total;
  }

  /** Whether the header is the one with congestion information; without, that reads as zero. */
  public boolean hasCongestionInfo() {
    return congestion;
  }

  /** P: the sender probes the path MTU, and a missing payload need not be congestion. */
  public boolean isProbing() {
    return (flags & FLAG_PROBE) != 0;
  }

  /** E: congestion marks (ECN) had a part in the loss event rate. */
  public boolean isMarked() {
    return (flags & FLAG_ECN) != 0;
  }

  /** Octets of data in front of the first new data block; may lie past the end of this payload. */
  public int blockOffset() {
    return blockOffset;
  }

  /** Where the data begin. */
  public int dataOffset() {
    return dataOffset;
  }

  /** Octets of data; 0 for a payload that only reports (RFC 9347 2.2.4). */
  public int dataLength() {
    return dataLength;
  }

  /** Whether the payload is padding alone, which may stand between parts of a packet. */
  public boolean isAllPad() {
    return allPad;
  }

  /** Inverse of the loss event rate that the peer sees on our payloads; 0 means no loss. */
  public long lossEventRate() {
    return lossEventRate;
  }

  /** The peer's round-trip time in microseconds, 22 bits; 0 while it has none. */
  public int rttMicros() {
    return (int) (delays >>> 42);
  }

  /** How long the peer had kept what it echoes, in microseconds, 21 bits. */
  public int echoDelayMicros() {
    return (int) (delays >>> 21) & MAX_DELAY_MICROS;
  }

  /** The peer's mean time between payloads in microseconds, 21 bits. */
  public int transmitDelayMicros() {
    return (int) delays & MAX_DELAY_MICROS;
  }

  /** To be echoed. */
  public int tVal() {
    return tVal;
  }

  /** What we sent to be echoed; 0 when the peer has nothing to echo yet. */
  public int tEcho() {
    return tEcho;
  }

  static void writeBasic(ByteBuffer memory, int offset, int blockOffset) {
    memory.putInt(offset, blockOffset);
  }

  /** Values beyond their fields are written as the largest (RFC 9347 6.1.2). */
  static void writeCongestion(
      ByteBuffer memory,
      int offset,
      int flags,
      int blockOffset,
      long lossEventRate,
      long rttMicros,
      long echoDelayMicros,
      long transmitDelayMicros,
      int tVal,
      int tEcho) {
    memory.putInt(offset, SUB_TYPE_CONGESTION << 24 | flags << 16 | blockOffset);
    memory.putInt(offset + 4, (int) Math.min(lossEventRate, 0xffffffffL));
    long rtt = Math.min(rttMicros, MAX_RTT_MICROS);
    long echo = Math.min(echoDelayMicros, MAX_DELAY_MICROS);
    long transmit = Math.min(transmitDelayMicros, MAX_DELAY_MICROS);
    memory.putLong(offset + 8, rtt << 42 | echo << 21 | transmit);
    memory.putInt(offset + 16, tVal);
    memory.putInt(offset + 20, tEcho);
  }
}
