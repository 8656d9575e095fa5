package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What ends an SA, or a packet's claim to be new: time, and replay protection or its absence. */
@NullUnmarked
class LimitsTest {
  private static final byte[] INNER = IpPackets.udp(true, 7, 8, Lab.octets(1, 60));

  private final Lab lab = new Lab();

  private DropReason send(OutboundSa sa, long now) {
    PacketBurst burst = Lab.burst(1, 200);
    burst.add(ByteBuffer.wrap(INNER));
    try (EspOutbound sealer = lab.sealer()) {
      sealer.protect(burst, new OutboundSa[] {sa}, PacketForm.PAYLOAD, now);
    }
    return burst.dropReason(0);
  }

  /** RFC 4301 4.4.2.1: soft warns, hard ends; the clock may be anywhere. */
  @Test
  void timeCountsFromTheBeginning() {
    lab.options = lab.options.withTimeLifetime(new TimeLifetime(100, 150));
    for (long start : new long[] {0, 5, -1000, Long.MAX_VALUE - 120}) {
      OutboundSa sa = lab.outbound();
      sa.begin(start);
      sa.begin(start + 70);
      assertEquals(DropReason.NONE, send(sa, start + 99));
      assertFalse(sa.takeSoftExpired());
      assertEquals(DropReason.NONE, send(sa, start + 100));
      assertTrue(sa.takeSoftExpired());
      assertFalse(sa.takeSoftExpired(), "once");
      assertEquals(DropReason.NONE, send(sa, start + 149));
      assertFalse(sa.isExpired(start + 149));
      assertTrue(sa.isExpired(start + 150));
      assertFalse(sa.isExpired(), "no packet has met it yet");
      assertEquals(DropReason.LIFETIME_EXPIRED, send(sa, start + 150));
      assertTrue(sa.isExpired());
      assertEquals(1, sa.counters().drops(DropReason.LIFETIME_EXPIRED));
    }
  }

  @Test
  void withoutABeginningTheFirstPacketIsOne() {
    lab.options = lab.options.withTimeLifetime(new TimeLifetime(0, 150));
    OutboundSa sa = lab.outbound();
    assertFalse(sa.isExpired(1_000_000));
    assertEquals(DropReason.NONE, send(sa, 1_000_000));
    assertEquals(DropReason.NONE, send(sa, 1_000_149));
    assertEquals(DropReason.LIFETIME_EXPIRED, send(sa, 1_000_150));
    assertTrue(sa.takeSoftExpired(), "whoever is over has passed every soft limit");
    assertThrows(IllegalArgumentException.class, () -> new TimeLifetime(-1, 0));
  }

  @Test
  void aSoftLimitIsSeenWithoutPackets() {
    lab.options = lab.options.withTimeLifetime(new TimeLifetime(100, 0));
    InboundSa sa = lab.inbound();
    sa.begin(10);
    assertFalse(sa.takeSoftExpired(109));
    assertTrue(sa.takeSoftExpired(110));
    assertFalse(sa.takeSoftExpired(111));
    assertFalse(sa.isExpired(Long.MAX_VALUE));
  }

  @Test
  void theReceiverStopsBeforeTheCryptography() {
    lab.options = lab.options.withTimeLifetime(new TimeLifetime(0, 150));
    OutboundSa out = lab.outbound();
    byte[] one = lab.seal(out, INNER, PacketForm.PAYLOAD);
    byte[] two = lab.seal(out, INNER, PacketForm.PAYLOAD);
    Sad sad = lab.sad();
    sad.find(lab.spi).begin(0);
    try (EspInbound opener = lab.opener(sad)) {
      assertTrue(Lab.open(opener, PacketForm.PAYLOAD, 149, one).isAlive(0));
      PacketBurst burst = Lab.open(opener, PacketForm.PAYLOAD, 150, two);
      assertEquals(DropReason.LIFETIME_EXPIRED, burst.dropReason(0));
      assertFalse(opener.isAuthentic(0));
    }
  }

  /** Only by an explicit choice, and to be seen. */
  @Test
  void replayProtectionOff() {
    assertTrue(lab.inbound().replayWindow().isEnforced());
    assertFalse(lab.inbound().toString().contains("without replay protection"));
    byte[] one = lab.seal(lab.outbound(), INNER, PacketForm.PAYLOAD);
    lab.options = lab.options.withReplayProtection(ReplayProtection.OFF);
    Sad sad = lab.sad();
    InboundSa sa = sad.find(lab.spi);
    assertFalse(sa.replayWindow().isEnforced());
    assertTrue(sa.toString().contains("without replay protection"));
    try (EspInbound opener = lab.opener(sad)) {
      PacketBurst burst =
          Lab.open(opener, PacketForm.PAYLOAD, 1, one, one, lab.sealRaw(5000, text()), one);
      for (int i = 0; i < 4; i++) {
        assertEquals(DropReason.NONE, burst.dropReason(i));
      }
      // no inbound checks are performed on the sequence number (RFC 4303 3.4.3)
      assertTrue(Lab.open(opener, PacketForm.PAYLOAD, 1, lab.sealRaw(0, text())).isAlive(0));
      assertEquals(5000, sa.replayWindow().top());
    }
  }

  @Test
  void offWithExtendedNumbersStillKnowsTheUpperHalf() {
    lab.transform = Lab.GCM_ESN;
    lab.options = lab.options.withReplayProtection(ReplayProtection.OFF);
    try (EspInbound opener = lab.opener(lab.sad())) {
      for (long number : new long[] {1, 0x80000000L, 0xffffffffL, 0x1_00000002L, 0xffffffffL}) {
        assertTrue(
            Lab.open(opener, PacketForm.PAYLOAD, 1, lab.sealRaw(number, text())).isAlive(0),
            "number " + number);
      }
    }
  }

  private static byte[] text() {
    byte[] text = java.util.Arrays.copyOf(INNER, INNER.length + 4);
    text[INNER.length] = 1;
    text[INNER.length + 1] = 2;
    text[INNER.length + 2] = 2;
    text[INNER.length + 3] = 4;
    return text;
  }

  /** The same packets come to two threads at once: each is delivered by one of them. */
  @Test
  void twoThreadsDeliverAPacketOnce() throws InterruptedException {
    lab.replayWindow = 4096;
    OutboundSa out = lab.outbound();
    int count = 2000;
    byte[][] sealed = new byte[count][];
    for (int i = 0; i < count; i++) {
      sealed[i] = lab.seal(out, INNER, PacketForm.PAYLOAD);
    }
    Sad sad = lab.sad();
    AtomicInteger delivered = new AtomicInteger();
    AtomicInteger replays = new AtomicInteger();
    CountDownLatch ready = new CountDownLatch(2);
    Runnable work =
        () -> {
          PacketBurst burst = Lab.burst(8, 200);
          try (EspInbound opener = lab.opener(sad)) {
            ready.countDown();
            ready.await();
            for (int i = 0; i < count; i += 8) {
              burst.clear();
              for (int k = 0; k < 8; k++) {
                burst.add(ByteBuffer.wrap(sealed[i + k]));
              }
              opener.open(burst, PacketForm.PAYLOAD, 1);
              for (int k = 0; k < 8; k++) {
                (burst.isAlive(k) ? delivered : replays).incrementAndGet();
              }
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    Thread other = new Thread(work);
    other.start();
    work.run();
    other.join();
    assertEquals(count, delivered.get());
    assertEquals(count, replays.get());
    InboundSa sa = sad.find(lab.spi);
    assertEquals(count, sa.counters().drops(DropReason.REPLAY));
    assertEquals(count, sa.counters().packets());
  }
}
