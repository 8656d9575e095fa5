package org.ipsec4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Jazzer on each target for its share of {@code fuzz.minutes}, or for ten seconds. Runs in the
 * profile {@code fuzz} only. What it learns stays in {@code fuzz.corpus}, so that the next campaign
 * goes on from there; a finding is a file {@code crash-...} in the same place, to be kept under
 * {@code src/test/resources} when its cause is mended.
 */
class JazzerStress {
  private static final int SHORTEST_SECONDS = 10;

  @TestFactory
  Stream<DynamicTest> campaign() {
    List<FuzzTarget> targets = Targets.all();
    long share = Integer.getInteger("fuzz.minutes", 0) * 60L / targets.size();
    long seconds = Math.max(SHORTEST_SECONDS, share);
    Path corpus = Path.of(System.getProperty("fuzz.corpus", "target/fuzz"));
    return targets.stream()
        .map(target -> DynamicTest.dynamicTest(target.name(), () -> fuzz(target, corpus, seconds)));
  }

  private static void fuzz(FuzzTarget target, Path corpus, long seconds)
      throws IOException, InterruptedException {
    Path home = Files.createDirectories(corpus.toAbsolutePath().resolve(target.name()));
    Path seeds = Files.createDirectories(home.resolve("seeds"));
    Path learned = Files.createDirectories(home.resolve("corpus"));
    int number = 0;
    for (byte[] seed : target.seeds()) {
      Files.write(seeds.resolve("seed-" + number++), seed);
    }
    Path log = home.resolve("log.txt");
    Process jazzer =
        new ProcessBuilder(command(target, home, seconds, List.of(learned, seeds)))
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      boolean ended = jazzer.waitFor(2 * seconds + 120, TimeUnit.SECONDS);
      List<String> lines = Files.readAllLines(log);
      String tail = String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
      assertTrue(ended, "Jazzer did not end in time:\n" + tail);
      assertEquals(0, jazzer.exitValue(), "Jazzer found something, or did not run:\n" + tail);
      lines.stream()
          .filter(line -> line.startsWith("Done ") || line.contains(" DONE "))
          .forEach(line -> System.out.println("fuzz " + target.name() + ": " + line));
    } finally {
      jazzer.destroyForcibly();
    }
  }

  private static List<String> command(
      FuzzTarget target, Path home, long seconds, List<Path> inputs) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xmx1g",
            "-XX:+EnableDynamicAgentLoading",
            "--enable-native-access=ALL-UNNAMED"));
    if (Runtime.version().feature() >= 23) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(
        List.of(
            "-Dfuzz.target=" + target.name(),
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + JazzerEntry.class.getName(),
            "--instrumentation_includes=org.ipsec4j.**",
            "--custom_hook_includes=org.ipsec4j.**",
            "--reproducer_path=" + home,
            "-max_total_time=" + seconds,
            "-max_len=5000",
            "-timeout=20",
            "-rss_limit_mb=0",
            "-artifact_prefix=" + home + "/"));
    inputs.forEach(input -> command.add(input.toString()));
    return command;
  }
}
