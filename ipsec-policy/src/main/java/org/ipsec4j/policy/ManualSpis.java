package org.ipsec4j.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;

/** Finds SPIs that two manual children claim: a packet would reach only one of them. */
final class ManualSpis {
  private ManualSpis() {}

  private record Inbound(SecurityProtocol protocol, int spi) {}

  private record Outbound(SecurityProtocol protocol, int spi, IpAddress remote) {}

  static List<String> problems(List<ManualChild> children) {
    List<String> problems = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (ManualChild child : children) {
      for (ManualKeys layer : child.layers()) {
        SecurityProtocol protocol = layer.transform().protocol();
        if (!seen.add(new Inbound(protocol, layer.inboundSpi()))) {
          problems.add(twice(child, protocol, "inbound", layer.inboundSpi()));
        }
        if (!seen.add(new Outbound(protocol, layer.outboundSpi(), child.remoteAddress()))) {
          problems.add(twice(child, protocol, "outbound", layer.outboundSpi()));
        }
      }
    }
    return problems;
  }

  private static String twice(
      ManualChild child, SecurityProtocol protocol, String direction, int spi) {
    return String.format(
        "%s: manual child `%s` has the %s %s SPI 0x%x that another one has",
        child.origin(), child.name(), direction, protocol, spi);
  }
}
