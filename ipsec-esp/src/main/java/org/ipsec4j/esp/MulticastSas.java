package org.ipsec4j.esp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.jspecify.annotations.Nullable;

/**
 * Inbound SAs of groups, whose SPIs are chosen by others and may repeat: found by SPI, destination
 * and perhaps source (RFC 4301 4.1). An immutable table, sorted by SPI; what changes is which table
 * is in use.
 */
final class MulticastSas {
  static final MulticastSas EMPTY = new MulticastSas(List.of());

  private record Entry(InboundSa sa, IpAddress group, @Nullable IpAddress source) {
    int spi() {
      return sa.spi();
    }

    boolean isFor(
        SecurityProtocol protocol, int spi, IpAddress ofGroup, @Nullable IpAddress ofSource) {
      return sa.protocol() == protocol
          && spi() == spi
          && group.equals(ofGroup)
          && Objects.equals(source, ofSource);
    }

    boolean hasGroup(IpHeaderView packet) {
      return group.isV4() == packet.isV4()
          && group.high() == packet.destinationHigh()
          && group.low() == packet.destinationLow();
    }

    boolean hasSource(IpHeaderView packet) {
      return source == null
          || (source.high() == packet.sourceHigh() && source.low() == packet.sourceLow());
    }
  }

  private final Entry[] entries;

  private MulticastSas(List<Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    // those with a source first: the longest match wins
    sorted.sort(Comparator.comparingInt(Entry::spi).thenComparing(entry -> entry.source() == null));
    this.entries = sorted.toArray(new Entry[0]);
  }

  MulticastSas with(InboundSa sa, IpAddress group, @Nullable IpAddress source) {
    List<Entry> more = new ArrayList<>(List.of(entries));
    for (Entry entry : entries) {
      if (entry.isFor(sa.protocol(), sa.spi(), group, source)) {
        throw new IllegalArgumentException(
            String.format("SPI 0x%08x of %s is in use for this group", sa.spi(), sa.protocol()));
      }
    }
    more.add(new Entry(sa, group, source));
    return new MulticastSas(more);
  }

  MulticastSas without(
      SecurityProtocol protocol, int spi, IpAddress group, @Nullable IpAddress source) {
    List<Entry> fewer = new ArrayList<>(List.of(entries));
    fewer.removeIf(entry -> entry.isFor(protocol, spi, group, source));
    return new MulticastSas(fewer);
  }

  /** The SA of one group and source, exactly. */
  @Nullable InboundSa exactly(
      SecurityProtocol protocol, int spi, IpAddress group, @Nullable IpAddress source) {
    for (Entry entry : entries) {
      if (entry.isFor(protocol, spi, group, source)) {
        return entry.sa();
      }
    }
    return null;
  }

  /** Steps 1 and 2 of RFC 4301 4.1; null when neither finds one. */
  @Nullable InboundSa find(SecurityProtocol protocol, int spi, IpHeaderView packet) {
    for (int at = firstOf(spi); at < entries.length && entries[at].spi() == spi; at++) {
      Entry entry = entries[at];
      if (entry.sa().protocol() == protocol && entry.hasGroup(packet) && entry.hasSource(packet)) {
        return entry.sa();
      }
    }
    return null;
  }

  private int firstOf(int spi) {
    int low = 0;
    int high = entries.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries[middle].spi() < spi) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int size() {
    return entries.length;
  }

  List<InboundSa> all() {
    List<InboundSa> sas = new ArrayList<>();
    for (Entry entry : entries) {
      sas.add(entry.sa());
    }
    return sas;
  }
}
