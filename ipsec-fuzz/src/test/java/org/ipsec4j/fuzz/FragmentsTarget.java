package org.ipsec4j.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.frag.Reassembler;
import org.ipsec4j.esp.frag.ReassemblyLimits;

/** Any number of fragments, three at a time, with time passing in between. */
final class FragmentsTarget implements FuzzTarget {
  private static final long TIMEOUT = 1000;
  private static final ReassemblyLimits LIMITS =
      new ReassemblyLimits(8, 1 << 18, 4, ReassemblyLimits.LEAST_OCTETS, 16, TIMEOUT);

  private final Slots slots = new Slots();
  private final PacketBurst into = new PacketBurst(2, 64, 65600, 0);
  private final IpHeaderView view = new IpHeaderView();

  @Override
  public String name() {
    return "fragments";
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (boolean v4 : new boolean[] {true, false}) {
      byte[] first = fragment(v4, 0, true, 48);
      byte[] middle = fragment(v4, 48, true, 48);
      byte[] last = fragment(v4, 96, false, 21);
      byte[] none = {0};
      seeds.add(Input.of(none, first, middle, last));
      seeds.add(Input.of(none, last, first, middle));
      seeds.add(Input.of(none, first, first, fragment(v4, 40, false, 16)));
      seeds.add(Input.of(none, fragment(v4, 0, false, 16), fragment(v4, 65528, false, 100)));
      seeds.add(Input.of(new byte[] {7}, middle, last));
    }
    return seeds;
  }

  private static byte[] fragment(boolean v4, int offset, boolean more, int octets) {
    if (v4) {
      byte[] packet =
          Bench.packet(new byte[] {10, 0, 0, 1}, new byte[] {10, 0, 0, 2}, 17, new byte[octets]);
      ByteBuffer.wrap(packet).putShort(6, (short) ((offset / 8) | (more ? 0x2000 : 0)));
      return packet;
    }
    byte[] address = new byte[16];
    address[0] = 0x20;
    ByteBuffer payload = ByteBuffer.allocate(8 + octets);
    payload.put((byte) 17).put((byte) 0).putShort((short) (offset | (more ? 1 : 0))).putInt(7);
    return Bench.packet(address, address, 44, payload.array());
  }

  @Override
  public void run(byte[] octets) {
    Input input = new Input(octets);
    Reassembler reassembler = new Reassembler(LIMITS, 1);
    long now = 0;
    long taken = 0;
    do {
      now += (long) input.octet() * 40;
      PacketBurst burst = slots.fill(input);
      into.clear();
      int next = 0;
      while (next < burst.size()) {
        next = reassembler.accept(burst, next, into, now);
        assertPackets();
        into.clear();
      }
      slots.assertDeadSlotsUntouched();
      for (int i = slots.first(); i < slots.end(); i++) {
        boolean lives = burst.isAlive(i);
        taken += lives ? 0 : 1;
        Slots.check(
            lives || burst.dropReason(i) != DropReason.STOPPING, "a packet without a reason");
      }
      Slots.check(reassembler.fragments() == taken, "fragments counted");
      assertAccounts(reassembler);
      Slots.check(reassembler.waiting() <= LIMITS.packets(), "more waits than is allowed");
    } while (input.hasMore());
    reassembler.expire(now + TIMEOUT);
    Slots.check(reassembler.held() == 0, "something waits for ever");
    assertAccounts(reassembler);
  }

  private void assertPackets() {
    for (int i = 0; i < into.size(); i++) {
      boolean valid = view.parse(into.slab(), into.offset(i), into.length(i));
      Slots.check(!into.isAlive(i) || (valid && !view.isFragment()), "no whole packet");
    }
  }

  private static void assertAccounts(Reassembler one) {
    Slots.check(
        one.fragments() == one.held() + one.joined() + one.drops().total(),
        "a fragment is unaccounted for");
  }
}
