package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.jspecify.annotations.Nullable;

/**
 * The inbound half of the security association database (RFC 4301 4.4.2): SAs by protocol and SPI.
 *
 * <p>Packet threads {@link #find} without a lock and without allocating, while others install and
 * remove: a published SA is found by every later call, a removed one by none, and an SA that is
 * neither is found throughout. Outbound SAs are not in here: whoever decides that a packet is
 * protected holds the {@link OutboundSa} that does it.
 *
 * <p>An open-addressing table. Writers take the lock, fill free slots in place and copy the table
 * when it gets crowded, so that installing n SAs costs about n steps.
 */
public final class Sad {
  private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final int SMALLEST = 16;

  /** Stands where an SA was removed, so that those behind it are still found. */
  private static final Object REMOVED = new Object();

  private volatile @Nullable Object[] table = new Object[SMALLEST];

  /** Slots that are not free, removed ones included; guarded by this. */
  private int used;

  private volatile int size;
  private volatile MulticastSas multicast = MulticastSas.EMPTY;

  /** An empty database. */
  public Sad() {}

  /**
   * Makes an SA known to packet threads.
   *
   * @throws IllegalArgumentException when its SPI is 0 (RFC 4303 2.1) or in use by the same
   *     protocol: SPIs are ours to choose, so this is a programming error
   */
  public synchronized void install(InboundSa sa) {
    requireOnWire(sa);
    if (find(sa.protocol(), sa.spi()) != null) {
      throw new IllegalArgumentException(
          String.format("SPI 0x%08x of %s is in use", sa.spi(), sa.protocol()));
    }
    if ((used + 1) * 2 > table.length) {
      rebuild();
    }
    insert(table, sa);
    used++;
    size++;
  }

  /** Takes an ESP SA out; see {@link #remove(SecurityProtocol, int)}. */
  public @Nullable InboundSa remove(int spi) {
    return remove(SecurityProtocol.ESP, spi);
  }

  /**
   * Takes an SA out. Packet threads may still be working with it: wipe its keys only after each has
   * passed a quiescent point.
   *
   * @return the SA, or null when there was none
   */
  public synchronized @Nullable InboundSa remove(SecurityProtocol protocol, int spi) {
    boolean esp = protocol == SecurityProtocol.ESP;
    @Nullable Object[] slots = table;
    int mask = slots.length - 1;
    for (int at = home(spi, mask); ; at = (at + 1) & mask) {
      Object slot = slots[at];
      if (slot == null) {
        return null;
      }
      if (slot instanceof InboundSa sa && sa.spi() == spi && sa.isEsp() == esp) {
        SLOTS.setRelease(slots, at, REMOVED);
        size--;
        return sa;
      }
    }
  }

  /** The ESP SA of an SPI, or null. */
  public @Nullable InboundSa find(int spi) {
    return find(spi, true);
  }

  /** The SA of a protocol and an SPI, or null. */
  public @Nullable InboundSa find(SecurityProtocol protocol, int spi) {
    return find(spi, protocol == SecurityProtocol.ESP);
  }

  private @Nullable InboundSa find(int spi, boolean esp) {
    @Nullable Object[] slots = table;
    int mask = slots.length - 1;
    // at most half of the slots are used, so that a free one ends every search
    for (int at = home(spi, mask); ; at = (at + 1) & mask) {
      Object slot = SLOTS.getAcquire(slots, at);
      if (slot == null) {
        return null;
      }
      if (slot instanceof InboundSa sa && sa.spi() == spi && sa.isEsp() == esp) {
        return sa;
      }
    }
  }

  /**
   * Makes an SA of a group known: one whose SPI was not chosen here, so that the addresses of the
   * outer packet tell it from others (RFC 4301 4.1). It is found in whole packets only ({@link
   * PacketForm#FULL_IP}), as only these show their addresses.
   *
   * @param group destination of the outer packets
   * @param source their only source, or null for any
   * @throws IllegalArgumentException when its SPI is 0, or in use for this group and source
   */
  public synchronized void installMulticast(
      InboundSa sa, IpAddress group, @Nullable IpAddress source) {
    requireOnWire(sa);
    multicast = multicast.with(sa, group, source);
  }

  /**
   * Takes an SA of a group out; see {@link #remove(SecurityProtocol, int)} for what must be waited
   * for.
   *
   * @return the SA, or null when there was none
   */
  public synchronized @Nullable InboundSa removeMulticast(
      SecurityProtocol protocol, int spi, IpAddress group, @Nullable IpAddress source) {
    InboundSa sa = multicast.exactly(protocol, spi, group, source);
    if (sa != null) {
      multicast = multicast.without(protocol, spi, group, source);
    }
    return sa;
  }

  /**
   * The SA of a whole packet, longest match first (RFC 4301 4.1): SPI, destination and source, then
   * SPI and destination, then SPI alone. Allocates nothing.
   *
   * @param packet lies over the outer header
   */
  public @Nullable InboundSa find(SecurityProtocol protocol, int spi, IpHeaderView packet) {
    MulticastSas groups = multicast;
    InboundSa sa = groups.size() == 0 ? null : groups.find(protocol, spi, packet);
    return sa == null ? find(protocol, spi) : sa;
  }

  /** Whether the addresses of a packet matter. */
  boolean hasGroups() {
    return multicast.size() > 0;
  }

  /** SAs installed, those of groups included. */
  public int size() {
    return size + multicast.size();
  }

  /** All SAs, in no order; for monitors. */
  public synchronized List<InboundSa> all() {
    List<InboundSa> found = unicast();
    found.addAll(multicast.all());
    return found;
  }

  private List<InboundSa> unicast() {
    List<InboundSa> found = new ArrayList<>(size);
    for (Object slot : table) {
      if (slot instanceof InboundSa sa) {
        found.add(sa);
      }
    }
    return found;
  }

  /** Copies the living SAs to a table at most a quarter full, and publishes it. */
  private void rebuild() {
    int length = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, size)) * 8);
    @Nullable Object[] fresh = new Object[length];
    for (InboundSa sa : unicast()) {
      insert(fresh, sa);
    }
    table = fresh;
    used = size;
  }

  private static void requireOnWire(InboundSa sa) {
    if (sa.spi() == 0) {
      throw new IllegalArgumentException("SPI 0 is for local use and never on the wire");
    }
  }

  private static void insert(@Nullable Object[] slots, InboundSa sa) {
    int mask = slots.length - 1;
    int at = home(sa.spi(), mask);
    while (slots[at] != null) {
      at = (at + 1) & mask;
    }
    SLOTS.setRelease(slots, at, sa);
  }

  private static int home(int spi, int mask) {
    int mixed = spi * 0x9e3779b1;
    return (mixed ^ mixed >>> 16) & mask;
  }
}
