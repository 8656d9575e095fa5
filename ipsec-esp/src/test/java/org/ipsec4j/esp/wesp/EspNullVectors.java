package org.ipsec4j.esp.wesp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.esp.wesp.EspNullHeuristics.Verdict;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** A capture of a Linux kernel: four flows are clear, all others are not. */
@NullUnmarked
class EspNullVectors {
  private static final Pattern SA =
      Pattern.compile("\"name\": \"([^\"]+)\", \"proto\": \"esp\", \"spi\": (\\d+),");

  @Test
  void linuxKernel() throws IOException {
    Map<Integer, String> names = new HashMap<>();
    String cases = new String(resource("linux-kernel.jsonl"), StandardCharsets.UTF_8);
    Matcher matcher = SA.matcher(cases);
    while (matcher.find()) {
      names.put(Integer.parseInt(matcher.group(2)), matcher.group(1));
    }
    EspNullHeuristics heuristics = new EspNullHeuristics(256, Long.MAX_VALUE, 7);
    Map<Integer, Verdict> verdicts = new HashMap<>();
    Map<Integer, Integer> lengths = new HashMap<>();
    Map<Integer, Integer> packets = new HashMap<>();
    IpHeaderView view = new IpHeaderView();
    for (byte[] packet : frames(resource("linux-kernel.pcap"))) {
      ByteBuffer memory = ByteBuffer.wrap(packet);
      Verdict verdict = heuristics.inspect(memory, 0, packet.length, 1);
      if (verdict != Verdict.NOT_ESP && view.parse(memory, 0, packet.length)) {
        int spi = memory.getInt(view.payloadOffset() + (view.protocol() == 17 ? 8 : 0));
        verdicts.put(spi, verdict);
        lengths.put(spi, heuristics.icvLength() << 8 | heuristics.ivLength());
        packets.merge(spi, 1, Integer::sum);
      }
    }
    Map<Verdict, Integer> counts = new HashMap<>();
    names.forEach(
        (spi, name) -> {
          Verdict verdict = verdicts.get(spi);
          assertNotNull(verdict, name);
          counts.merge(verdict, 1, Integer::sum);
          String what = name + ": " + packets.get(spi) + " packets";
          if (name.startsWith("null+hmac(sha256)") || name.startsWith("gmac")) {
            assertEquals(Verdict.ESP_NULL, verdict, what);
            int iv = name.startsWith("gmac") ? 8 : 0;
            assertEquals(16 << 8 | iv, lengths.get(spi), what);
          } else {
            assertEquals(Verdict.ENCRYPTED, verdict, what);
          }
        });
    System.out.println("ESP-NULL heuristics on linux-kernel: " + counts);
    System.out.println("vectors: linux-kernel ESP-NULL: " + names.size() + " run, 0 skipped");
    assertEquals(4, counts.get(Verdict.ESP_NULL));
  }

  /** IP packets of a pcap file of Ethernet or raw IP frames. */
  private static List<byte[]> frames(byte[] pcap) {
    ByteBuffer file = ByteBuffer.wrap(pcap);
    file.order(file.getInt(0) == 0xd4c3b2a1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int header = (file.getInt(20) & 0xffff) == 1 ? 14 : 0;
    List<byte[]> frames = new ArrayList<>();
    int at = 24;
    while (at + 16 <= pcap.length) {
      int length = file.getInt(at + 8);
      frames.add(Arrays.copyOfRange(pcap, at + 16 + header, at + 16 + length));
      at += 16 + length;
    }
    return frames;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        EspNullVectors.class.getResourceAsStream("/org/ipsec4j/esp/vectors/" + name)) {
      assertNotNull(in, name);
      return in.readAllBytes();
    }
  }
}
