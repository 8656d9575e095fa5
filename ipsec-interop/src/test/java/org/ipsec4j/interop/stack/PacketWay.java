package org.ipsec4j.interop.stack;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.IpsecInbound;
import org.ipsec4j.esp.IpsecOutbound;
import org.ipsec4j.esp.LocalAddresses;
import org.ipsec4j.esp.OutboundBundle;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.frag.Fragmenter;
import org.ipsec4j.esp.frag.IcmpErrors;
import org.ipsec4j.esp.frag.IcmpReplies;
import org.ipsec4j.esp.frag.Reassembler;
import org.ipsec4j.esp.frag.ReassemblyLimits;
import org.jspecify.annotations.Nullable;

/**
 * The way of packets between the inner host and the outer side: bursts through our engines. Used by
 * one thread.
 *
 * <p>Out: inner packets are cut where a test says so, compressed, protected by a chain of
 * associations, and cut to the MTU of the link. In: fragments are put together, layers opened,
 * contents expanded, and inner fragments put together.
 */
final class PacketWay {
  static final int BURST = 64;
  static final int MAX_PACKET = 20 * 1024;
  static final int LINK_MTU = 1500;

  private static final int ESP = 50;
  private static final int AH = 51;
  private static final int UDP = 17;
  private static final int NAT_PORT = 4500;
  private static final int LAYERS = 4;
  private static final int SEED = 4711;
  private static final int NEVER_CUT = Integer.MAX_VALUE;

  private final Associations associations;
  private final Set<IpAddress> ours = new HashSet<>();
  private final IpHeaderView view = new IpHeaderView();
  private final Map<String, Long> counts = new TreeMap<>();

  private final IpsecOutbound outbound;
  private final Fragmenter innerCutter = new Fragmenter(Fragmenter.Role.SOURCE, SEED);
  private final Fragmenter outerCutter = new Fragmenter(Fragmenter.Role.SOURCE, SEED + 1);
  private final PacketBurst waiting = burst(BURST);
  private final PacketBurst innerPieces = burst(BURST);
  private final PacketBurst outerPieces = burst(BURST);
  private final PacketBurst replies = burst(BURST);
  private final IcmpErrors errors = new IcmpErrors();
  private final IcmpReplies tooBig =
      new IcmpReplies(IpAddress.parse("10.6.2.254"), IpAddress.parse("fd06:2::fe"), 1000, 1000);

  private final IpsecInbound inbound;
  private final PacketBurst whole = burst(BURST);
  private final PacketBurst joined = burst(BURST);
  private Reassembler outerJoiner = new Reassembler(ReassemblyLimits.DEFAULT, SEED);
  private Reassembler innerJoiner = new Reassembler(ReassemblyLimits.DEFAULT, SEED);

  /** Names of the associations that outgoing packets pass, the innermost first. */
  private List<String> chain = List.of();

  private int innerMtu = NEVER_CUT;
  private int linkMtu = LINK_MTU;

  /** Where opened packets and packets that came in clear go. */
  interface Receiver {
    /** One packet that came through {@code layers} associations. */
    void take(IpHeaderView packet, ByteBuffer slab, int layers);
  }

  PacketWay(Associations associations) {
    this.associations = associations;
    outbound = new IpsecOutbound(associations.providers(), BURST);
    inbound =
        new IpsecInbound(associations.sad(), associations.providers(), BURST)
            .withDecompressor(associations.compression().decompressor(BURST));
  }

  /** A burst whose slots hold any packet of the suite with all its layers. */
  static PacketBurst burst(int capacity) {
    return new PacketBurst(
        capacity, IpsecOutbound.maxHeadroom(LAYERS), MAX_PACKET, IpsecOutbound.maxTailroom(LAYERS));
  }

  /** The addresses at which protected packets are opened. */
  void owns(IpAddress address) {
    ours.add(address);
    inbound.withLocalAddresses(LocalAddresses.of(ours));
  }

  void chain(List<String> names) {
    names.forEach(associations::pair);
    chain = List.copyOf(names);
  }

  /** Cuts inner packets before they are protected, and protected ones to what the link takes. */
  void mtu(int inner, int link) {
    innerMtu = inner == 0 ? NEVER_CUT : inner;
    linkMtu = link == 0 ? LINK_MTU : link;
  }

  void reset() {
    chain = List.of();
    waiting.clear();
    counts.clear();
    mtu(0, 0);
    outerJoiner = new Reassembler(ReassemblyLimits.DEFAULT, SEED);
    innerJoiner = new Reassembler(ReassemblyLimits.DEFAULT, SEED);
  }

  /** Puts an inner packet into the next burst; false when it is full. */
  boolean offer(byte[] packet) {
    return waiting.add(ByteBuffer.wrap(packet)) >= 0;
  }

  /**
   * Protects what waits and hands the bursts on; in clear when there is no chain.
   *
   * @param sink what goes out
   * @param back takes ICMP messages about packets that are too long for their associations
   */
  void protect(long now, Consumer<PacketBurst> sink, Receiver back) {
    if (waiting.size() == 0) {
      return;
    }
    replies.clear();
    innerPieces.clear();
    if (innerMtu != NEVER_CUT) {
      innerCutter.cutAll(waiting, 0, innerMtu, innerPieces);
    }
    protectAndCut(waiting, now, sink);
    protectAndCut(innerPieces, now, sink);
    waiting.clear();
    for (int i = 0; i < replies.size(); i++) {
      deliver(replies, i, 1, back);
    }
  }

