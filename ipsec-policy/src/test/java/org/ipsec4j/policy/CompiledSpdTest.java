package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.junit.jupiter.api.Test;

class CompiledSpdTest {
  // IPv4, 192.0.2.9 -> 10.1.0.7, TCP, source port 4711, destination port 22
  private static final ByteBuffer SSH =
      ByteBuffer.wrap(
          Bytes.ofHex(
                  "4500 0028 0001 0000 4006 0000 c000 0209 0a01 0007"
                      + "1267 0016 0000 0000 0000 0000 5002 0000 0000 0000")
              .toArray());

  private static IpHeaderView ssh() {
    IpHeaderView view = new IpHeaderView();
    assertTrue(view.parse(SSH, 0, SSH.limit()));
    return view;
  }

  @Test
  void aPacketIsSeenFromOurSideInBothDirections() {
    PolicySet policy = PolicyBuilderSnippets.siteToSite();
    CompiledSpd spd = new CompiledSpd(policy);
    assertEquals("ssh", spd.rule(spd.classify(ssh(), false)).name());
    // Outbound, port 22 would be the other side's.
    assertEquals(SpdRule.Action.DISCARD, spd.rule(spd.classify(ssh(), true)).action());
    assertEquals(
        new Flow(IpAddress.parse("10.1.0.7"), IpAddress.parse("192.0.2.9"), 6, 22, 4711),
        Flow.of(ssh(), false));
    assertEquals(spd.classify(ssh(), true), spd.classify(Flow.of(ssh(), true)));
  }

  @Test
  void aChildsTrafficIsProtected() {
    PolicySet policy = PolicyBuilderSnippets.siteToSite();
    CompiledSpd spd = new CompiledSpd(policy);
    Flow flow = new Flow(IpAddress.parse("10.1.0.1"), IpAddress.parse("10.2.0.255"), 17, 53, 53);
    SpdRule rule = spd.rule(spd.classify(flow));
    assertEquals("b/net", rule.name());
    assertEquals("b", rule.peer());
  }

  @Test
  void classifyingAllocatesNothing() throws ReflectiveOperationException {
    CompiledSpd spd = new CompiledSpd(PolicyBuilderSnippets.siteToSite());
    IpHeaderView packet = ssh();
    long sum = 0;
    for (int i = 0; i < 20_000; i++) {
      sum += spd.classify(packet, (i & 1) == 0);
    }
    long before = allocatedBytes();
    for (int i = 0; i < 100_000; i++) {
      sum += spd.classify(packet, (i & 1) == 0);
    }
    long allocated = allocatedBytes() - before;
    assertTrue(sum > 0);
    // Asking costs a little by itself; one object per packet would be a million and more.
    assertTrue(allocated < 10_000, () -> allocated + " bytes");
  }

  /** By reflection: the module under test does not read java.management. */
  private static long allocatedBytes() throws ReflectiveOperationException {
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    return (long)
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes")
            .invoke(threads);
  }
}
