package org.ipsec4j.interop.stack;

import java.util.Arrays;
import java.util.Map;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.OutboundBundle;
import org.ipsec4j.esp.PacketStage;
import org.ipsec4j.esp.ipcomp.IpcompAssociation;
import org.ipsec4j.esp.ipcomp.IpcompInbound;
import org.ipsec4j.esp.ipcomp.IpcompOutbound;
import org.ipsec4j.esp.ipcomp.IpcompSettings;
import org.ipsec4j.esp.ipcomp.IpcompTable;
import org.jspecify.annotations.Nullable;

/** IPComp as an order has set it up: at most one association in each direction. */
final class Compression {
  private final IpcompTable table = new IpcompTable();
  private final IpcompOutbound compressor = new IpcompOutbound();
  private @Nullable IpcompAssociation in;
  private @Nullable IpcompAssociation out;

  void set(Order order) {
    clear();
    IpAddress local = IpAddress.parse(order.text("local"));
    IpAddress remote = IpAddress.parse(order.text("remote"));
    SaMode mode = SaMode.valueOf(order.text("mode"));
    int cpiIn = order.whole("cpiin", 0);
    int cpiOut = order.whole("cpiout", 0);
    in = IpcompAssociation.of(IpcompSettings.of(cpiIn, mode, remote, local));
    out = IpcompAssociation.of(IpcompSettings.of(cpiOut, mode, local, remote));
    table.install(in);
  }

  void clear() {
    if (in != null) {
      table.remove(in);
    }
    in = null;
    out = null;
  }

  /** The step that outgoing packets take first, if compression is set up. */
  OutboundBundle around(OutboundBundle bundle) {
    IpcompAssociation association = out;
    if (association == null) {
      return bundle;
    }
    return bundle.withStage(
        (burst, mine, now) -> {
          @Nullable IpcompAssociation[] perPacket = new IpcompAssociation[burst.size()];
          for (int i = 0; i < burst.size(); i++) {
            perPacket[i] = mine[i] ? association : null;
          }
          compressor.compress(burst, perPacket);
        });
  }

  /** The step that incoming packets take last. */
  PacketStage decompressor(int capacity) {
    return new Expander(new IpcompInbound(table, capacity));
  }

  private record Expander(IpcompInbound inbound) implements PacketStage {
    @Override
    public void apply(PacketBurst burst, boolean[] mine, long now) {
      // whoever is not meant holds nothing compressed, and is left alone by the engine itself
      if (Arrays.equals(mine, new boolean[mine.length])) {
        return;
      }
      inbound.expand(burst);
    }
  }

  void report(Map<String, Long> into) {
    report("comp.in", in, into);
    report("comp.out", out, into);
  }

  private static void report(
      String name, @Nullable IpcompAssociation association, Map<String, Long> into) {
    if (association != null) {
      into.put(name + ".changed", association.counters().changed());
      into.put(name + ".unchanged", association.counters().unchanged());
      into.put(name + ".drop.any", association.counters().drops());
    }
  }
}
