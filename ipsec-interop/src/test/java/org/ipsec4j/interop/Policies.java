package org.ipsec4j.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.interop.Tunnel.Certificates;
import org.ipsec4j.interop.Tunnel.Psk;
import org.ipsec4j.interop.Tunnel.Side;

/**
 * Every line of our own policy language that the suite writes: the one place to touch when the
 * language changes.
 */
final class Policies {
  /** Name of the peer entry that stands for the right end. */
  static final String PEER = "right";

  /** The TUN device of the gateway. */
  static final String DEVICE = "ipsec0";

  private Policies() {}

  /** The policy of the left end; credential files are named relative to the policy's folder. */
  static String left(Tunnel tunnel) {
    Side us = tunnel.left();
    Side them = tunnel.right();
    List<String> lines = new ArrayList<>();
    lines.add("version: 1");
    lines.add("node:");
    lines.add("  tun: { name: " + DEVICE + ", addresses: [" + us.inner() + "/24] }");
    lines.add("peers:");
    lines.add("  " + PEER + ":");
    lines.add("    local: { address: " + us.address() + ", id: " + us.id() + " }");
    lines.add("    remote: { address: " + them.address() + ", id: " + them.id() + " }");
    lines.add("    auth: " + auth(tunnel));
    lines.add(
        "    ike: { proposals: ["
            + list(tunnel.leftIke())
            + "], rekey: 4h"
            + liveness(tunnel)
            + " }");
    lines.add("    children:");
    lines.add("      " + Tunnel.CHILD + ":");
    lines.add("        local: [" + us.net() + "]");
    lines.add("        remote: [" + them.net() + "]");
    lines.add("        esp: [" + list(tunnel.leftEsp()) + "]");
    lines.add("        rekey: 1h");
    lines.add("        start: none");
    return String.join("\n", lines) + "\n";
  }

  /**
   * The files that {@link #left} names, to be put beside it: file name to source, or to text for
   * the key.
   */
  static List<Path> credentialFiles(Tunnel tunnel) {
    return switch (tunnel.auth()) {
      case Psk _ -> List.of();
      case Certificates c ->
          List.of(c.left().certificate(), c.left().key(), c.authority().certificate());
    };
  }

  private static String auth(Tunnel tunnel) {
    return switch (tunnel.auth()) {
      case Psk _ -> "{ psk: { file: psk.txt } }";
      case Certificates c ->
          "{ certificate: { chain: "
              + c.left().certificate().getFileName()
              + ", key: "
              + c.left().key().getFileName()
              + ", trust: ["
              + c.authority().certificate().getFileName()
              + "] } }";
    };
  }

  private static String liveness(Tunnel tunnel) {
    Duration silence = tunnel.leftLiveness();
    return silence.isZero()
        ? ""
        : ", liveness: " + silence.toSeconds() + "s, retransmit: { first: 1s, tries: 4 }";
  }

  private static String list(String proposals) {
    return proposals.replace(",", ", ");
  }
}
