package org.ipsec4j.cli.demo;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.node.NodeCounters;
import org.ipsec4j.node.capture.CaptureCensus;

/**
 * What came of a demo.
 *
 * @param traffic what was replayed
 * @param census frames of the captures
 * @param problems damaged captures, a line each
 * @param associations an SA each, for people
 * @param packets packets that arrived as they were sent, both directions
 * @param mismatches packets that did not
 * @param leaks runs of plaintext or repeated keystream outside
 * @param rekeys SAs replaced while packets flowed
 * @param innerBytes octets of inner packets sent
 * @param outerBytes octets of outer packets that carried them
 * @param nanos time of the replay
 * @param a counters of node A
 * @param b counters of node B
 * @param failures what else went wrong, a line each
 * @param capture the outer capture
 * @param profile the Wireshark profile beside it
 */
record DemoReport(
    String traffic,
    CaptureCensus census,
    List<String> problems,
    List<String> associations,
    long packets,
    long mismatches,
    long leaks,
    long rekeys,
    long innerBytes,
    long outerBytes,
    long nanos,
    NodeCounters.Snapshot a,
    NodeCounters.Snapshot b,
    List<String> failures,
    Path capture,
    Path profile) {
  boolean ok() {
    return mismatches == 0 && leaks == 0 && rekeys >= 1 && failures.isEmpty() && packets > 0;
  }

  void print(PrintWriter out) {
    out.println();
    row(out, "traffic", traffic);
    row(
        out,
        "frames",
        census.frames()
            + ", of them "
            + census.packets()
            + " with a valid IP header ("
            + census.ipv4()
            + " IPv4, "
            + census.ipv6()
            + " IPv6)");
    if (census.badHeaderChecksums() > 0) {
      row(
          out,
          "",
          census.badHeaderChecksums() + " with a wrong header checksum, carried all the same");
    }
    if (census.withoutPacket() > 0) {
      row(out, "apart", String.join(", ", Traffic.apart(census)));
    }
    problems.forEach(problem -> row(out, "damaged", problem));
    associations.forEach(association -> row(out, "association", association));
    row(out, "packets", packets + " arrived byte for byte, " + mismatches + " did not");
    row(
        out,
        "bytes",
        String.format(
            Locale.ROOT,
            "%,d inner, %,d outer, overhead %.1f %%",
            innerBytes,
            outerBytes,
            innerBytes == 0 ? 0 : 100.0 * (outerBytes - innerBytes) / innerBytes));
    row(
        out,
        "time",
        String.format(
            Locale.ROOT,
            "%.1f s, %,.0f packets/s",
            nanos / 1e9,
            packets / Math.max(1e-9, nanos / 1e9)));
    row(out, "rekeys", rekeys + " while packets flowed");
    row(out, "drops", drops());
    row(out, "leaks", Long.toString(leaks));
    failures.forEach(failure -> row(out, "failure", failure));
    row(out, "capture", capture + "  (the outer side)");
    row(out, "decrypt it", "WIRESHARK_CONFIG_DIR=" + profile + " wireshark " + capture);
    out.println();
    out.println(lastLine());
    out.flush();
  }

  private static void row(PrintWriter out, String name, String value) {
    out.printf("%-12s %s%n", name, value);
  }

  private String drops() {
    Map<DropReason, Long> all = new TreeMap<>();
    for (NodeCounters.Snapshot counters : List.of(a, b)) {
      counters.outboundDrops().forEach((reason, count) -> all.merge(reason, count, Long::sum));
      counters.inboundDrops().forEach((reason, count) -> all.merge(reason, count, Long::sum));
    }
    return all.isEmpty() ? "none" : all.toString();
  }

  /** The line for machines. */
  String lastLine() {
    String numbers =
        "packets="
            + packets
            + " mismatches="
            + mismatches
            + " leaks="
            + leaks
            + " rekeys="
            + rekeys;
    if (ok()) {
      return "demo: ok " + numbers;
    }
    String why =
        failures.isEmpty() ? "" : " reason=\"" + failures.getFirst().replace('"', '\'') + "\"";
    return "demo: failed " + numbers + why;
  }
}
