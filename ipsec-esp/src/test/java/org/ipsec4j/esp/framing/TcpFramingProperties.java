package org.ipsec4j.esp.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.framing.TcpStreamReader.State;
import org.jspecify.annotations.NullUnmarked;

/** However a stream is cut and however small the bursts are, the same messages come out. */
@NullUnmarked
class TcpFramingProperties {
  private static final int MOST = 700;

  @Property(tries = 300)
  void whatWasWrittenIsRead(
      @ForAll long seed, @ForAll boolean prefix, @ForAll @IntRange(min = 1, max = 30) int count) {
    Random random = new Random(seed);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    if (prefix) {
      ByteBuffer octets = ByteBuffer.allocate(6);
      TcpFraming.putPrefix(octets);
      stream.writeBytes(octets.array());
    }
    PacketBurst burst = new PacketBurst(1, TcpFraming.MAX_HEADROOM, MOST, 0);
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] message = new byte[4 + random.nextInt(MOST - 8)];
      random.nextBytes(message);
      message[0] |= 1;
      burst.clear();
      burst.add(ByteBuffer.wrap(message));
      String marker = "";
      if (random.nextBoolean()) {
        TcpFraming.frame(burst);
      } else {
        TcpFraming.frameIke(burst, 0);
        marker = "00000000";
      }
      sent.add(marker + HexFormat.of().formatHex(message));
      stream.writeBytes(HexFormat.of().parseHex(TcpFramingTest.window(burst, 0)));
    }
    TcpStreamReader reader = new TcpStreamReader(prefix, MOST);
    List<String> received = new ArrayList<>();
    assertEquals(State.NEED_MORE, readInPieces(reader, stream.toByteArray(), random, received));
    assertEquals(sent, received);
  }

  /** Any octets at all: the reader agrees with one that sees the whole stream at once. */
  @Property(tries = 500)
  void anyStreamIsReadAsByTheSlowTwin(@ForAll long seed, @ForAll boolean prefix) {
    Random random = new Random(seed);
    byte[] stream = stream(random, prefix);
    List<String> expected = new ArrayList<>();
    State end = slowTwin(stream, prefix, expected);
    TcpStreamReader reader = new TcpStreamReader(prefix, MOST);
    List<String> received = new ArrayList<>();
    assertEquals(end, readInPieces(reader, stream, random, received));
    assertEquals(expected, received);
    assertEquals(expected.size(), reader.messages());
    assertEquals(end == State.FAILED, reader.isFailed());
  }

  private static byte[] stream(Random random, boolean prefix) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    if (prefix) {
      stream.writeBytes("IKETCP".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    for (int n = random.nextInt(30); n > 0; n--) {
      int length = random.nextInt(12) == 0 ? random.nextInt(3) : 2 + random.nextInt(MOST + 200);
      length = random.nextInt(4) == 0 ? 3 + random.nextInt(5) : length;
      byte[] message = new byte[Math.max(0, length - 2)];
      random.nextBytes(message);
      if (message.length == 1) {
        message[0] = -1;
      }
      stream.write(length >> 8);
      stream.write(length);
      stream.writeBytes(message);
    }
    byte[] octets = stream.toByteArray();
    if (octets.length > 0 && random.nextInt(5) == 0) {
      octets[random.nextInt(Math.min(octets.length, 8))] ^= (byte) (1 << random.nextInt(8));
    }
    return java.util.Arrays.copyOf(octets, octets.length - random.nextInt(octets.length / 2 + 1));
  }

  private static State slowTwin(byte[] stream, boolean prefix, List<String> messages) {
    int at = 0;
    if (prefix) {
      byte[] wanted = {'I', 'K', 'E', 'T', 'C', 'P'};
      for (; at < wanted.length && at < stream.length; at++) {
        if (stream[at] != wanted[at]) {
          return State.FAILED;
        }
      }
    }
    while (at + 2 <= stream.length) {
      int length = (stream[at] & 0xff) << 8 | (stream[at + 1] & 0xff);
      if (length < 2) {
        return State.FAILED;
      }
      int end = at + length;
      if (end <= stream.length && length - 2 >= 4 && length - 2 <= MOST) {
        messages.add(HexFormat.of().formatHex(stream, at + 2, end));
      }
      at = end;
    }
    return State.NEED_MORE;
  }

  private static State readInPieces(
      TcpStreamReader reader, byte[] stream, Random random, List<String> received) {
    PacketBurst burst = new PacketBurst(1 + random.nextInt(3), 8, MOST, 0);
    State state = State.NEED_MORE;
    int at = 0;
    while (at < stream.length && state != State.FAILED) {
      int length =
          Math.min(stream.length - at, random.nextInt(random.nextInt(9) + 1) == 0 ? 1 : 90);
      ByteBuffer chunk = ByteBuffer.wrap(stream, at, length);
      at += length;
      do {
        state = reader.read(chunk, burst);
        for (int i = 0; i < burst.size(); i++) {
          received.add(TcpFramingTest.window(burst, i));
        }
        burst.clear();
      } while (state == State.BURST_FULL);
    }
    return state;
  }
}
