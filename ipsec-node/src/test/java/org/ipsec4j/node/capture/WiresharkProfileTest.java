package org.ipsec4j.node.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The text of the four files, and how the keys are kept. What tshark makes of them:
 * WiresharkProfileVectors.
 */
class WiresharkProfileTest {
  private static final byte[] NONE = new byte[0];

  @TempDir Path folder = Path.of("");

  @Test
  void writesTheFourFiles() throws IOException {
    Path target = folder.resolve("demo-wireshark");
    try (WiresharkProfile profile = new WiresharkProfile()) {
      InetAddress a = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      InetAddress b = InetAddress.getByAddress(new byte[] {10, 0, 0, 2});
      profile.add(new EspKeys(4, a, b, 0xc0ffee01, 20, counted(20), 0, NONE, false));
      profile.add(new EspKeys(6, null, null, 0x17, 12, counted(16), 12, counted(32), false));
      profile.add(
          new IkeKeys(0x0102030405060708L, -1, 20, counted(36), counted(36), 0, NONE, NONE));
      profile.addIsakmpPort(15_000);
      profile.addIsakmpPort(15_000);
      profile.addEncapsulationPort(14_500);
      profile.addEncapsulationPort(24_500);
      WiresharkProfile.Written written = profile.writeTo(target);
      assertEquals(new WiresharkProfile.Written(target, 2, 1, List.of()), written);
    }
    assertEquals(
        List.of(
            "\"IPv4\",\"127.0.0.1\",\"10.0.0.2\",\"0xc0ffee01\",\"AES-GCM with 16 octet ICV"
                + " [RFC4106]\",\"0x000102030405060708090a0b0c0d0e0f10111213\",\"NULL\",\"\"",
            "\"IPv6\",\"*\",\"*\",\"0x00000017\",\"AES-CBC"
                + " [RFC3602]\",\"0x000102030405060708090a0b0c0d0e0f\",\"HMAC-SHA-256-128"
                + " [RFC4868]\","
                + "\"0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\""),
        lines(target.resolve("esp_sa")));
    String key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223";
    assertEquals(
        List.of(
            "0102030405060708,ffffffffffffffff,"
                + key
                + ","
                + key
                + ",\"AES-GCM-256 with 16 octet ICV [RFC5282]\",,,\"NONE [RFC4306]\""),
        lines(target.resolve("ikev2_decryption_table")));
    assertEquals(
        List.of(
            "decode_as_entry: udp.port,15000,(none),ISAKMP",
            "decode_as_entry: udp.port,14500,(none),UDPENCAP",
            "decode_as_entry: udp.port,24500,(none),UDPENCAP"),
        lines(target.resolve("decode_as_entries")));
    assertTrue(lines(target.resolve("preferences")).contains("esp.enable_encryption_decode: TRUE"));
    assertOwnerOnly(target);
  }

