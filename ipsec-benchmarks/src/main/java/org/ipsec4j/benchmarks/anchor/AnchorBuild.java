package org.ipsec4j.benchmarks.anchor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the anchors with the compiler of this machine.
 *
 * @param library the loops, to be loaded into this process; null when there is no compiler
 * @param mb whether the loops on libIPSec_MB are in it
 * @param evp whether the loops on libcrypto are in it
 * @param dpdk a program that compares the C loop with librte_ipsec; null when it could not be built
 * @param missing what could not be built and why, one sentence each
 */
public record AnchorBuild(
    @Nullable Path library, boolean mb, boolean evp, @Nullable Path dpdk, List<String> missing) {
  private static final List<String> SOURCES =
      List.of("anchor.h", "path.c", "mb.c", "evp.c", "dpdk.c");
  private static final List<String> FLAGS = List.of("-O3", "-march=native", "-w");
  private static final String MB = "-lIPSec_MB";
  private static final String EVP = "-l:libcrypto.so.3";

  /** Copies the list. */
  public AnchorBuild {
    missing = List.copyOf(missing);
  }

  /** What a command said. */
  private record Said(int status, String text) {
    String firstLine() {
      return text.lines()
          .filter(line -> line.contains("error") || line.contains("cannot"))
          .findFirst()
          .orElse(text.lines().findFirst().orElse("status " + status))
          .strip();
    }
  }

  /**
   * Builds what can be built.
   *
   * @param folder for sources and results; exists
   * @param compiler the command, {@code cc} on most machines
   * @throws IOException when the folder cannot be written
   */
  public static AnchorBuild build(Path folder, String compiler)
      throws IOException, InterruptedException {
    List<String> missing = new ArrayList<>();
    if (run(folder, List.of(compiler, "--version")).status() != 0) {
      missing.add("no C compiler: `" + compiler + "` is not there (package gcc)");
      return new AnchorBuild(null, false, false, null, missing);
    }
    for (String source : SOURCES) {
      copy(source, folder.resolve(source));
    }
    boolean mb =
        tried(folder, compiler, "mb.c", "-DWITH_MB", MB, missing, "libIPSec_MB", "libipsec-mb-dev");
    boolean evp =
        tried(folder, compiler, "evp.c", "-DWITH_EVP", EVP, missing, "libcrypto 3", "libssl3");
    List<String> command = new ArrayList<>(List.of(compiler));
    command.addAll(FLAGS);
    command.addAll(List.of("-shared", "-fPIC", "-o", "libanchor.so", "path.c", "mb.c", "evp.c"));
    if (mb) {
      command.addAll(List.of("-DWITH_MB", MB));
    }
    if (evp) {
      command.addAll(List.of("-DWITH_EVP", EVP));
    }
    Said said = run(folder, command);
    if (said.status() != 0) {
      missing.add("the C loops do not compile: " + said.firstLine());
      return new AnchorBuild(null, false, false, null, missing);
    }
    Path dpdk = mb ? dpdk(folder, compiler, missing) : null;
    return new AnchorBuild(folder.resolve("libanchor.so"), mb, evp, dpdk, missing);
  }

  private static boolean tried(
      Path folder,
      String compiler,
      String source,
      String define,
      String link,
      List<String> missing,
      String what,
      String advice)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(compiler));
    command.addAll(FLAGS);
    command.addAll(List.of("-shared", "-fPIC", "-o", "probe.so", source, define, link));
    Said said = run(folder, command);
    if (said.status() != 0) {
      missing.add(
          "no C loop on " + what + " (package " + advice + " is needed): " + said.firstLine());
    }
    return said.status() == 0;
  }

  private static @Nullable Path dpdk(Path folder, String compiler, List<String> missing)
      throws IOException, InterruptedException {
    Said flags = run(folder, List.of("pkg-config", "--cflags", "--libs", "libdpdk"));
    if (flags.status() != 0) {
      missing.add("no librte_ipsec: pkg-config does not find libdpdk (package libdpdk-dev)");
      return null;
    }
    List<String> command = new ArrayList<>(List.of(compiler));
    command.addAll(FLAGS);
    command.addAll(
        List.of("-DALLOW_EXPERIMENTAL_API", "-DWITH_MB", "-o", "dpdk", "dpdk.c", "path.c"));
    command.addAll(List.of("mb.c", "evp.c", MB));
    command.addAll(Arrays.asList(flags.text().strip().split("\\s+", -1)));
    Said said = run(folder, command);
    if (said.status() != 0) {
      missing.add("the loop on librte_ipsec does not compile: " + said.firstLine());
      return null;
    }
    return folder.resolve("dpdk");
  }

  private static void copy(String source, Path target) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(AnchorBuild.class.getResourceAsStream(source), source)) {
      Files.copy(in, target);
    }
  }

  private static Said run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    } catch (IOException e) {
      return new Said(127, command.get(0) + " is not there");
    }
    String text;
    try (InputStream out = process.getInputStream()) {
      text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return new Said(124, command.get(0) + " did not end");
    }
    return new Said(process.exitValue(), text);
  }
}
