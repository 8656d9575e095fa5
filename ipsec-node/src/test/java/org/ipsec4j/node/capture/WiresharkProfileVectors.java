package org.ipsec4j.node.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * tshark as the judge: third-party captures with known keys are decrypted with nothing but a folder
 * that {@link WiresharkProfile} wrote, also on unprivileged ports. Skipped without tshark or
 * without the captures.
 */
class WiresharkProfileVectors {
  private static final int ALL = 8;
  private static final String KERNEL = "linux-kernel/cases.pcap";
  private static final String IKE = "wireshark/ikev2-decrypt-aes256gcm16";

  private static int run;

  @TempDir Path folder = Path.of("");

  @BeforeAll
  static void start() {
    run = 0;
  }

  @AfterAll
  static void report() {
    System.out.println("vectors: wireshark-profile: " + run + " run, " + (ALL - run) + " skipped");
    boolean all =
        Tshark.present() && Files.exists(vector(KERNEL)) && Files.exists(vector(IKE + ".pcap"));
    assertEquals(all ? ALL : 0, run);
  }

  private static Path vector(String name) {
    return CaptureFiles.vectors().resolve(name);
  }

  private static boolean present(String name) {
    return Tshark.present() && Files.exists(vector(name));
  }

  /** Real ESP of a Linux kernel: 88 packets of 44 SAs, of which tshark can read 34 and check 32. */
  @Test
  void kernelEsp() throws IOException, InterruptedException {
    if (!present(KERNEL)) {
      return;
    }
    Path profile = folder.resolve("profile");
    Map<String, String> expected;
    try (WiresharkProfile keys = new WiresharkProfile()) {
      expected = addKernelKeys(keys, false);
      WiresharkProfile.Written written = keys.writeTo(profile);
      assertEquals(34, written.espSas());
      // AES-CCM, AES-GMAC and ChaCha20-Poly1305
      assertEquals(10, written.skipped().size());
    }
    Map<String, Integer> counts = new TreeMap<>();
    for (String line : kernelLines(vector(KERNEL), profile)) {
      String state =
          line.contains(":icmp") ? line.contains("|1|") ? "checked" : "decrypted" : "sealed";
      assertEquals(expected.get(line.substring(0, 10)), state, line);
      counts.merge(state, 1, Integer::sum);
    }
    assertEquals(Map.of("checked", 64, "decrypted", 4, "sealed", 20), counts);
    run++;
  }

  /** SPI, next header, ICV good, protocols. */
  private static List<String> kernelLines(Path capture, Path profile)
      throws IOException, InterruptedException {
    return Tshark.fields(
        capture,
        profile,
        List.of("-Y", "esp"),
        "esp.spi",
        "esp.protocol",
        "esp.icv_good",
        "frame.protocols");
  }

  @Test
  void aWrongKeyDoesNotDecrypt() throws IOException, InterruptedException {
    if (!present(KERNEL)) {
      return;
    }
    Path profile = folder.resolve("profile");
    try (WiresharkProfile keys = new WiresharkProfile()) {
      addKernelKeys(keys, true);
      keys.writeTo(profile);
    }
    List<String> lines = kernelLines(vector(KERNEL), profile);
    assertEquals(88, lines.size());
    assertTrue(lines.stream().noneMatch(line -> line.contains("|1|")), lines.toString());
    run++;
  }

  /**
   * ESP in UDP on ports that no dissector knows, written by our writer, read by folder and by
   * profile name.
   */
  @Test
  void unprivilegedPorts() throws IOException, InterruptedException {
    if (!present(KERNEL) || !present(IKE + ".pcap")) {
      return;
    }
    Path capture = folder.resolve("outer.pcapng");
    try (PcapngWriter writer = PcapngWriter.create(capture, "outer")) {
      movePorts(vector(KERNEL), 4500, 14_500, 24_500, writer);
      movePorts(vector(IKE + ".pcap"), 500, 15_000, 25_000, writer);
      assertEquals(10, writer.packets());
    }
    Path profiles = folder.resolve("config/profiles");
    Path profile = profiles.resolve("demo-wireshark");
    try (WiresharkProfile keys = new WiresharkProfile()) {
      addKernelKeys(keys, false);
      keys.add(ikeKeys(Files.readString(vector(IKE + ".keys.json")), 20, 0));
      keys.addIsakmpPort(15_000);
      keys.addEncapsulationPort(14_500);
      assertEquals(1, keys.writeTo(profile).ikeSas());
    }
    Path nothing = Files.createDirectory(folder.resolve("nothing"));
    assertEquals(
        0,
        readable(
            Tshark.fields(capture, nothing, List.of(), "frame.protocols", "isakmp.auth.data")));
    assertEquals(
        6,
        readable(
            Tshark.fields(capture, profile, List.of(), "frame.protocols", "isakmp.auth.data")));
    List<String> byName = List.of("-C", "demo-wireshark");
    assertEquals(
        6,
        readable(
            Tshark.fields(
                capture, folder.resolve("config"), byName, "frame.protocols", "isakmp.auth.data")));
    run++;
  }

