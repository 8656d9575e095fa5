package org.ipsec4j.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs: short ones to their end, long ones in the background, each ended only through its
 * own handle.
 */
final class Proc {
  /** Time that a short command may take on a busy machine. */
  static final Duration SHORT = Duration.ofSeconds(30);

  private static final Set<Process> BACKGROUND = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> BACKGROUND.forEach(Process::destroyForcibly), "processes"));
  }

  private Proc() {}

  /** How a program ended and what it printed. */
  record Result(List<String> command, int exit, String out, String err) {
    boolean ok() {
      return exit == 0;
    }

    /** Returns the standard output of a program that has to succeed. */
    String checked() {
      if (!ok()) {
        throw new InteropFailure(
            "'" + String.join(" ", command) + "' ended with " + exit + ":\n" + out + err);
      }
      return out;
    }
  }

  /** Runs a program to its end, whatever its exit status. */
  static Result run(Duration limit, Map<String, String> env, List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(env);
      Process process = builder.start();
      process.getOutputStream().close();
      CompletableFuture<String> out =
          CompletableFuture.supplyAsync(() -> text(process.getInputStream()), Proc::spawn);
      CompletableFuture<String> err =
          CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), Proc::spawn);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new InteropFailure(
            "'"
                + String.join(" ", command)
                + "' took longer than "
                + limit
                + ":\n"
                + out.join()
                + err.join());
      }
      return new Result(command, process.exitValue(), out.join(), err.join());
    } catch (IOException e) {
      throw new InteropFailure("cannot run '" + command.getFirst() + "': " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  static Result run(String... command) {
    return run(SHORT, Map.of(), List.of(command));
  }

  /** Runs a program that has to succeed and returns its standard output. */
  static String check(String... command) {
    return run(command).checked();
  }

  /**
   * Starts a program in the background; both outputs go to files unless {@code out} is null (then
   * it is piped).
   */
  static Process start(
      Map<String, String> env, @Nullable Path out, Path err, List<String> command) {
    // a build in the background ignores SIGINT, and what it starts inherits that
    List<String> whole = new ArrayList<>(List.of("env", "--default-signal=INT"));
    whole.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(whole);
    builder.environment().putAll(env);
    if (out != null) {
      builder.redirectOutput(out.toFile());
    }
    builder.redirectError(err.toFile());
    try {
      Process process = builder.start();
      BACKGROUND.add(process);
      CompletableFuture<Void> _ = process.onExit().thenAccept(BACKGROUND::remove);
      return process;
    } catch (IOException e) {
      throw new InteropFailure("cannot start '" + command.getFirst() + "': " + e.getMessage(), e);
    }
  }

  /** Sends a signal to one process that this harness started. */
  static void signal(Process process, String name) {
    if (process.isAlive()) {
      run("kill", "-" + name, Long.toString(process.pid()));
    }
  }

  /** Waits for the end of a process and returns its status; kills it when the time is over. */
  static int await(Process process, Duration limit, String what) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new InteropFailure(what + " did not end within " + limit);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Ends a process: politely first, by force after five seconds. Never fails. */
  static void end(Process process) {
    try {
      process.destroy();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Polls until the condition holds; false when the time is over. */
  static boolean poll(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      pause(Duration.ofMillis(50));
    }
    return true;
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  static void spawn(Runnable work) {
    Thread.ofPlatform().daemon().name("interop-reader").start(work);
  }

  static InteropFailure interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new InteropFailure("interrupted", e);
  }

  private static String text(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
