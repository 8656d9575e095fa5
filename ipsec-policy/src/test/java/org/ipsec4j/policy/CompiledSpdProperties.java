package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;

/** The fast classifier against the linear one, on packets at and beside every boundary. */
class CompiledSpdProperties {
  private static final int FLOWS = 300;

  @Property(tries = 500)
  void answersAsTheLinearOne(
      @ForAll("rules") List<SpdRule> rules, @ForAll PolicySet.Order order, @ForAll long seed) {
    PolicySet policy = new PolicySet("p", order, List.of(), rules, Origin.PROGRAM);
    LinearSpd linear = new LinearSpd(policy);
    CompiledSpd compiled = new CompiledSpd(policy);
    for (Flow flow : flows(rules, new Random(seed))) {
      assertEquals(
          linear.classify(flow),
          compiled.classify(flow),
          () -> flow + "\n" + linear.explain(flow).why().text());
    }
  }

  @Property(tries = 3)
  void answersAsTheLinearOneWithManyOverlappingRules(@ForAll long seed) {
    Random random = new Random(seed);
    List<SpdRule> rules = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      // Ranges that all overlap in the middle defeat the index, which then is one list.
      int half = 1 + random.nextInt(1 << 20);
      int middle = (10 << 24) + (1 << 21);
      AddressRange wide =
          new AddressRange(IpAddress.v4(middle - half), IpAddress.v4(middle + half));
      AddressRange host = AddressRange.single(IpAddress.v4((172 << 24) + random.nextInt(1 << 12)));
      boolean swap = random.nextBoolean();
      rules.add(
          rule(
              "r" + i,
              pick(List.of(SpdRule.Action.BYPASS, SpdRule.Action.DISCARD), random),
              List.of(TrafficSelector.of(swap ? wide : host)),
              List.of(TrafficSelector.of(swap ? host : wide))));
    }
    PolicySet policy =
        new PolicySet("p", PolicySet.Order.SEQUENCE, List.of(), rules, Origin.PROGRAM);
    LinearSpd linear = new LinearSpd(policy);
    CompiledSpd compiled = new CompiledSpd(policy);
    for (Flow flow : flows(rules, random)) {
      assertEquals(linear.classify(flow), compiled.classify(flow), flow::toString);
    }
  }

  /** Addresses and ports at the ends of the ranges and one beyond. */
  private static List<Flow> flows(List<SpdRule> rules, Random random) {
    Set<IpAddress> addresses = new LinkedHashSet<>();
    Set<Integer> ports = new LinkedHashSet<>(List.of(0, 65535, Flow.UNKNOWN, Flow.NOT_COMPARED));
    for (SpdRule rule : rules) {
      for (List<TrafficSelector> side : List.of(rule.localSelectors(), rule.remoteSelectors())) {
        for (TrafficSelector selector : side) {
          addresses.add(selector.addresses().first());
          addresses.add(selector.addresses().last());
          addresses.add(step(selector.addresses().first(), -1));
          addresses.add(step(selector.addresses().last(), 1));
          ports.add(selector.firstPort());
          ports.add(selector.lastPort());
          ports.add(Math.max(0, selector.firstPort() - 1));
          ports.add(Math.min(65535, selector.lastPort() + 1));
        }
      }
    }
    List<IpAddress> v4 = addresses.stream().filter(IpAddress::isV4).toList();
    List<IpAddress> v6 = addresses.stream().filter(address -> !address.isV4()).toList();
    List<Integer> anyPort = List.copyOf(ports);
    List<Flow> flows = new ArrayList<>();
    for (int i = 0; i < FLOWS && !addresses.isEmpty(); i++) {
      List<IpAddress> family = v6.isEmpty() || (!v4.isEmpty() && random.nextBoolean()) ? v4 : v6;
      flows.add(
          new Flow(
              pick(family, random),
              pick(family, random),
              pick(List.of(6, 17, 1, 0, 99, Flow.UNKNOWN), random),
              pick(anyPort, random),
              pick(anyPort, random)));
    }
    return flows;
  }

  private static <T> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  /** The neighbour, round the corner at the ends. */
  private static IpAddress step(IpAddress address, int by) {
    if (address.isV4()) {
      return IpAddress.v4((int) address.low() + by);
    }
    long low = address.low() + by;
    long carry = by > 0 ? (low == 0 ? 1 : 0) : (low == -1 ? -1 : 0);
    return IpAddress.v6(address.high() + carry, low);
  }

  private static SpdRule rule(
      String name,
      SpdRule.Action action,
      List<TrafficSelector> local,
      List<TrafficSelector> remote) {
    boolean protect = action == SpdRule.Action.PROTECT;
    return new SpdRule(
        name,
        action,
        local,
        remote,
        protect ? "peer" : null,
        protect ? "child" + name.length() % 2 : null,
        Origin.PROGRAM);
  }

  @Provide
  Arbitrary<List<SpdRule>> rules() {
    Arbitrary<List<TrafficSelector>> side = selector().list().ofMinSize(1).ofMaxSize(3);
    return Combinators.combine(
            Arbitraries.strings().withChars('a', 'b').ofMinLength(1).ofMaxLength(4),
            Arbitraries.of(SpdRule.Action.class),
            side,
            side)
        .as(CompiledSpdProperties::rule)
        .list()
        .ofMaxSize(12);
  }

  private static Arbitrary<TrafficSelector> selector() {
    Arbitrary<AddressRange> v4 =
        Combinators.combine(
                Arbitraries.of(0, 0x0a000000, 0x0a0000ff, 0xc0a80000, 0xffffffff, 0x7fffffff),
                Arbitraries.of(0, 8, 24, 31, 32))
            .as((bits, prefix) -> AddressRange.prefix(IpAddress.v4(bits), prefix));
    Arbitrary<AddressRange> v4Odd =
        Combinators.combine(
                Arbitraries.integers().between(0, 255), Arbitraries.integers().between(0, 255))
            .as(
                (a, b) ->
                    new AddressRange(
                        IpAddress.v4(0x0a000000 + Math.min(a, b)),
                        IpAddress.v4(0x0a000000 + Math.max(a, b))));
    Arbitrary<AddressRange> v6 =
        Combinators.combine(
                Arbitraries.of(0L, 0x20010db800000000L, -1L, Long.MIN_VALUE),
                Arbitraries.of(0L, 1L, -1L, Long.MAX_VALUE),
                Arbitraries.of(0, 32, 63, 64, 65, 127, 128))
            .as((high, low, prefix) -> AddressRange.prefix(IpAddress.v6(high, low), prefix));
    Arbitrary<int[]> ports =
        Arbitraries.of(
            new int[] {0, 65535},
            new int[] {0, 65535},
            new int[] {65535, 0},
            new int[] {22, 22},
            new int[] {0, 0},
            new int[] {65535, 65535},
            new int[] {1024, 40000});
    return Combinators.combine(
            Arbitraries.oneOf(v4, v4Odd, v6), Arbitraries.of(0, 0, 6, 17, 1), ports)
        .as(
            (range, protocol, port) ->
                protocol == 0 && port[0] <= port[1]
                    ? new TrafficSelector(0, 0, 65535, range)
                    : new TrafficSelector(protocol, port[0], port[1], range));
  }
}