  /** Frames with a decrypted ping (there are four) or AUTH payload (two). */
  private static long readable(List<String> lines) {
    assertEquals(10, lines.size());
    return lines.stream()
        .filter(
            line ->
                line.contains("udpencap:esp:icmp") || line.matches(".*:isakmp.*\\|[0-9a-f]{16,}"))
        .count();
  }

  private static void movePorts(Path from, int port, int source, int destination, PcapngWriter to)
      throws IOException {
    try (CaptureReader reader = CaptureReader.open(from)) {
      for (CapturedPacket p = reader.next(); p != null; p = reader.next()) {
        if (!(IpExtractor.extract(p) instanceof IpOutcome.Packet packet)
            || packet.bytes().get(9) != 17) {
          continue;
        }
        ByteBuffer bytes = ByteBuffer.wrap(packet.toByteArray());
        assertEquals(port, bytes.getShort(20) & 0xffff);
        // a UDP checksum of 0 is none
        bytes
            .putShort(20, (short) source)
            .putShort(22, (short) destination)
            .putShort(26, (short) 0);
        to.write(p.timestampNanos(), bytes);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "wireshark/ikev2-decrypt-3des-sha1_160, pcap, 3, 7",
    "wireshark/ikev2-decrypt-aes128ccm12, pcap, 15, 0",
    "wireshark/ikev2-decrypt-aes256cbc, pcapng, 12, 12",
    "wireshark/ikev2-decrypt-aes256gcm16, pcap, 20, 0"
  })
  void ikev2(String name, String extension, int encryption, int integrity)
      throws IOException, InterruptedException {
    Path capture = vector(name + "." + extension);
    if (!present(name + "." + extension)) {
      return;
    }
    String json = Files.readString(vector(name + ".keys.json"));
    Path profile = folder.resolve("profile");
    try (WiresharkProfile keys = new WiresharkProfile()) {
      keys.add(ikeKeys(json, encryption, integrity));
      keys.writeTo(profile);
    }
    List<String> auth = Tshark.fields(capture, profile, List.of(), "isakmp.auth.data");
    String expected = text(json, "one_packet_must_contain_hex");
    assertTrue(auth.stream().anyMatch(line -> line.contains(expected)), auth.toString());
    run++;
  }

  @Test
  void wiresharksOwnEspCapture() throws IOException, InterruptedException {
    if (!present("wireshark/esp-bug-12671.pcapng.gz")) {
      return;
    }
    String json = Files.readString(vector("wireshark/esp-bug-12671.keys.json"));
    Path profile = folder.resolve("profile");
    try (WiresharkProfile keys = new WiresharkProfile()) {
      for (String sa : json.substring(json.indexOf("\"sas\"")).split("\\},", -1)) {
        if (sa.contains("encryption_key")) {
          int spi = HexFormat.fromHexDigits(text(sa, "spi"));
          byte[] key = HexFormat.of().parseHex(text(sa, "encryption_key"));
          byte[] integrity = HexFormat.of().parseHex(text(sa, "integrity_key"));
          keys.add(
              new EspKeys(
                  4,
                  ipv4(text(sa, "src")),
                  ipv4(text(sa, "dst")),
                  spi,
                  12,
                  key,
                  2,
                  integrity,
                  false));
        }
      }
      assertEquals(2, keys.writeTo(profile).espSas());
    }
    List<String> data =
        Tshark.fields(
            vector("wireshark/esp-bug-12671.pcapng.gz"),
            profile,
            List.of(),
            "esp.icv_good",
            "data.data");
    assertEquals(6, data.size());
    String expected = text(json, "every_packet_contains_hex");
    assertTrue(
        data.stream().allMatch(line -> line.startsWith("1|") && line.contains(expected)),
        data.toString());
    run++;
  }

  private static IkeKeys ikeKeys(String json, int encryption, int integrity) {
    HexFormat hex = HexFormat.of();
    return new IkeKeys(
        HexFormat.fromHexDigitsToLong(text(json, "spi_i")),
        HexFormat.fromHexDigitsToLong(text(json, "spi_r")),
        encryption,
        hex.parseHex(text(json, "sk_ei")),
        hex.parseHex(text(json, "sk_er")),
        integrity,
        hex.parseHex(text(json, "sk_ai")),
        hex.parseHex(text(json, "sk_ar")));
  }

  /**
   * Adds all ESP SAs of the kernel's case list; the SPIs of those that tshark can read, as it
   * prints them.
   */
  private static Map<String, String> addKernelKeys(WiresharkProfile to, boolean wrong)
      throws IOException {
    Map<String, String> expected = new TreeMap<>();
    for (String line : Files.readAllLines(vector("linux-kernel/cases.jsonl"))) {
      String sa = line.replaceAll("\"kernel\": \\{[^}]*\\}, ", "");
      if (!text(sa, "proto").equals("esp")) {
        continue;
      }
      int spi = Integer.parseInt(number(sa, "spi"));
      boolean esn = sa.contains("\"esn\": true");
      int cipher =
          cipher(
              sa.contains("\"enc\": null") ? "AES-GMAC" : text(sa, "enc"),
              Integer.parseInt(number(sa, "icv_bits")));
      byte[] key = HexFormat.of().parseHex(text(sa, "enc_key"));
      byte[] integrityKey = HexFormat.of().parseHex(text(sa, "auth_key"));
      for (byte[] each : wrong ? new byte[][] {key, integrityKey} : new byte[0][]) {
        if (each.length > 0) {
          each[0] ^= 1;
        }
      }
      boolean v6 = text(sa, "src").contains(":");
      InetAddress source = v6 ? null : ipv4(text(sa, "src"));
      InetAddress destination = v6 ? null : ipv4(text(sa, "dst"));
      int integrity = line.contains("xcbc(aes)") ? 5 : integrity(sa);
      to.add(
          new EspKeys(
              v6 ? 6 : 4, source, destination, spi, cipher, key, integrity, integrityKey, esn));
      String state = integrity == 5 || integrity == 8 ? "decrypted" : "checked";
      boolean readable = WiresharkNames.espCipher(cipher, esn) != null;
      expected.put("0x" + HexFormat.of().toHexDigits(spi), readable ? state : "sealed");
    }
    assertEquals(44, expected.size());
    return expected;
  }

  private static int cipher(String name, int icvBits) {
    return switch (name) {
      case "DES" -> 2;
      case "Blowfish" -> 7;
      case "NULL" -> 11;
      case "AES-CBC" -> 12;
      case "AES-CTR" -> 13;
      case "AES-CCM" -> 16;
      case "AES-GCM" -> 16 + icvBits / 32;
      case "AES-GMAC" -> 21;
      case "CHACHA20-POLY1305" -> 28;
      default -> throw new AssertionError(name);
    };
  }

  private static int integrity(String sa) {
    if (sa.contains("\"auth\": null")) {
      return 0;
    }
    return switch (text(sa, "auth")) {
      case "HMAC-MD5-96" -> 1;
      case "HMAC-SHA1-96" -> 2;
      case "AES-CMAC-96" -> 8;
      case "SHA2-256-128" -> 12;
      case "SHA2-384-192" -> 13;
      case "SHA2-512-256" -> 14;
      default -> throw new AssertionError(sa);
    };
  }

  private static @Nullable InetAddress ipv4(String literal) throws IOException {
    byte[] address = new byte[4];
    String[] parts = literal.split("\\.", -1);
    for (int i = 0; i < 4; i++) {
      address[i] = (byte) Integer.parseInt(parts[i]);
    }
    return InetAddress.getByAddress(address);
  }

  private static String text(String json, String name) {
    return find(json, "\"" + name + "\": \"([^\"]*)\"");
  }

  private static String number(String json, String name) {
    return find(json, "\"" + name + "\": (\\d+)");
  }

  private static String find(String json, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(json);
    if (!matcher.find()) {
      throw new AssertionError(pattern + " is not in " + json);
    }
    return matcher.group(1);
  }
}
