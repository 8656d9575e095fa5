package org.ipsec4j.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.framing.TcpStreamReader;
import org.ipsec4j.esp.framing.TcpStreamReader.State;

/**
 * A stream in pieces gives the messages that it gives at once. The first octet of an input says
 * whether a prefix is due and how long the pieces are.
 */
final class TcpStreamTarget implements FuzzTarget {
  private static final int MOST = 300;

  @Override
  public String name() {
    return "tcp-stream";
  }

  @Override
  public List<byte[]> seeds() {
    byte[] prefix = {'I', 'K', 'E', 'T', 'C', 'P'};
    byte[] messages = {
      0, 6, 1, 2, 3, 4, 0, 2, 0, 3, -1, 0, 9, 0, 0, 0, 0, 1, 2, 3, 0, 6, 9, 9, 9, 9
    };
    List<byte[]> seeds = new ArrayList<>();
    for (int settings = 0; settings < 10; settings++) {
      ByteBuffer input = ByteBuffer.allocate(400);
      input.put((byte) settings);
      if ((settings & 1) == 1) {
        input.put(prefix);
      }
      input.put(messages);
      if ((settings & 2) == 2) {
        // longer than is taken: passed over
        input.putShort((short) 310).put(new byte[308]);
      }
      input.putShort((short) (settings / 4));
      seeds.add(Arrays.copyOf(input.array(), input.position()));
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    int settings = input.length == 0 ? 0 : input[0] & 0xff;
    byte[] stream = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
    List<ByteBuffer> whole = new ArrayList<>();
    List<ByteBuffer> pieces = new ArrayList<>();
    TcpStreamReader one = new TcpStreamReader((settings & 1) == 1, MOST);
    TcpStreamReader other = new TcpStreamReader((settings & 1) == 1, MOST);
    PacketBurst large = new PacketBurst(64, 0, MOST, 0);
    PacketBurst small = new PacketBurst(1, 0, MOST, 0);
    feed(one, stream, Math.max(1, stream.length), large, whole);
    feed(other, stream, 1 + (settings >> 1), small, pieces);
    Slots.check(whole.equals(pieces), "messages depend on how the stream is cut");
    Slots.check(one.isFailed() == other.isFailed(), "failure depends on how the stream is cut");
    Slots.check(one.messages() == whole.size(), "messages counted");
    Slots.check(
        one.keepalives() == other.keepalives()
            && one.empty() == other.empty()
            && one.tooLong() == other.tooLong()
            && one.tooShort() == other.tooShort(),
        "what is ignored depends on how the stream is cut");
  }

  private static void feed(
      TcpStreamReader reader,
      byte[] stream,
      int piece,
      PacketBurst burst,
      List<ByteBuffer> messages) {
    for (int at = 0; at < stream.length && !reader.isFailed(); at += piece) {
      ByteBuffer chunk = ByteBuffer.wrap(stream, at, Math.min(piece, stream.length - at));
      State state;
      do {
        state = reader.read(chunk, burst);
        for (int i = 0; i < burst.size(); i++) {
          Slots.check(burst.length(i) >= 4 && burst.length(i) <= MOST, "length of a message");
          byte[] copy = new byte[burst.length(i)];
          burst.slab().get(burst.offset(i), copy);
          messages.add(ByteBuffer.wrap(copy));
        }
        burst.clear();
      } while (state == State.BURST_FULL);
      Slots.check(reader.isFailed() || !chunk.hasRemaining(), "octets are left");
    }
  }
}
