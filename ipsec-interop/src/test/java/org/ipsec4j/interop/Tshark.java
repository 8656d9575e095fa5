package org.ipsec4j.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The independent judge: Wireshark's dissector reads a capture with nothing but a profile folder
 * and says of each packet whether it was encrypted, whether the keys of the folder open it, and
 * whether the ICV is right.
 */
final class Tshark {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final List<String> FIELDS =
      List.of(
          "frame.number",
          "frame.len",
          "ip.src",
          "ip.flags.mf",
          "udp.srcport",
          "esp.spi",
          "esp.protocol",
          "esp.icv_good",
          "esp.icv_bad",
          "isakmp.ispi",
          "isakmp.exchangetype",
          "isakmp.enc.data",
          "isakmp.enc.decrypted",
          "isakmp.enc.contained",
          "isakmp.nextpayload",
          "frame.protocols",
          "_ws.expert.message");

  private Tshark() {}

  /** The kinds of packets that the suite tells apart. */
  enum Kind {
    IKE,
    ESP,
    OTHER
  }

  /** What the dissector could read. */
  enum Sight {
    PLAIN,
    ENCRYPTED,
    DECRYPTED
  }

  /** What the dissector says of the integrity check value. */
  enum Icv {
    NONE,
    UNCHECKED,
    GOOD,
    BAD
  }

  /**
   * The verdict over one packet.
   *
   * @param spi the ESP SPI, or the IKE initiator's SPI, hexadecimal in lower case without prefix;
   *     empty for others
   * @param exchange the IKE exchange type, else 0
   * @param fragment whether it is a fragment of an IKE message (RFC 7383)
   * @param wire the datagram around it
   */
  record Verdict(
      int frame,
      Wire wire,
      Kind kind,
      String spi,
      int exchange,
      boolean fragment,
      Sight sight,
      Icv icv) {}

  /**
   * The outer side of a packet.
   *
   * @param source IPv4 address
   * @param port UDP source port, 0 when there is none
   * @param length octets of the frame
   * @param ipFragment whether further IP fragments follow
   * @param protocols Wireshark's protocol stack, of the decrypted packet too
   */
  record Wire(String source, int port, int length, boolean ipFragment, String protocols) {}

  /** Dissects a whole capture. */
  static List<Verdict> read(Path capture, Path profile) {
    if (!Files.isDirectory(profile)) {
      throw new InteropFailure("no Wireshark profile folder " + profile);
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of("tshark", "-r", capture.toString(), "-n"));
    command.addAll(
        List.of(
            "-o",
            "esp.enable_encryption_decode:TRUE",
            "-o",
            "esp.enable_authentication_check:TRUE"));
    command.addAll(
        List.of("-T", "fields", "-E", "separator=|", "-E", "occurrence=a", "-E", "aggregator=;"));
    FIELDS.forEach(field -> command.addAll(List.of("-e", field)));
    Proc.Result result =
        Proc.run(LIMIT, Map.of("WIRESHARK_CONFIG_DIR", profile.toString()), command);
    String complaints = result.err().toLowerCase(Locale.ROOT);
    if (!result.ok() || complaints.contains("uat") || complaints.contains("error loading")) {
      throw new InteropFailure(
          "tshark cannot use " + capture + " with " + profile + ":\n" + result.err());
    }
    return result.out().lines().map(Tshark::verdict).toList();
  }

  private static Verdict verdict(String line) {
    String[] cells = line.split("\\|", -1);
    int frame = Integer.parseInt(first(cells, "frame.number"));
    String port = first(cells, "udp.srcport");
    Wire wire =
        new Wire(
            first(cells, "ip.src"),
            port.isEmpty() ? 0 : Integer.parseInt(port),
            Integer.parseInt(first(cells, "frame.len")),
            isTrue(first(cells, "ip.flags.mf")),
            cell(cells, "frame.protocols"));
    if (!cell(cells, "esp.spi").isEmpty()) {
      boolean open = !cell(cells, "esp.protocol").isEmpty();
      String spi = String.format(Locale.ROOT, "%08x", Long.decode(first(cells, "esp.spi")));
      Sight sight = open ? Sight.DECRYPTED : Sight.ENCRYPTED;
      return new Verdict(frame, wire, Kind.ESP, spi, 0, false, sight, espIcv(cells));
    }
    if (!cell(cells, "isakmp.ispi").isEmpty()) {
      int exchange = Integer.parseInt(first(cells, "isakmp.exchangetype"));
      String spi = first(cells, "isakmp.ispi").replace(":", "").toLowerCase(Locale.ROOT);
      boolean fragment = first(cells, "isakmp.nextpayload").equals("53");
      Sight sight = ikeSight(cells, exchange);
      Icv icv = Icv.NONE;
      if (sight == Sight.DECRYPTED) {
        icv = cell(cells, "_ws.expert.message").contains("ncorrect") ? Icv.BAD : Icv.GOOD;
      }
      return new Verdict(frame, wire, Kind.IKE, spi, exchange, fragment, sight, icv);
    }
    return new Verdict(frame, wire, Kind.OTHER, "", 0, false, Sight.PLAIN, Icv.NONE);
  }

  private static Icv espIcv(String[] cells) {
    if (isTrue(first(cells, "esp.icv_good"))) {
      return Icv.GOOD;
    }
    return isTrue(first(cells, "esp.icv_bad")) ? Icv.BAD : Icv.UNCHECKED;
  }

  /** Of the exchanges of RFC 7296 only IKE_SA_INIT (34) travels in the clear. */
  private static Sight ikeSight(String[] cells, int exchange) {
    if (!cell(cells, "isakmp.enc.decrypted").isEmpty()
        || !cell(cells, "isakmp.enc.contained").isEmpty()) {
      return Sight.DECRYPTED;
    }
    boolean secret = exchange != 34 || !cell(cells, "isakmp.enc.data").isEmpty();
    return secret ? Sight.ENCRYPTED : Sight.PLAIN;
  }

  private static boolean isTrue(String value) {
    return value.equals("1") || value.equalsIgnoreCase("true");
  }

  private static String cell(String[] cells, String field) {
    int at = FIELDS.indexOf(field);
    return at < cells.length ? cells[at] : "";
  }

  private static String first(String[] cells, String field) {
    return cell(cells, field).split(";", -1)[0];
  }
}
