package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * docs/esp-proofs.md: which transform, in which mode, was understood by which peer. Made from what
 * passing tests have noted in {@link Proofs}.
 */
final class TableOfProofs {
  private static final Pattern PRINTED = Pattern.compile("proof: (\\w+): (.*)");

  private static final String HEAD =
      """
      # What proved ESP and AH

      Made by tests (`mvn verify -Pinterop -Dproofs=write`), never by hand. Each entry is a run against
      an implementation that shares nothing with ours. With the kernel and scapy it went both ways: they
      opened what we sealed, and we opened what they sealed.

      - **linux-kernel**: a Linux kernel (User Mode Linux, `ip xfrm`), pings both ways, counters of both
        sides equal. `KernelEspInterop`, `KernelShapesInterop`, `KernelEdgeInterop`.
      - **scapy**: scapy seals and opens single packets, to the octet. `ScapyInterop`.
      - **wireshark**: tshark decrypted what the kernel and we had sent to each other and found every ICV
        good. `KernelEspInterop`.
      - **capture**: two Linux kernels had spoken to each other; we open every packet of theirs, and
        seal the ESP ones again to the octet. `ForeignPacketVectors` in `ipsec-node`.

      Published vectors are counted in `.ci/vector-counts`.

      """;

  /** Rows by name; in each the peers, and what each of them proved. */
  private final Map<String, Map<String, Set<String>>> modes = new TreeMap<>();

  private final Map<String, Map<String, Set<String>>> extras = new TreeMap<>();
  private final Set<String> peers = new TreeSet<>();

  /** Reads what was noted. */
  static TableOfProofs read(Path folder) {
    TableOfProofs table = new TableOfProofs();
    if (!Files.isDirectory(folder)) {
      return table;
    }
    table.readPrinted(Path.of("..", "ipsec-node", "target", "surefire-reports"));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
        String name = file.getFileName().toString();
        String peer = name.substring(0, name.length() - ".csv".length());
        table.peers.add(peer);
        for (String line : Files.readAllLines(file)) {
          table.add(peer, line.split(",", -1));
        }
      }
      return table;
    } catch (IOException e) {
      throw new InteropFailure("cannot read " + folder, e);
    }
  }

  /** What tests of other modules have printed; nothing when they did not run. */
  private void readPrinted(Path reports) {
    if (!Files.isDirectory(reports)) {
      return;
    }
    try (Stream<Path> files = Files.list(reports)) {
      for (Path file : files.filter(f -> f.toString().endsWith("-output.txt")).toList()) {
        for (String line : Files.readAllLines(file)) {
          Matcher proof = PRINTED.matcher(line);
          if (proof.matches()) {
            peers.add(proof.group(1));
            add(proof.group(1), proof.group(2).split(",", -1));
          }
        }
      }
    } catch (IOException e) {
      throw new InteropFailure("cannot read " + reports, e);
    }
  }

  private void add(String peer, String[] cells) {
    String transform = cells[0];
    String esn = cells[2].isEmpty() ? "" : " " + cells[2];
    int plus = cells[1].indexOf(" + ");
    String shape = plus < 0 ? cells[1] : cells[1].substring(0, plus);
    if (plus >= 0) {
      note(extras, cells[1].substring(plus + 3), peer, transform + " " + shape + esn);
      return;
    }
    int space = shape.indexOf(' ');
    boolean udp = shape.endsWith(" in UDP");
    String families = shape.substring(space + 1, shape.length() - (udp ? 7 : 0));
    String mode = shape.substring(0, space) + (udp ? " in UDP" : "");
    note(modes, transform + " | " + mode, peer, families + esn);
  }

  private static void note(
      Map<String, Map<String, Set<String>>> rows, String row, String peer, String what) {
    rows.computeIfAbsent(row, key -> new TreeMap<>())
        .computeIfAbsent(peer, key -> new TreeSet<>())
        .add(what);
  }

  /** Who has proved anything. */
  Set<String> peers() {
    return peers;
  }

  /** The whole page. */
  String page() {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("## Transform, mode, peer\n\n");
    table(page, "| Transform | Mode |", "|---|---|", modes);
    page.append("\n## On top of that\n\n");
    table(page, "| What |", "|---|", extras);
    return page.toString();
  }

  private void table(
      StringBuilder page, String head, String rule, Map<String, Map<String, Set<String>>> rows) {
    page.append(head);
    peers.forEach(peer -> page.append(' ').append(peer).append(" |"));
    page.append('\n').append(rule).append("---|".repeat(peers.size())).append('\n');
    rows.forEach(
        (row, proofs) -> {
          page.append("| ").append(row).append(" |");
          for (String peer : peers) {
            String cell = String.join(", ", proofs.getOrDefault(peer, Set.of()));
            page.append(cell.isEmpty() ? " |" : " " + cell + " |");
          }
          page.append('\n');
        });
  }

  /** Every single claim of a page: row, peer, and one thing that it proved. */
  static List<String> claims(String page) {
    List<String> claims = new ArrayList<>();
    List<String> columns = List.of();
    for (String line : page.lines().toList()) {
      if (!line.startsWith("|") || line.startsWith("|---")) {
        continue;
      }
      List<String> cells = Stream.of(line.split("\\|", -1)).map(String::strip).toList();
      if (cells.get(1).equals("Transform") || cells.get(1).equals("What")) {
        columns = cells;
        continue;
      }
      int first = columns.get(1).equals("Transform") ? 3 : 2;
      String row = String.join(" ", cells.subList(1, first));
      for (int i = first; i < cells.size() - 1; i++) {
        for (String what : cells.get(i).split(", ", -1)) {
          if (!what.isEmpty()) {
            claims.add(columns.get(i) + ": " + row + ": " + what);
          }
        }
      }
    }
    return claims;
  }
}
