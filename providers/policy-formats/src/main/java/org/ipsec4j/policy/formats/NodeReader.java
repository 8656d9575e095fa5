package org.ipsec4j.policy.formats;

import java.util.List;
import java.util.Map;
import org.ipsec4j.api.packet.TunSettings.InterfaceAddress;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.document.CryptoOrder;
import org.ipsec4j.api.policy.document.NodeSettings;
import org.ipsec4j.api.policy.document.NodeSettings.Tun;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;

/** Reads the settings of the node itself. */
final class NodeReader {
  /** UDP ports. */
  record Ports(int ike, int nat) {}

  private static final Map<String, String> NODE =
      Fields.keys(
          "tun", "tun: { name: ipsec0, addresses: [10.1.0.1/24], mtu: 1400 }",
          "ports", "ports: { ike: 500, nat: 4500 }",
          "crypto", "crypto: { order: [mb, openssl, jca] }");
  private static final Map<String, String> TUN =
      Fields.keys(
          "name", "name: ipsec0",
          "addresses", "addresses: [10.1.0.1/24]",
          "mtu", "mtu: 1400");
  private static final Map<String, String> PORTS =
      Fields.keys("ike", "ike: 500", "nat", "nat: 4500");

  private NodeReader() {}

  static @Nullable NodeSettings read(Value value, Problems problems) {
    Fields fields = Fields.of(value, "the node", NODE, problems);
    if (fields == null) {
      return null;
    }
    Ports ports =
        fields.read("ports", NodeReader::ports, new Ports(Defaults.IKE_PORT, Defaults.NAT_PORT));
    return new NodeSettings(
        fields.read("tun", NodeReader::tun),
        ports.ike(),
        ports.nat(),
        fields.read("crypto", CryptoReader::read, CryptoOrder.byPriority()));
  }

  static @Nullable Ports ports(Value value, Problems problems) {
    Fields fields = Fields.of(value, "ports", PORTS, problems);
    if (fields == null) {
      return null;
    }
    int ike = fields.read("ike", Scalars::port, Defaults.IKE_PORT);
    int nat = fields.read("nat", Scalars::port, Defaults.NAT_PORT);
    if (ike == nat) {
      problems.error(
          fields.node(), "two different ports", "port " + ike + " twice", value.example());
    }
    return new Ports(ike, nat);
  }

  private static @Nullable Tun tun(Value value, Problems problems) {
    Fields fields = Fields.of(value, "a TUN interface", TUN, problems);
    if (fields == null) {
      return null;
    }
    List<InterfaceAddress> addresses =
        fields.require("addresses", "its own addresses", Scalars.listOf(Scalars::interfaceAddress));
    return addresses == null
        ? null
        : new Tun(
            fields.read("name", NodeReader::interfaceName, Tun.DEFAULT_NAME),
            addresses,
            fields.read("mtu", Scalars.integer(576, 65535), Tun.DEFAULT_MTU));
  }

  private static @Nullable String interfaceName(Value value, Problems problems) {
    String name = Scalars.text(value, problems);
    if (name == null || name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,14}")) {
      return name;
    }
    problems.error(
        value.node(),
        "an interface name of at most 15 letters, digits, dots, hyphens and underscores",
        Scalars.describe(value.node()),
        value.example());
    return null;
  }
}
