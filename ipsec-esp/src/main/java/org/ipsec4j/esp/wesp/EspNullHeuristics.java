package org.ipsec4j.esp.wesp;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.esp.framing.EncapsulatedKind;

/**
 * Finds out, without keys, whether the packets of an ESP flow are encrypted or only authenticated,
 * and in the latter case how long ICV and IV are (RFC 5879): for monitors and firewalls that may
 * read what is not encrypted.
 *
 * <p>Each packet is tried with every ICV length, shortest first, and with the IV of AES-GMAC. Where
 * the padding describes itself (8.2) and the payload looks like what the next header says (8.3),
 * the bits that would be right by chance once in 2^n add up for the flow. At {@value #ENOUGH_BITS}
 * of them it is ESP-NULL, also if it seemed encrypted before. It is encrypted after {@value
 * #ENOUGH_DOUBTS} packets in a row that fit nothing, or one that fits nothing and one that fits by
 * its padding only. So one forged packet decides nothing. A flow that was ESP-NULL and fits no more
 * for {@value #RECHECK_FAILURES} packets is looked at anew (6): its SPI may have been used again.
 *
 * <p>The verdict is an opinion on what nobody has authenticated. Thread-confined; memory is bounded
 * by the flows that are remembered; allocates nothing and throws nothing for what a packet
 * contains.
 */
public final class EspNullHeuristics {
  /** What is known of a flow. */
  public enum Verdict {
    /** The packet is no ESP packet, or not a whole one. */
    NOT_ESP,
    /** Not enough packets yet. */
    UNSURE,
    /** Authenticated only: {@link #icvLength} and {@link #ivLength} say how to read it. */
    ESP_NULL,
    /** Encrypted. */
    ENCRYPTED
  }

  /** {@link #ivLength()} when no payload of a known protocol has told. */
  public static final int UNKNOWN = -1;

  /** Bits of agreement that make a flow ESP-NULL (RFC 5879 8: 32 to 64 are enough). */
  static final int ENOUGH_BITS = 64;

  /** Packets without strong agreement in a row, one at least without any, make it encrypted. */
  static final int ENOUGH_DOUBTS = 2;

  /** Agreement that random octets reach once in 65,536 packets. */
  private static final int STRONG_BITS = 16;

  /** No layout is possible. */
  private static final int NONE = -1;

  /** Packets in a row that do not fit a verdict any more. */
  static final int RECHECK_FAILURES = 8;

  /** ICV lengths from short to long (RFC 5879 8.2); GMAC with its IV behind the other of 16. */
  private static final int[] ICV = {12, 16, 16, 24, 32};

  private static final int[] IV = {0, 0, 8, 0, 0};
  private static final int WITHOUT_IV = 1;
  private static final int GMAC = 2;

  /** Notes of a flow behind those of the candidates: packets in a row that fit no layout. */
  private static final int FAILURES = 5;

  private static final int STATE = 6;

  /** Packets in a row that fit weakly or not at all. */
  private static final int DOUBTS = 7;

  private static final int STATE_ENCRYPTED = 1;

  /** This and more: ESP-NULL by the candidate of that number. */
  private static final int STATE_NULL = 2;

  /** As {@link #STATE_NULL}, with the ICV of 16 octets and an unknown IV. */
  private static final int STATE_NULL_ANY_IV = STATE_NULL + 5;

  private static final int ESP = 50;
  private static final int UDP = 17;
  private static final int UDP_LENGTH = 8;
  private static final int NAT_TRAVERSAL_PORT = 4500;
  private static final int ESP_HEADER_LENGTH = 8;
  private static final int NO_NEXT_HEADER = 59;
  private static final int TCP = 6;

  private final FlowTable flows;
  private final long idleNanos;
  private final IpHeaderView outer = new IpHeaderView();
  private int icvLength;
  private int ivLength;

  /** Ports seen in the packet under inspection; 0 for none. */
  private int ports;

  /**
   * @param flows flows that are remembered, 4 or more; others push out those silent for longest
   * @param idleNanos a flow that was silent for so long is looked at anew, in ns
   * @param seed random: keeps senders from choosing SPIs that push out chosen flows
   * @throws IllegalArgumentException when a number is out of range
   */
  public EspNullHeuristics(int flows, long idleNanos, long seed) {
    if (flows < 4 || flows > 1 << 24 || idleNanos < 1) {
      throw new IllegalArgumentException(flows + " flows, idle for " + idleNanos + " ns");
    }
    this.flows = new FlowTable(flows, seed);
    this.idleNanos = idleNanos;
  }

  /**
   * Looks at one whole IP packet: ESP, or ESP in UDP from or to port 4500.
   *
   * @param memory big-endian; lent for the call
   * @param offset where the IP header begins
   * @param length octets there
   * @param now engine time
   * @return what is known of its flow now
   */
  public Verdict inspect(ByteBuffer memory, int offset, int length, long now) {
    icvLength = 0;
    ivLength = 0;
    if (!outer.parse(memory, offset, length) || outer.isFragment()) {
      return Verdict.NOT_ESP;
    }
    int at = outer.payloadOffset();
    int octets = outer.payloadLength();
    if (outer.protocol() == UDP && octets >= UDP_LENGTH && isNatTraversal()) {
      octets = Math.min(octets, memory.getShort(at + 4) & 0xffff) - UDP_LENGTH;
      at += UDP_LENGTH;
      if (octets < 0 || EncapsulatedKind.of(memory, at, octets) != EncapsulatedKind.ESP) {
        return Verdict.NOT_ESP;
      }
    } else if (outer.protocol() != ESP) {
      return Verdict.NOT_ESP;
    }
    if (octets < ESP_HEADER_LENGTH + 2) {
      return Verdict.NOT_ESP;
    }
    int flow = flows.find(outer, memory.getInt(at), now, idleNanos);
    judge(flow, memory, at, octets);
    return verdict(flow);
  }

