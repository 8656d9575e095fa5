package org.ipsec4j.interop;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts what the router forwards: the packets that an expression of nft matches. */
final class WireCounter implements AutoCloseable {
  private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");

  private final String router;

  private WireCounter(String router) {
    this.router = router;
  }

  /** Counts from now on. */
  static WireCounter start(KernelSite site, String match) {
    Namespaces.nft(
        site.router(),
        """
        table inet wire {
          chain forward {
            type filter hook forward priority 0
            %s counter
          }
        }
        """
            .formatted(match));
    return new WireCounter(site.router());
  }

  /** Changes packets from now on, such as {@code ip ecn set ce}. */
  static WireCounter change(KernelSite site, String rule) {
    return start(site, rule);
  }

  long packets() {
    Matcher counter =
        PACKETS.matcher(Namespaces.exec(router, "nft", "list", "table", "inet", "wire"));
    return counter.find() ? Long.parseLong(counter.group(1)) : -1;
  }

  @Override
  public void close() {
    Namespaces.exec(router, "nft", "delete", "table", "inet", "wire");
  }
}
