package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.AhModel.Look;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/**
 * Random and nearly right packets with AH, alone and among several layers: nothing is thrown, no
 * octet of a neighbour changes, every packet ends alive or with one counted reason.
 */
@NullUnmarked
class AhFuzz {
  private static final int WINDOWS = 160_000;
  private static final int CAPACITY = 3;
  private static final int MIDDLE = 1;
  private static final int ROOM = 700;
  private static final ByteBuffer CANARY = ByteBuffer.wrap(Lab.octets(9, 16384));

  private final Random random = new Random(4302);
  private final byte[] octets = new byte[ROOM];
  private final Map<DropReason, Integer> seen = new EnumMap<>(DropReason.class);
  private final PacketBurst burst = new PacketBurst(CAPACITY, 200, ROOM, 60);

  @Test
  void inbound() {
    for (int sa = 0; sa < 16; sa++) {
      Lab lab = AhLab.lab(AhCrypto.MACS.get(sa % AhCrypto.MACS.size()), sa % 3 == 0);
      // half of the SAs call every ICV right, so that what lies behind it meets random octets
      lab.crypto = sa % 2 == 0 ? new NoAhCrypto() : new AhCrypto();
      lab.mode = sa % 4 < 2 ? SaMode.TRANSPORT : SaMode.TUNNEL;
      if (sa >= 14) {
        lab.bind(sa == 14);
      }
      Sad sad = lab.sad();
      long alive = 0;
      try (AhInbound opener = AhLab.opener(lab, sad)) {
        for (int i = 0; i < WINDOWS / 16; i++) {
          paint(nearlyRight(lab, i));
          opener.open(burst, i);
          alive += judge();
        }
        InboundSa counted = sad.find(lab.transform.protocol(), lab.spi);
        assertEquals(alive, counted.counters().packets());
        long drops = counted.counters().drops() + opener.withoutSa().drops();
        assertEquals(WINDOWS / 16, alive + drops);
      }
    }
    assertTrue(seen.size() > 9, "reached: " + seen);
    assertTrue(seen.containsKey(DropReason.NONE), "some got through: " + seen);
    assertTrue(seen.containsKey(DropReason.MALFORMED_AH), "reached: " + seen);
    System.out.println("fuzz AH: " + seen);
  }

  /** A packet of the twin's with flaws, or noise. */
  private int nearlyRight(Lab lab, int i) {
    random.nextBytes(octets);
    int kind = random.nextInt(8);
    if (kind == 0) {
      return random.nextInt(octets.length + 1);
    }
    AhModel model = random.nextBoolean() ? AhModel.v4(random) : AhModel.v6(random, true);
    int ahLength =
        new AhLayout(lab.transform, lab.key().salt(), AhPadding.FOUR_OCTETS).headerLength(model.v4);
    byte[] inner = IpPackets.udp(random.nextBoolean(), 1, 2, new byte[random.nextInt(60)]);
    int total = model.length() + ahLength + inner.length;
    ByteBuffer wire = ByteBuffer.wrap(octets);
    wire.put(model.header(Look.ARRIVED, 51, total));
    wire.put((byte) (random.nextBoolean() ? 4 : 41)).put((byte) (ahLength / 4 - 2));
    wire.putShort((short) 0).putInt(lab.spi).putInt(i + 1);
    wire.position(model.length() + ahLength).put(inner);
    if (kind < 5) {
      int span = kind < 3 ? model.length() + 12 : total;
      for (int n = random.nextInt(4); n >= 0; n--) {
        octets[random.nextInt(span)] = (byte) random.nextInt();
      }
    }
    return kind == 7 ? random.nextInt(total + 1) : total;
  }

  private void paint(int length) {
    ByteBuffer slab = burst.slab();
    slab.put(0, CANARY, 0, slab.capacity());
    burst.clear();
    for (int i = 0; i < CAPACITY; i++) {
      burst.add();
    }
    burst.drop(0, DropReason.STOPPING);
    burst.drop(2, DropReason.STOPPING);
    burst.window(MIDDLE, burst.offset(MIDDLE), length);
    slab.put(burst.offset(MIDDLE), octets, 0, length);
  }

