package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random and nearly right windows: nothing is thrown, no octet of a neighbour changes, every packet
 * ends alive or with one counted reason.
 */
@NullUnmarked
class EspFuzz {
  private static final int WINDOWS = 200_000;
  private static final int SAS = 12;
  private static final int CAPACITY = 3;
  private static final int MIDDLE = 1;
  private static final ByteBuffer CANARY = ByteBuffer.wrap(Lab.octets(9, 8192));

  @ParameterizedTest
  @EnumSource(PacketForm.class)
  void inbound(PacketForm form) {
    Random random = new Random(4303);
    Map<DropReason, Integer> seen = new EnumMap<>(DropReason.class);
    for (int sa = 0; sa < SAS; sa++) {
      Lab lab = new Lab();
      // half of the SAs call every ICV right, so that what lies behind it meets random octets
      lab.crypto = sa % 2 == 0 ? new NoCrypto() : new TestCrypto();
      if (sa % 6 >= 4) {
        lab.bind(sa < 8);
      } else {
        lab.mode = sa % 6 < 2 ? SaMode.TUNNEL : SaMode.TRANSPORT;
      }
      lab.transform = sa < SAS / 2 ? Lab.GCM_ESN : Lab.CBC_SHA256;
      lab.udp = sa % 4 < 2;
      lab.outerV4 = sa % 5 != 2;
      lab.options = options(sa);
      fuzzOne(lab, form, random, seen);
    }
    assertTrue(seen.size() > 8, "reached: " + seen);
    assertTrue(seen.containsKey(DropReason.NONE), "some got through: " + seen);
    System.out.println("fuzz " + form + ": " + seen);
  }

  private static SaOptions options(int sa) {
    IpAddress other = IpAddress.parse(sa % 5 != 2 ? "203.0.113.5" : "2001:db8:5::5");
    return SaOptions.DEFAULT
        .withForwarding(sa % 3 == 1)
        .withReplayProtection(sa % 7 == 0 ? ReplayProtection.OFF : ReplayProtection.WINDOW)
        .withNatChecksum(NatChecksum.values()[sa % 3])
        .withOriginalAddresses(sa % 2 == 0 ? new AddressPair(other, other) : null)
        .withOuterHeader(OuterHeaderPolicy.DEFAULT.withDscpInward(sa % 3 == 2));
  }

  private static void fuzzOne(
      Lab lab, PacketForm form, Random random, Map<DropReason, Integer> seen) {
    Sad sad = lab.sad();
    PacketBurst burst = Lab.burst(CAPACITY, 600);
    byte[] right = rightPacket(lab, form);
    byte[] octets = new byte[600];
    long packets = 0;
    try (EspInbound opener = lab.opener(sad)) {
      for (int i = 0; i < WINDOWS / SAS; i++) {
        random.nextBytes(octets);
        int length = window(lab, form, random, right, octets);
        paint(burst, octets, length);
        opener.open(burst, form, i);
        assertNeighboursUntouched(burst);
        DropReason reason = burst.dropReason(MIDDLE);
        seen.merge(reason, 1, Integer::sum);
        if (reason == DropReason.NONE) {
          packets++;
          assertWholePacket(burst);
        }
      }
      InboundSa sa = sad.find(lab.spi);
      assertEquals(packets, sa.counters().packets());
      assertEquals(WINDOWS / SAS, packets + sa.counters().drops() + opener.withoutSa().drops());
    }
  }

  private static byte[] rightPacket(Lab lab, PacketForm form) {
    byte[] data = Lab.octets(1, 100);
    byte[] inner =
        switch (lab.mode) {
          case TUNNEL -> IpPackets.udp(true, 1, 2, data);
          case TRANSPORT -> IpPackets.tcp(lab.sender().toString(), lab.receiver().toString(), data);
          case BEET ->
              lab.innerSender.equals(IpPackets.A4)
                  ? IpPackets.v4(IpPackets.A4, IpPackets.B4, 17, data, 1, 0, new byte[20])
                  : IpPackets.udp(false, 1, 2, data);
        };
    return lab.seal(lab.outbound(), inner, form);
  }

