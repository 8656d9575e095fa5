package org.ipsec4j.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.AhInbound;
import org.ipsec4j.esp.AhOutbound;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.SaOptions;
import org.ipsec4j.esp.Sad;

/** Up to three packets for one AH SA: tunnel or transport, two ICV lengths, ESN, both versions. */
final class AhInboundTarget implements FuzzTarget {
  private final AnyIcv icv = new AnyIcv();
  private final CryptoProvider crypto = icv.provider();
  private final Slots slots = new Slots();
  private final Map<PacketTransform, PacketKey> keys = new HashMap<>();

  @Override
  public String name() {
    return "ah-inbound";
  }

  private Bench bench(int kind) {
    SaMode mode = (kind & 1) == 0 ? SaMode.TUNNEL : SaMode.TRANSPORT;
    PacketTransform transform = Bench.ah((kind & 2) != 0, (kind & 4) != 0);
    return new Bench(crypto, transform, mode, (kind & 8) == 0, false);
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int kind = 0; kind < 16; kind++) {
      seeds.add(Input.of(new byte[] {(byte) kind}, seal(bench(kind), 30)));
    }
    // IPv4 options: record route, router alert, a lying length; IPv6 extension headers
    seeds.add(withOptions(1, new byte[] {7, 7, 4, 0, 0, 0, 0, 1}));
    seeds.add(withOptions(1, new byte[] {(byte) 0x94, 4, 0, 0}));
    seeds.add(withOptions(3, new byte[] {(byte) 0x83, 7, 4, 10, 0, 0, 2, 0}));
    seeds.add(withExtensions(9));
    return seeds;
  }

  private byte[] withOptions(int kind, byte[] options) {
    Bench bench = bench(kind);
    byte[] plain = bench.inner(true, 20);
    ByteBuffer packet = ByteBuffer.allocate(plain.length + options.length);
    packet.put(plain, 0, 20).put(options).put(plain, 20, plain.length - 20);
    packet.put(0, (byte) (0x45 + options.length / 4)).putShort(2, (short) packet.capacity());
    return Input.of(new byte[] {(byte) kind}, seal(bench, packet.array()));
  }

  private byte[] withExtensions(int kind) {
    Bench bench = bench(kind);
    byte[] hopByHop = {43, 0, 5, 2, 0, 0, 1, 0};
    byte[] routing = new byte[24];
    routing[0] = 60;
    routing[1] = 2;
    byte[] destination = {17, 0, 0x3e, 4, 0, 0, 0, 0};
    ByteBuffer payload = ByteBuffer.allocate(60);
    payload.put(hopByHop).put(routing).put(destination);
    byte[] packet =
        Bench.packet(bench.sender().octets(), bench.receiver().octets(), 0, payload.array());
    return Input.of(new byte[] {(byte) kind}, seal(bench, packet));
  }

  private byte[] seal(Bench bench, int octets) {
    return seal(bench, bench.inner(bench.outerV4(), octets));
  }

  private byte[] seal(Bench bench, byte[] inner) {
    PacketBurst burst = new PacketBurst(1, AhOutbound.MAX_HEADROOM, 400, 0);
    burst.add(ByteBuffer.wrap(inner));
    try (AhOutbound sealer = new AhOutbound(List.of(crypto), 1)) {
      sealer.protect(burst, new OutboundSa[] {bench.outbound(SaOptions.DEFAULT)}, 0);
    }
    Slots.check(burst.isAlive(0), "seed: " + burst.dropReason(0));
    byte[] sealed = new byte[burst.length(0)];
    burst.slab().get(burst.offset(0), sealed);
    return sealed;
  }

  @Override
  public void run(byte[] octets) {
    Input input = new Input(octets);
    Bench bench = bench(input.octet());
    PacketKey key = keys.computeIfAbsent(bench.transform(), transform -> bench.key());
    InboundSa sa = bench.inbound(key, SaOptions.DEFAULT);
    Sad sad = new Sad();
    sad.install(sa);
    PacketBurst burst = slots.fill(input);
    icv.takeWorked();
    try (AhInbound opener = new AhInbound(sad, List.of(crypto), burst.capacity())) {
      opener.open(burst, 1);
      slots.assertDeadSlotsUntouched();
      int alive = slots.alive();
      int packets = slots.end() - slots.first();
      Slots.check(sa.counters().packets() == alive, "packets counted");
      Slots.check(
          sa.counters().drops() + opener.withoutSa().drops() == packets - alive, "drops counted");
      for (int i = slots.first(); i < slots.end(); i++) {
        if (burst.isAlive(i)) {
          Slots.check(opener.isAuthentic(i), "alive and not authentic");
          slots.assertWholePacket(i);
        }
      }
      for (AnyIcv.Worked worked : icv.takeWorked()) {
        if (!burst.isAlive(worked.tag())) {
          slots.assertZero(worked.from(), worked.length());
        }
      }
    }
  }
}
