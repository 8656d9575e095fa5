package org.ipsec4j.interop;

import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The algorithms of an association in the words of all who take part: Linux, us, scapy, Wireshark.
 *
 * @param name for people
 * @param cipher the cipher, or null for AH
 * @param mac the integrity algorithm beside it, or null for a combined mode
 */
record KernelSuite(String name, @Nullable Cipher cipher, @Nullable Mac mac) {

  /**
   * A cipher.
   *
   * @param linux its name in the kernel's crypto API
   * @param icvBits of a combined mode, else 0
   * @param ours the constant of our enum
   * @param keyBits without the salt
   * @param saltOctets behind the key
   * @param scapy its name there; empty when scapy has none
   * @param wireshark its name there; empty when Wireshark cannot decrypt it
   */
  record Cipher(
      String linux,
      int icvBits,
      String ours,
      int keyBits,
      int saltOctets,
      String scapy,
      String wireshark) {
    static Cipher gcm(int keyBits, int icvBits) {
      return new Cipher(
          "rfc4106(gcm(aes))",
          icvBits,
          "AES_GCM_" + icvBits / 8,
          keyBits,
          4,
          icvBits == 128 ? "AES-GCM" : "AES-GCM-" + icvBits / 8,
          "AES-GCM with " + icvBits / 8 + " octet ICV [RFC4106]");
    }

    static Cipher ccm(int keyBits, int icvBits) {
      return new Cipher(
          "rfc4309(ccm(aes))", icvBits, "AES_CCM_" + icvBits / 8, keyBits, 3, "AES-CCM", "");
    }

    static Cipher chaCha() {
      return new Cipher(
          "rfc7539esp(chacha20,poly1305)",
          128,
          "CHACHA20_POLY1305",
          256,
          4,
          "CHACHA20-POLY1305",
          "");
    }

    static Cipher gmac(int keyBits) {
      return new Cipher("rfc4543(gcm(aes))", 128, "NULL_AES_GMAC", keyBits, 4, "", "");
    }

    static Cipher cbc(int keyBits) {
      return new Cipher("cbc(aes)", 0, "AES_CBC", keyBits, 0, "AES-CBC", "AES-CBC [RFC3602]");
    }

    static Cipher ctr(int keyBits) {
      return new Cipher(
          "rfc3686(ctr(aes))", 0, "AES_CTR", keyBits, 4, "AES-CTR", "AES-CTR [RFC3686]");
    }

    static Cipher tripleDes() {
      return new Cipher(
          "cbc(des3_ede)", 0, "TRIPLE_DES_CBC", 192, 0, "3DES", "TripleDES-CBC [RFC2451]");
    }

    static Cipher des() {
      return new Cipher("cbc(des)", 0, "DES_CBC", 64, 0, "DES", "DES-CBC [RFC2405]");
    }

    static Cipher camellia(int keyBits) {
      return new Cipher("cbc(camellia)", 0, "CAMELLIA_CBC", keyBits, 0, "", "");
    }

    static Cipher blowfish(int keyBits) {
      return new Cipher(
          "cbc(blowfish)", 0, "BLOWFISH_CBC", keyBits, 0, "Blowfish", "BLOWFISH-CBC [RFC2451]");
    }

    static Cipher cast() {
      return new Cipher("cbc(cast5)", 0, "CAST_CBC", 128, 0, "CAST", "CAST5-CBC [RFC2144]");
    }

    static Cipher none() {
      return new Cipher("ecb(cipher_null)", 0, "NULL", 0, 0, "NULL", "NULL");
    }

    boolean isCombined() {
      return icvBits > 0;
    }

    int octets() {
      return keyBits / 8 + saltOctets;
    }
  }

