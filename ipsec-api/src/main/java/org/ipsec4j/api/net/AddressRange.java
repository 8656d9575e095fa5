package org.ipsec4j.api.net;

import java.util.Optional;

/**
 * A closed range of addresses of one family, as selectors use it (RFC 4301 4.4.1.1).
 *
 * @param first lowest address
 * @param last highest address, not below {@code first}
 */
public record AddressRange(IpAddress first, IpAddress last) {
  /** All IPv4 addresses. */
  public static final AddressRange ANY_V4 = parse("0.0.0.0/0");

  /** All IPv6 addresses. */
  public static final AddressRange ANY_V6 = parse("::/0");

  /**
   * @throws IllegalArgumentException when the families differ or the order is wrong
   */
  public AddressRange {
    if (first.isV4() != last.isV4()) {
      throw new IllegalArgumentException("the ends of a range are of one address family");
    }
    if (first.compareTo(last) > 0) {
      throw new IllegalArgumentException(first + " lies behind " + last);
    }
  }

  /** The range of one address. */
  public static AddressRange single(IpAddress address) {
    return new AddressRange(address, address);
  }

  /**
   * The network that {@code address} lies in.
   *
   * @param prefixLength 0 to 32 or 128
   */
  public static AddressRange prefix(IpAddress address, int prefixLength) {
    if (prefixLength < 0 || prefixLength > address.bits()) {
      throw new IllegalArgumentException("prefix length " + prefixLength + " of " + address);
    }
    return new AddressRange(
        address.masked(prefixLength, false), address.masked(prefixLength, true));
  }

  /**
   * Reads {@code address}, {@code address/prefix} or {@code address-address}.
   *
   * @throws IllegalArgumentException when it is none of them
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    int dash = text.indexOf('-');
    if (slash >= 0) {
      String digits = text.substring(slash + 1);
      if (!digits.matches("[0-9]{1,3}")) {
        throw new IllegalArgumentException("`" + digits + "` is not a prefix length");
      }
      return prefix(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(digits));
    }
    if (dash >= 0) {
      return new AddressRange(
          IpAddress.parse(text.substring(0, dash).strip()),
          IpAddress.parse(text.substring(dash + 1).strip()));
    }
    return single(IpAddress.parse(text));
  }

  /** Whether the addresses are IPv4. */
  public boolean isV4() {
    return first.isV4();
  }

  /** Whether {@code address} lies in the range. */
  public boolean contains(IpAddress address) {
    return address.isV4() == isV4()
        && first.compareTo(address) <= 0
        && address.compareTo(last) <= 0;
  }

  /** Whether every address of {@code other} lies in this range. */
  public boolean contains(AddressRange other) {
    return contains(other.first) && contains(other.last);
  }

  /** The common part; empty when there is none. */
  public Optional<AddressRange> intersect(AddressRange other) {
    if (isV4() != other.isV4()) {
      return Optional.empty();
    }
    IpAddress from = first.compareTo(other.first) >= 0 ? first : other.first;
    IpAddress to = last.compareTo(other.last) <= 0 ? last : other.last;
    return from.compareTo(to) <= 0 ? Optional.of(new AddressRange(from, to)) : Optional.empty();
  }

  /** The prefix length when the range is a network; -1 otherwise. */
  public int prefixLength() {
    for (int length = first.bits(); length >= 0; length--) {
      if (first.masked(length, false).equals(first) && first.masked(length, true).equals(last)) {
        return length;
      }
    }
    return -1;
  }

  @Override
  public String toString() {
    if (first.equals(last)) {
      return first.toString();
    }
    int length = prefixLength();
    return length >= 0 ? first + "/" + length : first + "-" + last;
  }
}
