package org.ipsec4j.fuzz;

import java.util.List;

/** All targets. */
final class Targets {
  private Targets() {}

  static List<FuzzTarget> all() {
    return List.of(
        new EspInboundTarget(),
        new AhInboundTarget(),
        new IpcompTarget(),
        new AggfragTarget(),
        new FragmentsTarget(),
        new WespTarget(),
        new UdpPayloadTarget(),
        new TcpStreamTarget());
  }

  static FuzzTarget named(String name) {
    return all().stream().filter(target -> target.name().equals(name)).findFirst().orElseThrow();
  }
}
