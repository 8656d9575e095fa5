package org.ipsec4j.esp.frag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.esp.frag.FragmentTracker.Verdict;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Later fragments get the ports of their first, and only theirs. */
@NullUnmarked
class FragmentTrackerTest {
  private static final byte[] NONE = {};

  private final FragmentTracker tracker = new FragmentTracker(256, 1000, 1);
  private final IpHeaderView view = new IpHeaderView();

  private Verdict track(long now, byte[] packet) {
    ByteBuffer memory = ByteBuffer.wrap(packet);
    assertTrue(view.parse(memory, 0, packet.length));
    return tracker.track(memory, view, now);
  }

  private static byte[] udp(int from, int to) {
    return ByteBuffer.allocate(24).putShort((short) from).putShort((short) to).array();
  }

  private static byte[] first4(int id, int from, int to) {
    return Packets.v4(id, Packets.MORE, 0, NONE, udp(from, to));
  }

  private static byte[] later4(int id, int start) {
    return Packets.v4(id, start / 8, 0, NONE, new byte[16]);
  }

  private void assertPorts(int from, int to) {
    assertEquals(from, view.sourcePort());
    assertEquals(to, view.destinationPort());
  }

  @Test
  void laterFragmentsKnowThePorts() {
    assertEquals(Verdict.WHOLE, track(1, Packets.v4(1, 0, 0, NONE, udp(5, 6))));
    assertEquals(Verdict.UNMATCHED, track(1, later4(1, 24)));
    assertPorts(IpHeaderView.UNKNOWN, IpHeaderView.UNKNOWN);
    assertEquals(Verdict.FIRST, track(1, first4(1, 40000, 53)));
    assertPorts(40000, 53);
    assertEquals(Verdict.MATCHED, track(1, later4(1, 24)));
    assertPorts(40000, 53);
    assertEquals(Verdict.MATCHED, track(999, later4(1, 48)));
    assertEquals(Verdict.UNMATCHED, track(1001, later4(1, 48)));
    assertEquals(Verdict.UNMATCHED, track(1, later4(2, 24)));
  }

  @Test
  void v6LearnsTheProtocolToo() {
    byte[] options = {17, 0, 1, 4, 0, 0, 0, 0};
    byte[] header = Packets.concat(Packets.fragmentHeader(60, 0, true, 1), options);
    assertEquals(Verdict.FIRST, track(1, Packets.v6(0, 44, header, udp(7, 8))));
    byte[] later = Packets.v6(0, 44, Packets.fragmentHeader(60, 32, false, 1), new byte[9]);
    assertEquals(Verdict.MATCHED, track(1, later));
    assertEquals(17, view.protocol());
    assertPorts(7, 8);
  }

  @Test
  void typeAndCodeIsOne() {
    byte[] echo = {8, 0, 0, 0, 0, 0, 0, 0};
    byte[] first = Packets.v4("10.0.0.1", "10.0.0.2", 1, 5, Packets.MORE, 0, NONE, echo);
    byte[] later = Packets.v4("10.0.0.1", "10.0.0.2", 1, 5, 1, 0, NONE, new byte[4]);
    track(1, first);
    assertEquals(Verdict.MATCHED, track(1, later));
    assertTrue(view.isTypeAndCode());
    assertPorts(0x800, 0x800);
  }

  @Test
  void protocolsWithoutPortsAreMatchedWithoutPorts() {
    byte[] first = Packets.v4("10.0.0.1", "10.0.0.2", 50, 5, Packets.MORE, 0, NONE, new byte[16]);
    byte[] later = Packets.v4("10.0.0.1", "10.0.0.2", 50, 5, 2, 0, NONE, new byte[4]);
    track(1, first);
    assertEquals(Verdict.MATCHED, track(1, later));
    assertEquals(50, view.protocol());
    assertPorts(IpHeaderView.UNKNOWN, IpHeaderView.UNKNOWN);
  }

  @Test
  void reachingBackIntoTheFirstIsOverlap() {
    track(1, first4(1, 5, 6));
    assertEquals(Verdict.OVERLAP, track(1, later4(1, 8)));
    assertEquals(Verdict.OVERLAP, track(1, later4(1, 16)));
    assertEquals(Verdict.MATCHED, track(1, later4(1, 24)));
  }

  @Test
  void twoDifferentFirstsAreWorthNothing() {
    track(1, first4(1, 5, 6));
    assertEquals(Verdict.FIRST, track(1, first4(1, 5, 6)));
    assertEquals(Verdict.MATCHED, track(1, later4(1, 24)));
    assertEquals(Verdict.FIRST, track(1, first4(1, 5, 7)));
    assertEquals(Verdict.UNMATCHED, track(1, later4(1, 24)));
    assertEquals(Verdict.FIRST, track(1, first4(1, 5, 6)));
    assertEquals(Verdict.UNMATCHED, track(1, later4(1, 24)), "and stay so");
  }

  @Test
  void oneSourceDoesNotDriveOutOthers() {
    byte[] other = Packets.v4("10.7.7.7", "10.2.0.2", 17, 1, Packets.MORE, 0, NONE, udp(1, 2));
    FragmentTracker wide = new FragmentTracker(4096, 1_000_000, 3);
    ByteBuffer memory = ByteBuffer.wrap(other);
    view.parse(memory, 0, other.length);
    wide.track(memory, view, 0);
    for (int id = 0; id < 60000; id++) {
      byte[] flood = first4(id, 1, 2);
      view.parse(ByteBuffer.wrap(flood), 0, flood.length);
      wide.track(ByteBuffer.wrap(flood), view, id);
    }
    byte[] later = Packets.v4("10.7.7.7", "10.2.0.2", 17, 1, 3, 0, NONE, new byte[4]);
    view.parse(ByteBuffer.wrap(later), 0, later.length);
    assertEquals(Verdict.MATCHED, wide.track(ByteBuffer.wrap(later), view, 60000));
    byte[] newest = later4(59999, 24);
    view.parse(ByteBuffer.wrap(newest), 0, newest.length);
    assertEquals(Verdict.MATCHED, wide.track(ByteBuffer.wrap(newest), view, 60000));
    byte[] oldest = later4(0, 24);
    view.parse(ByteBuffer.wrap(oldest), 0, oldest.length);
    assertEquals(Verdict.UNMATCHED, wide.track(ByteBuffer.wrap(oldest), view, 60000));
  }

  /** Whatever is matched was said by the first fragment of the same name, within the time. */
  @Test
  void neverTheWrongPorts() {
    Random random = new Random(7);
    Map<Integer, int[]> said = new HashMap<>();
    int matched = 0;
    for (int now = 0; now < 100_000; now++) {
      // no more names than places in a row: nothing is forgotten early
      int id = random.nextInt(FragmentTracker.ROW);
      if (random.nextInt(3) == 0) {
        int from = 1 + random.nextInt(3);
        int[] before = said.get(id);
        boolean fresh = before == null || now - before[2] >= 1000;
        if (fresh) {
          said.put(id, new int[] {from, 9, now});
        } else if (before[0] != from) {
          before[0] = -1;
        }
        track(now, first4(id, from, 9));
      } else if (track(now, later4(id, 24)) == Verdict.MATCHED) {
        matched++;
        assertEquals(said.get(id)[0], view.sourcePort());
        assertTrue(now - said.get(id)[2] < 1000);
      }
    }
    assertTrue(matched > 100, "matched " + matched);
  }

  @Test
  void limitsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new FragmentTracker(15, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new FragmentTracker(16, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new FragmentTracker(1 << 21, 1, 1));
  }
}
