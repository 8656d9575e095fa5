package org.ipsec4j.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.interop.KernelSuite.Keys;
import org.jspecify.annotations.Nullable;

/** Scapy's ESP and AH: an implementation that shares nothing with ours. */
final class ScapyCoder implements AutoCloseable {
  private static final String SCRIPT = "scapy-coder.py";
  private static final String PYTHON = "/usr/bin/python3";
  private static final Duration JUDGING = Duration.ofMinutes(3);

  private final Path folder;
  private final Process process;
  private final Writer requests;
  private final BufferedReader answers;

  private ScapyCoder(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
    this.requests = process.outputWriter(StandardCharsets.US_ASCII);
    this.answers = process.inputReader(StandardCharsets.US_ASCII);
  }

  /** What scapy made of the packets of one SPI in a capture. */
  record Verdict(long opened, long failed, String error) {}

  static ScapyCoder start(Path folder) {
    Lab.require();
    Process process =
        Proc.start(
            Map.of(),
            null,
            folder.resolve("scapy.log"),
            List.of(PYTHON, script(folder).toString()));
    return new ScapyCoder(folder, process);
  }

  private static Path script(Path folder) {
    Path file = folder.resolve(SCRIPT);
    try (InputStream in = ScapyCoder.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new InteropFailure("no resource " + SCRIPT);
      }
      Files.createDirectories(folder);
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new InteropFailure("cannot write " + file, e);
    }
  }

  /** Whether scapy has the algorithms. */
  static boolean knows(KernelSuite suite) {
    KernelSuite.Cipher cipher = suite.cipher();
    KernelSuite.Mac mac = suite.mac();
    return (cipher == null || !cipher.scapy().isEmpty()) && (mac == null || !mac.scapy.isEmpty());
  }

  /**
   * One direction of an association in scapy's words.
   *
   * @param high upper half of the sequence number, or null without extended numbers
   */
  static String association(
      KernelCase wanted, long spi, Keys keys, boolean toUs, @Nullable Long high) {
    KernelSuite suite = wanted.suite();
    KernelSuite.Cipher cipher = suite.cipher();
    KernelSuite.Mac mac = suite.mac();
    List<String> words = new ArrayList<>();
    words.add(word("proto", suite.protocol()));
    words.add("\"spi\": " + spi);
    if (cipher != null) {
      words.add(word("enc", cipher.scapy()));
      words.add(word("key", keys.cipher()));
      if (cipher.scapy().equals("AES-CCM")) {
        words.add("\"icv\": " + cipher.icvBits() / 8);
      }
    }
    if (mac != null) {
      words.add(word("auth", mac.scapy));
      words.add(word("authkey", keys.mac()));
    }
    if (wanted.mode().equals("tunnel")) {
      KernelSite.Ends outer = wanted.outer();
      String source = toUs ? outer.guest() : outer.ours();
      String destination = toUs ? outer.ours() : outer.guest();
      words.add("\"tunnel\": [\"" + source + "\", \"" + destination + "\"]");
    }
    if (wanted.udp()) {
      words.add("\"udp\": 4500");
    }
    if (high != null) {
      words.add("\"high\": " + high);
    }
    return "{" + String.join(", ", words) + "}";
  }

  private static String word(String name, String value) {
    return "\"" + name + "\": \"" + value + "\"";
  }

  /** Has scapy seal or open one packet; the answer has a packet or an error. */
  Json.Node ask(String operation, String association, String packet) {
    String request =
        "{"
            + word("op", operation)
            + ", "
            + word("packet", packet)
            + ", \"sa\": "
            + association
            + "}\n";
    try {
      requests.write(request);
      requests.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new InteropFailure("scapy is gone; see " + folder);
      }
      return Json.parse(answer);
    } catch (IOException e) {
      throw new InteropFailure("cannot talk to scapy; see " + folder, e);
    }
  }

  /** Has scapy open all packets of a capture that bear one of the SPIs. */
  static Map<Long, Verdict> judge(Path folder, List<String> associations, Path capture) {
    Path list = folder.resolve("scapy-sas.jsonl");
    try {
      Files.write(list, associations);
    } catch (IOException e) {
      throw new InteropFailure("cannot write " + list, e);
    }
    List<String> command =
        List.of(PYTHON, script(folder).toString(), list.toString(), capture.toString());
    Map<Long, Verdict> verdicts = new HashMap<>();
    Proc.run(JUDGING, Map.of(), command)
        .checked()
        .lines()
        .map(Json::parse)
        .forEach(
            line ->
                verdicts.put(
                    line.get("spi").number(),
                    new Verdict(
                        line.get("opened").number(),
                        line.get("failed").number(),
                        line.get("error").text())));
    return verdicts;
  }

  @Override
  public void close() {
    Proc.end(process);
  }
}
