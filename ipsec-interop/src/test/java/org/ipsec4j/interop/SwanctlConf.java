package org.ipsec4j.interop;

import java.time.Duration;
import org.ipsec4j.interop.Tunnel.Certificates;
import org.ipsec4j.interop.Tunnel.Psk;
import org.ipsec4j.interop.Tunnel.Side;

/** charon's view of a {@link Tunnel}: the text of swanctl.conf for either end. */
final class SwanctlConf {
  /** Name of the connection in the configuration. */
  static final String CONNECTION = "interop";

  private SwanctlConf() {}

  static String left(Tunnel tunnel) {
    return text(
        tunnel,
        tunnel.left(),
        tunnel.right(),
        tunnel.right().address(),
        tunnel.leftIke(),
        tunnel.leftEsp(),
        tunnel.leftLiveness(),
        true);
  }

  static String right(Tunnel tunnel) {
    String peer = tunnel.leftBehindNat() ? "%any" : tunnel.left().address();
    return text(
        tunnel,
        tunnel.right(),
        tunnel.left(),
        peer,
        tunnel.rightIke(),
        tunnel.rightEsp(),
        tunnel.rightLiveness(),
        false);
  }

  private static String text(
      Tunnel tunnel,
      Side us,
      Side them,
      String peer,
      String ike,
      String esp,
      Duration liveness,
      boolean left) {
    StringBuilder out = new StringBuilder();
    out.append("connections {\n  ").append(CONNECTION).append(" {\n");
    setting(out, "version", "2");
    setting(out, "local_addrs", us.address());
    setting(out, "remote_addrs", peer);
    setting(out, "proposals", ike);
    setting(out, "fragmentation", "yes");
    if (!liveness.isZero()) {
      setting(out, "dpd_delay", liveness.toSeconds() + "s");
    }
    switch (tunnel.auth()) {
      case Psk _ -> {
        block(out, "local", "auth = psk", "id = " + us.id());
        block(out, "remote", "auth = psk", "id = " + them.id());
      }
      case Certificates c -> {
        Pki.Identity own = left ? c.left() : c.right();
        block(
            out,
            "local",
            "auth = " + c.scheme(),
            "id = " + us.id(),
            "certs = " + own.certificate().getFileName());
        block(out, "remote", "auth = pubkey", "id = " + them.id());
      }
    }
    out.append("    children {\n      ").append(Tunnel.CHILD).append(" {\n");
    setting(out, "local_ts", us.net());
    setting(out, "remote_ts", them.net());
    setting(out, "esp_proposals", esp);
    setting(out, "mode", "tunnel");
    setting(out, "updown", "");
    out.append("      }\n    }\n  }\n}\n");
    if (tunnel.auth() instanceof Psk psk) {
      out.append("secrets {\n  ike-interop {\n");
      setting(out, "secret", "\"" + (left ? psk.left() : psk.right()) + "\"");
      out.append("  }\n}\n");
    }
    return out.toString();
  }

  private static void block(StringBuilder out, String name, String... settings) {
    out.append("    ").append(name).append(" {\n");
    for (String setting : settings) {
      out.append("      ").append(setting).append('\n');
    }
    out.append("    }\n");
  }

  private static void setting(StringBuilder out, String name, String value) {
    out.append("    ").append(name).append(" = ").append(value).append('\n');
  }
}
