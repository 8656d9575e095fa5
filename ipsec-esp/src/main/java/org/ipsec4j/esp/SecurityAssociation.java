package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.jspecify.annotations.Nullable;

/**
 * What the two directions of a Child SA have in common: what was agreed, the keys in use, the outer
 * addresses, limits and counters. Thread-safe; any number of packet threads use it at once.
 */
public abstract sealed class SecurityAssociation extends SaCounters permits InboundSa, OutboundSa {
  /** The time of the last packet before there was one. */
  public static final long NEVER = Long.MIN_VALUE;

  private static final int SOFT_QUIET = 0;
  private static final int SOFT_RAISED = 1;
  private static final int SOFT_TAKEN = 2;

  private static final VarHandle LAST_USED;
  private static final VarHandle SOFT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      LAST_USED = lookup.findVarHandle(SecurityAssociation.class, "lastUsed", long.class);
      SOFT = lookup.findVarHandle(SecurityAssociation.class, "soft", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // what every packet asks for lies in this object itself: with a million SAs each object more
  // on the way is a cache miss more
  private final int spi;
  private final boolean esp;
  private final boolean tunnel;
  private final boolean extended;
  private final boolean limited;

  /** The salt of an ESP SA as {@link EspLayout} wants it. */
  private int salt;

  private volatile int soft = SOFT_QUIET;
  private long lastUsed = NEVER;
  private volatile PacketKey key;
  private volatile OuterPath path;
  private final @Nullable EspLayout layout;
  private final SelectorMatcher selectors;
  private final SaOptions options;
  private final @Nullable AddressPair inner;

  /** Null when neither volume nor time is limited. */
  private final @Nullable VolumeLimits limits;

  private final @Nullable AhLayout ah;
  private final ChildSa child;

  SecurityAssociation(
      ChildSa child, int spi, PacketKey key, SaOptions options, SelectorMatcher selectors) {
    PacketTransform transform = child.transform();
    if (!key.transform().equals(transform)) {
      throw new IllegalArgumentException(
          "the key is for " + key.transform() + ", the SA for " + transform);
    }
    this.child = child;
    this.spi = spi;
    this.options = options;
    this.esp = transform.protocol() == SecurityProtocol.ESP;
    this.tunnel = child.mode() == SaMode.TUNNEL;
    this.extended = transform.extendedSequenceNumbers();
    if (esp) {
      this.layout = EspLayout.of(transform);
      this.salt = layout.packSalt(key.salt());
      this.ah = null;
    } else {
      this.layout = null;
      this.ah = new AhLayout(transform, key.salt(), options.ahPadding());
    }
    this.selectors = selectors;
    this.inner = child.mode() == SaMode.BEET ? innerAddresses(child, options) : null;
    this.limits = VolumeLimits.of(child.lifetime(), options.timeLifetime());
    this.limited = limits != null;
    this.key = key;
    this.path = OuterPath.of(child);
  }

  /** What was agreed. */
  public ChildSa child() {
    return child;
  }

  /** What was chosen beyond it. */
  public SaOptions options() {
    return options;
  }

  /** The SPI that the packets of this direction bear. */
  public final int spi() {
    return spi;
  }

  /** Packets and octets that were good, and drops by reason. */
  public SaCounters counters() {
    return this;
  }

  /** ESP or AH. */
  public SecurityProtocol protocol() {
    return child.transform().protocol();
  }

  /**
   * Lets the lifetime in time begin, as when the SA is installed. The first call counts; without
   * one it begins with the first packet.
   *
   * @param now engine time
   */
  public void begin(long now) {
    if (limits != null) {
      limits.time().begin(now);
    }
  }

  /**
   * Whether one more inner packet may pass, for payloads that hold several (RFC 9347): the SA's
   * selectors and limits, as for a packet of its own. A refusal is counted among the SA's drops;
   * octets and packets of the lifetime are not, as the carrier was counted. Allocates nothing.
   *
   * @param inner the inner packet
   * @param now engine time, for the lifetime in time: packets may come out of payloads long after
   *     these were opened
   * @return {@code NONE}, or why it may not
   */
  public DropReason check(IpHeaderView inner, long now) {
    DropReason reason = isExpired(now) ? DropReason.LIFETIME_EXPIRED : selectors.check(inner);
    if (reason != DropReason.NONE) {
      dropped(reason);
    }
    return reason;
  }

  /** True exactly once, after a packet met a soft limit: ask for a rekey. */
  public boolean takeSoftExpired() {
    return soft == SOFT_RAISED && SOFT.compareAndSet(this, SOFT_RAISED, SOFT_TAKEN);
  }

  /**
   * True exactly once, after a soft limit was passed, be it while no packet came.
   *
   * @param now engine time
   */
  public boolean takeSoftExpired(long now) {
    if (limits != null && limits.time().isSoftOver(now)) {
      raiseSoft();
    }
    return takeSoftExpired();
  }

  /** Whether a packet met a hard limit, so that nothing passes any more. */
  public boolean isExpired() {
    return limits != null && limits.expired();
  }

  /**
   * Whether a hard limit was reached and nothing passes any more.
   *
   * @param now engine time
   */
  public boolean isExpired(long now) {
    return limited && (isExpired() || Objects.requireNonNull(limits).time().isHardOver(now));
  }

  /** Changes the UDP addresses, atomically: a NAT has given the peer another mapping. */
  public void updateEncapsulation(UdpEncapsulation encapsulation) {
    path = OuterPath.udp(encapsulation);
  }

  /** Changes the outer addresses, atomically. */
  public void updatePath(OuterPath newPath) {
    path = newPath;
  }

  /** The outer addresses in use. */
  public OuterPath path() {
    return path;
  }

  /** The keys in use. */
  public PacketKey key() {
    return key;
  }

  /**
   * Moves the SA to another provider's set-up of the same keys, from the next burst on. Sequence
   * numbers go on.
   *
   * @return the former, to be destroyed after a quiescent point
   */
  public PacketKey replaceKey(PacketKey sameKeysElsewhere) {
    if (!sameKeysElsewhere.transform().equals(child.transform())) {
      throw new IllegalArgumentException("the key is for " + sameKeysElsewhere.transform());
    }
    PacketKey former = key;
    key = sameKeysElsewhere;
    return former;
  }

  /**
   * Wipes the keys. Only when no packet thread can find it any more and each has passed a quiescent
   * point.
   */
  public void destroy() {
    key.destroy();
    salt = 0;
    if (ah != null) {
      ah.destroy();
    }
  }

  final boolean isEsp() {
    return esp;
  }

  /**
   * Reads what lies in this object, and nothing that it points to. A loop over the SAs of a burst
   * that does no more waits for the memory of many of them at once.
   *
   * @return nothing of meaning, so that the reads are not left out
   */
  int touch() {
    return spi + (child == null ? 1 : 0) + (int) packets();
  }

  /** The same for what packets ask of the objects next to it. */
  int touchNext() {
    return selectors.touch() + (key.transform() == null ? 1 : 0);
  }

  /** Whether volume or time is limited. */
  final boolean isLimited() {
    return limited;
  }

  /** What an IP header calls it. */
  final int ipProtocol() {
    return esp ? OuterHeader.ESP : AhOutbound.AH;
  }

  /** Whether sequence numbers have 64 bits. */
  final boolean isExtended() {
    return extended;
  }

  /** The salt, for {@link #layout()} only. */
  final int salt() {
    return salt;
  }

  /** BEET mode: as the options say, or else the one address that each side's selectors have. */
  private static AddressPair innerAddresses(ChildSa child, SaOptions options) {
    AddressPair chosen = options.innerAddresses();
    return chosen == null
        ? new AddressPair(onlyAddress(child.localSelectors()), onlyAddress(child.remoteSelectors()))
        : chosen;
  }

  private static IpAddress onlyAddress(List<TrafficSelector> selectors) {
    IpAddress first = selectors.getFirst().addresses().first();
    for (TrafficSelector selector : selectors) {
      if (!selector.addresses().first().equals(first)
          || !selector.addresses().last().equals(first)) {
        throw new IllegalArgumentException(
            "BEET mode binds one inner address on each side, not " + selectors);
      }
    }
    return first;
  }

  /** The inner addresses of BEET mode; null in every other. */
  final @Nullable AddressPair inner() {
    return inner;
  }

  final boolean isTunnel() {
    return tunnel;
  }

  /** The shape of an ESP SA's packets; whoever asks has asked {@link #isEsp} before. */
  final EspLayout layout() {
    return Objects.requireNonNull(layout);
  }

  /** The shape of an AH SA's headers; whoever asks has asked {@link #isEsp} before. */
  final AhLayout ah() {
    return Objects.requireNonNull(ah);
  }

  final SelectorMatcher selectors() {
    return selectors;
  }

  /** Asks for a rekey, once. */
  final void raiseSoft() {
    if (soft == SOFT_QUIET) {
      SOFT.compareAndSet(this, SOFT_QUIET, SOFT_RAISED);
    }
  }

  /** Counts one packet against the limits; false when a hard limit forbids it. */
  final boolean admit(int octets, long now) {
    return !limited || admitWithin(Objects.requireNonNull(limits), octets, now);
  }

  private boolean admitWithin(VolumeLimits volume, int octets, long now) {
    TimeLimits time = volume.time();
    if (!time.admit(now)) {
      volume.expire();
      raiseSoft();
      return false;
    }
    VolumeLimits.Verdict verdict = volume.admit(octets);
    if (verdict != VolumeLimits.Verdict.PASSES || time.isSoftOver(now)) {
      raiseSoft();
    }
    return verdict != VolumeLimits.Verdict.REFUSED;
  }

  /** Engine time of the last good packet; {@link #NEVER} before. */
  long lastUsed() {
    return (long) LAST_USED.getOpaque(this);
  }

  void used(long now) {
    // once for a burst, whose packets share the time
    if (lastUsed != now) {
      LAST_USED.setOpaque(this, now);
    }
  }
}