  private static void assertOwnerOnly(Path target) throws IOException {
    if (!Files.getFileStore(target).supportsFileAttributeView("posix")) {
      return;
    }
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
    try (Stream<Path> files = Files.list(target)) {
      List<Path> all = files.toList();
      assertEquals(4, all.size());
      for (Path file : all) {
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 24, 0, 'TripleDES-CBC [RFC2451]', '3DES [RFC2451]'",
    "12, 32, 0, 'AES-CBC [RFC3602]', 'AES-CBC-256 [RFC3602]'",
    "13, 20, 0, 'AES-CTR [RFC3686]', 'AES-CTR-128 [RFC5930]'",
    "15, 19, 0, , 'AES-CCM-128 with 12 octet ICV [RFC5282]'",
    "18, 20, 0, 'AES-GCM with 8 octet ICV [RFC4106]', 'AES-GCM-128 with 8 octet ICV [RFC5282]'",
    "19, 28, 0, 'AES-GCM with 12 octet ICV [RFC4106]', 'AES-GCM-192 with 12 octet ICV [RFC5282]'",
    "20, 36, 1, , 'AES-GCM-256 with 16 octet ICV [RFC5282]'",
    "28, 36, 0, , ",
    "12, 17, 0, 'AES-CBC [RFC3602]', "
  })
  void ciphersByNumber(int id, int length, int esn, String espName, String ikeName) {
    assertEquals(espName, WiresharkNames.espCipher(id, esn == 1));
    assertEquals(ikeName, WiresharkNames.ikeCipher(id, length));
  }

  @Test
  void whatWiresharkCannotReadIsToldWithoutKeys() throws IOException {
    try (WiresharkProfile profile = new WiresharkProfile()) {
      EspKeys chacha = new EspKeys(4, null, null, 5, 28, counted(36), 0, NONE, false);
      EspKeys esn = new EspKeys(4, null, null, 6, 20, counted(20), 0, NONE, true);
      profile.add(chacha);
      profile.add(esn);
      // an ICV over a 64-bit number cannot be checked, but the text can be decrypted
      profile.add(new EspKeys(4, null, null, 7, 12, counted(16), 2, counted(20), true));
      profile.add(new IkeKeys(1, 2, 28, counted(36), counted(36), 0, NONE, NONE));
      WiresharkProfile.Written written = profile.writeTo(folder.resolve("p"));
      assertEquals(1, written.espSas());
      assertEquals(0, written.ikeSas());
      assertEquals(3, written.skipped().size());
      assertTrue(written.skipped().get(1).contains("00000006"), written.toString());
      assertFalse((written + chacha.toString() + esn).contains("000102"), "keys stay out of texts");
    }
    List<String> table = lines(folder.resolve("p/esp_sa"));
    assertEquals(1, table.size());
    assertTrue(table.get(0).contains("ANY 96 bit authentication [no checking]"), table.get(0));
  }

  @Test
  void doesNotReplaceForeignSettings() throws IOException {
    Files.writeString(folder.resolve("preferences"), "gui.font: mine\n");
    try (WiresharkProfile profile = new WiresharkProfile()) {
      assertThrows(FileAlreadyExistsException.class, () -> profile.writeTo(folder));
      assertEquals("gui.font: mine\n", Files.readString(folder.resolve("preferences")));
      assertFalse(Files.exists(folder.resolve("esp_sa")));
      Files.delete(folder.resolve("preferences"));
      profile.writeTo(folder);
      profile.addIsakmpPort(1);
      profile.writeTo(folder);
      assertEquals(1, lines(folder.resolve("decode_as_entries")).size());
    }
  }

  @Test
  void closeWipesAndConstructorsCopy() throws IOException {
    byte[] key = counted(16);
    EspKeys keys = new EspKeys(4, null, null, 1, 12, key, 0, NONE, false);
    java.util.Arrays.fill(key, (byte) 0x77);
    WiresharkProfile profile = new WiresharkProfile();
    profile.add(keys);
    profile.writeTo(folder.resolve("a"));
    assertTrue(
        lines(folder.resolve("a/esp_sa")).get(0).contains("0x000102030405"), "a copy was written");
    profile.close();
    try (SecretText text = new SecretText()) {
      assertTrue(keys.writeLine(text));
      String line = java.nio.charset.StandardCharsets.US_ASCII.decode(text.view()).toString();
      assertTrue(line.contains("0x00000000000000000000000000000000"), line);
    }
    assertEquals(0, profile.writeTo(folder.resolve("b")).espSas());
  }

  @Test
  void secretTextGrows() {
    try (SecretText text = new SecretText()) {
      for (int i = 0; i < 1000; i++) {
        text.text("key ").hex(counted(32)).text("\n");
      }
      assertEquals(69_000, text.view().remaining());
    }
  }

  @Test
  void misuseIsRefused() throws IOException {
    InetAddress v4 = InetAddress.getByAddress(new byte[4]);
    assertThrows(
        IllegalArgumentException.class,
        () -> new EspKeys(6, v4, null, 1, 20, NONE, 0, NONE, false));
    assertThrows(
        IllegalArgumentException.class,
        () -> new EspKeys(5, null, null, 1, 20, NONE, 0, NONE, false));
    assertThrows(
        IllegalArgumentException.class,
        () -> new IkeKeys(1, 2, 12, counted(16), NONE, 2, NONE, NONE));
    try (WiresharkProfile profile = new WiresharkProfile()) {
      assertThrows(IllegalArgumentException.class, () -> profile.addIsakmpPort(0));
      assertThrows(IllegalArgumentException.class, () -> profile.addEncapsulationPort(65_536));
    }
  }

  private static byte[] counted(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream().filter(line -> !line.startsWith("#")).toList();
  }
}
