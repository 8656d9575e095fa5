package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.frag.PathMtuPolicy;
import org.jspecify.annotations.NullUnmarked;

/** Any chain of SAs up to the bound carries any packet, and no other chain than its own does. */
@NullUnmarked
class BundleProperties {

  /** Bursts of packets over chains of different depth come out as they went in. */
  @Property(tries = 200)
  void chainsOfAnyDepth(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int count) {
    Random random = new Random(seed);
    BundleLab lab = new BundleLab();
    List<OutboundBundle> bundles = new ArrayList<>();
    List<Boolean> families = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      boolean v4 = random.nextBoolean();
      bundles.add(randomChain(random, lab, v4, 1 + random.nextInt(SaBundle.MAX_LAYERS)));
      families.add(v4);
    }
    PacketForm form = random.nextBoolean() ? PacketForm.FULL_IP : PacketForm.PAYLOAD;
    List<byte[]> packets = new ArrayList<>();
    OutboundBundle[] perPacket = new OutboundBundle[count];
    for (int i = 0; i < count; i++) {
      int which = random.nextInt(bundles.size());
      perPacket[i] = bundles.get(which);
      int size = random.nextInt(random.nextInt(5) == 0 ? 5000 : 200);
      packets.add(
          families.get(which)
              ? IpPackets.tcp("192.0.2.1", "198.51.100.2", Lab.octets(i, size))
              : IpPackets.tcp("2001:db8::1", "2001:db8:ffff::2", Lab.octets(i, size)));
    }
    PacketBurst burst = BundleLab.burst(packets.toArray(new byte[0][]));
    try (IpsecOutbound sealer = lab.sealer();
        IpsecInbound opener = lab.opener()) {
      sealer.protect(burst, perPacket, form, 1);
      List<byte[]> wires = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        assertEquals(expected(perPacket[i], form), burst.dropReason(i));
        wires.add(Lab.window(burst, i));
      }
      opener.open(burst, form, 1);
      for (int i = 0; i < count; i++) {
        if (expected(perPacket[i], form) != DropReason.NONE) {
          continue;
        }
        assertEquals(DropReason.NONE, burst.dropReason(i));
        // without a tunnel the header is made anew from the SA's addresses
        int from = form == PacketForm.PAYLOAD && !hasTunnel(perPacket[i]) ? 40 : 0;
        byte[] sent = packets.get(i);
        byte[] came = Lab.window(burst, i);
        assertArrayEquals(
            Arrays.copyOfRange(sent, from, sent.length),
            Arrays.copyOfRange(came, from, came.length));
        assertEquals(perPacket[i].size(), opener.layers(i));
        for (int layer = 0; layer < opener.layers(i); layer++) {
          int mirrored = perPacket[i].size() - 1 - layer;
          assertEquals(perPacket[i].sa(mirrored).spi(), opener.sa(i, layer).spi());
        }
        assertTrue(wires.get(i).length - packets.get(i).length <= perPacket[i].maxOverhead());
      }
    }
  }

  private static boolean hasTunnel(OutboundBundle bundle) {
    boolean tunnel = false;
    for (int layer = 0; layer < bundle.size(); layer++) {
      tunnel |= bundle.sa(layer).isTunnel();
    }
    return tunnel;
  }

  /** Without its header a packet cannot leave whose AH covers the header. */
  private static DropReason expected(OutboundBundle bundle, PacketForm form) {
    int layer = bundle.size() - 1;
    if (form == PacketForm.FULL_IP) {
      return DropReason.NONE;
    }
    if (!bundle.sa(layer).isEsp()) {
      return DropReason.NO_NATIVE_PATH;
    }
    while (layer >= 0 && bundle.sa(layer).isEsp() && !bundle.sa(layer).isTunnel()) {
      layer--;
    }
    boolean covered = layer >= 0 && !bundle.sa(layer).isEsp();
    return covered ? DropReason.NOT_TRANSPORTABLE : DropReason.NONE;
  }

  /** A bundle in transport mode all through, or with tunnels to the same two ends. */
  private static OutboundBundle randomChain(Random random, BundleLab lab, boolean v4, int layers) {
    SaBundle bundle = SaBundle.of("random", layers);
    List<PacketTransform> transforms =
        List.of(Lab.GCM, Lab.CBC_SHA256, Lab.GCM_ESN, BundleLab.AH, BundleLab.AH);
    int from = lab.outbound.size();
    boolean family = v4;
    for (int layer = 0; layer < layers; layer++) {
      PacketTransform transform = transforms.get(random.nextInt(transforms.size()));
      boolean tunnel = random.nextInt(3) == 0;
      // a tunnel may change the family of what follows
      family = tunnel ? random.nextBoolean() : family;
      lab.add(transform, tunnel ? SaMode.TUNNEL : SaMode.TRANSPORT, family, bundle.place(layer));
    }
    return OutboundBundle.of(lab.outbound.subList(from, lab.outbound.size()));
  }

  /** The longest packet that a bundle says it carries fits its path, and no longer one does. */
  @Property(tries = 300)
  void pathMtu(@ForAll long seed, @ForAll @IntRange(min = 1600, max = 9000) int mtu) {
    Random random = new Random(seed);
    BundleLab lab = new BundleLab();
    boolean v4 = random.nextBoolean();
    OutboundBundle bundle = randomChain(random, lab, v4, 1 + random.nextInt(3));
    OutboundSa outermost = bundle.sa(bundle.size() - 1);
    outermost.pathMtu().configure(PathMtuPolicy.DEFAULT.withLinkMtu(mtu));
    int most = bundle.innerMtu(v4, 1);
    byte[] longest = tcp(v4, most);
    byte[] tooLong = tcp(v4, most + 1);
    PacketBurst burst = BundleLab.burst(longest, tooLong);
    try (IpsecOutbound sealer = lab.sealer()) {
      sealer.protect(burst, new OutboundBundle[] {bundle, bundle}, PacketForm.FULL_IP, 1);
      assertEquals(DropReason.NONE, burst.dropReason(0));
      assertTrue(burst.length(0) <= mtu, burst.length(0) + " of " + mtu);
      assertEquals(0, sealer.fits(0));
      assertEquals(DropReason.NEEDS_FRAGMENTATION, burst.dropReason(1));
      assertEquals(most, sealer.fits(1));
      assertEquals(1, bundle.sa(0).numbersUsed(), "the inner layers had no work with it");
    }
  }

  /** Don't Fragment is set where there is such a flag. */
  private static byte[] tcp(boolean v4, int total) {
    byte[] data = new byte[total - (v4 ? 40 : 60)];
    byte[] packet =
        v4
            ? IpPackets.tcp("192.0.2.1", "198.51.100.2", data)
            : IpPackets.tcp("2001:db8::1", "2001:db8:ffff::2", data);
    assertEquals(total, packet.length);
    return packet;
  }

  /** A chain that lacks a layer, has one twice or in another order opens nothing. */
  @Property(tries = 300)
  void onlyTheWholeChain(@ForAll long seed) {
    Random random = new Random(seed);
    BundleLab lab = new BundleLab();
    int layers = 2 + random.nextInt(4);
    SaBundle bundle = SaBundle.of("whole", layers);
    for (int layer = 0; layer < layers; layer++) {
      PacketTransform transform = random.nextBoolean() ? Lab.GCM : BundleLab.AH;
      lab.add(transform, SaMode.TRANSPORT, true, bundle.place(layer));
      // another SA in the same place
      lab.add(transform, SaMode.TRANSPORT, true, bundle.place(layer));
    }
    List<OutboundSa> chain = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    int length = 1 + random.nextInt(layers + 1);
    for (int i = 0; i < length; i++) {
      int place = random.nextInt(3) == 0 ? random.nextInt(layers) : Math.min(i, layers - 1);
      OutboundSa sa = lab.outbound.get(2 * place + random.nextInt(2));
      if (!chain.contains(sa)) {
        chain.add(sa);
        places.add(place);
      }
    }
    boolean whole = places.size() % layers == 0;
    for (int i = 0; i < places.size(); i++) {
      whole &= places.get(i) == i % layers;
    }
    byte[] tcp = IpPackets.tcp("192.0.2.1", "198.51.100.2", Lab.octets(1, 40));
    PacketBurst burst = BundleLab.burst(lab.seal(tcp, chain.toArray(new OutboundSa[0])));
    ByteBuffer before = ByteBuffer.wrap(tcp);
    try (IpsecInbound opener = lab.opener()) {
      opener.open(burst, PacketForm.FULL_IP, 1);
      if (whole) {
        assertEquals(DropReason.NONE, burst.dropReason(0), places.toString());
        assertEquals(before, ByteBuffer.wrap(Lab.window(burst, 0)));
      } else {
        assertEquals(DropReason.BUNDLE_MISMATCH, burst.dropReason(0), places.toString());
        assertArrayEquals(new byte[burst.length(0)], Lab.window(burst, 0));
      }
    }
  }
}
