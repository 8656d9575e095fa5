package org.ipsec4j.esp.frag;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.AllocationMeter;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Cutting, joining, tracking, reading and answering allocate nothing per packet. */
@NullUnmarked
class FragmentAllocationTest {
  private static final int ROUNDS = 2_000;

  private final Fragmenter fragmenter = new Fragmenter(Fragmenter.Role.SOURCE, 1);
  private final Reassembler reassembler = new Reassembler(ReassemblyLimits.DEFAULT, 1);
  private final FragmentTracker tracker = new FragmentTracker(256, 1_000, 1);
  private final IpHeaderView view = new IpHeaderView();
  private final IcmpErrors errors = new IcmpErrors();
  private final PathMtu pathMtu = new PathMtu(PathMtuPolicy.DEFAULT);
  private final IcmpReplies replies =
      new IcmpReplies(IpAddress.parse("10.0.0.1"), IpAddress.parse("fd00::1"), 1000, 10);
  private final PacketBurst whole = new PacketBurst(4, 64, 4000, 0);
  private final PacketBurst parts = new PacketBurst(32, 64, 1500, 0);
  private final PacketBurst joined = new PacketBurst(4, 64, 65575, 0);
  private final PacketBurst answers = new PacketBurst(8, 64, 1500, 0);
  private final List<ByteBuffer> packets = new ArrayList<>();
  private final ByteBuffer error =
      ByteBuffer.wrap(
          IcmpTest.error4(
              3,
              4,
              1400,
              Packets.v4(1, 0, 0, new byte[0], ByteBuffer.allocate(2000).putInt(9).array())));
  private long now;

  private void run() {
    for (int i = 0; i < ROUNDS; i++) {
      now++;
      whole.clear();
      parts.clear();
      joined.clear();
      answers.clear();
      for (int p = 0; p < packets.size(); p++) {
        packets.get(p).rewind();
        whole.add(packets.get(p));
      }
      fragmenter.cutAll(whole, 0, 1280, parts);
      for (int p = 0; p < parts.size(); p++) {
        view.parse(parts.slab(), parts.offset(p), parts.length(p));
        tracker.track(parts.slab(), view, now);
      }
      if (i % 8 == 7) {
        // one fragment never comes, so that times run out as well
        parts.drop(1, org.ipsec4j.api.packet.DropReason.SEND_FAILED);
      }
      reassembler.accept(parts, 0, joined, now * 1_000_000_000L);
      replies.tooBig(joined, 0, 1400, answers, now);
      errors.parse(error, 0, error.capacity());
      pathMtu.learn(true, 1400 - i % 3, 1500, now);
    }
  }

  @Test
  void nothingPerPacket() throws ReflectiveOperationException {
    packets.add(ByteBuffer.wrap(Packets.v4(1, 0, 0, new byte[0], Packets.octets(1, 3000))));
    packets.add(ByteBuffer.wrap(Packets.v6(0, 17, new byte[0], Packets.octets(1, 3900))));
    packets.add(ByteBuffer.wrap(Packets.v4(2, 0, 0, new byte[8], Packets.octets(1, 1300))));
    AllocationMeter.assertNothing(this::run, 10, "in " + ROUNDS + " rounds");
    assertTrue(reassembler.packets() > 10L * ROUNDS);
    assertTrue(reassembler.drops().total() > 0);
    ReassemblyProperties.assertInvariant(reassembler);
  }
}
