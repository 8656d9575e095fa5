package org.ipsec4j.esp.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.framing.TcpStreamReader.State;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Noise: nothing is thrown, every octet is read or the stream is broken, sizes stay in bounds. */
@NullUnmarked
class TcpFramingFuzz {
  @Test
  void noise() {
    Random random = new Random(9329);
    int broken = 0;
    long messages = 0;
    byte[] octets = new byte[4000];
    PacketBurst burst = new PacketBurst(2, 4, 300, 0);
    for (int stream = 0; stream < 5000; stream++) {
      TcpStreamReader reader = new TcpStreamReader(stream % 50 == 0, 4 + random.nextInt(400));
      State state = State.NEED_MORE;
      for (int n = 0; n < 10 && state != State.FAILED; n++) {
        random.nextBytes(octets);
        for (int at = 0; at < octets.length; at += 1 + random.nextInt(40)) {
          octets[at] = 0;
        }
        ByteBuffer chunk = ByteBuffer.wrap(octets, 0, random.nextInt(octets.length));
        do {
          state = reader.read(chunk, burst);
          for (int i = 0; i < burst.size(); i++) {
            assertTrue(burst.length(i) >= 4);
            assertTrue(burst.isAlive(i));
          }
          burst.clear();
        } while (state == State.BURST_FULL);
        assertNotEquals(State.BURST_FULL, state);
        if (state == State.NEED_MORE) {
          assertEquals(0, chunk.remaining());
        }
      }
      broken += state == State.FAILED ? 1 : 0;
      messages += reader.messages();
    }
    assertTrue(broken > 100 && broken < 5000, "broken: " + broken);
    assertTrue(messages > 1000, "messages: " + messages);
  }
}
