package org.ipsec4j.node.crypto;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketTransform;

/**
 * Keeps what was measured from one start to the next: a text file that says for which machine, Java
 * and providers it holds. One that is damaged, or was made for others, counts as none.
 */
final class CalibrationFile {
  private static final String FIRST_LINE = "ipsec4j calibration 1";
  private static final long LARGEST = 1 << 16;

  private final Path path;
  private final List<String> head;

  /**
   * What was found.
   *
   * @param entries what holds
   * @param problem why nothing holds although there is a file; empty otherwise
   */
  record Found(List<CryptoRanking.Entry> entries, String problem) {
    static Found problem(String what) {
      return new Found(List.of(), what);
    }
  }

  /**
   * @param machine which processor, as far as that is known
   * @param providers those that are measured
   */
  CalibrationFile(Path path, String machine, List<CryptoProvider> providers) {
    this.path = path;
    List<String> lines = new ArrayList<>();
    lines.add(FIRST_LINE);
    lines.add("machine " + oneLine(machine));
    lines.add(
        "java "
            + oneLine(
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version")));
    providers.stream()
        .map(provider -> "provider " + oneLine(provider.name() + " " + provider.version()))
        .sorted()
        .forEach(lines::add);
    this.head = List.copyOf(lines);
  }

  private static String oneLine(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", " ").strip();
  }

  /** The model and number of this machine's processors. */
  static String machine() {
    String model = System.getProperty("os.arch") + "";
    try {
      Path info = Path.of("/proc/cpuinfo");
      if (Files.isReadable(info)) {
        try (var lines = Files.lines(info, StandardCharsets.ISO_8859_1)) {
          model =
              lines
                  .filter(line -> line.startsWith("model name"))
                  .map(line -> line.substring(line.indexOf(':') + 1).strip())
                  .findFirst()
                  .orElse(model);
        }
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      // the architecture alone then says what machine it is
      return model;
    }
    return model;
  }

  /** What the file says of these transforms. */
  Found read(Collection<PacketTransform> transforms) {
    if (!Files.exists(path)) {
      return new Found(List.of(), "");
    }
    try {
      if (!Files.isRegularFile(path) || Files.size(path) > LARGEST) {
        return Found.problem("it is no calibration file");
      }
      return parse(Files.readString(path, StandardCharsets.US_ASCII), transforms);
    } catch (IOException e) {
      return Found.problem("it cannot be read: " + e.getMessage());
    }
  }

  private Found parse(String text, Collection<PacketTransform> transforms) {
    int end = text.lastIndexOf("\nend ");
    if (end < 0 || !text.substring(end + 1).equals(lastLine(text.substring(0, end + 1)))) {
      return Found.problem("it is damaged");
    }
    List<String> lines = text.substring(0, end).lines().toList();
    if (lines.size() < head.size() || !lines.subList(0, head.size()).equals(head)) {
      return Found.problem("it was made on another machine, or with another Java or providers");
    }
    Map<String, PacketTransform> byName =
        transforms.stream().collect(Collectors.toMap(Object::toString, each -> each));
    List<CryptoRanking.Entry> entries = new ArrayList<>();
    for (String line : lines.subList(head.size(), lines.size())) {
      String[] words = line.split(" ", 4);
      if (words.length < 4 || !words[0].equals("cost")) {
        return Found.problem("it is damaged");
      }
      PacketTransform transform = byName.get(words[2]);
      double nanos = number(words[1]);
      if (nanos <= 0) {
        return Found.problem("it is damaged");
      }
      if (transform != null) {
        entries.add(new CryptoRanking.Entry(transform, words[3], nanos));
      }
    }
    return new Found(entries, "");
  }

  /** A number above zero; 0 when it is none. */
  private static double number(String text) {
    return text.matches("[0-9]{1,12}\\.[0-9]") ? Double.parseDouble(text) : 0;
  }

  private static String lastLine(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.US_ASCII));
    return String.format(Locale.ROOT, "end %08x%n", sum.getValue()).replace("\r", "");
  }

  /** Writes a whole new file in the place of the former. */
  void write(List<CryptoRanking.Entry> entries) throws IOException {
    StringBuilder text = new StringBuilder();
    head.forEach(line -> text.append(line).append('\n'));
    Map<String, Boolean> seen = new HashMap<>();
    for (CryptoRanking.Entry entry : entries) {
      if (Double.isFinite(entry.nanosPerPacket())) {
        String line =
            String.format(
                Locale.ROOT,
                "cost %.1f %s %s%n",
                Math.max(0.1, entry.nanosPerPacket()),
                entry.transform(),
                oneLine(entry.provider()));
        if (seen.putIfAbsent(line, true) == null) {
          text.append(line.replace("\r", ""));
        }
      }
    }
    text.append(lastLine(text.toString()));
    Path folder = Objects.requireNonNullElse(path.toAbsolutePath().getParent(), Path.of("."));
    Path fresh = Files.createTempFile(folder, ".calibration", ".tmp");
    try {
      Files.writeString(fresh, text, StandardCharsets.US_ASCII);
      try {
        Files.move(
            fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
