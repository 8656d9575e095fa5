package org.ipsec4j.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.ipcomp.IpcompAssociation;
import org.ipsec4j.esp.ipcomp.IpcompInbound;
import org.ipsec4j.esp.ipcomp.IpcompOutbound;
import org.ipsec4j.esp.ipcomp.IpcompSettings;
import org.ipsec4j.esp.ipcomp.IpcompTable;

/** Up to three packets for associations in both modes, one of which allows 1000 octets only. */
final class IpcompTarget implements FuzzTarget {
  private static final int MOST = 1000;

  private final Slots slots = new Slots();
  private final List<IpcompSettings> settings = new ArrayList<>();

  IpcompTarget() {
    IpAddress a = IpAddress.parse("192.0.2.1");
    IpAddress b = IpAddress.parse("198.51.100.2");
    IpAddress c = IpAddress.parse("2001:db8::1");
    IpAddress d = IpAddress.parse("2001:db8:ffff::2");
    settings.add(IpcompSettings.of(2, SaMode.TRANSPORT, a, b).withMaxPacket(MOST));
    settings.add(IpcompSettings.of(256, SaMode.TUNNEL, a, b));
    settings.add(IpcompSettings.of(2, SaMode.TRANSPORT, c, d));
    settings.add(IpcompSettings.of(256, SaMode.TUNNEL, c, d));
  }

  @Override
  public String name() {
    return "ipcomp";
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (IpcompSettings one : settings) {
      byte[] source = one.source().octets();
      byte[] target = one.destination().octets();
      for (int size : new int[] {1, 200, 1200}) {
        byte[] payload = new byte[size];
        for (int i = 0; i < size; i++) {
          payload[i] = (byte) (i * i / 7 % 23);
        }
        seeds.add(
            Input.of(new byte[0], compressed(one, Bench.packet(source, target, 17, payload))));
      }
      // a stored block, a fixed block with a match, one that refers to what is not there
      byte[] stored = {1, 3, 0, (byte) 0xfc, (byte) 0xff, 1, 2, 3};
      byte[] match = {0x4b, 4, 2, 0};
      byte[] far = {0x63, (byte) 0xff, 0x0f, 0};
      for (byte[] stream : List.of(stored, match, far)) {
        ByteBuffer payload = ByteBuffer.allocate(4 + stream.length);
        payload.put((byte) 17).put((byte) 0).putShort((short) one.cpi()).put(stream);
        seeds.add(Input.of(new byte[0], Bench.packet(source, target, 108, payload.array())));
      }
    }
    return seeds;
  }

  private static byte[] compressed(IpcompSettings one, byte[] packet) {
    PacketBurst burst = new PacketBurst(1, IpcompOutbound.MAX_HEADROOM, 1400, 0);
    burst.add(ByteBuffer.wrap(packet));
    try (IpcompOutbound outbound = new IpcompOutbound()) {
      IpcompAssociation association = IpcompAssociation.of(one.withThreshold(0));
      outbound.compress(burst, new IpcompAssociation[] {association});
    }
    byte[] octets = new byte[burst.length(0)];
    burst.slab().get(burst.offset(0), octets);
    return octets;
  }

  @Override
  public void run(byte[] octets) {
    IpcompTable table = new IpcompTable();
    settings.forEach(one -> table.install(IpcompAssociation.of(one)));
    PacketBurst burst = slots.fill(new Input(octets));
    try (IpcompInbound inbound = new IpcompInbound(table, burst.capacity())) {
      inbound.expand(burst);
      slots.assertDeadSlotsUntouched();
      long drops = inbound.withoutAssociation().drops();
      for (IpcompAssociation one : table.all()) {
        drops += one.counters().drops();
      }
      Slots.check(drops == slots.end() - slots.first() - slots.alive(), "drops counted");
      for (int i = slots.first(); i < slots.end(); i++) {
        IpcompAssociation association = inbound.association(i);
        if (!burst.isAlive(i)) {
          slots.assertZero(burst.offset(i), burst.length(i));
        } else if (association != null) {
          slots.assertWholePacket(i);
          int most = association.settings().maxPacket();
          Slots.check(burst.length(i) <= most, "longer than allowed");
        }
      }
    }
  }
}
