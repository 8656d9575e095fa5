package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.ipsec4j.interop.KernelSuite.Keys;
import org.ipsec4j.interop.Tshark.Icv;
import org.ipsec4j.interop.Tshark.Kind;
import org.ipsec4j.interop.Tshark.Sight;
import org.ipsec4j.interop.Tshark.Verdict;

/**
 * Scapy and Wireshark over the capture of a run: each has to open every packet, of both sides, of
 * every association whose algorithms it has.
 */
final class KernelJudges {
  private final Path folder;
  private final Path capture;
  private final List<KernelPair> pairs;

  KernelJudges(Path folder, Path capture, List<KernelPair> pairs) {
    this.folder = folder;
    this.capture = capture;
    this.pairs = pairs;
  }

  /** Scapy opens {@code packets} packets of each direction; returns how many SAs it judged. */
  int scapy(long packets) {
    List<String> associations = new ArrayList<>();
    List<KernelPair> judged = new ArrayList<>();
    for (KernelPair pair : pairs) {
      KernelCase wanted = pair.wanted();
      if (ScapyCoder.knows(wanted.suite())) {
        Long high = wanted.esn() ? 0L : null;
        associations.add(ScapyCoder.association(wanted, pair.toUs(), pair.guestKeys(), true, high));
        associations.add(
            ScapyCoder.association(wanted, pair.toGuest(), pair.ourKeys(), false, high));
        judged.add(pair);
      }
    }
    Map<Long, ScapyCoder.Verdict> verdicts = ScapyCoder.judge(folder, associations, capture);
    Map<String, ScapyCoder.Verdict> wrong = new TreeMap<>();
    ScapyCoder.Verdict right = new ScapyCoder.Verdict(packets, 0, "");
    for (KernelPair pair : judged) {
      for (long spi : new long[] {pair.toUs(), pair.toGuest()}) {
        ScapyCoder.Verdict verdict = verdicts.get(spi);
        if (!right.equals(verdict)) {
          wrong.put(pair.wanted() + " " + Long.toHexString(spi), verdict);
        }
      }
    }
    assertEquals(Map.of(), wrong, "what scapy could not open");
    return 2 * judged.size();
  }

  /**
   * Wireshark opens {@code packets} packets of each direction and finds their ICVs good; returns
   * how many SAs it judged.
   */
  int wireshark(long packets) {
    List<String> rows = new ArrayList<>();
    Map<String, KernelPair> judged = new TreeMap<>();
    for (KernelPair pair : pairs) {
      if (isForWireshark(pair.wanted())) {
        addRows(rows, pair.wanted(), pair.toUs(), pair.guestKeys());
        addRows(rows, pair.wanted(), pair.toGuest(), pair.ourKeys());
        judged.put(spi(pair.toUs()), pair);
        judged.put(spi(pair.toGuest()), pair);
      }
    }
    List<Verdict> verdicts = Tshark.read(capture, profile(rows));
    for (Map.Entry<String, KernelPair> entry : judged.entrySet()) {
      List<Verdict> own =
          verdicts.stream()
              .filter(v -> v.kind() == Kind.ESP && v.spi().equals(entry.getKey()))
              .toList();
      assertEquals(packets, own.size(), () -> entry + " in " + capture);
      assertTrue(
          own.stream().allMatch(v -> v.sight() == Sight.DECRYPTED && v.icv() == Icv.GOOD),
          () -> entry + ": " + own);
      Proofs.add("wireshark", entry.getValue().wanted(), "");
    }
    return judged.size();
  }

  private static String spi(long spi) {
    return String.format(Locale.ROOT, "%08x", spi);
  }

  /** Wireshark 4.0 leaves extended numbers out of what it checks. */
  private static boolean isForWireshark(KernelCase wanted) {
    KernelSuite.Cipher cipher = wanted.suite().cipher();
    KernelSuite.Mac mac = wanted.suite().mac();
    return cipher != null
        && !cipher.wireshark().isEmpty()
        && (mac == null || !mac.wireshark.isEmpty())
        && !wanted.esn();
  }

  private static void addRows(List<String> rows, KernelCase wanted, long spi, Keys keys) {
    KernelSuite.Cipher cipher = wanted.suite().cipher();
    KernelSuite.Mac mac = wanted.suite().mac();
    if (cipher == null) {
      return;
    }
    for (String family : List.of("IPv4", "IPv6")) {
      rows.add(
          String.format(
              Locale.ROOT,
              "\"%s\",\"*\",\"*\",\"0x%08x\",\"%s\",\"%s\",\"%s\",\"%s\"",
              family,
              spi,
              cipher.wireshark(),
              keys.cipher().isEmpty() ? "" : "0x" + keys.cipher(),
              mac == null ? "NULL" : mac.wireshark,
              mac == null ? "" : "0x" + keys.mac()));
    }
  }

  private Path profile(List<String> rows) {
    Path profile = folder.resolve("wireshark");
    try {
      Files.createDirectories(profile);
      Files.write(profile.resolve("esp_sa"), rows);
      return profile;
    } catch (IOException e) {
      throw new InteropFailure("cannot write " + profile, e);
    }
  }
}