  private boolean isNatTraversal() {
    return outer.sourcePort() == NAT_TRAVERSAL_PORT
        || outer.destinationPort() == NAT_TRAVERSAL_PORT;
  }

  /** Octets of ICV, when the last verdict was ESP_NULL. */
  public int icvLength() {
    return icvLength;
  }

  /** Octets of IV, when the last verdict was ESP_NULL; or {@link #UNKNOWN}. */
  public int ivLength() {
    return ivLength;
  }

  private void judge(int flow, ByteBuffer memory, int at, int octets) {
    int state = flows.note(flow, STATE);
    int agreement = NONE;
    for (int candidate = 0; candidate < ICV.length; candidate++) {
      ports = 0;
      int bits = bits(memory, at, octets, ICV[candidate], IV[candidate]);
      if (bits < 0) {
        flows.setNote(flow, candidate, 0);
        continue;
      }
      if (ports != 0) {
        bits += ports == flows.ports(flow) ? 32 : 0;
        flows.setPorts(flow, ports);
      }
      flows.setNote(flow, candidate, flows.note(flow, candidate) + bits);
      if (state < STATE_NULL || isChosen(state, candidate)) {
        agreement = Math.max(agreement, bits);
      }
    }
    if (state < STATE_NULL) {
      count(flow, agreement);
      choose(flow);
    } else {
      verify(flow, agreement);
    }
  }

  /** Before it is ESP-NULL: what speaks for encryption. */
  private void count(int flow, int agreement) {
    if (agreement >= STRONG_BITS) {
      flows.setNote(flow, FAILURES, 0);
      flows.setNote(flow, DOUBTS, 0);
      return;
    }
    flows.setNote(flow, DOUBTS, flows.note(flow, DOUBTS) + 1);
    if (agreement == NONE) {
      flows.setNote(flow, FAILURES, flows.note(flow, FAILURES) + 1);
    }
    if (flows.note(flow, FAILURES) > 0 && flows.note(flow, DOUBTS) >= ENOUGH_DOUBTS) {
      flows.setNote(flow, STATE, STATE_ENCRYPTED);
    }
  }

  /** Since it is ESP-NULL: whether it still is. */
  private void verify(int flow, int agreement) {
    int failures = agreement == NONE ? flows.note(flow, FAILURES) + 1 : 0;
    flows.setNote(flow, FAILURES, failures);
    if (failures >= RECHECK_FAILURES) {
      flows.forget(flow);
    }
  }

  private static boolean isChosen(int state, int candidate) {
    return state == STATE_NULL_ANY_IV
        ? candidate == WITHOUT_IV || candidate == GMAC
        : state - STATE_NULL == candidate;
  }

  /** The first candidate with enough bits, unless another has more. */
  private void choose(int flow) {
    int best = 0;
    for (int candidate = 1; candidate < ICV.length; candidate++) {
      best = flows.note(flow, candidate) > flows.note(flow, best) ? candidate : best;
    }
    if (flows.note(flow, best) < ENOUGH_BITS) {
      return;
    }
    boolean anyIv = best == WITHOUT_IV && flows.note(flow, GMAC) == flows.note(flow, WITHOUT_IV);
    flows.setNote(flow, STATE, anyIv ? STATE_NULL_ANY_IV : STATE_NULL + best);
  }

  private Verdict verdict(int flow) {
    int state = flows.note(flow, STATE);
    if (state < STATE_NULL) {
      return state == STATE_ENCRYPTED ? Verdict.ENCRYPTED : Verdict.UNSURE;
    }
    int candidate = state == STATE_NULL_ANY_IV ? WITHOUT_IV : state - STATE_NULL;
    icvLength = ICV[candidate];
    ivLength = state == STATE_NULL_ANY_IV ? UNKNOWN : IV[candidate];
    return Verdict.ESP_NULL;
  }

  /** Bits that speak for a layout; negative when it cannot be. */
  private int bits(ByteBuffer memory, int at, int octets, int icv, int iv) {
    int front = ESP_HEADER_LENGTH + iv;
    int trailer = octets - icv - 2;
    if (trailer < front || ((octets - icv) & 3) != 0) {
      return -1;
    }
    int padLength = memory.get(at + trailer) & 0xff;
    if (padLength > trailer - front) {
      return -1;
    }
    for (int pad = 1; pad <= padLength; pad++) {
      if (memory.get(at + trailer - padLength + pad - 1) != (byte) pad) {
        return -1;
      }
    }
    int paddingBits = 8 * Math.min(padLength + 1, 4);
    int next = memory.get(at + trailer + 1) & 0xff;
    if (next == NO_NEXT_HEADER || !ClearPayload.isKnown(next)) {
      // unsure: the padding alone speaks for it
      return paddingBits;
    }
    int payload = trailer - padLength - front;
    int bits = ClearPayload.bits(outer, memory, next, at + front, payload);
    if (bits >= 0 && (next == TCP || next == UDP)) {
      ports = memory.getInt(at + front);
    }
    // six of 256 protocols are known
    return bits < 0 ? -1 : bits + paddingBits + 5;
  }
}
