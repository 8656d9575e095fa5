package org.ipsec4j.interop.stack;

import java.util.HashMap;
import java.util.Map;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.esp.AddressPair;
import org.ipsec4j.esp.AhPadding;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.SaBundle;
import org.ipsec4j.esp.SaOptions;
import org.ipsec4j.esp.TfcPadding;

/** What an order says beyond the agreement of the association. */
final class Options {
  /** Bundles by name; associations that name the same one belong together. */
  private final Map<String, SaBundle> bundles = new HashMap<>();

  void clear() {
    bundles.clear();
  }

  SaOptions of(Order order) {
    SaOptions options = SaOptions.DEFAULT;
    if (order.has("innerours")) {
      IpAddress local = IpAddress.parse(order.text("innerours"));
      IpAddress remote = IpAddress.parse(order.text("innertheirs"));
      options = options.withInnerAddresses(new AddressPair(local, remote));
    }
    if (order.has("tfc")) {
      options = options.withTfcPadding(new TfcPadding.ToMultiple(order.whole("tfc", 1)));
    }
    if (order.has("ahpad8")) {
      options = options.withAhPadding(AhPadding.EIGHT_OCTETS);
    }
    if (order.has("bundle")) {
      SaBundle bundle = bundles.computeIfAbsent(order.text("bundle"), name -> bundle(name, order));
      options = options.withPlace(bundle.place(order.whole("layer", 0)));
    }
    return options;
  }

  private static SaBundle bundle(String name, Order order) {
    SaBundle bundle = SaBundle.of(name, order.whole("layers", 1));
    return order.has("compressed") ? bundle.withCompression() : bundle;
  }

  /** The sending half, with its first number. */
  static OutboundSa outbound(ChildSa child, PacketKey key, SaOptions options, long first) {
    return OutboundSa.startingAt(child, key, options, first);
  }
}
