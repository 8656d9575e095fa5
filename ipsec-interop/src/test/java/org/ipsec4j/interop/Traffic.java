package org.ipsec4j.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Drives the programs that make traffic, each a small JVM inside of a namespace. */
final class Traffic {
  private static final Duration TALK = Duration.ofSeconds(30);
  private static final Duration TRANSFER = Duration.ofMinutes(3);
  private static final Duration DRAIN = Duration.ofSeconds(2);
  private static final int PORT = 7000;
  private static final long SEED = 20260912;

  private Traffic() {}

  /** Where a program runs and the inner address that it uses. */
  record End(String namespace, String address) {}

  /**
   * What became of the datagrams of one direction.
   *
   * @param missing how many never came, those after the highest number that came included
   * @param missingNumbers the first of them
   */
  record Flow(
      long sent,
      long received,
      long missing,
      long duplicates,
      long reordered,
      long damaged,
      List<Long> missingNumbers) {}

  /** The command line of a program of this suite. */
  static List<String> program(Class<?> program, String... arguments) {
    try {
      Path code = Path.of(program.getProtectionDomain().getCodeSource().getLocation().toURI());
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx128m", "-Xms128m", "-XX:+UseSerialGC", "-cp", code.toString()));
      command.add(program.getName());
      command.addAll(List.of(arguments));
      return command;
    } catch (URISyntaxException e) {
      throw new InteropFailure("where is " + program, e);
    }
  }

  /** A helper program with a line-by-line conversation. */
  private static final class Talker implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;
    private final Writer orders;
    private final Path errors;

    Talker(Path folder, String log, End end, Class<?> program, String... arguments) {
      this.errors = folder.resolve(log);
      List<String> command = program(program, arguments);
      this.process = Proc.start(Map.of(), null, errors, Namespaces.inside(end.namespace, command));
      this.lines = process.inputReader(StandardCharsets.US_ASCII);
      this.orders = process.outputWriter(StandardCharsets.US_ASCII);
    }

    void say(String order) {
      try {
        orders.write(order + "\n");
        orders.flush();
      } catch (IOException e) {
        throw new InteropFailure("a traffic program is gone; see " + errors, e);
      }
    }

    /** Waits for the next line, which has to begin with a word; returns what follows it. */
    String[] hear(String word, Duration limit) {
      CompletableFuture<String> next = CompletableFuture.supplyAsync(this::line, Proc::spawn);
      try {
        String line = next.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null || !line.startsWith(word)) {
          throw new InteropFailure(
              "a traffic program says '" + line + "' instead of " + word + "; see " + errors);
        }
        return line.substring(word.length()).strip().split(" ", -1);
      } catch (TimeoutException | ExecutionException e) {
        throw new InteropFailure(
            "a traffic program does not say " + word + " within " + limit + "; see " + errors, e);
      } catch (InterruptedException e) {
        throw Proc.interrupted(e);
      }
    }

    private @Nullable String line() {
      try {
        return lines.readLine();
      } catch (IOException e) {
        return null;
      }
    }

    @Override
    public void close() {
      Proc.end(process);
    }
  }

  /** A transfer over TCP with a comparison of the content's hash; returns Mbit/s. */
  static double transfer(Path folder, End from, End to, long bytes) {
    try (Talker receiver =
        new Talker(
            folder,
            "receive.err",
            to,
            TcpTransfer.class,
            "receive",
            to.address,
            Integer.toString(PORT))) {
      receiver.hear("ready", TALK);
      try (Talker sender =
          new Talker(
              folder,
              "send.err",
              from,
              TcpTransfer.class,
              "send",
              from.address,
              to.address,
              Integer.toString(PORT),
              Long.toString(bytes),
              Long.toString(SEED))) {
        String[] received = receiver.hear("received", TRANSFER);
        String[] sent = sender.hear("sent", TALK);
        if (!received[0].equals(sent[0]) || !received[1].equals(sent[1])) {
          throw new AssertionError(
              "sent "
                  + sent[0]
                  + " bytes "
                  + sent[1]
                  + ", received "
                  + received[0]
                  + " bytes "
                  + received[1]);
        }
        return bytes * 8.0 / 1e3 / Math.max(1, Long.parseLong(sent[2]));
      }
    }
  }

  /** Starts numbered datagrams in both directions. */
  static Numbers numbers(Path folder, End left, End right, int rate) {
    return new Numbers(folder, left, right, rate);
  }

  /** Numbered datagrams that flow in both directions until they are stopped. */
  static final class Numbers implements AutoCloseable {
    private final Talker left;
    private final Talker right;

    private Numbers(Path folder, End leftEnd, End rightEnd, int rate) {
      String port = Integer.toString(PORT);
      String pace = Integer.toString(rate);
      left =
          new Talker(
              folder,
              "numbers-left.err",
              leftEnd,
              NumberedUdp.class,
              leftEnd.address,
              rightEnd.address,
              port,
              pace);
      right =
          new Talker(
              folder,
              "numbers-right.err",
              rightEnd,
              NumberedUdp.class,
              rightEnd.address,
              leftEnd.address,
              port,
              pace);
      left.hear("ready", TALK);
      right.hear("ready", TALK);
      left.say("go");
      right.say("go");
    }

    /**
     * Stops both senders, waits for what is under way, and returns left to right, then right to
     * left.
     */
    List<Flow> stop() {
      left.say("stop");
      right.say("stop");
      left.hear("sent", TALK);
      right.hear("sent", TALK);
      Proc.pause(DRAIN);
      left.say("report");
      right.say("report");
      long[] atLeft = values(left);
      long[] atRight = values(right);
      return List.of(flow(atLeft[0], atRight), flow(atRight[0], atLeft));
    }

    private static long[] values(Talker talker) {
      return Arrays.stream(talker.hear("report", TALK)).mapToLong(Long::parseLong).toArray();
    }

    private static Flow flow(long sent, long[] at) {
      List<Long> missing = Arrays.stream(at).skip(6).limit(50).boxed().toList();
      return new Flow(sent, at[1], sent - at[1], at[2], at[3], at[4], missing);
    }

    @Override
    public void close() {
      left.close();
      right.close();
    }
  }
}
