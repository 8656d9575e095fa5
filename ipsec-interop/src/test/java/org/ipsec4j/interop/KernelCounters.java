package org.ipsec4j.interop;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the kernel of a namespace counted as lost: full sockets, full TUN queues, failed reassembly.
 */
final class KernelCounters {
  private static final List<String> UDP = List.of("RcvbufErrors", "SndbufErrors", "MemErrors");
  private static final List<String> IP =
      List.of("ReasmFails", "FragFails", "InDiscards", "OutDiscards");

  private KernelCounters() {}

  /** Reads the loss counters of a namespace; names tell protocol or device. */
  static Map<String, Long> of(String namespace) {
    Map<String, Long> found = new TreeMap<>();
    snmp(namespace, found);
    Namespaces.exec(namespace, "cat", "/proc/net/dev")
        .lines()
        .filter(line -> line.contains(":"))
        .forEach(
            line -> {
              String device = line.substring(0, line.indexOf(':')).strip();
              String[] columns = line.substring(line.indexOf(':') + 1).strip().split("\\s+", -1);
              found.put(namespace + " " + device + " rx dropped", Long.parseLong(columns[3]));
              found.put(namespace + " " + device + " tx dropped", Long.parseLong(columns[11]));
            });
    return found;
  }

  /** The file has pairs of lines: the names of a protocol's counters, then their values. */
  private static void snmp(String namespace, Map<String, Long> found) {
    List<String> lines = Namespaces.exec(namespace, "cat", "/proc/net/snmp").lines().toList();
    for (int i = 0; i + 1 < lines.size(); i += 2) {
      String[] names = lines.get(i).split(" ", -1);
      String[] values = lines.get(i + 1).split(" ", -1);
      List<String> wanted =
          switch (names[0]) {
            case "Udp:" -> UDP;
            case "Ip:" -> IP;
            default -> List.of();
          };
      for (int column = 1; column < names.length; column++) {
        if (wanted.contains(names[column])) {
          found.put(namespace + " " + names[0] + names[column], Long.parseLong(values[column]));
        }
      }
    }
  }

  /** What grew between two readings, without what stood still. */
  static Map<String, Long> growth(Map<String, Long> before, Map<String, Long> after) {
    Map<String, Long> grown = new LinkedHashMap<>();
    after.forEach(
        (name, value) -> {
          long more = value - before.getOrDefault(name, 0L);
          if (more != 0) {
            grown.put(name, more);
          }
        });
    return grown;
  }
}
