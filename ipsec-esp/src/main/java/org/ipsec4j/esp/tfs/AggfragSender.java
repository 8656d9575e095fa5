package org.ipsec4j.esp.tfs;

import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/**
 * Makes AGGFRAG payloads of inner packets (RFC 9347 2): packs several into one, cuts those that do
 * not fit, and lets payloads go at the pace of its settings. With a constant rate, and with
 * congestion control, neither their sizes nor their times depend on the inner packets.
 *
 * <p>{@link #offer} packets, {@link #poll} payloads, and poll again when {@link #nextTimeout} has
 * come. What is polled is handed to {@code EspOutbound.protectPayloads} with {@link
 * AggfragView#NEXT_HEADER}, in the order of the burst: consecutive payloads must get consecutive
 * sequence numbers (RFC 9347 2.2.3), and nothing else may use the SA (2.3). Nothing of the inner
 * headers shows outside: of the outer one, traffic class and Don't Fragment are what the SA's
 * options say, ECN is Not-ECT (2.2.5, 3.1).
 *
 * <p>One sender for a tunnel; it outlives rekeys ({@link #restart}). Thread-confined. Allocates
 * nothing after construction and throws nothing for what a packet contains. Waiting packets are
 * copies in a queue of fixed size.
 */
public final class AggfragSender implements AutoCloseable {
  /** {@link #nextTimeout()} when nothing is waited for. */
  public static final long NEVER = Long.MAX_VALUE;

  /** BlockOffset has 16 bits: no more of a packet may be left for later payloads. */
  private static final int MAX_REST = 65535;

  /** Slots that a late poll makes up for at once; more are left out and counted. */
  private static final int CATCH_UP = 64;

  /** With congestion control bursts are kept small (RFC 5348 4.6). */
  private static final int GENTLE_CATCH_UP = 4;

  /** Least distance of payloads that only report, which others on demand. */
  private static final long REPORT_INTERVAL = 10_000_000L;

  private final SenderSettings settings;
  private final @Nullable AggfragFeedback feedback;
  private final @Nullable TfrcRate tfrc;
  private final @Nullable CircuitBreaker breaker;
  private final InnerQueue queue;
  private final IpHeaderView view = new IpHeaderView();
  private final AggfragCounters counters = new AggfragCounters();
  private final int header;

  private int payloadSize;
  private boolean probing;

  /** Octets of the front packet that have left. */
  private int sentOfFront;

  /** The moment of the last payload; of the last slot in time, where there are slots. */
  private long lastSlot;

  private long meanGap;
  private long reportsSeen;

  /**
   * @param settings packing and pace
   * @param feedback of the tunnel; null only when payloads bear no reports
   * @param now engine time; with a constant rate the first payload is due at once
   * @throws IllegalArgumentException when there are to be reports and no feedback to make them from
   */
  public AggfragSender(SenderSettings settings, @Nullable AggfragFeedback feedback, long now) {
    if (settings.reports() && feedback == null) {
      throw new IllegalArgumentException("reports are made from feedback");
    }
    this.settings = settings;
    this.feedback = feedback;
    payloadSize = settings.payloadSize();
    header = settings.headerLength();
    queue = new InnerQueue(settings.queuePackets(), settings.queueOctets());
    tfrc =
        settings.pace() instanceof Pace.CongestionControlled pace
            ? new TfrcRate(pace, payloadSize, now)
            : null;
    breaker = settings.breaker() == null ? null : new CircuitBreaker(settings.breaker(), now);
    lastSlot = now - interval();
  }

  /**
   * Takes one inner packet, by copy. Afterwards the packet is dropped in its burst: as {@code
   * AGGFRAG_QUEUED} when it waits for its turn, else with the reason why it does not. A packet that
   * is dropped already is left alone.
   *
   * @param now engine time
   * @param burst windows hold whole IP packets that the SA may carry; octets behind a packet's own
   *     length are left out
   * @param index which of them
   */
  public void offer(long now, PacketBurst burst, int index) {
    if (burst.isAlive(index)) {
      DropReason reason = enqueue(now, burst.slab(), burst.offset(index), burst.length(index));
      burst.drop(index, reason);
      if (reason != DropReason.AGGFRAG_QUEUED) {
        counters.dropped(reason);
      }
    }
  }

  private DropReason enqueue(long now, ByteBuffer memory, int offset, int length) {
    if (isTripped()) {
      return DropReason.AGGFRAG_TRIPPED;
    }
    if (!view.parse(memory, offset, length)) {
      return DropReason.MALFORMED_INNER;
    }
    if (view.totalLength() > effectiveMtu()) {
      return DropReason.NEEDS_FRAGMENTATION;
    }
    boolean fits = queue.offer(memory, offset, view.totalLength(), now);
    return fits ? DropReason.AGGFRAG_QUEUED : DropReason.AGGFRAG_QUEUE_FULL;
  }

