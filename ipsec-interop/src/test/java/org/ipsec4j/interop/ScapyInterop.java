package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.ipsec4j.interop.KernelSite.Ends;
import org.ipsec4j.interop.KernelSuite.Cipher;
import org.ipsec4j.interop.KernelSuite.Mac;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scapy opens what we seal, and we open what scapy seals, to the octet: every algorithm that scapy
 * has, in every mode that it has.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScapyInterop {
  /** For experiments (RFC 3692): its payload has no checksum that anybody would mend. */
  private static final int PROTOCOL = 253;

  private static final int[] SIZES = {1, 38, 1203};
  private static final int FIRST_SPI = 0x20000;

  private final Random random = new Random(20_262);
  private StackProcess stack;
  private ScapyCoder scapy;
  private int nextSpi = FIRST_SPI;

  @BeforeAll
  void start() {
    Lab.require();
    stack = StackProcess.start(Site.folder("ScapyInterop").resolve("stack"), null);
    scapy = ScapyCoder.start(Site.folder("ScapyInterop-scapy"));
    for (Ends ends : List.of(KernelSite.V4, KernelSite.V6)) {
      stack.order("own address=" + ends.ours());
    }
  }

  @AfterAll
  void stop() {
    scapy.close();
    stack.close();
  }

  static List<KernelSuite> suites() {
    List<KernelSuite> suites = new ArrayList<>();
    for (int keyBits : new int[] {128, 192, 256}) {
      for (int icvBits : new int[] {64, 96, 128}) {
        suites.add(suite(Cipher.gcm(keyBits, icvBits)));
        suites.add(suite(Cipher.ccm(keyBits, icvBits)));
      }
    }
    suites.add(suite(Cipher.chaCha()));
    List<Mac> macs = Stream.of(Mac.values()).filter(mac -> !mac.scapy.isEmpty()).toList();
    for (Mac mac : macs) {
      for (int keyBits : new int[] {128, 192, 256}) {
        suites.add(suite(Cipher.cbc(keyBits), mac));
        suites.add(suite(Cipher.ctr(keyBits), mac));
      }
      suites.add(suite(Cipher.none(), mac));
      suites.add(KernelSuite.ah(mac));
    }
    for (Cipher old :
        List.of(Cipher.tripleDes(), Cipher.des(), Cipher.cast(), Cipher.blowfish(128))) {
      suites.add(suite(old, Mac.SHA1));
    }
    return suites;
  }

  private static KernelSuite suite(Cipher cipher) {
    return KernelSuite.esp(cipher.ours() + "-" + cipher.keyBits(), cipher);
  }

  private static KernelSuite suite(Cipher cipher, Mac mac) {
    return KernelSuite.esp(cipher.ours() + "-" + cipher.keyBits() + " " + mac.ours, cipher, mac);
  }

  private static List<KernelCase> shapes(KernelSuite suite) {
    KernelCase plain = KernelCase.of(suite);
    List<KernelCase> cases = new ArrayList<>();
    cases.add(plain);
    cases.add(plain.overV6());
    for (Ends inner : List.of(KernelSite.INNER_V4, KernelSite.INNER_V6)) {
      cases.add(plain.tunnel(inner));
      cases.add(plain.overV6().tunnel(inner));
    }
    if (!suite.isAh()) {
      cases.add(plain.inUdp());
      cases.add(plain.inUdp().tunnel(KernelSite.INNER_V4));
    }
    List<KernelCase> all = new ArrayList<>(cases);
    cases.forEach(wanted -> all.add(wanted.withEsn()));
    return all;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("suites")
  void scapyAndWeUnderstandEachOther(KernelSuite suite) {
    for (KernelCase wanted : shapes(suite)) {
      // both 32-bit halves have bits of their own
      long first = wanted.esn() ? 0x1_0000_0005L : 5;
      KernelPair pair = KernelPair.of(wanted, nextSpi, random, "main");
      nextSpi += 0x10;
      stack.order("reset");
      stack.order(pair.order(" first=" + first));
      stack.order("chain names=main");
      int number = SIZES.length;
      for (int size : SIZES) {
        weSeal(pair, packet(wanted.inner().ours(), wanted.inner().guest(), size));
        String inner = packet(wanted.inner().guest(), wanted.inner().ours(), size);
        // backwards, as a window has to bear it
        scapySeals(pair, number--, inner);
      }
      assertEquals(Map.of(), KernelLab.drops(stack.count()), wanted::toString);
      Proofs.add("scapy", wanted, "");
    }
  }

  /** The judge can refuse: one bit anywhere behind the outer header, and scapy says no. */
  @Test
  void scapyRefusesAFlippedBit() {
    for (KernelSuite suite : List.of(suites().getFirst(), KernelSuite.ah(Mac.SHA256))) {
      KernelCase wanted = KernelCase.of(suite);
      KernelPair pair = KernelPair.of(wanted, nextSpi, random, "main");
      nextSpi += 0x10;
      stack.order("reset");
      stack.order(pair.order(""));
      stack.order("chain names=main");
      String inner = packet(wanted.inner().ours(), wanted.inner().guest(), 40);
      String sealed = stack.order("seal packet=" + inner).getOrDefault("packet", "");
      String association =
          ScapyCoder.association(wanted, pair.toGuest(), pair.ourKeys(), false, null);
      byte[] octets = HexFormat.of().parseHex(sealed);
      // behind SPI and number, and at the end of the text or the ICV
      for (int at : new int[] {20 + 12, octets.length - 1}) {
        byte[] forged = octets.clone();
        forged[at] ^= 1;
        Json.Node answer = scapy.ask("open", association, HexFormat.of().formatHex(forged));
        assertTrue(answer.get("error").text().contains("Integrity"), answer::toString);
      }
    }
  }

  private void weSeal(KernelPair pair, String inner) {
    String sealed = stack.order("seal packet=" + inner).getOrDefault("packet", "");
    Long high = pair.wanted().esn() ? 1L : null;
    String association =
        ScapyCoder.association(pair.wanted(), pair.toGuest(), pair.ourKeys(), false, high);
    Json.Node opened = scapy.ask("open", association, sealed);
    assertEquals(inner, opened.get("packet").text(), () -> pair.wanted() + ": " + opened);
  }

  private void scapySeals(KernelPair pair, int number, String inner) {
    Long high = pair.wanted().esn() ? 0L : null;
    String association =
        ScapyCoder.association(pair.wanted(), pair.toUs(), pair.guestKeys(), true, high);
    String numbered = association.replaceFirst("\\{", "{\"seq\": " + number + ", ");
    Json.Node sealed = scapy.ask("seal", numbered, inner);
    String opened =
        stack.order("open packet=" + sealed.get("packet").text()).getOrDefault("packet", "");
    assertEquals(inner, opened, () -> pair.wanted() + ": " + sealed);
  }

  /** A whole IP packet with random contents. */
  private String packet(String source, String destination, int size) {
    byte[] data = new byte[size];
    random.nextBytes(data);
    return RawPacket.of(source, destination, PROTOCOL, HexFormat.of().formatHex(data));
  }
}
