package org.ipsec4j.api.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Addresses and ranges against slow twins: the JDK's parser, and big integers. */
final class AddressProperties {
  /** Random addresses, with many zero groups so that abbreviations occur. */
  @Provide
  Arbitrary<IpAddress> addresses() {
    Arbitrary<Long> halves =
        Arbitraries.integers()
            .between(0, 0xffff)
            .map(word -> word % 3 == 0 ? 0 : word)
            .list()
            .ofSize(4)
            .map(
                words ->
                    words.stream()
                        .mapToLong(Integer::longValue)
                        .reduce(0, AddressProperties::push));
    Arbitrary<IpAddress> v6 = Combinators.combine(halves, halves).as(IpAddress::v6);
    return Arbitraries.oneOf(v6, Arbitraries.integers().map(IpAddress::v4));
  }

  private static long push(long high, long word) {
    return high << 16 | word;
  }

  /** Ranges of a small world, so that they meet often. */
  @Provide
  Arbitrary<AddressRange> ranges() {
    Arbitrary<IpAddress> v4 = near(40).map(n -> IpAddress.v4((int) (0x0affffecL + n)));
    // Both sides of the border between the halves.
    Arbitrary<IpAddress> v6 =
        near(40).map(n -> n < 20 ? IpAddress.v6(7, n - 20) : IpAddress.v6(8, n - 20));
    return Arbitraries.oneOf(pair(v4), pair(v6));
  }

  private static Arbitrary<Long> near(long size) {
    return Arbitraries.longs().between(0, size - 1);
  }

  private static Arbitrary<AddressRange> pair(Arbitrary<IpAddress> ends) {
    return Combinators.combine(ends, ends)
        .as((a, b) -> a.compareTo(b) <= 0 ? new AddressRange(a, b) : new AddressRange(b, a));
  }

  private static BigInteger number(IpAddress address) {
    return new BigInteger(1, address.octets());
  }

  @Property
  void whatIsPrintedIsReadAgain(@ForAll("addresses") IpAddress address) {
    assertEquals(address, IpAddress.parse(address.toString()));
    assertEquals(address, IpAddress.of(address.octets()));
  }

  @Property
  void theJdkReadsWhatIsPrinted(@ForAll("addresses") IpAddress address)
      throws UnknownHostException {
    // The JDK turns mapped IPv6 addresses into IPv4 ones.
    boolean mapped = !address.isV4() && address.high() == 0 && address.low() >>> 32 == 0xffff;
    if (!mapped) {
      // A literal: no name is looked up.
      assertEquals(
          InetAddress.getByAddress(address.octets()), InetAddress.getByName(address.toString()));
    }
  }

  @Property
  void textIsCanonical(@ForAll("addresses") IpAddress address) {
    String text = address.toString();
    assertEquals(text.toLowerCase(java.util.Locale.ROOT), text);
    if (!address.isV4()) {
      boolean twoZeroGroups = (":" + expanded(address) + ":").contains(":0:0:");
      assertEquals(twoZeroGroups, text.contains("::"), text);
      assertTrue(!text.matches(".*(^|:)0[0-9a-f].*"), text);
    }
  }

  private static String expanded(IpAddress address) {
    StringBuilder text = new StringBuilder();
    byte[] octets = address.octets();
    for (int i = 0; i < 16; i += 2) {
      int word = ((octets[i] & 0xff) << 8) | (octets[i + 1] & 0xff);
      text.append(i == 0 ? "" : ":").append(Integer.toHexString(word));
    }
    return text.toString();
  }

  @Property
  void orderIsThatOfNumbers(
      @ForAll("addresses") IpAddress one, @ForAll("addresses") IpAddress other) {
    int expected =
        one.isV4() != other.isV4() ? one.isV4() ? -1 : 1 : number(one).compareTo(number(other));
    assertEquals(Integer.signum(expected), Integer.signum(one.compareTo(other)));
    assertEquals(expected == 0, one.equals(other));
  }

  @Property
  void prefixClearsAndSetsTheRest(@ForAll("addresses") IpAddress address, @ForAll long someLength) {
    int bits = address.bits();
    int length = (int) Long.remainderUnsigned(someLength, bits + 1);
    BigInteger rest = BigInteger.ONE.shiftLeft(bits - length).subtract(BigInteger.ONE);
    AddressRange range = AddressRange.prefix(address, length);
    assertEquals(number(address).andNot(rest), number(range.first()));
    assertEquals(number(address).or(rest), number(range.last()));
    assertEquals(length, range.prefixLength());
    assertEquals(range, AddressRange.parse(address + "/" + length));
    assertEquals(range, AddressRange.parse(range.toString()));
  }

  @Property
  void rangeContainsWhatItsNumbersEnclose(
      @ForAll("ranges") AddressRange range, @ForAll("ranges") AddressRange other) {
    boolean family = range.isV4() == other.isV4();
    IpAddress point = other.first();
    assertEquals(family && within(range, point), range.contains(point));
    assertEquals(
        family && within(range, other.first()) && within(range, other.last()),
        range.contains(other));
    assertEquals(range, AddressRange.parse(range.toString()));
  }

  private static boolean within(AddressRange range, IpAddress address) {
    return number(range.first()).compareTo(number(address)) <= 0
        && number(address).compareTo(number(range.last())) <= 0;
  }

  @Property
  void intersectionIsThatOfNumbers(
      @ForAll("ranges") AddressRange one, @ForAll("ranges") AddressRange other) {
    Optional<AddressRange> common = one.intersect(other);
    assertEquals(common, other.intersect(one));
    BigInteger from = number(one.first()).max(number(other.first()));
    BigInteger to = number(one.last()).min(number(other.last()));
    boolean expected = one.isV4() == other.isV4() && from.compareTo(to) <= 0;
    assertEquals(expected, common.isPresent());
    common.ifPresent(
        range -> {
          assertEquals(from, number(range.first()));
          assertEquals(to, number(range.last()));
          assertTrue(one.contains(range) && other.contains(range));
        });
  }

  @Property
  void prefixLengthIsThatOfTheOnlyNetworkThatFits(@ForAll("ranges") AddressRange range) {
    BigInteger size = number(range.last()).subtract(number(range.first())).add(BigInteger.ONE);
    boolean network =
        size.bitCount() == 1 && number(range.first()).mod(size).equals(BigInteger.ZERO);
    assertEquals(
        network ? range.first().bits() - size.getLowestSetBit() : -1, range.prefixLength());
  }
}
