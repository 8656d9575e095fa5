package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.esp.EveryTransformTest.Way;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both directions of the path allocate nothing per packet once an SA is installed. */
@NullUnmarked
class AllocationTest {
  private static final int BURST = 32;
  private static final int WARM = 10;
  private static final int MEASURED = 3;
  private static final int PACKETS = 4_000;

  record Shape(PacketTransform transform, Way way, SaOptions options) {}

  /** Every shape that a transform can give a packet one way, and four of them every way. */
  static List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    Way plain = new Way(SaMode.TUNNEL, true, true, true, PacketForm.FULL_IP);
    Set<String> seen = new HashSet<>();
    for (PacketTransform transform : EveryTransformTest.transforms()) {
      EncryptionAlgorithm cipher = transform.encryption().algorithm();
      List<Object> shape =
          List.of(
              cipher.ivLength(),
              cipher.blockLength(),
              cipher.saltLength(),
              transform.icvLength(),
              transform.extendedSequenceNumbers());
      if (seen.add(shape.toString())) {
        shapes.add(new Shape(transform, plain, SaOptions.DEFAULT));
      }
    }
    List<PacketTransform> four =
        List.of(
            Lab.GCM_ESN,
            Lab.CBC_SHA256,
            Lab.CBC_SHA1_ESN,
            Lab.aead(EncryptionAlgorithm.CHACHA20_POLY1305_IIV, 256, false));
    for (Way way : Way.all()) {
      for (PacketTransform transform : four) {
        shapes.add(new Shape(transform, way, SaOptions.DEFAULT));
      }
      shapes.add(new Shape(Lab.GCM, way, everything(way)));
    }
    return shapes;
  }

  private static SaOptions everything(Way way) {
    String address = way.outerV4() ? "10.9.8.7" : "fd00::7";
    IpAddress original = IpAddress.parse(address);
    return SaOptions.DEFAULT
        .withForwarding(true)
        .withTfcPadding(new TfcPadding.ToMultiple(64))
        .withTimeLifetime(new TimeLifetime(1, Long.MAX_VALUE))
        .withOriginalAddresses(new AddressPair(original, original))
        .withOuterHeader(
            OuterHeaderPolicy.DEFAULT
                .withDscpInward(true)
                .withFlowLabel(OuterHeaderPolicy.COPY_FLOW_LABEL));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void nothingPerPacket(Shape shape) throws ReflectiveOperationException {
    Lab lab = shape.way().lab(shape.transform());
    lab.crypto = new NoCrypto();
    lab.options = shape.options();
    lab.lifetime = new Lifetime(1, Long.MAX_VALUE, 1, Long.MAX_VALUE);
    Sad sad = lab.sad();
    try (EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(sad)) {
      Loop loop = new Loop(sealer, opener, lab, shape.way());
      for (int i = 0; i < WARM; i++) {
        loop.run();
      }
      // the least of several: the JVM itself may allocate in between, the path may not
      long least = Long.MAX_VALUE;
      long idle = Long.MAX_VALUE;
      for (int i = 0; i < MEASURED; i++) {
        long before = AllocationMeter.octets();
        long after = AllocationMeter.octets();
        idle = Math.min(idle, after - before);
        before = AllocationMeter.octets();
        loop.run();
        after = AllocationMeter.octets();
        least = Math.min(least, after - before);
      }
      assertEquals(idle, least, "octets allocated around " + PACKETS + " packets");
      assertEquals(PACKETS * (long) (WARM + MEASURED), sad.find(lab.spi).counters().packets());
      assertTrue(sad.find(lab.spi).takeSoftExpired());
    }
  }

  /** Payloads, dummies, and the second attempts of a receiver that has lost step. */
  @Test
  void nothingForWhatIsNoPlainPacket() throws ReflectiveOperationException {
    Lab lab = new Lab();
    lab.crypto = new GenericCrypto();
    lab.transform = Lab.GCM_ESN;
    lab.options = lab.options.withAggfrag(true);
    OutboundSa sa = lab.outbound();
    Sad sad = lab.sad();
    sad.installMulticast(lab.inbound(), lab.sender(), null);
    OutboundSa[] sas = new OutboundSa[BURST];
    java.util.Arrays.fill(sas, sa);
    int[] lengths = new int[BURST];
    java.util.Arrays.fill(lengths, 300);
    PacketBurst burst = Lab.burst(BURST, 1500);
    try (EspOutbound sealer = lab.sealer();
        EspInbound opener = lab.opener(sad)) {
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 300; round++) {
        long before = AllocationMeter.octets();
        burst.clear();
        sealer.dummies(burst, sa, lengths, PacketForm.FULL_IP, round);
        opener.open(burst, PacketForm.FULL_IP, round);
        burst.clear();
        for (int i = 0; i < BURST; i++) {
          burst.window(burst.add(), burst.offset(i), 700);
        }
        sealer.protectPayloads(burst, sas, 144, PacketForm.FULL_IP, round);
        for (int i = 0; i < BURST; i++) {
          int at = burst.offset(i) + 30;
          burst.slab().put(at, (byte) (burst.slab().get(at) ^ 1));
        }
        opener.open(burst, PacketForm.FULL_IP, round);
        least = Math.min(least, AllocationMeter.octets() - before);
      }
      long before = AllocationMeter.octets();
      assertEquals(AllocationMeter.octets() - before, least);
      InboundSa inbound = sad.find(lab.spi);
      assertEquals(300L * BURST, inbound.counters().drops(DropReason.DUMMY));
      assertEquals(300L * BURST, inbound.counters().drops(DropReason.ICV_MISMATCH));
    }
  }

  @Test
  void theMeterMeters() throws ReflectiveOperationException {
    long before = AllocationMeter.octets();
    byte[] kept = new byte[10_000];
    assertTrue(AllocationMeter.octets() - before >= kept.length);
  }

  private static final class Loop {
    private final EspOutbound sealer;
    private final EspInbound opener;
    private final PacketForm form;
    private final PacketBurst burst = Lab.burst(BURST, 1500);
    private final OutboundSa[] sas = new OutboundSa[BURST];
    private final ByteBuffer[] packets = new ByteBuffer[BURST];

    Loop(EspOutbound sealer, EspInbound opener, Lab lab, Way way) {
      this.sealer = sealer;
      this.opener = opener;
      this.form = way.form();
      OutboundSa sa = lab.outbound();
      for (int i = 0; i < BURST; i++) {
        sas[i] = sa;
        packets[i] = ByteBuffer.wrap(way.packet(lab, i * 40, i));
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
