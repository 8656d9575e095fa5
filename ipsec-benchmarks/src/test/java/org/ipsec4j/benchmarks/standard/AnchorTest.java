package org.ipsec4j.benchmarks.standard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.benchmarks.anchor.AnchorBuild;
import org.ipsec4j.benchmarks.anchor.AnchorCipher;
import org.ipsec4j.benchmarks.anchor.AnchorLibrary;
import org.ipsec4j.benchmarks.anchor.AnchorLoop;
import org.ipsec4j.benchmarks.harness.Loop;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The C loops do what ours do: the same octets for the same packets and numbers, both ways. */
class AnchorTest {
  private static final int BURST = 8;
  private static final int BURSTS = 4;

  private static AnchorBuild built;
  private static @Nullable AnchorLibrary library;

  private final CryptoProvider crypto = new JcaCryptoProvider();

  @BeforeAll
  static void build(@TempDir Path folder) throws Exception {
    built = AnchorBuild.build(folder, "cc");
    Path made = built.library();
    if (made != null) {
      library = AnchorLibrary.load(made);
    }
  }

  private static void assume(AnchorLoop.Library needed) {
    boolean there = needed == AnchorLoop.Library.MB ? built.mb() : built.evp();
    assumeTrue(there, () -> "no anchor on " + needed + ": " + built.missing());
  }

  static Stream<Arguments> loops() {
    List<Arguments> all = new ArrayList<>();
    for (AnchorLoop.Library of : AnchorLoop.Library.values()) {
      for (AnchorCipher cipher : AnchorCipher.values()) {
        for (int size : new int[] {64, 101, 578, 1400, 9000}) {
          all.add(Arguments.of(of, cipher, size));
        }
      }
    }
    return all.stream();
  }

  private static AnchorLoop loop(AnchorLoop.Library of, TestSas made, int sas, PacketRing ring) {
    return new AnchorLoop(
        Objects.requireNonNull(library),
        of,
        made.cipher(),
        ring.memory(),
        TestSas.inC(sas),
        made.secret(),
        made.auth());
  }

  private static byte[] window(PacketBurst burst, int i) {
    byte[] octets = new byte[burst.length(i)];
    burst.slab().get(burst.offset(i), octets);
    return octets;
  }