  /** Sends packets that only hide when there is nothing to send (RFC 4303 2.6). */
  void dummies(int count, int length, long now, Consumer<PacketBurst> sink) {
    int[] lengths = new int[count];
    Arrays.fill(lengths, length);
    PacketBurst burst = burst(BURST);
    try (EspOutbound esp = new EspOutbound(associations.providers(), BURST)) {
      esp.dummies(burst, outermost(), lengths, PacketForm.FULL_IP, now);
    }
    sink.accept(burst);
  }

  /** The longest inner packet that fits through the whole chain, 0 when nothing limits it. */
  int innerMtu(boolean v4, long now) {
    int mtu = chain.isEmpty() ? 0 : outermost().pathMtu().octets(now);
    for (String name : chain.reversed()) {
      mtu = associations.pair(name).out().innerMtuWithin(v4, mtu);
    }
    return mtu;
  }

  private OutboundSa outermost() {
    return associations.pair(chain.getLast()).out();
  }

  /** A router on the way may tell us that our packets are too long for it. */
  private void learn(PacketBurst burst, int i, long now) {
    IcmpErrors.Kind kind = errors.parse(burst.slab(), burst.offset(i), burst.length(i));
    if (kind != IcmpErrors.Kind.NOT_AN_ERROR && !chain.isEmpty()) {
      count("icmp." + kind + "." + outermost().learn(errors, now));
    }
  }

  private void protectAndCut(PacketBurst burst, long now, Consumer<PacketBurst> sink) {
    if (!chain.isEmpty()) {
      OutboundBundle bundle =
          OutboundBundle.of(chain.stream().map(name -> associations.pair(name).out()).toList());
      @Nullable OutboundBundle[] bundles = new OutboundBundle[burst.size()];
      Arrays.fill(bundles, associations.compression().around(bundle));
      outbound.protect(burst, bundles, PacketForm.FULL_IP, now);
    }
    int mtu = chain.isEmpty() ? linkMtu : Math.min(linkMtu, outermost().pathMtu().octets(now));
    int next = 0;
    while (next < burst.size()) {
      outerPieces.clear();
      next = outerCutter.cutAll(burst, next, mtu, outerPieces);
      sink.accept(outerPieces);
    }
    for (int i = 0; i < burst.size(); i++) {
      if (!burst.isAlive(i) && burst.dropReason(i) != DropReason.FRAGMENTED) {
        count("out.drop." + burst.dropReason(i));
        if (burst.dropReason(i) == DropReason.NEEDS_FRAGMENTATION
            && view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
          tooBig.tooBig(burst, i, innerMtu(view.isV4(), now), replies, now);
        }
      }
    }
    sink.accept(burst);
  }

  /** Opens a burst of outer packets and hands on what is left. */
  void open(PacketBurst arrived, long now, Receiver receiver) {
    for (int i = 0; i < arrived.size(); i++) {
      if (!isOurs(arrived, i)) {
        count("foreign");
        arrived.drop(i, DropReason.NOT_FORWARDED);
      }
    }
    whole.clear();
    outerJoiner.accept(arrived, 0, whole, now);
    openWhole(arrived, now, receiver);
    openWhole(whole, now, receiver);
  }

  private void openWhole(PacketBurst burst, long now, Receiver receiver) {
    boolean[] isProtected = new boolean[burst.size()];
    for (int i = 0; i < burst.size(); i++) {
      isProtected[i] = burst.isAlive(i) && layer(burst, i) != 0;
      if (burst.isAlive(i) && !isProtected[i]) {
        learn(burst, i, now);
        receiver.take(view, burst.slab(), 0);
        burst.drop(i, DropReason.NOT_ESP);
      }
    }
    inbound.open(burst, PacketForm.FULL_IP, now);
    for (int i = 0; i < burst.size(); i++) {
      if (isProtected[i] && !burst.isAlive(i)) {
        count("in.drop." + burst.dropReason(i));
      }
    }
    joined.clear();
    innerJoiner.accept(burst, 0, joined, now);
    for (int i = 0; i < burst.size(); i++) {
      if (burst.isAlive(i)) {
        deliver(burst, i, inbound.layers(i), receiver);
      }
    }
    for (int i = 0; i < joined.size(); i++) {
      deliver(joined, i, 1, receiver);
    }
  }

  private boolean isOurs(PacketBurst burst, int i) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      return false;
    }
    IpAddress to =
        view.isV4()
            ? IpAddress.v4((int) view.destinationLow())
            : IpAddress.v6(view.destinationHigh(), view.destinationLow());
    return ours.contains(to);
  }

  /** The protocol that protects the packet for us, or 0. */
  private int layer(PacketBurst burst, int i) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      return 0;
    }
    int next = burst.slab().get(view.perFragmentNextOffset()) & 0xff;
    boolean nat = next == UDP && view.destinationPort() == NAT_PORT;
    if (next == ESP || next == AH) {
      return next;
    }
    return nat ? ESP : 0;
  }

  private void deliver(PacketBurst burst, int i, int layers, Receiver receiver) {
    if (view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      receiver.take(view, burst.slab(), layers);
    } else {
      count("malformed");
    }
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  void report(Map<String, Long> into) {
    counts.forEach((name, value) -> into.merge("way." + name, value, Long::sum));
    into.put("joined.outer", outerJoiner.packets());
    into.put("joined.inner", innerJoiner.packets());
    into.put("drop.outer.fragments", outerJoiner.drops().total());
    into.put("drop.inner.fragments", innerJoiner.drops().total());
    into.values().removeIf(value -> value == 0);
  }
}
