package org.ipsec4j.interop.stack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.jspecify.annotations.Nullable;

/**
 * The way of packets between the inner host and the outer side: bursts through our engines, layer
 * by layer. Used by one thread.
 */
final class PacketWay {
  static final int BURST = 64;
  static final int MAX_PACKET = 16 * 1024;

  private static final int ESP = 50;
  private static final int AH = 51;
  private static final int UDP = 17;
  private static final int NAT_PORT = 4500;
  private static final int MAX_LAYERS = 4;

  private final Associations associations;
  private final Set<IpAddress> ours = new HashSet<>();
  private final EspOutbound espOut;
  private final EspInbound espIn;
  private final IpHeaderView view = new IpHeaderView();
  private final PacketBurst waiting = burst(BURST);
  private final Map<String, Long> counts = new TreeMap<>();

  /** Names of the associations that outgoing packets pass, the innermost first. */
  private List<String> chain = List.of();

  /** Where opened packets and packets that came in clear go. */
  interface Receiver {
    /** One packet that came through {@code layers} associations. */
    void take(IpHeaderView packet, ByteBuffer slab, int layers);
  }

  PacketWay(Associations associations) {
    this.associations = associations;
    this.espOut = new EspOutbound(associations.providers(), BURST);
    this.espIn = new EspInbound(associations.sad(), associations.providers(), BURST);
  }

  /** A burst whose slots hold any packet of the suite with all its layers. */
  static PacketBurst burst(int capacity) {
    int head = MAX_LAYERS * EspOutbound.MAX_HEADROOM;
    int tail = MAX_LAYERS * EspOutbound.MAX_TAILROOM;
    return new PacketBurst(capacity, head, MAX_PACKET, tail);
  }

  /** The addresses at which protected packets are opened. */
  void owns(IpAddress address) {
    ours.add(address);
  }

  void chain(List<String> names) {
    names.forEach(associations::pair);
    chain = List.copyOf(names);
  }

  void reset() {
    chain = List.of();
    waiting.clear();
    counts.clear();
  }

  /** Puts an inner packet into the next burst; false when it is full. */
  boolean offer(byte[] packet) {
    return waiting.add(ByteBuffer.wrap(packet)) >= 0;
  }

  /**
   * Protects what waits; the caller sends the living packets and calls {@link PacketBurst#clear}.
   */
  PacketBurst protect(long now) {
    for (String name : chain) {
      OutboundSa sa = associations.pair(name).out();
      @Nullable OutboundSa[] sas = new OutboundSa[waiting.size()];
      java.util.Arrays.fill(sas, sa);
      espOut.protect(waiting, sas, PacketForm.FULL_IP, now);
    }
    for (int i = 0; i < waiting.size(); i++) {
      if (!waiting.isAlive(i)) {
        count("out.drop." + waiting.dropReason(i));
      }
    }
    return waiting;
  }

  /** Opens a burst of outer packets, layer by layer, and hands on what is left. */
  void open(PacketBurst burst, long now, Receiver receiver) {
    int[] layers = new int[burst.size()];
    for (int depth = 0; depth <= MAX_LAYERS; depth++) {
      List<Integer> plain = new ArrayList<>();
      boolean[] done = new boolean[burst.size()];
      boolean some = false;
      for (int i = 0; i < burst.size(); i++) {
        if (burst.isAlive(i) && layer(burst, i) == 0) {
          plain.add(i);
        } else {
          some |= burst.isAlive(i);
        }
      }
      for (int i : plain) {
        deliver(burst, i, layers[i], receiver);
        burst.drop(i, DropReason.NOT_ESP);
        done[i] = true;
      }
      if (!some) {
        break;
      }
      boolean[] before = alive(burst);
      espIn.open(burst, PacketForm.FULL_IP, now);
      for (int i = 0; i < burst.size(); i++) {
        if (before[i] && !burst.isAlive(i) && !done[i]) {
          count("in.drop." + burst.dropReason(i));
        }
        layers[i]++;
      }
    }
  }

  private static boolean[] alive(PacketBurst burst) {
    boolean[] alive = new boolean[burst.size()];
    for (int i = 0; i < alive.length; i++) {
      alive[i] = burst.isAlive(i);
    }
    return alive;
  }

  /** The protocol that protects the packet for us, or 0. */
  private int layer(PacketBurst burst, int i) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      return 0;
    }
    IpAddress to =
        view.isV4()
            ? IpAddress.v4((int) view.destinationLow())
            : IpAddress.v6(view.destinationHigh(), view.destinationLow());
    if (!ours.contains(to)) {
      return 0;
    }
    int next = burst.slab().get(view.perFragmentNextOffset()) & 0xff;
    boolean nat = next == UDP && view.destinationPort() == NAT_PORT;
    return next == ESP || next == AH ? next : nat ? ESP : 0;
  }

  private void deliver(PacketBurst burst, int i, int layers, Receiver receiver) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      count("malformed");
    } else if (view.isFragment()) {
      count("fragments");
    } else {
      receiver.take(view, burst.slab(), layers);
    }
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  void report(Map<String, Long> into) {
    counts.forEach((name, value) -> into.merge("way." + name, value, Long::sum));
    Associations.report("nosa.in", espIn.withoutSa(), into);
    Associations.report("nosa.out", espOut.withoutSa(), into);
  }
}