  /** An integrity algorithm, named as in {@link Cipher}. */
  enum Mac {
    MD5("hmac(md5)", "HMAC_MD5_96", 16, 96, "HMAC-MD5-96", "HMAC-MD5-96 [RFC2403]"),
    SHA1("hmac(sha1)", "HMAC_SHA1_96", 20, 96, "HMAC-SHA1-96", "HMAC-SHA-1-96 [RFC2404]"),
    SHA256(
        "hmac(sha256)", "HMAC_SHA2_256_128", 32, 128, "SHA2-256-128", "HMAC-SHA-256-128 [RFC4868]"),
    SHA384(
        "hmac(sha384)", "HMAC_SHA2_384_192", 48, 192, "SHA2-384-192", "HMAC-SHA-384-192 [RFC4868]"),
    SHA512(
        "hmac(sha512)", "HMAC_SHA2_512_256", 64, 256, "SHA2-512-256", "HMAC-SHA-512-256 [RFC4868]"),
    XCBC("xcbc(aes)", "AES_XCBC_96", 16, 96, "", ""),
    CMAC("cmac(aes)", "AES_CMAC_96", 16, 96, "AES-CMAC-96", "");

    final String linux;
    final String ours;
    final int keyOctets;
    final int icvBits;
    final String scapy;
    final String wireshark;

    Mac(String linux, String ours, int keyOctets, int icvBits, String scapy, String wireshark) {
      this.linux = linux;
      this.ours = ours;
      this.keyOctets = keyOctets;
      this.icvBits = icvBits;
      this.scapy = scapy;
      this.wireshark = wireshark;
    }
  }

  /** Keys of one direction, hexadecimal. */
  record Keys(String cipher, String mac) {}

  /** ESP with a combined mode. */
  static KernelSuite esp(String name, Cipher cipher) {
    return new KernelSuite(name, cipher, null);
  }

  /** ESP with a cipher and a MAC. */
  static KernelSuite esp(String name, Cipher cipher, Mac mac) {
    return new KernelSuite(name, cipher, mac);
  }

  /** AH. */
  static KernelSuite ah(Mac mac) {
    return new KernelSuite("AH " + mac.linux, null, mac);
  }

  boolean isAh() {
    return cipher == null;
  }

  String protocol() {
    return isAh() ? "ah" : "esp";
  }

  Keys keys(Random random) {
    return new Keys(
        hex(random, cipher == null ? 0 : cipher.octets()),
        hex(random, mac == null ? 0 : mac.keyOctets));
  }

  private static String hex(Random random, int octets) {
    byte[] key = new byte[octets];
    random.nextBytes(key);
    return HexFormat.of().formatHex(key);
  }

  /** The algorithms with their keys as {@code ip xfrm state add} takes them. */
  String linux(Keys keys) {
    String text = "";
    if (cipher != null && cipher.isCombined()) {
      return "aead '" + cipher.linux + "' 0x" + keys.cipher + " " + cipher.icvBits;
    }
    if (cipher != null) {
      String key = keys.cipher.isEmpty() ? "''" : "0x" + keys.cipher;
      text = "enc '" + cipher.linux + "' " + key + " ";
    }
    if (mac != null) {
      text += "auth-trunc '" + mac.linux + "' 0x" + keys.mac + " " + mac.icvBits;
    }
    return text;
  }

  /** The algorithms as our stack takes them, without keys. */
  String ours() {
    String text = isAh() ? "proto=AH" : "proto=ESP";
    if (cipher != null) {
      text += " enc=" + cipher.ours + " bits=" + cipher.keyBits;
    }
    return mac == null ? text : text + " integ=" + mac.ours;
  }

  /** The algorithms as the table of proofs names them: the constants of our enums. */
  String label() {
    String first = cipher == null ? "AH" : "ESP " + cipher.ours;
    String bits = cipher == null || cipher.keyBits == 0 ? "" : "-" + cipher.keyBits;
    return first + bits + (mac == null ? "" : " " + mac.ours);
  }

  int icvBits() {
    return mac == null ? cipher == null ? 0 : cipher.icvBits : mac.icvBits;
  }

  @Override
  public String toString() {
    return name;
  }
}