  /**
   * Makes the payloads that are due, as far as the burst has room.
   *
   * @param now engine time
   * @param out gets payloads at its default headroom
   * @return how many; poll again while {@link #nextTimeout} has come
   * @throws IllegalArgumentException when the slots of the burst are smaller than a payload
   */
  public int poll(long now, PacketBurst out) {
    listen(now);
    if (isTripped()) {
      return 0;
    }
    int before = out.size();
    if (settings.pace() instanceof Pace.OnDemand onDemand) {
      while (out.size() < out.capacity() && isDue(onDemand, now)) {
        make(now, out, false);
      }
      if (out.size() == before && before < out.capacity() && now >= reportDue()) {
        makeReport(now, out);
      }
    } else {
      leaveOut(now);
      while (out.size() < out.capacity() && now - lastSlot >= interval()) {
        lastSlot += interval();
        make(now, out, true);
      }
    }
    return out.size() - before;
  }

  /** When {@link #poll} must be called at the latest; {@link #NEVER} when it need not. */
  public long nextTimeout() {
    if (isTripped()) {
      return NEVER;
    }
    if (settings.pace() instanceof Pace.OnDemand onDemand) {
      return Math.min(packetsDue(onDemand), reportDue());
    }
    if (tfrc != null && feedback != null && feedback.reports() != reportsSeen) {
      // it may raise the rate
      return feedback.reportAt();
    }
    long slot = lastSlot + interval();
    return tfrc == null ? slot : Math.min(slot, tfrc.noFeedbackAt());
  }

  /**
   * The outbound SA was replaced: what is polled from now on leaves by another one. A packet that
   * was sent in part is sent again as a whole, as its parts must not leave by different SAs (RFC
   * 9347 2.2.3).
   */
  public void restart() {
    sentOfFront = 0;
  }

  /** Says in later payloads that the path MTU is being probed, so that losses are no congestion. */
  public void probing(boolean inProgress) {
    probing = inProgress;
  }

  /**
   * Changes the size of later payloads, as after a change of the path MTU.
   *
   * @throws IllegalArgumentException when it leaves no room for data
   */
  public void resize(int newPayloadSize) {
    if (newPayloadSize - header < SenderSettings.MIN_ROOM || newPayloadSize > 65535) {
      throw new IllegalArgumentException("payload size " + newPayloadSize);
    }
    payloadSize = newPayloadSize;
  }

  /** Longest inner packet that is taken (RFC 9347 2.2.7): any, where packets may be cut. */
  public int effectiveMtu() {
    return settings.fragments() ? AggfragView.MAX_BLOCK : payloadSize - header;
  }

  /**
   * Nanoseconds from one payload to the next as the pace has it now; 0 when payloads leave on
   * demand.
   */
  public long interval() {
    return switch (settings.pace()) {
      case Pace.OnDemand ignored -> 0;
      case Pace.ConstantRate constant -> constant.intervalNanos();
      case Pace.CongestionControlled ignored -> tfrc == null ? 0 : tfrc.intervalNanos();
    };
  }

  /** Whether the circuit breaker has opened: nothing leaves until {@link #reset}. */
  public boolean isTripped() {
    return breaker != null && breaker.isOpen();
  }

  /** Closes the circuit breaker again: somebody has looked after the path. */
  public void reset(long now) {
    if (breaker != null) {
      breaker.reset(now);
      lastSlot = now - interval();
    }
  }

  /** Packets that wait, one that has left in part included. */
  public int waiting() {
    return queue.packets();
  }

  /** What was sent and dropped. */
  public AggfragCounters counters() {
    return counters;
  }

  /** Overwrites the packets that wait. The sender must not be used afterwards; idempotent. */
  @Override
  public void close() {
    queue.wipe();
  }

  /** What the peer has reported, and what time alone brings. */
  private void listen(long now) {
    if (feedback == null) {
      return;
    }
    boolean news = feedback.reports() != reportsSeen;
    reportsSeen = feedback.reports();
    if (tfrc != null) {
      long before = tfrc.intervalNanos();
      if (news) {
        tfrc.onReport(now, feedback.rttNanos(), feedback.peerLossEventRate());
      }
      tfrc.onTime(now, feedback.rttNanos());
      if (tfrc.intervalNanos() < before) {
        // a higher rate counts from now on and leaves nothing to be made up for
        lastSlot = Math.max(lastSlot, now - tfrc.intervalNanos());
      }
    }
    if (breaker != null && !breaker.isOpen()) {
      if (news) {
        breaker.onReport(feedback.reportAt(), feedback.peerLossEventRate());
      }
      breaker.onTime(now);
      if (breaker.isOpen()) {
        dropAll();
      }
    }
    feedback.transmitDelay(settings.pace() instanceof Pace.OnDemand ? meanGap : interval());
  }

