package org.ipsec4j.esp.frag;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ipsec4j.api.packet.DropReason;
import org.jspecify.annotations.NullUnmarked;

/** The twin: a map from octet number to octet for each packet, without limits of memory. */
@NullUnmarked
final class SlowReassembler {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Part(int start, boolean more, byte[] data) {}

  private static final class Puzzle {
    long since;
    DropReason doom;
    final TreeMap<Integer, Byte> octets = new TreeMap<>();
    final List<Part> parts = new ArrayList<>();
    final List<Integer> ecn = new ArrayList<>();
    int end = -1;
    byte[] header;
    int next;
  }

  private final Map<List<Object>, Puzzle> puzzles = new HashMap<>();
  private final int mostFragments;
  private final long timeout;
  final List<byte[]> complete = new ArrayList<>();

  SlowReassembler(int mostFragments, long timeout) {
    this.mostFragments = mostFragments;
    this.timeout = timeout;
  }

  /** Packets without options and extension headers other than the Fragment header. */
  DropReason accept(byte[] fragment, long now) {
    puzzles.values().removeIf(puzzle -> now - puzzle.since >= timeout);
    ByteBuffer in = ByteBuffer.wrap(fragment);
    boolean v4 = fragment[0] >> 4 == 4;
    int head = v4 ? 20 : 48;
    int fields = in.getShort(v4 ? 6 : 42) & 0xffff;
    int start = v4 ? (fields & 0x1fff) * 8 : fields & 0xfff8;
    boolean more = v4 ? (fields & Packets.MORE) != 0 : (fields & 1) != 0;
    int next = v4 ? fragment[9] : fragment[40];
    byte[] data = Packets.slice(fragment, head, fragment.length);
    int ecn = (in.getInt(0) >> (v4 ? 16 : 20)) & 3;
    if (data.length == 0 || (more && data.length % 8 != 0)) {
      return DropReason.MALFORMED_FRAGMENT;
    }
    if ((v4 ? 20 : 0) + start + data.length > 65535) {
      return DropReason.MALFORMED_FRAGMENT;
    }
    if (!v4 && start == 0 && data.length < 8) {
      return DropReason.MALFORMED_FRAGMENT;
    }
    List<Object> key = new ArrayList<>();
    key.add(v4 ? in.getShort(4) : in.getInt(44));
    key.add(ByteBuffer.wrap(fragment, v4 ? 12 : 8, v4 ? 8 : 32).slice());
    key.add(v4 ? fragment[9] : -1);
    Puzzle puzzle = puzzles.get(key);
    if (puzzle == null) {
      puzzle = new Puzzle();
      puzzle.since = now;
      puzzles.put(key, puzzle);
    }
    if (puzzle.doom != null) {
      return puzzle.doom;
    }
    for (Part part : puzzle.parts) {
      if (part.start == start && part.more == more && Arrays.equals(part.data, data)) {
        return DropReason.FRAGMENT_DUPLICATE;
      }
    }
    puzzle.doom = judge(puzzle, start, more, data.length);
    if (puzzle.doom != null) {
      return puzzle.doom;
    }
    puzzle.parts.add(new Part(start, more, data));
    puzzle.ecn.add(ecn);
    for (int i = 0; i < data.length; i++) {
      puzzle.octets.put(start + i, data[i]);
    }
    if (!more) {
      puzzle.end = start + data.length;
    }
    if (start == 0) {
      puzzle.header = Packets.slice(fragment, 0, v4 ? 20 : 40);
      puzzle.next = next;
    }
    if (puzzle.end == puzzle.octets.size()) {
      puzzles.remove(key);
      emit(puzzle, v4);
    }
    return DropReason.FRAGMENT_HELD;
  }

  private DropReason judge(Puzzle puzzle, int start, boolean more, int length) {
    for (int i = start; i < start + length; i++) {
      if (puzzle.octets.containsKey(i)) {
        return DropReason.FRAGMENT_OVERLAP;
      }
    }
    int last = puzzle.octets.isEmpty() ? -1 : puzzle.octets.lastKey();
    if (puzzle.end >= 0 && (!more || start + length > puzzle.end)) {
      return DropReason.MALFORMED_FRAGMENT;
    }
    if (!more && last >= start) {
      return DropReason.MALFORMED_FRAGMENT;
    }
    return puzzle.parts.size() == mostFragments ? DropReason.TOO_MANY_FRAGMENTS : null;
  }

  private void emit(Puzzle puzzle, boolean v4) {
    boolean none = puzzle.ecn.contains(0);
    if (none && puzzle.ecn.stream().anyMatch(ecn -> ecn != 0)) {
      return;
    }
    ByteBuffer packet = ByteBuffer.allocate(puzzle.header.length + puzzle.end);
    packet.put(puzzle.header);
    puzzle.octets.values().forEach(packet::put);
    int mark = puzzle.ecn.contains(3) ? 3 : 0;
    if (v4) {
      packet.put(1, (byte) (packet.get(1) | mark));
      packet.putShort(2, (short) packet.capacity());
      packet.putShort(6, (short) (packet.getShort(6) & 0xc000));
      packet.putShort(10, (short) 0);
      packet.putShort(10, (short) Packets.checksum(packet.array(), 0, 20));
    } else {
      packet.putInt(0, packet.getInt(0) | mark << 20);
      packet.putShort(4, (short) (packet.capacity() - 40));
      packet.put(6, (byte) puzzle.next);
    }
    complete.add(packet.array());
  }
}
