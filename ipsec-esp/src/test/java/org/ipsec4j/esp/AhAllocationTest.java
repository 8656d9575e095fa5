package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.AhModel.Look;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** AH and bundles allocate nothing per packet in either direction, whatever headers it has. */
@NullUnmarked
class AhAllocationTest {
  private static final int BURST = 32;
  private static final int PACKETS = 6_400;

  record Shape(IntegrityAlgorithm mac, boolean esn, SaMode mode, boolean v4) {}

  static List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    for (IntegrityAlgorithm mac : AhCrypto.MACS) {
      boolean esn = shapes.size() % 8 < 4;
      for (SaMode mode : SaMode.values()) {
        shapes.add(new Shape(mac, esn, mode, shapes.size() % 2 == 0));
      }
    }
    return shapes;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void nothingPerPacket(Shape shape) throws ReflectiveOperationException {
    Lab lab = AhLab.lab(shape.mac(), shape.esn());
    lab.crypto = new NoAhCrypto();
    lab.mode = shape.mode();
    lab.outerV4 = shape.v4();
    if (shape.mode() == SaMode.BEET) {
      lab.bind(shape.v4());
    }
    OutboundSa sa = lab.outbound();
    OutboundSa[] sas = new OutboundSa[BURST];
    Arrays.fill(sas, sa);
    PacketBurst burst = new PacketBurst(BURST, AhOutbound.MAX_HEADROOM, 1500, 0);
    ByteBuffer[] packets = packets(shape.mode(), shape.v4());
    Sad sad = lab.sad();
    try (AhOutbound sealer = AhLab.sealer(lab);
        AhInbound opener = AhLab.opener(lab, sad)) {
      assertNothing(
          () -> {
            for (int sent = 0; sent < PACKETS; sent += BURST) {
              fill(burst, packets);
              sealer.protect(burst, sas, sent);
              opener.open(burst, sent);
            }
          });
      assertEquals(0, sa.counters().drops());
      assertEquals(
          sa.counters().packets(),
          sad.find(lab.transform.protocol(), lab.spi).counters().packets());
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void nothingPerBundle(PacketForm form) throws ReflectiveOperationException {
    SaBundle bundle = SaBundle.of("three", 3);
    BundleLab lab = new BundleLab(new NoAhCrypto());
    lab.add(BundleLab.AH, SaMode.TRANSPORT, true, bundle.place(0));
    lab.add(Lab.CBC_SHA256, SaMode.TRANSPORT, true, bundle.place(1));
    lab.add(Lab.GCM_ESN, SaMode.TUNNEL, true, bundle.place(2));
    OutboundBundle[] bundles = new OutboundBundle[BURST];
    Arrays.fill(bundles, lab.bundle());
    PacketBurst burst =
        new PacketBurst(BURST, IpsecOutbound.maxHeadroom(3), 1500, IpsecOutbound.maxTailroom(3));
    ByteBuffer[] packets = packets(SaMode.TRANSPORT, true);
    try (IpsecOutbound sealer = lab.sealer();
        IpsecInbound opener = lab.opener().withLocalAddresses((v4, high, low) -> true)) {
      assertNothing(
          () -> {
            for (int sent = 0; sent < PACKETS; sent += BURST) {
              fill(burst, packets);
              sealer.protect(burst, bundles, form, sent);
              opener.open(burst, form, sent);
            }
          });
      for (InboundSa sa : lab.inbound) {
        assertEquals(0, sa.counters().drops());
        assertEquals(PACKETS * 25L, sa.counters().packets());
      }
    }
  }

  static PacketForm[] forms() {
    return PacketForm.values();
  }

  /** Plain ones, and in transport and tunnel mode those with options and extension headers too. */
  private static ByteBuffer[] packets(SaMode mode, boolean v4) {
    ByteBuffer[] packets = new ByteBuffer[BURST];
    for (int i = 0; i < BURST; i++) {
      byte[] packet = IpPackets.udp(v4, 1000, 2000 + i, new byte[i * 40]);
      if (mode != SaMode.BEET && i % 2 == 1) {
        packet = withHeaders(v4, i);
      }
      packets[i] = ByteBuffer.wrap(packet);
    }
    return packets;
  }

  private static byte[] withHeaders(boolean v4, int seed) {
    Random random = new Random(seed);
    AhModel model = v4 ? AhModel.v4(random) : AhModel.v6(random, false);
    int total = model.length() + 100;
    // as routers have left it, so that it is both to send and to receive
    return TestCrypto.concat(model.header(Look.ARRIVED, 253, total), new byte[100]);
  }

  private static void fill(PacketBurst burst, ByteBuffer[] packets) {
    burst.clear();
    for (ByteBuffer packet : packets) {
      packet.rewind();
      burst.add(packet);
    }
  }

  private static void assertNothing(Runnable loop) throws ReflectiveOperationException {
    AllocationMeter.assertNothing(loop, 20, "around " + PACKETS + " packets");
  }
}