  @ParameterizedTest
  @MethodSource("loops")
  void outboundMakesTheSameOctets(AnchorLoop.Library of, AnchorCipher cipher, int size)
      throws Exception {
    assume(of);
    TestSas made = new TestSas(cipher);
    PacketRing ours = new PacketRing(size, BURST, BURSTS);
    PacketRing its = new PacketRing(size, BURST, BURSTS);
    try (Loop path = new PathLoop(crypto, made, 1, ours, false);
        AnchorLoop c = loop(of, made, 1, its)) {
      // twice: the second time over what the first has left
      for (int round = 0; round < 2; round++) {
        path.prepare();
        assertEquals(ours.packets(), path.run());
        c.reset();
        assertEquals(its.packets(), c.outbound());
        for (int b = 0; b < BURSTS; b++) {
          for (int i = 0; i < BURST; i++) {
            byte[] packet = window(ours.bursts()[b], i);
            assertArrayEquals(packet, c.packet(b, i), "burst " + b + " packet " + i);
            assertTrue(packet.length > size + 40);
          }
        }
      }
      assertEquals(1 + 2L * its.packets(), c.next(0));
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void inboundOpensWhatTheOtherSealed(AnchorLoop.Library of, AnchorCipher cipher, int size)
      throws Exception {
    assume(of);
    TestSas made = new TestSas(cipher);
    PacketRing ring = new PacketRing(size, BURST, BURSTS);
    Sad sad = new Sad();
    PacketKey key = made.key(crypto, 0);
    sad.install(made.inbound(key, 0));
    try (AnchorLoop c = loop(of, made, 1, ring);
        EspInbound inbound = new EspInbound(sad, List.of(crypto), BURST)) {
      ring.reset();
      byte[] inner = window(ring.bursts()[0], 0);
      c.reset();
      c.outbound();
      for (int b = 0; b < BURSTS; b++) {
        PacketBurst burst = ring.bursts()[b];
        for (int i = 0; i < BURST; i++) {
          byte[] sealed = c.packet(b, i);
          burst.window(
              i, burst.offset(i) - (sealed.length - tail(sealed, size) - size), sealed.length);
        }
        inbound.open(burst, PacketForm.FULL_IP, 0);
        assertEquals(BURST, PathLoop.alive(burst));
        assertArrayEquals(inner, window(burst, 0));
      }
      c.reset();
      c.outbound();
      assertEquals(ring.packets(), c.inbound());
      assertArrayEquals(inner, c.packet(BURSTS - 1, BURST - 1));
    }
  }

  /** Octets behind the inner packet: padding, trailer and ICV, by the lengths of RFC 4303 2.4. */
  private static int tail(byte[] sealed, int size) {
    int front = (sealed.length - size - 16 - 2 - 20) >= 24 ? 24 : 16;
    int align = front == 24 ? 16 : 4;
    return Math.floorMod(-(size + 2), align) + 2 + 16;
  }

  @ParameterizedTest
  @MethodSource("loops")
  void inboundRefusesWhatIsForgedOrOld(AnchorLoop.Library of, AnchorCipher cipher, int size) {
    assume(of);
    TestSas made = new TestSas(cipher);
    PacketRing ring = new PacketRing(size, BURST, BURSTS);
    try (AnchorLoop c = loop(of, made, 1, ring)) {
      c.reset();
      c.outbound();
      ByteBuffer slab = ring.bursts()[2].slab();
      int at = ring.headroom() + 3 * ring.slot() + size / 2;
      slab.put(at, (byte) (slab.get(at) ^ 1));
      assertEquals(ring.packets() - 1, c.inbound(), "one is forged");
      assertEquals(0, c.packet(2, 3).length);
      assertEquals(size, c.packet(2, 4).length);
      c.reset();
      c.setNext(0, 1);
      c.outbound();
      assertEquals(1, c.inbound(), "all but the forged one were seen before");
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void workersMakeTheSameOctets(AnchorLoop.Library of, AnchorCipher cipher, int size)
      throws Exception {
    assume(of);
    TestSas made = new TestSas(cipher);
    PacketRing ours = new PacketRing(size, BURST, BURSTS);
    PacketRing its = new PacketRing(size, BURST, BURSTS);
    ours.reset();
    try (Loop seal = new WorkerLoop(crypto, made, 1, ours, false);
        Loop open = new WorkerLoop(crypto, made, 1, ours, true);
        AnchorLoop c = loop(of, made, 1, its)) {
      c.reset();
      assertEquals(ours.packets(), seal.run());
      assertEquals(its.packets(), c.bareSeal());
      for (int b = 0; b < BURSTS; b++) {
        assertEquals(-1, ours.bursts()[b].slab().mismatch(its.bursts()[b].slab()), "burst " + b);
      }
      assertEquals(ours.packets(), open.run());
      assertEquals(its.packets(), c.bareOpen());
    }
  }

  @Test
  void manySasInTheSameOrder() throws Exception {
    assume(AnchorLoop.Library.EVP);
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    int count = 50;
    int[] order = ManyRows.order(1000, count, 3);
    PacketRing ours = new PacketRing(64, AeadRows.BURST, BURSTS);
    PacketRing its = new PacketRing(64, AeadRows.BURST, BURSTS);
    ours.order(order);
    try (ManySas many = new ManySas(crypto, made, count, true);
        AnchorLoop c = loop(AnchorLoop.Library.EVP, made, count, its)) {
      c.order(order);
      Loop path = many.loop(ours, false);
      path.prepare();
      assertEquals(ours.packets(), path.run());
      c.reset();
      assertEquals(its.packets(), c.outbound());
      for (int b = 0; b < BURSTS; b++) {
        for (int i = 0; i < AeadRows.BURST; i++) {
          assertArrayEquals(window(ours.bursts()[b], i), c.packet(b, i));
        }
      }
      assertNotEquals(
          Arrays.toString(c.packet(0, 0)), Arrays.toString(c.packet(0, 1)), "different SAs");
      Loop inward = many.loop(ours, true);
      inward.prepare();
      assertEquals(ours.packets(), inward.run());
      assertEquals(its.packets(), c.inbound());
      assertTrue(many.outboundHeap() > 0 && many.inboundHeap() > 0);
    }
  }

  @Test
  void aFlowIsFoundAmongMany() throws Exception {
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    PacketKey key = made.key(crypto, 0);
    FlowTable table = new FlowTable(500);
    OutboundSa[] all = new OutboundSa[500];
    for (int i = 0; i < all.length; i++) {
      all[i] = made.outbound(key, i);
      table.put(TestSas.REMOTE_INNER + i, all[i]);
    }
    for (int i = 0; i < all.length; i++) {
      assertEquals(all[i], table.find(TestSas.REMOTE_INNER + i));
    }
    assertNull(table.find(TestSas.REMOTE_INNER + all.length));
  }

  @Test
  void inboundChecksSelectorsAsOursDoes() throws Exception {
    assume(AnchorLoop.Library.EVP);
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    PacketRing ring = new PacketRing(64, BURST, BURSTS);
    try (AnchorLoop c = loop(AnchorLoop.Library.EVP, made, 1, ring);
        PathLoop ours = new PathLoop(crypto, made, 1, ring, true)) {
      c.reset();
      // a packet to the address of another SA
      ByteBuffer slab = ring.bursts()[1].slab();
      slab.putInt(ring.headroom() + 16, TestSas.REMOTE_INNER + 1);
      assertEquals(ring.packets(), c.outbound(), "the caller decides where it goes out");
      assertEquals(ring.packets() - 1, c.inbound());
      assertEquals(0, c.packet(1, 0).length);
      ring.order(new int[] {0, 1});
      ours.prepare();
      assertEquals(ring.packets() / 2, ours.run());
    }
  }

  @Test
  void whatIsMissingIsNamed(@TempDir Path other) throws Exception {
    AnchorBuild nothing = AnchorBuild.build(other, "no-such-compiler");
    assertNull(nothing.library());
    assertEquals(1, nothing.missing().size());
    assertTrue(nothing.missing().get(0).contains("no-such-compiler"), nothing.missing()::toString);
  }
}