  private void dropAll() {
    while (!queue.isEmpty()) {
      queue.pop();
      counters.dropped(DropReason.AGGFRAG_TRIPPED);
    }
    sentOfFront = 0;
  }

  private boolean isDue(Pace.OnDemand pace, long now) {
    return !queue.isEmpty() && now >= packetsDue(pace);
  }

  private long packetsDue(Pace.OnDemand pace) {
    if (queue.isEmpty()) {
      return NEVER;
    }
    boolean full = queue.octets() - sentOfFront >= payloadSize - header;
    return queue.frontTime() + (full ? 0 : pace.maxDelayNanos());
  }

  private long reportDue() {
    if (!settings.reports() || feedback == null || !feedback.owesReport()) {
      return NEVER;
    }
    return lastSlot + Math.max(REPORT_INTERVAL, feedback.rttNanos());
  }

  /** Slots that nobody polled for are not made up for without end. */
  private void leaveOut(long now) {
    long interval = interval();
    long behind = (now - lastSlot) / interval;
    long most = tfrc == null ? CATCH_UP : GENTLE_CATCH_UP;
    if (behind > most) {
      lastSlot += (behind - most) * interval;
      counters.skipped(behind - most);
    }
  }

  private void make(long now, PacketBurst out, boolean full) {
    int index = out.add();
    int at = out.offset(index);
    int room = Math.min(out.tailroom(index), payloadSize) - header;
    if (room < payloadSize - header) {
      throw new IllegalArgumentException("slots are smaller than a payload of " + payloadSize);
    }
    ByteBuffer slab = out.slab();
    int rest = sentOfFront == 0 ? 0 : queue.frontLength() - sentOfFront;
    int used = pack(slab, at + header, room);
    // a payload without data is for SAs without AGGFRAG only
    int least = used == 0 ? 1 : used;
    int pad = (full ? room : least) - used;
    zero(slab, at + header + used, pad);
    out.window(index, at, header + used + pad);
    writeHeader(now, slab, at, rest);
    counters.payload(pad);
    if (!full) {
      meanGap += (Math.max(0, now - lastSlot) - meanGap) / 8;
      lastSlot = now;
    }
  }

  /** A header and one octet of padding: on an AGGFRAG SA nothing shorter is defined. */
  private void makeReport(long now, PacketBurst out) {
    int index = out.add();
    int at = out.offset(index);
    out.window(index, at, header + 1);
    out.slab().put(at + header, (byte) 0);
    writeHeader(now, out.slab(), at, 0);
    counters.payload(1);
    lastSlot = now;
  }

  /** Fills data with packets and parts of packets; returns how many octets. */
  private int pack(ByteBuffer slab, int at, int room) {
    int used = 0;
    while (used < room && !queue.isEmpty()) {
      int rest = queue.frontLength() - sentOfFront;
      int left = room - used;
      if (rest > left && sentOfFront == 0 && !mayCut(rest, left)) {
        if (used > 0 || settings.fragments()) {
          return used;
        }
        // it came when payloads were larger
        queue.pop();
        counters.dropped(DropReason.NEEDS_FRAGMENTATION);
        continue;
      }
      int part = Math.min(rest, left);
      queue.copyFront(sentOfFront, part, slab, at + used);
      used += part;
      sentOfFront += part;
      if (part == rest) {
        counters.passed(queue.frontLength());
        queue.pop();
        sentOfFront = 0;
      }
    }
    return used;
  }

  private boolean mayCut(int length, int left) {
    int least = Math.min(settings.minFragment(), payloadSize - header);
    return settings.fragments() && left >= least && length - left <= MAX_REST;
  }

  private void writeHeader(long now, ByteBuffer slab, int at, int blockOffset) {
    if (settings.reports() && feedback != null) {
      // without a round-trip time the peer reports the plain loss rate, which a breaker needs
      long rtt = breaker == null ? feedback.rttNanos() : 0;
      feedback.write(now, slab, at, blockOffset, rtt, probing);
    } else {
      AggfragView.writeBasic(slab, at, blockOffset);
    }
  }

  private static void zero(ByteBuffer slab, int from, int length) {
    int at = from;
    int end = from + length;
    for (; end - at >= 8; at += 8) {
      slab.putLong(at, 0);
    }
    for (; at < end; at++) {
      slab.put(at, (byte) 0);
    }
  }
}