  /** One when the packet lives. */
  private int judge() {
    ByteBuffer slab = burst.slab();
    int slot = slab.capacity() / CAPACITY;
    assertEquals(CANARY.slice(0, slot), slab.slice(0, slot));
    assertEquals(CANARY.slice(2 * slot, slot), slab.slice(2 * slot, slot));
    assertEquals(DropReason.STOPPING, burst.dropReason(0));
    assertEquals(DropReason.STOPPING, burst.dropReason(2));
    DropReason reason = burst.dropReason(MIDDLE);
    seen.merge(reason, 1, Integer::sum);
    if (reason != DropReason.NONE) {
      return 0;
    }
    IpHeaderView view = new IpHeaderView();
    assertTrue(view.parse(slab, burst.offset(MIDDLE), burst.length(MIDDLE)));
    assertEquals(burst.length(MIDDLE), view.totalLength());
    return 1;
  }

  @Test
  void outbound() {
    for (int kind = 0; kind < 6; kind++) {
      Lab lab = AhLab.lab(IntegrityAlgorithm.HMAC_SHA2_512_256, true);
      lab.crypto = new NoAhCrypto();
      lab.outerV4 = kind % 2 == 0;
      lab.mode = kind < 4 ? SaMode.TRANSPORT : SaMode.TUNNEL;
      OutboundSa sa = lab.outbound();
      OutboundSa[] sas = {sa, sa, sa};
      long sealed = 0;
      try (AhOutbound sealer = AhLab.sealer(lab)) {
        for (int i = 0; i < WINDOWS / 8; i++) {
          paint(anyPacket());
          sealer.protect(burst, sas, i);
          sealed += judge();
        }
      }
      assertEquals(sealed, sa.counters().packets());
      assertEquals(WINDOWS / 8, sealed + sa.counters().drops());
      assertTrue(sealed > WINDOWS / 80, "sealed " + sealed);
    }
  }

  private int anyPacket() {
    random.nextBytes(octets);
    int kind = random.nextInt(6);
    if (kind == 0) {
      return random.nextInt(octets.length + 1);
    }
    AhModel model = random.nextBoolean() ? AhModel.v4(random) : AhModel.v6(random, true);
    int total = model.length() + random.nextInt(100);
    ByteBuffer.wrap(octets).put(model.header(Look.SENT, random.nextInt(256), total));
    for (int n = random.nextInt(3); n > 0; n--) {
      octets[random.nextInt(kind < 3 ? model.length() : total)] = (byte) random.nextInt();
    }
    return total;
  }

  /** Layers of SAs with flaws in any of them, through the whole way in. */
  @Test
  void bundles() {
    SaBundle bundle = SaBundle.of("fuzzed", 2).withCompression();
    BundleLab lab =
        new BundleLab()
            .add(Lab.GCM, SaMode.TRANSPORT, true, bundle.place(0))
            .add(BundleLab.AH, SaMode.TRANSPORT, true, bundle.place(1))
            .add(Lab.CBC_SHA256, SaMode.TUNNEL, true, null)
            .add(BundleLab.AH, SaMode.TUNNEL, true, null);
    List<byte[]> right = new ArrayList<>();
    byte[] tcp = IpPackets.tcp("192.0.2.1", "198.51.100.2", Lab.octets(1, 40));
    for (int i = 0; i < 6_000; i++) {
      List<OutboundSa> chain = new ArrayList<>(lab.outbound.subList(0, 2));
      chain.addAll(lab.outbound.subList(2, 2 + random.nextInt(3)));
      if (random.nextInt(4) == 0) {
        Collections.shuffle(chain, random);
      }
      right.add(lab.seal(tcp, chain.toArray(new OutboundSa[0])));
    }
    long alive = 0;
    int tries = 6_000;
    try (IpsecInbound opener = lab.opener()) {
      for (int i = 0; i < tries; i++) {
        byte[] wire = right.get(i).clone();
        for (int n = random.nextInt(3); n > 0; n--) {
          wire[random.nextInt(wire.length)] ^= (byte) (1 << random.nextInt(8));
        }
        System.arraycopy(wire, 0, octets, 0, wire.length);
        paint(wire.length);
        opener.open(burst, PacketForm.FULL_IP, i);
        alive += judge();
      }
    }
    assertTrue(alive > 0);
    assertTrue(seen.containsKey(DropReason.BUNDLE_MISMATCH), "reached: " + seen);
    System.out.println("fuzz bundles: " + seen);
  }
}
