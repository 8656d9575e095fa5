package org.ipsec4j.interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.ipsec4j.interop.KernelSite.Ends;
import org.ipsec4j.interop.KernelSuite.Keys;

/**
 * One association set up on both sides, with what was chosen for this run.
 *
 * @param wanted what it is
 * @param toGuest SPI of the packets that we send
 * @param toUs SPI of the packets that the guest sends
 * @param guestKeys keys of the packets that the guest sends
 * @param ourKeys keys of the packets that we send
 * @param name of the pair at our stack
 */
record KernelPair(
    KernelCase wanted, long toGuest, long toUs, Keys guestKeys, Keys ourKeys, String name) {

  static KernelPair of(KernelCase wanted, long spi, Random random, String name) {
    KernelSuite suite = wanted.suite();
    return new KernelPair(wanted, spi, spi + 1, suite.keys(random), suite.keys(random), name);
  }

  /** The line of {@code ip} that adds the kernel's state of one direction. */
  String state(boolean toUsDirection, KernelSetup setup) {
    Ends outer = wanted.outer();
    String source = toUsDirection ? outer.guest() : outer.ours();
    String destination = toUsDirection ? outer.ours() : outer.guest();
    KernelSuite suite = wanted.suite();
    StringBuilder line = new StringBuilder("xfrm state add");
    line.append(" src ").append(source).append(" dst ").append(destination);
    line.append(" proto ").append(suite.protocol());
    line.append(" spi ").append(toUsDirection ? toUs : toGuest);
    line.append(" reqid ").append(reqid()).append(" mode ").append(wanted.mode());
    line.append(" replay-window ").append(setup.window());
    List<String> flags = new ArrayList<>();
    if (wanted.esn()) {
      flags.add("esn");
    }
    boolean mixed = wanted.inner().isV6() != outer.isV6();
    if (!wanted.isTransport() && mixed) {
      flags.add("af-unspec");
    }
    if (suite.isAh() && !outer.isV6() && !setup.ours().contains("ahpad8")) {
      // the header's length counts in steps of four octets, as RFC 4302 2.2 has it for IPv4
      flags.add("align4");
    }
    flags.forEach(flag -> line.append(" flag ").append(flag));
    line.append(' ').append(suite.linux(toUsDirection ? guestKeys : ourKeys));
    if (wanted.udp()) {
      line.append(" encap espinudp 4500 4500 ").append(outer.isV6() ? "::" : "0.0.0.0");
    }
    if (wanted.mode().equals("beet")) {
      Ends inner = wanted.inner();
      line.append(" sel src ").append(toUsDirection ? inner.guest() : inner.ours());
      line.append(" dst ").append(toUsDirection ? inner.ours() : inner.guest());
    }
    return line + (toUsDirection ? setup.guestSends() : setup.guestTakes()) + "\n";
  }

  private long reqid() {
    return toGuest;
  }

  /** The part of a policy that asks for this association. */
  String template(boolean toUsDirection) {
    Ends outer = wanted.outer();
    return " tmpl src "
        + (toUsDirection ? outer.guest() : outer.ours())
        + " dst "
        + (toUsDirection ? outer.ours() : outer.guest())
        + " proto "
        + wanted.suite().protocol()
        + " reqid "
        + reqid()
        + " mode "
        + wanted.mode();
  }

  /** The order that sets the association up at our stack. */
  String order(String more) {
    Map<String, String> keys = new HashMap<>();
    keys.put("encout", ourKeys.cipher());
    keys.put("authout", ourKeys.mac());
    keys.put("encin", guestKeys.cipher());
    keys.put("authin", guestKeys.mac());
    StringBuilder line = new StringBuilder("sa name=" + name + " " + wanted.suite().ours());
    line.append(" mode=").append(wanted.mode().toUpperCase(Locale.ROOT));
    line.append(" spiin=").append(toUs).append(" spiout=").append(toGuest);
    line.append(" local=").append(wanted.outer().ours());
    line.append(" remote=").append(wanted.outer().guest());
    keys.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
    line.append(wanted.esn() ? " esn=true" : "").append(wanted.udp() ? " port=4500" : "");
    if (!wanted.isTransport()) {
      Ends inner = wanted.inner();
      line.append(" ours=").append(inner.ours()).append('/').append(inner.prefix());
      line.append(" theirs=").append(inner.guest()).append('/').append(inner.prefix());
    }
    if (wanted.mode().equals("beet")) {
      line.append(" innerours=").append(wanted.inner().ours());
      line.append(" innertheirs=").append(wanted.inner().guest());
    }
    return line + more;
  }
}
