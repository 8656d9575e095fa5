package org.ipsec4j.esp.ipcomp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Streams that another program wrote, with every kind of block and window. */
@NullUnmarked
class IpcompVectors {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void pythonZlib() throws IOException {
    IpcompTable table = Packets.table(Packets.settings(true, SaMode.TRANSPORT));
    List<String> lines = text("python-zlib.txt").lines().filter(l -> !l.startsWith("#")).toList();
    try (IpcompInbound inbound = new IpcompInbound(table, 1)) {
      for (String line : lines) {
        String[] fields = line.split(" ", -1);
        byte[] plain = HEX.parseHex(fields[1]);
        byte[] stream = HEX.parseHex(fields[2]);
        assertArrayEquals(plain, SlowInflate.inflate(stream), fields[0]);
        byte[] payload = Packets.concat(Packets.ipcompHeader(6, 0x1234), stream);
        PacketBurst burst = Packets.of(2000, Packets.v4(108, payload));
        inbound.expand(burst);
        assertEquals(DropReason.NONE, burst.dropReason(0), fields[0]);
        assertArrayEquals(Packets.v4(6, plain), Packets.window(burst, 0), fields[0]);
      }
    }
    System.out.println("vectors: python-zlib: " + lines.size() + " run, 0 skipped");
    assertEquals(41, lines.size());
  }

  private static String text(String name) throws IOException {
    try (InputStream in = IpcompVectors.class.getResourceAsStream(name)) {
      assertNotNull(in, name);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
