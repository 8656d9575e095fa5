package org.ipsec4j.esp.wesp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import org.ipsec4j.esp.wesp.EspNullHeuristics.Verdict;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flows of every layout and protocol that the heuristics know, and flows of noise. */
@NullUnmarked
class EspNullHeuristicsTest {
  private static final long IDLE = 1000;

  private final Random random = new Random(5879);
  private final EspNullHeuristics heuristics = new EspNullHeuristics(64, IDLE, 7);

  private Verdict inspect(byte[] packet, long now) {
    return heuristics.inspect(ByteBuffer.wrap(packet), 0, packet.length, now);
  }

  private Verdict inspect(byte[] packet) {
    return inspect(packet, 1);
  }

  private byte[] noise(int length) {
    byte[] octets = new byte[length];
    random.nextBytes(octets);
    return octets;
  }

  /** An ESP packet around a clear payload, with the ICV and IV lengths given. */
  private byte[] esp(int spi, int icv, int iv, int next, byte[] payload) {
    int pad = -(payload.length + 2) & 3;
    ByteBuffer esp = ByteBuffer.allocate(8 + iv + payload.length + pad + 2 + icv);
    esp.putInt(spi).putInt(1).put(noise(iv)).put(payload);
    for (int i = 1; i <= pad; i++) {
      esp.put((byte) i);
    }
    return esp.put((byte) pad).put((byte) next).put(noise(icv)).array();
  }

