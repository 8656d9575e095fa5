package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every transform that can be named, in every mode, with every inner and outer version, in UDP and
 * without, in both forms: sealed and opened it is what it was, and no flipped bit is delivered.
 * With a cipher that only has the right lengths, as it is the path that is looked at.
 */
@NullUnmarked
class EveryTransformTest {
  private static final int BIGGEST = 9000;

  private final PacketBurst burst = Lab.burst(4, BIGGEST + 100);

  record Way(SaMode mode, boolean innerV4, boolean outerV4, boolean udp, PacketForm form) {
    static List<Way> all() {
      List<Way> ways = new ArrayList<>();
      boolean[] both = {true, false};
      for (boolean outerV4 : both) {
        for (boolean udp : both) {
          for (PacketForm form : PacketForm.values()) {
            ways.add(new Way(SaMode.TRANSPORT, outerV4, outerV4, udp, form));
            for (boolean innerV4 : both) {
              ways.add(new Way(SaMode.TUNNEL, innerV4, outerV4, udp, form));
              ways.add(new Way(SaMode.BEET, innerV4, outerV4, udp, form));
            }
          }
        }
      }
      return ways;
    }

    Lab lab(PacketTransform transform) {
      Lab lab = new Lab();
      lab.crypto = new GenericCrypto();
      lab.transform = transform;
      lab.outerV4 = outerV4;
      lab.udp = udp;
      if (mode == SaMode.BEET) {
        lab.bind(innerV4);
      }
      lab.mode = mode;
      return lab;
    }

    byte[] packet(Lab lab, int size, int seed) {
      byte[] data = Lab.octets(seed, size);
      return mode == SaMode.TRANSPORT
          ? IpPackets.udp(lab.sender().toString(), lab.receiver().toString(), 1, 2, data)
          : IpPackets.udp(innerV4, 1, 2, data);
    }

    /** From where on the packet must be the same: what has to travel does, the rest may not. */
    int comparedFrom() {
      boolean headerIsMadeAnew =
          mode == SaMode.BEET || (mode == SaMode.TRANSPORT && form == PacketForm.PAYLOAD);
      return headerIsMadeAnew ? innerV4 ? 12 : 8 : 0;
    }
  }

  static List<PacketTransform> transforms() {
    List<PacketTransform> all = new ArrayList<>();
    for (EncryptionAlgorithm cipher : EncryptionAlgorithm.values()) {
      int bits = cipher.keyBits().get(0);
      for (IntegrityAlgorithm integrity : IntegrityAlgorithm.values()) {
        // AES-GMAC beside a cipher is for AH only: it would need an IV of its own (RFC 4543 4)
        boolean fits =
            cipher.isAead() == (integrity == IntegrityAlgorithm.NONE)
                && !integrity.name().contains("GMAC");
        if (fits) {
          all.add(PacketTransform.esp(cipher, bits, integrity, false));
          all.add(PacketTransform.esp(cipher, bits, integrity, true));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void comesBackAsItWas(PacketTransform transform) {
    Random random = new Random(transform.toString().hashCode());
    for (Way way : Way.all()) {
      Lab lab = way.lab(transform);
      lab.firstNumber = transform.extendedSequenceNumbers() ? 0xfffffffeL : 1;
      OutboundSa sa = lab.outbound();
      InboundSa inbound = lab.inbound();
      if (transform.extendedSequenceNumbers()) {
        // the burst crosses the edge between two subspaces
        inbound.replayWindow().commit(0xf0000000L);
      }
      Sad sad = new Sad();
      sad.install(inbound);
      int[] sizes = {0, random.nextInt(200), random.nextInt(BIGGEST + 1), BIGGEST};
      byte[][] packets = new byte[sizes.length][];
      burst.clear();
      for (int i = 0; i < sizes.length; i++) {
        packets[i] = way.packet(lab, sizes[i], random.nextInt());
        burst.add(ByteBuffer.wrap(packets[i]));
      }
      try (EspOutbound sealer = lab.sealer();
          EspInbound opener = lab.opener(sad)) {
        sealer.protect(burst, new OutboundSa[] {sa, sa, sa, sa}, way.form(), 1);
        opener.open(burst, way.form(), 1);
        for (int i = 0; i < sizes.length; i++) {
          assertEquals(DropReason.NONE, burst.dropReason(i), way + " size " + sizes[i]);
          byte[] came = Lab.window(burst, i);
          int from = way.comparedFrom();
          assertEquals(packets[i].length, came.length, way.toString());
          assertArrayEquals(
              Arrays.copyOfRange(packets[i], from, packets[i].length),
              Arrays.copyOfRange(came, from, came.length),
              way + " size " + sizes[i]);
        }
      }
      assertEquals(4, inbound.counters().packets());
    }
  }

  /** Bits of ESP refuse the packet; bits of the outer header refuse it or change nothing inside. */
  @ParameterizedTest
  @MethodSource("transforms")
  void noFlippedBitIsDelivered(PacketTransform transform) {
    Random random = new Random(transform.toString().hashCode());
    List<Way> ways = Way.all();
    Way way = ways.get(random.nextInt(ways.size()));
    Lab lab = way.lab(transform);
    byte[] inner = way.packet(lab, 20, 1);
    byte[] sealed = lab.seal(lab.outbound(), inner, way.form());
    int esp = 0;
    if (way.form() == PacketForm.FULL_IP) {
      esp = (way.outerV4() ? 20 : 40) + (way.udp() ? 8 : 0);
    }
    Sad sad = lab.sad();
    InboundSa sa = sad.find(lab.spi);
    try (EspInbound opener = lab.opener(sad)) {
      for (int bit = esp * 8; bit < sealed.length * 8; bit++) {
        byte[] flipped = sealed.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        burst.clear();
        burst.add(ByteBuffer.wrap(flipped));
        opener.open(burst, way.form(), 1);
        assertFalse(burst.isAlive(0), way + " bit " + bit);
        assertFalse(opener.isAuthentic(0), way + " bit " + bit);
        if (burst.dropReason(0) == DropReason.ICV_MISMATCH) {
          int end = burst.length(0) - transform.icvLength();
          for (int at = esp; at < end; at++) {
            assertEquals(0, burst.slab().get(burst.offset(0) + at), "wiped");
          }
        }
      }
      assertEquals((sealed.length - esp) * 8L, sa.counters().drops() + opener.withoutSa().drops());
      assertEquals(0, sa.replayWindow().top());
      if (way.mode() == SaMode.TUNNEL) {
        flipOuter(opener, way, sealed, inner, esp);
      }
      burst.clear();
      burst.add(ByteBuffer.wrap(sealed));
      opener.open(burst, way.form(), 1);
      assertTrue((way.mode() == SaMode.TUNNEL && esp > 0) || burst.isAlive(0), "still opens");
    }
  }

  private void flipOuter(EspInbound opener, Way way, byte[] sealed, byte[] inner, int esp) {
    for (int bit = 0; bit < esp * 8; bit++) {
      byte[] flipped = sealed.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      burst.clear();
      burst.add(ByteBuffer.wrap(flipped));
      opener.open(burst, way.form(), 1);
      if (burst.isAlive(0)) {
        assertArrayEquals(inner, Lab.window(burst, 0), way + " bit " + bit);
      }
    }
  }
}
