package org.ipsec4j.benchmarks.standard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a run ran on: figures without it are worth nothing. */
public final class Machine {
  private Machine() {}

  /** Facts, each {@code name: value}. */
  public static List<String> describe(String dpdk) {
    List<String> facts = new ArrayList<>();
    facts.add(
        "cpu: "
            + cpuInfo("model name")
            + ", family "
            + cpuInfo("cpu family")
            + " model "
            + cpuInfo("model")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " in use");
    facts.add("kernel: " + System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.add(
        "jdk: "
            + System.getProperty("java.vm.name")
            + " "
            + Runtime.version()
            + " ("
            + System.getProperty("java.vendor")
            + ")");
    facts.add("providers: " + Providers.versions());
    if (!dpdk.isEmpty()) {
      facts.add("dpdk: " + dpdk);
    }
    facts.add("load: " + load());
    return facts;
  }

  private static String cpuInfo(String name) {
    try {
      for (String line :
          Files.readString(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8).split("\n", -1)) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
          return line.substring(colon + 1).strip();
        }
      }
    } catch (IOException e) {
      return "unknown";
    }
    return "unknown";
  }

  private static String load() {
    try {
      return Files.readString(Path.of("/proc/loadavg"), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