  private byte[] payload(int protocol, int octets) {
    ByteBuffer data = ByteBuffer.allocate(octets);
    switch (protocol) {
      case 6 -> data.putShort((short) 4711).putShort((short) 443).putLong(random.nextLong());
      case 17 -> data.putShort((short) 4711).putShort((short) 53).putShort((short) octets);
      case 1, 58 -> data.put((byte) (protocol == 1 ? 8 : 128));
      case 132 -> data.putInt(0x12345678).putLong(random.nextLong()).putShort((short) 3);
      default -> {}
    }
    if (protocol == 6) {
      data.put(12, (byte) 0x50).put(13, (byte) 0x18);
    }
    if (protocol == 1) {
      data.putShort(2, (short) 0xf7ff);
    }
    if (protocol == 17) {
      data.putShort(6, (short) 1);
    }
    if (protocol == 132) {
      data.putShort(14, (short) (octets - 12));
    }
    if (protocol == 4 || protocol == 41) {
      data.put(
          WespTest.packet(protocol == 4, false, 17, new byte[octets - (protocol == 4 ? 20 : 40)]));
    }
    return data.array();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 6, 17, 41, 132})
  void clearFlowsAreFound(int protocol) {
    int[][] layouts = {{12, 0}, {16, 0}, {16, 8}, {24, 0}, {32, 0}};
    for (int[] layout : layouts) {
      int spi = protocol << 16 | layout[0] << 8 | layout[1] | 0x100;
      Verdict verdict = Verdict.UNSURE;
      int packets = 0;
      while (verdict == Verdict.UNSURE && packets < 12) {
        byte[] payload = payload(protocol, 64 + 4 * random.nextInt(20));
        byte[] esp = esp(spi, layout[0], layout[1], protocol, payload);
        verdict = inspect(WespTest.packet(true, packets % 2 == 0, 50, esp));
        packets++;
      }
      String what = protocol + " with ICV " + layout[0] + ", IV " + layout[1];
      assertEquals(Verdict.ESP_NULL, verdict, what);
      assertEquals(layout[0], heuristics.icvLength(), what);
      assertEquals(layout[1], heuristics.ivLength(), what);
    }
  }

  /** RFC 5879 8.2: a protocol without checks needs more packets, and its IV stays unknown. */
  @Test
  void unknownProtocolsTakeLonger() {
    int packets = 0;
    Verdict verdict = Verdict.UNSURE;
    while (verdict == Verdict.UNSURE && packets < 50) {
      byte[] packet = WespTest.packet(false, false, 50, esp(9999, 16, 0, 89, noise(62)));
      verdict = inspect(packet);
      packets++;
    }
    assertEquals(Verdict.ESP_NULL, verdict);
    assertEquals(16, heuristics.icvLength());
    assertEquals(EspNullHeuristics.UNKNOWN, heuristics.ivLength());
    assertEquals(8, packets);
  }

  /** Traffic-flow-confidentiality padding hides lengths, not the rest. */
  @Test
  void tfcPaddingDoesNotMakeItEncrypted() {
    byte[] inner = WespTest.concat(payload(4, 80), noise(100));
    Verdict verdict = Verdict.UNSURE;
    for (int i = 0; i < 10; i++) {
      verdict = inspect(WespTest.packet(true, false, 50, esp(500, 12, 0, 4, inner)));
    }
    assertEquals(Verdict.ESP_NULL, verdict);
  }

  @Test
  void noiseIsEncrypted() {
    EspNullHeuristics many = new EspNullHeuristics(1 << 14, IDLE, 7);
    int sure = 0;
    for (int flow = 0; flow < 5000; flow++) {
      Verdict verdict = Verdict.UNSURE;
      for (int i = 0; i < 6; i++) {
        byte[] esp = noise(28 + 4 * random.nextInt(60));
        ByteBuffer.wrap(esp).putInt(0x1000 + flow);
        byte[] packet = WespTest.packet(true, false, 50, esp);
        verdict = many.inspect(ByteBuffer.wrap(packet), 0, packet.length, 1);
      }
      assertTrue(verdict != Verdict.ESP_NULL, "flow " + flow);
      sure += verdict == Verdict.ENCRYPTED ? 1 : 0;
    }
    assertTrue(sure > 4995, "sure of " + sure);
  }

  /** A forged packet or two do not change what is known. */
  @Test
  void forgedPacketsDecideNothing() {
    byte[] clear = WespTest.packet(true, false, 50, esp(77, 12, 0, 4, payload(4, 62)));
    byte[] forged =
        WespTest.packet(true, false, 50, WespTest.concat(new byte[] {0, 0, 0, 77}, noise(60)));
    assertEquals(Verdict.UNSURE, inspect(forged));
    assertEquals(Verdict.UNSURE, inspect(clear));
    assertEquals(Verdict.ESP_NULL, inspect(clear));
    for (int i = 1; i < EspNullHeuristics.RECHECK_FAILURES; i++) {
      assertEquals(Verdict.ESP_NULL, inspect(forged));
    }
    assertEquals(Verdict.UNSURE, inspect(forged), "looked at anew");
  }

  @Test
  void silentFlowsAreForgotten() {
    byte[] packet = WespTest.packet(true, false, 50, esp(78, 12, 0, 4, payload(4, 62)));
    inspect(packet, 1);
    assertEquals(Verdict.ESP_NULL, inspect(packet, 2));
    assertEquals(Verdict.ESP_NULL, inspect(packet, 1 + IDLE));
    assertEquals(Verdict.UNSURE, inspect(packet, 1 + 2 * IDLE));
  }

  /** However many flows there are, memory stays, and the newest are known. */
  @Test
  void flowsAreBounded() {
    byte[] esp = esp(0, 12, 0, 4, payload(4, 60));
    for (int spi = 300; spi < 100_300; spi++) {
      ByteBuffer.wrap(esp).putInt(spi);
      byte[] packet = WespTest.packet(true, false, 50, esp);
      inspect(packet, spi);
      assertEquals(Verdict.ESP_NULL, inspect(packet, spi));
    }
  }

  @ParameterizedTest
  @CsvSource({"6, false", "50, true"})
  void onlyWholeEspPacketsAreLookedAt(int protocol, boolean cut) {
    byte[] packet = WespTest.packet(true, false, protocol, cut ? new byte[9] : new byte[40]);
    assertEquals(Verdict.NOT_ESP, inspect(packet));
    byte[] ike = WespTest.packet(true, true, 17, new byte[40]);
    assertEquals(Verdict.NOT_ESP, inspect(ike));
    byte[] fragment = WespTest.packet(true, false, 50, new byte[40]);
    fragment[6] = 0x20;
    assertEquals(Verdict.NOT_ESP, inspect(fragment));
    assertEquals(Verdict.NOT_ESP, inspect(noise(19)));
  }

  @Test
  void nothingIsThrown() {
    byte[] right = WespTest.packet(true, false, 50, esp(77, 12, 0, 132, payload(132, 60)));
    for (int i = 0; i < 200_000; i++) {
      byte[] packet = right.clone();
      packet[packet.length - 13] = (byte) new int[] {1, 4, 6, 17, 41, 58, 132, 59}[i & 7];
      for (int n = random.nextInt(5); n > 0; n--) {
        packet[20 + random.nextInt(packet.length - 20)] = (byte) random.nextInt();
      }
      ByteBuffer.wrap(packet).putShort(2, (short) (20 + random.nextInt(packet.length - 19)));
      inspect(packet, i);
    }
  }

  @Test
  void limitsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new EspNullHeuristics(3, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new EspNullHeuristics(4, 0, 1));
  }
}