  /** Octets of the window: noise, noise behind a right beginning, or a right packet with flaws. */
  private static int window(Lab lab, PacketForm form, Random random, byte[] right, byte[] octets) {
    int kind = random.nextInt(8);
    if (kind == 0) {
      return random.nextInt(octets.length + 1);
    }
    int esp = right.length;
    int start = 0;
    if (form == PacketForm.FULL_IP) {
      start = (lab.outerV4 ? 20 : 40) + (lab.udp ? 8 : 0);
    }
    System.arraycopy(right, 0, octets, 0, esp);
    // a number of its own, so that it is not all replays
    ByteBuffer.wrap(octets).putInt(start + 4, random.nextInt(1 << 20));
    if (kind < 4) {
      flaw(random, octets, start, esp);
    } else if (kind < 6) {
      flaw(random, octets, 0, esp);
    }
    return kind == 7 ? random.nextInt(esp + 1) : esp;
  }

  private static void flaw(Random random, byte[] octets, int from, int to) {
    for (int n = random.nextInt(6); n >= 0; n--) {
      octets[from + random.nextInt(to - from)] = (byte) random.nextInt();
    }
  }

  private static void paint(PacketBurst burst, byte[] octets, int length) {
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

  private static void assertNeighboursUntouched(PacketBurst burst) {
    ByteBuffer slab = burst.slab();
    int slot = slab.capacity() / CAPACITY;
    assertEquals(CANARY.slice(0, slot), slab.slice(0, slot));
    assertEquals(CANARY.slice(2 * slot, slot), slab.slice(2 * slot, slot));
    assertEquals(DropReason.STOPPING, burst.dropReason(0));
    assertEquals(DropReason.STOPPING, burst.dropReason(2));
  }

  private static void assertWholePacket(PacketBurst burst) {
    IpHeaderView view = new IpHeaderView();
    assertTrue(view.parse(burst.slab(), burst.offset(MIDDLE), burst.length(MIDDLE)));
    assertEquals(burst.length(MIDDLE), view.totalLength());
  }

  @ParameterizedTest
  @EnumSource(SaMode.class)
  void outbound(SaMode mode) {
    Random random = new Random(3948);
    Lab lab = new Lab();
    lab.crypto = new NoCrypto();
    lab.mode = mode;
    lab.udp = true;
    if (mode == SaMode.BEET) {
      lab.innerSender = "192.0.2.1";
      lab.innerReceiver = "198.51.100.2";
    }
    lab.options = lab.options.withForwarding(true).withTfcPadding(new TfcPadding.ToMultiple(32));
    OutboundSa sa = lab.outbound();
    OutboundSa[] sas = {sa, sa, sa};
    PacketBurst burst = Lab.burst(CAPACITY, 600);
    byte[] right =
        IpPackets.v4("192.0.2.1", "198.51.100.2", 17, Lab.octets(1, 100), 0, 0, new byte[12]);
    byte[] right6 = IpPackets.v6("fd00::1", "fd00::2", 0, Lab.octets(1, 100));
    byte[] octets = new byte[600];
    long sealed = 0;
    try (EspOutbound sealer = lab.sealer()) {
      for (int i = 0; i < WINDOWS / 4; i++) {
        random.nextBytes(octets);
        byte[] base = random.nextBoolean() ? right : right6;
        int kind = random.nextInt(3);
        int length = kind == 0 ? random.nextInt(601) : base.length;
        if (kind > 0) {
          System.arraycopy(base, 0, octets, 0, base.length);
          flaw(random, octets, 0, kind == 1 ? 60 : base.length);
        }
        paint(burst, octets, length);
        PacketForm form = i % 2 == 0 ? PacketForm.PAYLOAD : PacketForm.FULL_IP;
        sealer.protect(burst, sas, form, i);
        assertNeighboursUntouched(burst);
        if (burst.isAlive(MIDDLE)) {
          sealed++;
        }
      }
      assertEquals(sealed, sa.counters().packets());
      assertEquals(WINDOWS / 4, sealed + sa.counters().drops());
      assertTrue(sealed > WINDOWS / 40, "sealed " + sealed);
    }
  }
}
