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
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.SaOptions;
import org.ipsec4j.esp.Sad;

/**
 * Up to three packets for one SA of any kind. The first octet of an input says which kind: mode (2
 * bits), combined mode, extended numbers, UDP, outer IPv6, whole packets, AGGFRAG.
 */
final class EspInboundTarget implements FuzzTarget {
  private static final int KINDS = 256;

  private final AnyIcv icv = new AnyIcv();
  private final CryptoProvider crypto = icv.provider();
  private final Slots slots = new Slots();
  private final Map<PacketTransform, PacketKey> keys = new HashMap<>();

  @Override
  public String name() {
    return "esp-inbound";
  }

  private Bench bench(int kind) {
    SaMode mode =
        List.of(SaMode.TUNNEL, SaMode.TRANSPORT, SaMode.BEET, SaMode.TUNNEL).get(kind & 3);
    PacketTransform transform = Bench.esp((kind & 4) != 0, (kind & 8) != 0);
    return new Bench(crypto, transform, mode, (kind & 32) == 0, (kind & 16) != 0);
  }

  private static PacketForm form(int kind) {
    return (kind & 64) != 0 ? PacketForm.FULL_IP : PacketForm.PAYLOAD;
  }

  private static SaOptions options(int kind) {
    return SaOptions.DEFAULT.withAggfrag((kind & 128) != 0).withForwarding((kind & 3) == 3);
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int kind = 0; kind < KINDS; kind++) {
      Bench bench = bench(kind);
      boolean innerV4 = (bench.mode() == SaMode.BEET) != bench.outerV4();
      byte[] first = seal(bench, innerV4, kind, 20);
      byte[] second = seal(bench, innerV4, kind, 150);
      seeds.add(Input.of(new byte[] {(byte) kind}, first, second));
    }
    return seeds;
  }

  private byte[] seal(Bench bench, boolean innerV4, int kind, int octets) {
    PacketBurst burst = new PacketBurst(1, EspOutbound.MAX_HEADROOM, 400, EspOutbound.MAX_TAILROOM);
    burst.add(ByteBuffer.wrap(bench.inner(innerV4, octets)));
    try (EspOutbound sealer = new EspOutbound(List.of(crypto), 1)) {
      sealer.protect(burst, new OutboundSa[] {bench.outbound(options(kind))}, form(kind), 0);
    }
    Slots.check(burst.isAlive(0), "seed of kind " + kind + ": " + burst.dropReason(0));
    byte[] sealed = new byte[burst.length(0)];
    burst.slab().get(burst.offset(0), sealed);
    // both seeds of an SA begin at number 1: let the numbers be those of a burst
    int number = spiAt(bench, kind) + 7;
    sealed[number] = (byte) octets;
    return sealed;
  }

  private static int spiAt(Bench bench, int kind) {
    if (form(kind) == PacketForm.PAYLOAD) {
      return 0;
    }
    return (bench.outerV4() ? 20 : 40) + (bench.udp() ? 8 : 0);
  }

  @Override
  public void run(byte[] octets) {
    Input input = new Input(octets);
    int kind = input.octet();
    Bench bench = bench(kind);
    PacketKey key = keys.computeIfAbsent(bench.transform(), transform -> bench.key());
    InboundSa sa = bench.inbound(key, options(kind));
    Sad sad = new Sad();
    sad.install(sa);
    PacketBurst burst = slots.fill(input);
    icv.takeWorked();
    try (EspInbound opener = new EspInbound(sad, List.of(crypto), burst.capacity())) {
      opener.open(burst, form(kind), 1);
      slots.assertDeadSlotsUntouched();
      int alive = slots.alive();
      int packets = slots.end() - slots.first();
      Slots.check(sa.counters().packets() == alive, "packets counted");
      Slots.check(
          sa.counters().drops() + opener.withoutSa().drops() == packets - alive, "drops counted");
      for (int i = slots.first(); i < slots.end(); i++) {
        if (burst.isAlive(i)) {
          Slots.check(opener.isAuthentic(i), "alive and not authentic");
          if (!opener.isPayload(i)) {
            slots.assertWholePacket(i);
          }
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
