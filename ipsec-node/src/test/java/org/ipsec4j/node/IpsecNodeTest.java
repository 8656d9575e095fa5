package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ipsec4j.api.ike.IkeEvent;
import org.junit.jupiter.api.Test;

/** Whole nodes with sockets and threads, two of them on loopback. */
final class IpsecNodeTest {
  @Test
  void packetsCrossBothWays() throws Exception {
    try (TwoNodes nodes = new TwoNodes().up()) {
      nodes.expectAcross(nodes.left, nodes.right, 100);
      nodes.expectAcross(nodes.right, nodes.left, 100);
      assertEquals(1, nodes.left.ike(IkeEvent.IkeUp.class).size());
    }
  }
}
