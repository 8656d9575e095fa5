package org.ipsec4j.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.node.capture.PcapngWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  @TempDir Path folder;

  /** Some UDP packets over IPv4 from one address and back. */
  private Path capture(int packets, int payload) throws Exception {
    Path file = folder.resolve("in.pcapng");
    Random random = new Random(5);
    try (PcapngWriter writer = PcapngWriter.create(file, "test")) {
      for (int i = 0; i < packets; i++) {
        byte[] text = new byte[payload];
        random.nextBytes(text);
        ByteBuffer packet = ByteBuffer.allocate(28 + payload);
        packet.putShort((short) 0x4500).putShort((short) (28 + payload)).putInt(0);
        packet.put((byte) 64).put((byte) 17).putShort((short) 0);
        packet.putInt(i % 2 == 0 ? 0x0a010001 : 0x0a020001);
        packet.putInt(i % 2 == 0 ? 0x0a020001 : 0x0a010001);
        packet.putShort((short) 1000).putShort((short) 2000);
        packet.putShort((short) (8 + payload)).putShort((short) 0).put(text).flip();
        writer.write(i, packet);
      }
    }
    return file;
  }

  private DemoReport run(Path file, List<CryptoProvider> crypto) throws Exception {
    return new Demo(new Traffic(List.of(file)), folder, crypto, done -> {}).run();
  }

  @Test
  void everyPacketArrivesBothWaysAndNothingShows() throws Exception {
    DemoReport report = run(capture(60, 300), List.of());
    StringWriter text = new StringWriter();
    report.print(new PrintWriter(text));
    assertTrue(report.ok(), text::toString);
    assertEquals(120, report.packets());
    assertTrue(
        text.toString()
            .strip()
            .endsWith("demo: ok packets=120 mismatches=0 leaks=0 rekeys=" + report.rekeys()),
        text::toString);
    assertTrue(Files.size(report.capture()) > 60 * 328);
    assertTrue(Files.isRegularFile(report.profile().resolve("esp_sa")));
    assertTrue(Files.isRegularFile(report.profile().resolve("ikev2_decryption_table")));
  }

  @Test
  void aCaptureOfOnePacketStillSeesARekey() throws Exception {
    DemoReport report = run(capture(1, 0), List.of());
    assertTrue(report.ok(), report::lastLine);
    assertEquals(2, report.packets());
  }

  @Test
  void aProviderThatXorsWithAConstantFailsTheDemo() throws Exception {
    DemoReport report = run(capture(20, 300), List.of(new XorProvider((byte) 0x5a)));
    assertFalse(report.ok());
    assertEquals(0, report.mismatches(), "the packets themselves come through");
    assertTrue(report.leaks() > 0, report::lastLine);
    assertTrue(report.lastLine().startsWith("demo: failed "), report::lastLine);
  }

  @Test
  void aProviderThatDoesNotEncryptFailsTheDemo() throws Exception {
    DemoReport report = run(capture(20, 300), List.of(new XorProvider((byte) 0)));
    assertFalse(report.ok());
    assertTrue(report.leaks() > 20 * 100, report::lastLine);
  }
}
