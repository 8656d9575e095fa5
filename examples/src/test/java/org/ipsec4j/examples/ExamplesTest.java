package org.ipsec4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.node.NodeCounters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every example runs, and does what it says. */
final class ExamplesTest {
  private static final Secret KEY = Secret.copyOf(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

  @BeforeEach
  void waitForThePorts() throws Exception {
    FreePorts.await();
  }

  private interface Main {
    void run(String[] args) throws Exception;
  }

  /** What an example prints. */
  private static List<String> run(Main example) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(out);
      example.run(new String[0]);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void tenLinesGetAnAnswer() throws Exception {
    assertEquals(List.of("HELLO, OFFICE"), run(TenLines::main));
  }

  @Test
  void twoSitesExchangeAndRekey() throws Exception {
    NodeCounters.Snapshot counters = TwoSites.run(50);
    assertEquals(50, counters.protectedOut());
    assertEquals(1, counters.rekeys());
    assertTrue(counters.outboundDrops().isEmpty(), counters::toString);
    assertTrue(counters.balanced());
  }

  @Test
  void twoSitesPrintWhatTheyCounted() throws Exception {
    String last = run(TwoSites::main).getLast();
    assertTrue(last.contains("protectedOut=200"), last);
  }

  @Test
  void userspaceUdpAsksAndHears() throws Exception {
    assertEquals(
        List.of("printer is 10.2.0.20", "wiki is 10.2.0.30", "fax is unknown"),
        run(UserspaceUdpOverIpsec::main));
  }

  @Test
  void userspaceUdpCarriesLongTexts() throws Exception {
    String question = "x".repeat(9000);
    try (OtherSite office = OtherSite.shouting(KEY);
        UserspaceUdpOverIpsec client = UserspaceUdpOverIpsec.open(KEY)) {
      assertEquals(Optional.of("X".repeat(9000)), client.ask(question));
      assertEquals(1, office.node().status().children().size());
    }
  }

  @Test
  void customCryptoIsUsedAndCounts() throws Exception {
    assertEquals(
        List.of("20 packets sealed, 20 opened, 1 key exchange"), run(CustomCryptoProvider::main));
    CountingCrypto crypto = new CountingCrypto(new JcaCryptoProvider());
    assertTrue(crypto.selfTest().passed());
    assertEquals(1, crypto.priority(), "asked before the one that it is made of");
  }

  @Test
  void packetsGoToTheCardAndHandshakesToTheJdk() throws Exception {
    List<String> lines = run(CryptoCard::main);
    assertEquals("card: 2 SAs, 40 packets", lines.getFirst());
    assertEquals("jca: 0 SAs, 0 packets", lines.getLast());
    NodeCounters.Offload offload = CryptoCard.send(3).counters().offload();
    assertEquals(2, offload.sas());
    assertTrue(offload.bytesOut() > 0 && offload.bytesIn() > 0, offload::toString);
  }

  @Test
  void virtualHostAnswersPingsThroughTheTunnel() throws Exception {
    try (OtherSite office = OtherSite.behind(KEY, new OwnPacketPort())) {
      ByteBuffer request = OwnPacketPort.ping("10.1.0.7", "10.2.0.99", 3);
      ByteBuffer reply = TenLines.ask(KEY, request.duplicate());
      assertNotNull(reply, () -> office.node().status().toString());
      assertEquals(request.getInt(12), reply.getInt(16));
      assertEquals(request.getInt(16), reply.getInt(12));
      assertEquals(0, reply.get(20), "an echo reply");
      assertEquals(request.getInt(24), reply.getInt(24), "the same sequence number");
      assertEquals(0, Udp.checksum(Udp.sum(reply, 0, 20)));
      assertEquals(0, Udp.checksum(Udp.sum(reply, 20, reply.limit() - 20)));
    }
    String line = run(OwnPacketPort::main).getLast();
    assertTrue(line.startsWith("44 octets back after"), line);
  }

  @Test
  void virtualHostIsBoundedAndEnds() {
    OwnPacketPort port = new OwnPacketPort();
    PacketBurst burst = new PacketBurst(1, 0, 100, 0);
    int kept = 0;
    DropReason last = DropReason.NONE;
    while (last == DropReason.NONE && kept < 10_000) {
      burst.clear();
      burst.add(OwnPacketPort.ping("10.1.0.7", "10.2.0.1", kept));
      port.send(burst);
      last = burst.dropReason(0);
      kept++;
    }
    assertEquals(DropReason.DELIVERY_FAILED, last);
    assertEquals(257, kept);
    burst.clear();
    assertEquals(1, port.receive(burst, 1000));
    port.close();
    burst.clear();
    assertEquals(-1, port.receive(burst, 60_000));
  }

  @Test
  void datagramsAreReadAsTheyWereBuilt() {
    Udp datagram = Udp.of("10.1.0.7", 4000, "10.2.0.1", 65535, "grüße");
    ByteBuffer packet = datagram.packet();
    assertEquals(datagram, Udp.read(packet.duplicate()));
    assertEquals(0, Udp.checksum(Udp.sum(packet, 0, 20)), "the header's checksum");
    int pseudo = Udp.sum(packet, 12, 8) + 17 + packet.limit() - 20;
    int whole = pseudo + Udp.sum(packet, 20, packet.limit() - 20);
    assertEquals(0, Udp.checksum(whole), "the datagram's checksum");
    for (int length = 0; length < packet.limit(); length++) {
      ByteBuffer cut = packet.slice(0, length);
      assertThrows(IllegalArgumentException.class, () -> Udp.read(cut));
    }
  }
}
