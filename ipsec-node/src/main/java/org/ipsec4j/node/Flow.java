package org.ipsec4j.node;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.PadEntry;
import org.jspecify.annotations.Nullable;

/**
 * One protected flow of the policy with the associations that carry it, the packets that wait for
 * one, and the state of bringing one up. Guarded by the node's lock.
 */
final class Flow {
  /** Most packets that wait for an association. */
  static final int WAITING_ROOM = 64;

  /** How long they wait. */
  static final long WAITING_NANOS = 10_000_000_000L;

  private static final long FIRST_RETRY_NANOS = 1_000_000_000L;
  private static final long LAST_RETRY_NANOS = 60_000_000_000L;
  private static final long LONGEST_QUIET_NANOS = 5_000_000_000L;

  final String peer;
  final String child;
  private final boolean reachable;
  private final StartAction start;
  private final List<Association> usable = new ArrayList<>();
  private final List<Association> held = new ArrayList<>();
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private long waitingUntil = Long.MAX_VALUE;
  private long retryAt = Long.MAX_VALUE;
  private long retryAfter = FIRST_RETRY_NANOS;
  private long quietUntil = Long.MIN_VALUE;
  private boolean asked;
  private boolean mayAskAgain;

  Flow(PadEntry peer, ChildProfile child) {
    this(peer.name(), child.name(), peer.remoteEndpoint() != null, child.start());
  }

  private Flow(String peer, String child, boolean reachable, StartAction start) {
    this.peer = peer;
    this.child = child;
    this.reachable = reachable;
    this.start = start;
  }

  /** A flow whose associations have manual keys: no packet asks for one. */
  static Flow manual(ManualChild child) {
    return new Flow(ManualChild.PEER, child.name(), false, StartAction.NONE);
  }

  /** The association for a packet, the newest whose selectors fit; null when there is none. */
  @Nullable Association select(IpHeaderView packet) {
    for (int i = usable.size() - 1; i >= 0; i--) {
      Association association = usable.get(i);
      if (association.outbound().selects(packet)) {
        return association;
      }
    }
    return null;
  }

  /** Whether a packet without an association asks for one. */
  boolean acquiresOnTraffic() {
    return reachable && start != StartAction.NONE;
  }

  /** Whether any association may be sent on. */
  boolean isUp() {
    return !usable.isEmpty();
  }

  /** Whether a packet may go out on an association. */
  boolean uses(Association association) {
    return usable.contains(association);
  }

  /** Lets packets wait for an SA that is installed and may not be sent on yet. */
  void hold(Association association) {
    held.add(association);
  }

  /** Whether an SA is installed that packets may soon be sent on. */
  boolean isHeld() {
    return !held.isEmpty();
  }

  void use(Association association) {
    held.remove(association);
    if (!usable.contains(association)) {
      usable.add(association);
    }
    asked = false;
    retryAt = Long.MAX_VALUE;
    retryAfter = FIRST_RETRY_NANOS;
    quietUntil = Long.MIN_VALUE;
  }

  void stopUsing(Association association) {
    usable.remove(association);
    held.remove(association);
  }

  /**
   * Lets a packet wait.
   *
   * @return false when the room is full
   */
  boolean await(long now, ByteBuffer slab, int offset, int length) {
    if (waiting.size() == WAITING_ROOM) {
      return false;
    }
    byte[] copy = new byte[length];
    slab.get(offset, copy);
    waiting.add(copy);
    if (waitingUntil == Long.MAX_VALUE) {
      waitingUntil = now + WAITING_NANOS;
    }
    return true;
  }

  /** The next waiting packet, or null; it no longer waits. */
  byte @Nullable [] nextWaiting() {
    byte[] next = waiting.poll();
    if (waiting.isEmpty()) {
      waitingUntil = Long.MAX_VALUE;
    }
    return next;
  }

  long waitingUntil() {
    return waitingUntil;
  }

  /** Whether packets wait. */
  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  /** Whether the node keeps the flow up by itself. */
  boolean isKeptUp() {
    return start == StartAction.INITIATE && reachable;
  }

  /** Whether a negotiation was asked for and has not ended. */
  boolean isAsked() {
    return asked;
  }

  /** Whether a packet that waits asks for a negotiation now. */
  boolean isToBeAsked() {
    return !asked || mayAskAgain;
  }

  void asked() {
    asked = true;
    mayAskAgain = false;
    retryAt = Long.MAX_VALUE;
  }

  /**
   * The next packet asks again. Nothing happens twice while the engine is still at it, and a
   * request that it let go without a word must not silence the flow for ever.
   */
  void askAgain() {
    mayAskAgain = true;
  }

  /**
   * Lets no packet ask for a while after a failure, so that a flow that cannot come up does not
   * negotiate without pause; each failure doubles the while, up to five seconds.
   */
  void failed(long now) {
    asked = false;
    quietUntil = now + Math.min(retryAfter, LONGEST_QUIET_NANOS);
    retryAfter = Math.min(2 * retryAfter, LAST_RETRY_NANOS);
  }

  /**
   * The node itself tries again, and packets that come before may ask as after {@link #failed}; the
   * wait doubles up to a minute.
   */
  void retryLater(long now) {
    retryAt = now + retryAfter;
    failed(now);
  }

  /** Whether a failure is so fresh that packets may not ask. */
  boolean isQuiet(long now) {
    return now < quietUntil;
  }

  /** When the node tries again; {@code Long.MAX_VALUE} for not. */
  long retryAt() {
    return retryAt;
  }
}
