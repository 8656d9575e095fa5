package org.ipsec4j.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.policy.CompiledSpd;
import org.ipsec4j.policy.Flow;
import org.ipsec4j.policy.LinearSpd;
import org.ipsec4j.policy.PolicyBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does it cost to find the rule of a packet, by the number of rules, and what has compiling
 * brought? Half of the flows hit a rule, half fall to the last one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class SpdLookup {
  private static final int FLOWS = 256;
  private static final int TCP = 6;

  /** Rules in front of the last one. */
  @Param({"10", "100", "1000"})
  public int rules;

  private Flow[] flows;
  private LinearSpd linear;
  private CompiledSpd compiled;

  /** For JMH. */
  public SpdLookup() {}

  /** A policy and flows. */
  @Setup
  public void setUp() {
    Random random = new Random(1);
    PolicyBuilder builder = PolicyBuilder.named("benchmark").otherwise(SpdRule.Action.DISCARD);
    for (int i = 0; i < rules; i++) {
      int port = 1 + random.nextInt(60_000);
      TrafficSelector remote = new TrafficSelector(TCP, port, port + 1000, network(0x0a000000, i));
      builder.bypass("rule" + i, TrafficSelector.of(network(0xc0a80000, i % 250)), remote);
    }
    PolicySet policy = builder.build();
    linear = new LinearSpd(policy);
    compiled = new CompiledSpd(policy);
    flows = new Flow[FLOWS];
    for (int i = 0; i < FLOWS; i++) {
      SpdRule rule = policy.rules().get(random.nextInt(rules));
      TrafficSelector remote = rule.remoteSelectors().get(0);
      IpAddress from = rule.localSelectors().get(0).addresses().first();
      int port = i % 2 == 0 ? remote.firstPort() : 0;
      flows[i] = new Flow(from, remote.addresses().first(), TCP, 40_000, port);
    }
  }

  private static AddressRange network(int base, int index) {
    return AddressRange.prefix(IpAddress.v4(base + (index << 8)), 24);
  }

  /** The evaluator that reads like the specification. */
  @Benchmark
  @OperationsPerInvocation(FLOWS)
  public int linear() {
    int sum = 0;
    for (Flow flow : flows) {
      sum += linear.classify(flow);
    }
    return sum;
  }

  /** The one of the packet path. */
  @Benchmark
  @OperationsPerInvocation(FLOWS)
  public int compiled() {
    int sum = 0;
    for (Flow flow : flows) {
      sum += compiled.classify(flow);
    }
    return sum;
  }
}
