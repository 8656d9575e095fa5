package org.ipsec4j.esp.ipcomp;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.jspecify.annotations.Nullable;

/**
 * The inbound associations, by CPI and addresses. A well-known CPI is used with many peers, so that
 * the source belongs to the key, although RFC 3173 3.3 asks for the destination only.
 *
 * <p>Packet threads find without a lock and without allocating, while others install and remove.
 * Writers copy the table, which associations are few enough for.
 */
public final class IpcompTable {
  /** Stands for the CPI where tunnels are looked for by their addresses alone. */
  private static final int ANY_TUNNEL = -1;

  private List<IpcompAssociation> all = List.of();
  private volatile @Nullable Entry[] slots = new Entry[2];

  private record Entry(int cpi, IpAddress source, IpAddress destination, IpcompAssociation value) {
    boolean fits(int wanted, IpHeaderView packet) {
      return cpi == wanted
          && source.isV4() == packet.isV4()
          && source.low() == packet.sourceLow()
          && source.high() == packet.sourceHigh()
          && destination.low() == packet.destinationLow()
          && destination.high() == packet.destinationHigh();
    }
  }

  /** An empty table. */
  public IpcompTable() {}

  /**
   * Makes an inbound association known to packet threads.
   *
   * @throws IllegalArgumentException when its CPI is in use between its addresses
   */
  public synchronized void install(IpcompAssociation association) {
    for (IpcompAssociation other : all) {
      if (clash(other.settings(), association.settings())) {
        throw new IllegalArgumentException(association + " is in use between its addresses");
      }
    }
    List<IpcompAssociation> more = new ArrayList<>(all);
    more.add(association);
    publish(more);
  }

  /** Takes an association out; false when it was not in. */
  public synchronized boolean remove(IpcompAssociation association) {
    List<IpcompAssociation> fewer = new ArrayList<>(all);
    boolean found = fewer.removeIf(other -> other == association);
    if (found) {
      publish(fewer);
    }
    return found;
  }

  /** All associations, in the order of their installation; for monitors. */
  public synchronized List<IpcompAssociation> all() {
    return all;
  }

  /** The association of a compressed packet, or null. */
  @Nullable IpcompAssociation find(int cpi, IpHeaderView packet) {
    @Nullable Entry[] table = slots;
    int mask = table.length - 1;
    int at = home(cpi, packet.sourceLow(), packet.destinationLow()) & mask;
    for (Entry entry = table[at]; entry != null; entry = table[at]) {
      if (entry.fits(cpi, packet)) {
        return entry.value();
      }
      at = (at + 1) & mask;
    }
    return null;
  }

  /** The tunnel between the addresses of a packet, for what came through it uncompressed. */
  @Nullable IpcompAssociation findTunnel(IpHeaderView packet) {
    return find(ANY_TUNNEL, packet);
  }

  private void publish(List<IpcompAssociation> associations) {
    // a tunnel has two entries; at most half of the slots are used, so that every search ends
    @Nullable Entry[] fresh = new Entry[Integer.highestOneBit(associations.size() * 4 + 1) * 2];
    for (IpcompAssociation association : associations) {
      insert(fresh, association.settings().cpi(), association);
      if (association.isTunnel()) {
        insert(fresh, ANY_TUNNEL, association);
      }
    }
    all = List.copyOf(associations);
    slots = fresh;
  }

  private static void insert(@Nullable Entry[] table, int cpi, IpcompAssociation association) {
    IpAddress source = association.settings().source();
    IpAddress destination = association.settings().destination();
    int mask = table.length - 1;
    int at = home(cpi, source.low(), destination.low()) & mask;
    while (table[at] != null) {
      at = (at + 1) & mask;
    }
    table[at] = new Entry(cpi, source, destination, association);
  }

  private static boolean clash(IpcompSettings one, IpcompSettings other) {
    return one.cpi() == other.cpi()
        && one.source().equals(other.source())
        && one.destination().equals(other.destination());
  }

  private static int home(int cpi, long sourceLow, long destinationLow) {
    long mixed = (sourceLow * 31 + destinationLow) * 31 + cpi;
    return (int) ((mixed * 0x9e3779b97f4a7c15L) >>> 33);
  }
}
