package org.ipsec4j.interop;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.interop.KernelSite.Ends;
import org.ipsec4j.interop.KernelSuite.Cipher;
import org.ipsec4j.interop.KernelSuite.Mac;

/**
 * One association between the kernel and us.
 *
 * @param name for people
 * @param suite algorithms
 * @param mode {@code transport}, {@code tunnel} or {@code beet}
 * @param outer addresses on the wire
 * @param inner addresses of the packets inside
 * @param esn whether numbers have 64 bits
 * @param udp whether ESP travels in UDP
 */
record KernelCase(
    String name, KernelSuite suite, String mode, Ends outer, Ends inner, boolean esn, boolean udp) {

  /** Transport mode over IPv4 with 32-bit numbers. */
  static KernelCase of(KernelSuite suite) {
    return new KernelCase(
        suite.name(), suite, "transport", KernelSite.V4, KernelSite.V4, false, false);
  }

  KernelCase named(String newName) {
    return new KernelCase(newName, suite, mode, outer, inner, esn, udp);
  }

  KernelCase withEsn() {
    return new KernelCase(name + " esn", suite, mode, outer, inner, true, udp);
  }

  KernelCase inUdp() {
    return new KernelCase(name + " udp", suite, mode, outer, inner, esn, true);
  }

  /** The same between other addresses than those on the wire. */
  KernelCase between(Ends ends) {
    return new KernelCase(name + " inside", suite, mode, ends, ends, esn, udp);
  }

  KernelCase tunnel(Ends newInner) {
    String families = " " + family(newInner) + " in " + family(outer);
    return new KernelCase(name + " tunnel" + families, suite, "tunnel", outer, newInner, esn, udp);
  }

  KernelCase beet(Ends newInner) {
    return new KernelCase(
        name + " beet " + family(newInner) + " in " + family(outer),
        suite,
        "beet",
        outer,
        newInner,
        esn,
        udp);
  }

  /** Transport mode over IPv6, or what carries a tunnel. */
  KernelCase overV6() {
    Ends newInner = mode.equals("transport") ? KernelSite.V6 : inner;
    return new KernelCase(name + " ipv6", suite, mode, KernelSite.V6, newInner, esn, udp);
  }

  static String family(Ends ends) {
    return ends.isV6() ? "IPv6" : "IPv4";
  }

  boolean isTransport() {
    return mode.equals("transport");
  }

  /** Mode and families, for the table of proofs. */
  String shape() {
    String families = isTransport() ? family(outer) : family(inner) + " in " + family(outer);
    return mode + " " + families + (udp ? " in UDP" : "");
  }

  @Override
  public String toString() {
    return name;
  }

  /** The cases that a pair of kernels passes between themselves: 54 of them. */
  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    espTransport(cases);
    KernelSuite gcm = KernelSuite.esp("gcm-128/128", Cipher.gcm(128, 128));
    KernelSuite gcm256 = KernelSuite.esp("gcm-256/128", Cipher.gcm(256, 128));
    KernelSuite chaCha = KernelSuite.esp("chacha20poly1305", Cipher.chaCha());
    KernelSuite cbcSha1 = esp(Cipher.cbc(128), Mac.SHA1);
    KernelSuite cbcSha256 = esp(Cipher.cbc(128), Mac.SHA256);
    cases.add(of(gcm).withEsn());
    cases.add(of(chaCha).withEsn());
    cases.add(of(cbcSha256).withEsn());
    cases.add(of(gcm256).tunnel(KernelSite.INNER_V4));
    cases.add(of(esp(Cipher.cbc(256), Mac.SHA512)).tunnel(KernelSite.INNER_V4));
    cases.add(of(gcm).inUdp());
    cases.add(of(cbcSha1).inUdp().tunnel(KernelSite.INNER_V4));
    cases.add(of(gcm).overV6());
    cases.add(of(gcm).overV6().tunnel(KernelSite.INNER_V4));
    for (Mac mac : Mac.values()) {
      cases.add(of(KernelSuite.ah(mac)));
    }
    KernelSuite ahSha256 = KernelSuite.ah(Mac.SHA256);
    cases.add(of(ahSha256).withEsn());
    cases.add(of(ahSha256).tunnel(KernelSite.INNER_V4));
    cases.add(of(ahSha256).overV6());
    return cases;
  }

  private static void espTransport(List<KernelCase> cases) {
    for (int keyBits : new int[] {128, 192, 256}) {
      for (int icvBits : new int[] {64, 96, 128}) {
        String name = "gcm-" + keyBits + "/" + icvBits;
        cases.add(of(KernelSuite.esp(name, Cipher.gcm(keyBits, icvBits))));
      }
    }
    for (int keyBits : new int[] {128, 256}) {
      for (int icvBits : new int[] {64, 96, 128}) {
        String name = "ccm-" + keyBits + "/" + icvBits;
        cases.add(of(KernelSuite.esp(name, Cipher.ccm(keyBits, icvBits))));
      }
    }
    cases.add(of(KernelSuite.esp("chacha20poly1305", Cipher.chaCha())));
    cases.add(of(KernelSuite.esp("gmac-128", Cipher.gmac(128))));
    for (Mac mac : Mac.values()) {
      cases.add(of(esp(Cipher.cbc(128), mac)));
    }
    cases.add(of(esp(Cipher.cbc(192), Mac.SHA256)));
    cases.add(of(esp(Cipher.cbc(256), Mac.SHA256)));
    for (int keyBits : new int[] {128, 192, 256}) {
      cases.add(of(esp(Cipher.ctr(keyBits), Mac.SHA256)));
    }
    cases.add(of(esp(Cipher.tripleDes(), Mac.SHA1)));
    cases.add(of(esp(Cipher.des(), Mac.MD5)));
    cases.add(of(esp(Cipher.camellia(128), Mac.SHA256)));
    cases.add(of(esp(Cipher.blowfish(128), Mac.SHA1)));
    cases.add(of(esp(Cipher.cast(), Mac.SHA1)));
    cases.add(of(esp(Cipher.none(), Mac.SHA256)));
  }

  private static KernelSuite esp(Cipher cipher, Mac mac) {
    return KernelSuite.esp(cipher.linux() + "-" + cipher.keyBits() + "+" + mac.linux, cipher, mac);
  }
}
