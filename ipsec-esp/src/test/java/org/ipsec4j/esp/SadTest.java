package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** SAs by SPI, while others are installed and removed. */
@NullUnmarked
class SadTest {
  private static InboundSa sa(int spi) {
    Lab lab = new Lab();
    lab.spi = spi;
    return lab.inbound();
  }

  @Test
  void equalsAMap() {
    Random random = new Random(4301);
    Sad sad = new Sad();
    Map<Integer, InboundSa> twin = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int spi = 256 + random.nextInt(300) * 0x10000;
      if (random.nextBoolean() && !twin.containsKey(spi)) {
        InboundSa sa = sa(spi);
        sad.install(sa);
        twin.put(spi, sa);
      } else {
        assertSame(twin.remove(spi), sad.remove(spi));
      }
      assertEquals(twin.size(), sad.size());
      int probe = 256 + random.nextInt(300) * 0x10000;
      assertSame(twin.get(probe), sad.find(probe));
    }
    assertEquals(twin.size(), sad.all().size());
  }

  @Test
  void refusesWhatCannotBeOnTheWire() {
    Sad sad = new Sad();
    sad.install(sa(300));
    assertThrows(IllegalArgumentException.class, () -> sad.install(sa(300)));
    assertThrows(IllegalArgumentException.class, () -> sad.install(sa(0)));
    assertNull(sad.remove(301));
  }

  @Test
  void whatStaysIsFoundThroughoutChanges() throws InterruptedException {
    Sad sad = new Sad();
    for (int spi = 1000; spi < 1050; spi++) {
      sad.install(sa(spi));
    }
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Integer> lost = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              while (!stop.get()) {
                for (int spi = 1000; spi < 1050; spi++) {
                  if (sad.find(spi) == null) {
                    lost.set(spi);
                  }
                }
              }
            });
    reader.start();
    for (int round = 0; round < 20; round++) {
      for (int spi = 5000; spi < 5400; spi++) {
        sad.install(sa(spi));
      }
      for (int spi = 5000; spi < 5400; spi++) {
        assertNotNull(sad.remove(spi));
      }
    }
    stop.set(true);
    reader.join();
    assertNull(lost.get());
    assertEquals(50, sad.size());
  }

  private static InboundSa ah(int spi) {
    Lab lab = new Lab();
    lab.spi = spi;
    lab.transform =
        new PacketTransform(
            SecurityProtocol.AH,
            new EncryptionTransform(EncryptionAlgorithm.NULL, 0),
            IntegrityAlgorithm.HMAC_SHA1_96,
            false);
    return lab.inbound();
  }

  @Test
  void oneSpiOfEachProtocol() {
    Sad sad = new Sad();
    InboundSa esp = sa(300);
    InboundSa ah = ah(300);
    sad.install(esp);
    sad.install(ah);
    assertSame(esp, sad.find(300));
    assertSame(ah, sad.find(SecurityProtocol.AH, 300));
    assertThrows(IllegalArgumentException.class, () -> sad.install(ah(300)));
    assertSame(ah, sad.remove(SecurityProtocol.AH, 300));
    assertNull(sad.find(SecurityProtocol.AH, 300));
    assertSame(esp, sad.find(300));
  }

  private static IpHeaderView outer(String source, String destination) {
    byte[] packet = IpPackets.udp(source, destination, 1, 2, new byte[0]);
    IpHeaderView view = new IpHeaderView();
    assertTrue(view.parse(ByteBuffer.wrap(packet), 0, packet.length));
    return view;
  }

  /** RFC 4301 4.1, steps 1 to 3: the longest match wins. */
  @Test
  void groupsByLongestMatch() {
    Sad sad = new Sad();
    IpAddress group = IpAddress.parse("239.1.2.3");
    IpAddress source = IpAddress.parse("10.0.0.1");
    InboundSa alone = sa(300);
    InboundSa ofGroup = sa(300);
    InboundSa ofSource = sa(300);
    InboundSa ofV6 = sa(300);
    sad.install(alone);
    sad.installMulticast(ofGroup, group, null);
    sad.installMulticast(ofSource, group, source);
    sad.installMulticast(ofV6, IpAddress.parse("ff05::1"), null);
    sad.installMulticast(sa(301), group, null);
    sad.installMulticast(sa(299), group, source);
    sad.installMulticast(sa(-5), group, null);
    SecurityProtocol esp = SecurityProtocol.ESP;
    assertSame(ofSource, sad.find(esp, 300, outer("10.0.0.1", "239.1.2.3")));
    assertSame(ofGroup, sad.find(esp, 300, outer("10.0.0.2", "239.1.2.3")));
    assertSame(alone, sad.find(esp, 300, outer("10.0.0.1", "239.1.2.4")));
    assertSame(ofV6, sad.find(esp, 300, outer("fd00::1", "ff05::1")));
    assertNull(sad.find(esp, 301, outer("10.0.0.1", "10.0.0.2")), "SPI alone is not enough");
    assertNotNull(sad.find(esp, -5, outer("10.0.0.1", "239.1.2.3")));
    assertNull(sad.find(SecurityProtocol.AH, 300, outer("10.0.0.1", "239.1.2.3")));
    assertSame(alone, sad.find(300), "and without addresses only those found by SPI");
    assertEquals(7, sad.size());
    assertEquals(7, sad.all().size());
    assertThrows(
        IllegalArgumentException.class, () -> sad.installMulticast(sa(300), group, source));
    assertThrows(IllegalArgumentException.class, () -> sad.installMulticast(sa(0), group, null));
    assertSame(ofSource, sad.removeMulticast(esp, 300, group, source));
    assertNull(sad.removeMulticast(esp, 300, group, source));
    assertSame(ofGroup, sad.find(esp, 300, outer("10.0.0.1", "239.1.2.3")));
  }

  @Test
  void packetsOfTwoGroupsWithOneSpi() {
    Sad sad = new Sad();
    Lab one = new Lab();
    Lab two = new Lab();
    two.encryptionKey = Lab.octets(77, 20);
    InboundSa first = one.inbound();
    InboundSa second = two.inbound();
    sad.installMulticast(first, one.receiver(), null);
    sad.installMulticast(second, IpAddress.parse("239.9.9.9"), two.sender());
    byte[] inner = IpPackets.udp(true, 1, 2, new byte[40]);
    byte[] toFirst = one.seal(one.outbound(), inner, PacketForm.FULL_IP);
    byte[] toSecond = two.seal(two.outbound(), inner, PacketForm.FULL_IP);
    ByteBuffer.wrap(toSecond).putInt(16, 0xef090909);
    try (EspInbound opener = one.opener(sad)) {
      PacketBurst burst = Lab.open(opener, PacketForm.FULL_IP, 1, toFirst, toSecond);
      assertSame(first, opener.sa(0));
      assertSame(second, opener.sa(1));
      assertTrue(burst.isAlive(0));
      assertTrue(burst.isAlive(1));
    }
  }

  /** A rekey: both inbound SAs open packets of one pair until the old one is taken out. */
  @Test
  void makeBeforeBreak() {
    Sad sad = new Sad();
    Lab former = new Lab();
    Lab latter = new Lab();
    latter.spi = 4711;
    latter.encryptionKey = Lab.octets(77, 20);
    sad.install(former.inbound());
    OutboundSa formerOut = former.outbound();
    OutboundSa latterOut = latter.outbound();
    byte[] inner = IpPackets.udp(true, 1, 2, new byte[40]);
    try (EspInbound opener = former.opener(sad)) {
      sad.install(latter.inbound());
      for (int i = 0; i < 3; i++) {
        PacketBurst burst =
            Lab.open(
                opener,
                PacketForm.PAYLOAD,
                1,
                former.seal(formerOut, inner, PacketForm.PAYLOAD),
                latter.seal(latterOut, inner, PacketForm.PAYLOAD));
        assertTrue(burst.isAlive(0) && burst.isAlive(1));
      }
      sad.remove(former.spi);
      PacketBurst burst =
          Lab.open(
              opener,
              PacketForm.PAYLOAD,
              1,
              former.seal(formerOut, inner, PacketForm.PAYLOAD),
              latter.seal(latterOut, inner, PacketForm.PAYLOAD));
      assertEquals(DropReason.UNKNOWN_SPI, burst.dropReason(0));
      assertTrue(burst.isAlive(1));
    }
  }
}
