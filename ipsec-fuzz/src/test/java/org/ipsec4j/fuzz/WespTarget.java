package org.ipsec4j.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.wesp.EspNullHeuristics;
import org.ipsec4j.esp.wesp.WespReader;

/** Packets of one form through the WESP reader, and through the heuristics before. */
final class WespTarget implements FuzzTarget {
  private final Slots slots = new Slots();

  @Override
  public String name() {
    return "wesp";
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    byte[] esp = new byte[8 + 40 + 16];
    esp[3] = 77;
    byte[] inner =
        Bench.packet(new byte[] {10, 0, 0, 1}, new byte[] {10, 0, 0, 2}, 17, new byte[18]);
    System.arraycopy(inner, 0, esp, 8, inner.length);
    esp[47] = 4;
    for (boolean v4 : new boolean[] {true, false}) {
      byte[] address = new byte[v4 ? 4 : 16];
      byte[] clear = v4 ? new byte[] {4, 12, 16, 0} : new byte[] {4, 16, 16, 0x10, 0, 0, 0, 0};
      byte[] sealed = v4 ? new byte[] {0, 0, 0, 0x20} : new byte[] {0, 0, 0, 0x30, 0, 0, 0, 0};
      for (byte[] header : List.of(clear, sealed)) {
        byte[] wrapped = concat(header, esp);
        seeds.add(Input.of(new byte[] {1}, Bench.packet(address, address, 141, wrapped)));
      }
      byte[] plain = Bench.packet(address, address, 50, esp);
      seeds.add(Input.of(new byte[] {1}, plain, plain, plain));
    }
    byte[] payload = concat(new byte[] {0, 0, 0, 2, 4, 12, 16, 0}, esp);
    seeds.add(Input.of(new byte[] {0}, payload));
    byte[] udp = {0x11, (byte) 0x94, 0x11, (byte) 0x94, 0, 0, 0, 0};
    ByteBuffer.wrap(udp).putShort(4, (short) (8 + payload.length));
    byte[] datagram = concat(udp, payload);
    seeds.add(Input.of(new byte[] {1}, Bench.packet(new byte[4], new byte[4], 17, datagram)));
    return seeds;
  }

  private static byte[] concat(byte[] one, byte[] other) {
    ByteBuffer both = ByteBuffer.allocate(one.length + other.length);
    return both.put(one).put(other).array();
  }

  @Override
  public void run(byte[] octets) {
    Input input = new Input(octets);
    PacketForm form = input.octet() % 2 == 0 ? PacketForm.PAYLOAD : PacketForm.FULL_IP;
    EspNullHeuristics heuristics = new EspNullHeuristics(8, 1000, 1);
    WespReader reader = new WespReader();
    PacketBurst burst = slots.fill(input);
    long unwrapped = 0;
    long malformed = 0;
    for (int i = slots.first(); i < slots.end(); i++) {
      int offset = burst.offset(i);
      int length = burst.length(i);
      EspNullHeuristics.Verdict verdict = heuristics.inspect(burst.slab(), offset, length, i);
      boolean clear = verdict == EspNullHeuristics.Verdict.ESP_NULL;
      Slots.check(clear == (heuristics.icvLength() > 0), "an ICV for clear flows only");
      if (reader.unwrap(burst, i, form)) {
        unwrapped++;
        Slots.check(burst.isAlive(i) && burst.length(i) < length, "nothing was taken off");
        Slots.check(burst.offset(i) + burst.length(i) <= offset + length, "longer than it was");
        if (form == PacketForm.FULL_IP) {
          slots.assertWholePacket(i);
        }
      } else if (!burst.isAlive(i)) {
        malformed++;
        Slots.check(burst.dropReason(i) == DropReason.MALFORMED_WESP, "another reason");
      }
    }
    slots.assertDeadSlotsUntouched();
    Slots.check(reader.unwrapped() == unwrapped, "unwrapped counted");
    Slots.check(reader.malformed() == malformed, "malformed counted");
  }
}
