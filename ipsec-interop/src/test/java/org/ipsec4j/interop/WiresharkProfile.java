package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Wireshark profile folder with decryption tables: written here for charon's keys, read here to
 * know which SAs have exported keys.
 */
final class WiresharkProfile {
  private static final String ESP_TABLE = "esp_sa";
  private static final String IKE_TABLE = "ikev2_decryption_table";
  private static final Pattern SPI_CELL = Pattern.compile("\"0x([0-9a-fA-F]{1,8})\"");
  private static final Pattern IKE_SPI_CELL = Pattern.compile("^\"?([0-9a-fA-F]{16})\"?,");

  private WiresharkProfile() {}

  /**
   * Keys of one direction of a Child SA; an AEAD key has its salt at the end and no integrity key.
   */
  record EspKeys(long spi, String proposal, String encryption, String integrity) {}

  /** Keys of an IKE SA, hexadecimal. */
  record IkeKeys(
      String spiInitiator,
      String spiResponder,
      String proposal,
      String ei,
      String er,
      String ai,
      String ar) {}

  static void write(Path folder, List<EspKeys> esp, List<IkeKeys> ike) {
    try {
      Files.createDirectories(folder);
      Files.write(folder.resolve(ESP_TABLE), esp.stream().map(WiresharkProfile::row).toList());
      Files.write(folder.resolve(IKE_TABLE), ike.stream().map(WiresharkProfile::row).toList());
    } catch (IOException e) {
      throw new InteropFailure("cannot write " + folder, e);
    }
  }

  /** The ESP SPIs that a profile has keys for. */
  static Set<Long> espSpis(Path folder) {
    Set<Long> spis = new HashSet<>();
    for (String line : lines(folder.resolve(ESP_TABLE))) {
      Matcher cell = SPI_CELL.matcher(line);
      if (cell.find()) {
        spis.add(Long.parseLong(cell.group(1), 16));
      }
    }
    return spis;
  }

  /** The initiator SPIs of the IKE SAs that a profile has keys for. */
  static Set<String> ikeSpis(Path folder) {
    Set<String> spis = new HashSet<>();
    for (String line : lines(folder.resolve(IKE_TABLE))) {
      Matcher cell = IKE_SPI_CELL.matcher(line);
      if (cell.find()) {
        spis.add(cell.group(1).toLowerCase(Locale.ROOT));
      }
    }
    return spis;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new InteropFailure("cannot read " + file, e);
    }
  }

  private static String row(EspKeys keys) {
    return String.format(
        Locale.ROOT,
        "\"IPv4\",\"*\",\"*\",\"0x%08x\",\"%s\",\"0x%s\",\"%s\",\"%s\"",
        keys.spi,
        espCipher(keys.proposal),
        keys.encryption,
        keys.integrity.isEmpty() ? "NULL" : espIntegrity(keys.proposal),
        keys.integrity.isEmpty() ? "" : "0x" + keys.integrity);
  }

  private static String row(IkeKeys keys) {
    return String.join(
        ",",
        keys.spiInitiator,
        keys.spiResponder,
        keys.ei,
        keys.er,
        '"' + ikeCipher(keys.proposal) + '"',
        keys.ai,
        keys.ar,
        '"' + (keys.ai.isEmpty() ? "NONE [RFC4306]" : ikeIntegrity(keys.proposal)) + '"');
  }

  private static String espCipher(String proposal) {
    if (proposal.contains("AES_GCM_16")) {
      return "AES-GCM with 16 octet ICV [RFC4106]";
    }
    if (proposal.contains("AES_CBC")) {
      return "AES-CBC [RFC3602]";
    }
    throw new InteropFailure("tshark cannot decrypt ESP with " + proposal);
  }

  private static String espIntegrity(String proposal) {
    return switch (proposal) {
      case String p when p.contains("HMAC_SHA2_256_128") -> "HMAC-SHA-256-128 [RFC4868]";
      case String p when p.contains("HMAC_SHA2_384_192") -> "HMAC-SHA-384-192 [RFC4868]";
      case String p when p.contains("HMAC_SHA2_512_256") -> "HMAC-SHA-512-256 [RFC4868]";
      case String p when p.contains("HMAC_SHA1_96") -> "HMAC-SHA-1-96 [RFC2404]";
      default -> throw new InteropFailure("no name for the integrity of " + proposal);
    };
  }

  private static String ikeCipher(String proposal) {
    Matcher gcm = Pattern.compile("AES_GCM_16_(\\d+)").matcher(proposal);
    if (gcm.find()) {
      return "AES-GCM-" + gcm.group(1) + " with 16 octet ICV [RFC5282]";
    }
    Matcher cbc = Pattern.compile("AES_CBC_(\\d+)").matcher(proposal);
    if (cbc.find()) {
      return "AES-CBC-" + cbc.group(1) + " [RFC3602]";
    }
    throw new InteropFailure("tshark cannot decrypt IKE with " + proposal);
  }

  private static String ikeIntegrity(String proposal) {
    return switch (proposal) {
      case String p when p.contains("/HMAC_SHA2_256_128") -> "HMAC_SHA2_256_128 [RFC4868]";
      case String p when p.contains("/HMAC_SHA2_384_192") -> "HMAC_SHA2_384_192 [RFC4868]";
      case String p when p.contains("/HMAC_SHA2_512_256") -> "HMAC_SHA2_512_256 [RFC4868]";
      case String p when p.contains("/HMAC_SHA1_96") -> "HMAC_SHA1_96 [RFC2404]";
      default -> throw new InteropFailure("no name for the integrity of " + proposal);
    };
  }
}
