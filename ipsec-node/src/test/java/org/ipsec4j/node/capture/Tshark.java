package org.ipsec4j.node.capture;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the machine's tshark, if there is one, with a configuration folder of ours. */
final class Tshark {
  private static final long PATIENCE_SECONDS = 60;

  private Tshark() {}

  static boolean present() {
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, "tshark"))) {
        return true;
      }
    }
    return false;
  }

  /** One line per frame that the filter takes, fields separated by '|', all occurrences. */
  static List<String> fields(
      Path capture, Path configuration, List<String> options, String... fields)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tshark", "-r", capture.toString()));
    command.addAll(options);
    command.addAll(List.of("-T", "fields", "-E", "separator=|", "-E", "occurrence=a"));
    for (String field : fields) {
      command.add("-e");
      command.add(field);
    }
    Path out = Files.createTempFile("tshark", ".txt");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile());
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().put("WIRESHARK_CONFIG_DIR", configuration.toString());
      Process process = builder.start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("tshark did not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException("tshark ended with " + process.exitValue() + ": " + command);
      }
      return Files.readAllLines(out);
    } finally {
      Files.delete(out);
    }
  }
}
