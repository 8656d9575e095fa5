package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both directions of the path allocate nothing per packet once an SA is installed. */
@NullUnmarked
class AllocationTest {
  private static final int BURST = 32;
  private static final int PACKETS = 10_000;

  record Shape(PacketTransform transform, SaMode mode, boolean udp, PacketForm form) {}

  static List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    List<PacketTransform> transforms =
        List.of(
            Lab.GCM,
            Lab.GCM_ESN,
            Lab.CBC_SHA256,
            Lab.CBC_SHA1_ESN,
            Lab.aead(EncryptionAlgorithm.AES_GCM_16_IIV, 128, true),
            Lab.aead(EncryptionAlgorithm.CHACHA20_POLY1305, 256, false));
    for (PacketTransform transform : transforms) {
      for (PacketForm form : PacketForm.values()) {
        shapes.add(new Shape(transform, SaMode.TUNNEL, true, form));
        shapes.add(new Shape(transform, SaMode.TRANSPORT, false, form));
      }
    }
    return shapes;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void nothingPerPacket(Shape shape) throws ReflectiveOperationException {
    Lab lab = new Lab();
    lab.crypto = new NoCrypto();
    lab.transform = shape.transform();
    lab.mode = shape.mode();
    lab.udp = shape.udp();
    lab.lifetime = new Lifetime(1, Long.MAX_VALUE, 1, Long.MAX_VALUE);
    Sad sad = lab.sad();
    try (EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(sad)) {
      Loop loop = new Loop(sealer, opener, lab.outbound(), shape.form());
      for (int i = 0; i < 20; i++) {
        loop.run();
      }
      // the least of several: the JVM itself may allocate in between, the path may not
      long least = Long.MAX_VALUE;
      long idle = Long.MAX_VALUE;
      for (int i = 0; i < 5; i++) {
        long before = allocated();
        long after = allocated();
        idle = Math.min(idle, after - before);
        before = allocated();
        loop.run();
        after = allocated();
        least = Math.min(least, after - before);
      }
      assertEquals(idle, least, "octets allocated around " + PACKETS + " packets");
      assertEquals(PACKETS * 25L, sad.find(lab.spi).counters().packets());
      assertTrue(sad.find(lab.spi).takeSoftExpired());
    }
  }

  @Test
  void theMeterMeters() throws ReflectiveOperationException {
    long before = allocated();
    byte[] kept = new byte[10_000];
    assertTrue(allocated() - before >= kept.length);
  }

  /** Octets that this thread has allocated; the bean is no part of java.base. */
  private static long allocated() throws ReflectiveOperationException {
    return (long) METER.invoke(BEAN);
  }

  private static final Object BEAN;
  private static final Method METER;

  static {
    try {
      BEAN =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      METER =
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes");
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final class Loop {
    private final EspOutbound sealer;
    private final EspInbound opener;
    private final PacketForm form;
    private final PacketBurst burst = Lab.burst(BURST, 1500);
    private final OutboundSa[] sas = new OutboundSa[BURST];
    private final ByteBuffer[] packets = new ByteBuffer[BURST];

    Loop(EspOutbound sealer, EspInbound opener, OutboundSa sa, PacketForm form) {
      this.sealer = sealer;
      this.opener = opener;
      this.form = form;
      for (int i = 0; i < BURST; i++) {
        sas[i] = sa;
        byte[] data = new byte[i * 40];
        packets[i] =
            ByteBuffer.wrap(IpPackets.udp("192.0.2.1", "198.51.100.2", 1000, 2000 + i, data));
      }
    }

    void run() {
      int sent = 0;
      while (sent < PACKETS) {
        burst.clear();
        for (int i = 0; i < BURST && sent < PACKETS; i++, sent++) {
          packets[i].rewind();
          burst.add(packets[i]);
        }
        sealer.protect(burst, sas, form, sent);
        opener.open(burst, form, sent);
      }
    }
  }
}
