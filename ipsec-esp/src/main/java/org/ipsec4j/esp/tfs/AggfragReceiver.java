package org.ipsec4j.esp.tfs;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.IpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Takes the inner packets out of the AGGFRAG payloads of one inbound SA (RFC 9347 2.5): brings the
 * payloads into order, puts packets together that were cut, has each checked, and hands them on in
 * the order in which they were sent.
 *
 * <p>For each payload call {@link #receive}, then {@link #drain} until it returns false; call
 * {@code drain} also when {@link #nextTimeout} has come. One receiver for each SA, as numbers begin
 * anew with it. Thread-confined. Allocates nothing after construction and throws nothing for what a
 * payload contains. Memory is bounded by the settings and one packet of the greatest length.
 *
 * <p>What is dropped, under one reason each. Payloads: {@code MALFORMED_AGGFRAG} as a whole when
 * any part of its structure is wrong, {@code TOO_LONG}, {@code REPLAY}, {@code AGGFRAG_LATE}. Inner
 * packets: {@code AGGFRAG_INCOMPLETE} once for a packet of which a part was lost, {@code
 * MALFORMED_AGGFRAG} when BlockOffset contradicts the packet's own length, {@code MALFORMED_INNER},
 * {@code TOO_LONG} for the slots of the burst, and what the check says (which an SA's check counts
 * among the drops of the SA too).
 */
public final class AggfragReceiver implements AutoCloseable {
  /** {@link #nextTimeout()} when nothing is waited for. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final int NOT_BEGUN = -1;
  private static final int ECN = 3;
  private static final int CONGESTION_EXPERIENCED = 3;

  private final ReceiverSettings settings;
  private final @Nullable AggfragFeedback feedback;
  private final InnerCheck check;
  private final ReorderBuffer buffer;
  private final PartialPacket partial = new PartialPacket();
  private final AggfragView arriving = new AggfragView();
  private final AggfragView view = new AggfragView();
  private final IpHeaderView inner = new IpHeaderView();
  private final AggfragCounters counters = new AggfragCounters();

  private long highest;

  /** Of the payload whose turn it is: octets of data that are done with. */
  private int cursor = NOT_BEGUN;

  private boolean begun;
  private long lastArrival;
  private int lastRoom;
  private boolean probing;

  /**
   * @param settings window, timeout and longest payload
   * @param feedback of the tunnel, where congestion information is looked at and losses are
   *     measured; null to do neither
   * @param check asked about each inner packet; for an inbound SA its {@code check}
   */
  public AggfragReceiver(
      ReceiverSettings settings, @Nullable AggfragFeedback feedback, InnerCheck check) {
    this.settings = settings;
    this.feedback = feedback;
    this.check = check;
    buffer = new ReorderBuffer(settings.reorderWindow(), settings.maxPayload());
  }

  /**
   * Takes one payload, by copy. Afterwards the packet is dropped in its burst: as {@code
   * AGGFRAG_CONSUMED} when it was taken, else with the reason why not. Its window is overwritten
   * with zeros in both cases, as it holds what was encrypted.
   *
   * @param now engine time
   * @param carriers windows hold AGGFRAG payloads, opened and authentic
   * @param index which of them
   * @param number its whole ESP sequence number, 1 or more
   * @param congested whether the outer header bore Congestion Experienced, which counts as a loss
   *     (RFC 9347 3.1)
   */
  public void receive(long now, PacketBurst carriers, int index, long number, boolean congested) {
    DropReason reason =
        take(
            now,
            carriers.slab(),
            carriers.offset(index),
            carriers.length(index),
            number,
            congested);
    carriers.drop(index, reason);
    IpHeaders.wipe(carriers.slab(), carriers.offset(index), carriers.length(index));
    if (reason != DropReason.AGGFRAG_CONSUMED) {
      counters.dropped(reason);
    }
  }

  /**
   * Takes one payload that was just opened. Otherwise like {@link #receive(long, PacketBurst, int,
   * long, boolean)}.
   *
   * @param opener what opened the burst; asked for the number, and for the congestion mark where
   *     the outer header was at hand
   */
  public void receive(long now, PacketBurst carriers, int index, EspInbound opener) {
    int trafficClass = opener.outerTrafficClass(index);
    boolean congested = trafficClass >= 0 && (trafficClass & ECN) == CONGESTION_EXPERIENCED;
    receive(now, carriers, index, opener.sequence(index), congested);
  }

  private DropReason take(
      long now, ByteBuffer memory, int offset, int length, long number, boolean congested) {
    if (buffer.isFull()) {
      // the caller did not drain
      return DropReason.DELIVERY_FAILED;
    }
    if (number < buffer.expected()) {
      return DropReason.AGGFRAG_LATE;
    }
    if (buffer.holds(number)) {
      return DropReason.REPLAY;
    }
    DropReason reason = DropReason.AGGFRAG_CONSUMED;
    if (!arriving.parse(memory, offset, length)) {
      reason = DropReason.MALFORMED_AGGFRAG;
    } else if (length > buffer.maxPayload()) {
      reason = DropReason.TOO_LONG;
    }
    if (reason != DropReason.AGGFRAG_CONSUMED) {
      // its number is used up: those behind it must not wait for it
      buffer.addBad(number, congested, now);
      return reason;
    }
    if (feedback != null && arriving.hasCongestionInfo() && number > highest) {
      feedback.onHeader(now, arriving);
    }
    highest = Math.max(highest, number);
    buffer.add(number, memory, offset, length, congested, now);
    return reason;
  }

  /**
   * Delivers what can be delivered. Call it until it returns false, handing on and clearing the
   * burst in between.
   *
   * @param now engine time
   * @param out gets inner packets, by copy; a packet too long for its slots stands in it dropped
   * @return whether the burst is full and more may follow
   */
  public boolean drain(long now, PacketBurst out) {
    while (true) {
      int slot = buffer.head();
      if (slot == ReorderBuffer.NONE) {
        long lost = buffer.lost(now, settings.lossTimeoutNanos());
        if (lost == 0) {
          return false;
        }
        giveUp(lost);
      } else if (unpack(slot, out, now)) {
        cursor = NOT_BEGUN;
        buffer.pass();
      } else {
        return true;
      }
    }
  }

  /** When {@link #drain} must be called at the latest; {@link #NEVER} when it need not. */
  public long nextTimeout() {
    return buffer.deadline(settings.lossTimeoutNanos(), NEVER);
  }

  /** What was delivered and dropped. */
  public AggfragCounters counters() {
    return counters;
  }

  /** The ESP sequence number whose turn it is; for monitors. */
  public long expected() {
    return buffer.expected();
  }

  /** Whether parts of an inner packet wait for the rest of it. */
  public boolean isPartial() {
    return partial.isOpen();
  }

  /** Overwrites all that is held. The receiver must not be used afterwards; idempotent. */
  @Override
  public void close() {
    buffer.wipe();
    partial.wipe();
  }

  private void giveUp(long lost) {
    int next = buffer.nextSlot();
    if (begun) {
      counters.lost(lost);
      count(partial.interrupt(lost, lastRoom));
      measureLoss(lost, next);
    }
    buffer.skip(lost);
  }

  private void measureLoss(long lost, int next) {
    if (feedback == null) {
      return;
    }
    // what a prober's oversized payloads meet is not congestion (RFC 9347 6.1.2)
    boolean probed = probing || isProbing(next);
    if (!probed) {
      long distance = buffer.number(next) - (buffer.expected() - 1);
      long step = Math.max(0, buffer.arrival(next) - lastArrival) / distance;
      feedback.losses().lost(lost, lastArrival, step);
      lastArrival += step * lost;
    }
  }

  private boolean isProbing(int slot) {
    return !buffer.isBad(slot)
        && view.parseHeader(buffer.memory(slot), 0, buffer.length(slot))
        && view.isProbing();
  }

  /** Goes on with the payload whose turn it is; true when it is done with. */
  private boolean unpack(int slot, PacketBurst out, long now) {
    if (out.size() == out.capacity()) {
      return false;
    }
    if (buffer.isBad(slot)) {
      note(slot);
      count(partial.interrupt(1, lastRoom));
      return true;
    }
    ByteBuffer memory = buffer.memory(slot);
    // its blocks were checked when it came
    view.parseHeader(memory, 0, buffer.length(slot));
    if (cursor == NOT_BEGUN) {
      note(slot);
      probing = view.isProbing();
      counters.payload(0);
      if (view.dataLength() == 0 || view.isAllPad()) {
        return true;
      }
      lastRoom = view.dataLength();
      takeFront(memory, out, now);
      cursor = view.blockOffset();
    }
    while (cursor < view.dataLength()) {
      if (out.size() == out.capacity()) {
        return false;
      }
      takeBlock(memory, out, now);
    }
    return true;
  }

  /** A payload came, in order, whatever is in it. */
  private void note(int slot) {
    begun = true;
    lastArrival = buffer.arrival(slot);
    if (feedback != null) {
      feedback.losses().arrived(lastArrival);
      if (buffer.isCongested(slot)) {
        feedback.losses().congested(lastArrival);
      }
    }
  }

  /** What stands in front of the first new block. */
  private void takeFront(ByteBuffer memory, PacketBurst out, long now) {
    if (view.blockOffset() == 0) {
      count(partial.end());
      return;
    }
    DropReason reason =
        partial.join(memory, view.dataOffset(), view.blockOffset(), view.dataLength());
    if (reason == DropReason.NONE) {
      deliver(partial.memory(), 0, partial.total(), out, now);
    } else if (reason != DropReason.WAITING) {
      counters.dropped(reason);
    }
  }

  private void takeBlock(ByteBuffer memory, PacketBurst out, long now) {
    int at = view.dataOffset() + cursor;
    int available = view.dataLength() - cursor;
    int total = AggfragView.blockLength(memory, at, available);
    if (total == AggfragView.PAD || total == AggfragView.BAD) {
      cursor = view.dataLength();
    } else if (total == AggfragView.UNDECIDED || total > available) {
      partial.open(memory, at, available, total);
      cursor = view.dataLength();
    } else {
      deliver(memory, at, total, out, now);
      cursor += total;
    }
  }

  private void deliver(ByteBuffer memory, int at, int total, PacketBurst out, long now) {
    if (!inner.parse(memory, at, total)) {
      counters.dropped(DropReason.MALFORMED_INNER);
      return;
    }
    DropReason reason = check.check(inner, now);
    if (reason != DropReason.NONE) {
      counters.dropped(reason);
      return;
    }
    int index = out.add();
    if (out.tailroom(index) < total) {
      out.drop(index, DropReason.TOO_LONG);
      counters.dropped(DropReason.TOO_LONG);
      return;
    }
    out.slab().put(out.offset(index), memory, at, total);
    out.window(index, out.offset(index), total);
    counters.passed(total);
  }

  private void count(DropReason reason) {
    if (reason != DropReason.NONE) {
      counters.dropped(reason);
    }
  }
}
