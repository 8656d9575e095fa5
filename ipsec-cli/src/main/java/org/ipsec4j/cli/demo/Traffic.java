package org.ipsec4j.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.node.capture.CaptureCensus;
import org.ipsec4j.node.capture.CaptureProblem;
import org.ipsec4j.node.capture.CaptureReader;
import org.ipsec4j.node.capture.CapturedPacket;
import org.ipsec4j.node.capture.IpExtractor;
import org.ipsec4j.node.capture.IpOutcome;
import org.jspecify.annotations.Nullable;

/**
 * The packets to replay: the recording that the project carries, or captures that the user names.
 * Read anew for every pass, so that a large capture needs no memory.
 */
final class Traffic {
  private static final String OWN = "traffic.pcapng.gz";
  private static final long MOST_UNPACKED = 1L << 34;

  /** Takes packets, in order. */
  interface PacketConsumer {
    /** One IP packet; the array is the consumer's own. */
    void accept(byte[] packet) throws IOException, InterruptedException;
  }

  private final List<Path> files;

  /**
   * @param files captures; empty for the project's own recording
   */
  Traffic(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /** What to call it. */
  String name() {
    return files.isEmpty()
        ? "the demo's own recording"
        : String.join(", ", files.stream().map(Path::toString).toList());
  }

  /**
   * Counts what there is.
   *
   * @param problems gets a line for each damaged capture
   */
  CaptureCensus census(List<String> problems) throws IOException {
    CaptureCensus census = new CaptureCensus();
    for (Path file : sources()) {
      try (CaptureReader reader = open(file)) {
        CapturedPacket packet = reader.next();
        while (packet != null) {
          census.add(IpExtractor.extract(packet));
          packet = reader.next();
        }
        Optional<CaptureProblem> problem = reader.problem();
        problem.ifPresent(p -> problems.add(file.getFileName() + ": " + p.describe()));
      }
    }
    return census;
  }

  /** Hands out every packet with a valid IP header. */
  void forEach(PacketConsumer consumer) throws IOException, InterruptedException {
    for (Path file : sources()) {
      try (CaptureReader reader = open(file)) {
        CapturedPacket packet = reader.next();
        while (packet != null) {
          if (IpExtractor.extract(packet) instanceof IpOutcome.Packet ip) {
            consumer.accept(ip.toByteArray());
          }
          packet = reader.next();
        }
      }
    }
  }

  private List<Path> sources() {
    return files.isEmpty() ? List.of(Path.of(OWN)) : files;
  }

  private CaptureReader open(Path file) throws IOException {
    if (!files.isEmpty()) {
      return CaptureReader.open(file);
    }
    InputStream own = Traffic.class.getResourceAsStream(OWN);
    if (own == null) {
      throw new UncheckedIOException(
          new IOException("the recording " + OWN + " is not in the jar"));
    }
    return CaptureReader.of(own, MOST_UNPACKED);
  }

  /**
   * Which side a packet starts from: the source of the first packet between two addresses is on
   * side A. Bounded: a capture with very many addresses starts over.
   */
  static final class Sides {
    private static final int MOST_CONVERSATIONS = 500_000;
    private final Map<String, Boolean> lowerIsA = new LinkedHashMap<>();

    /** Whether side A sends the packet. */
    boolean fromA(byte[] packet) {
      boolean v4 = (packet[0] & 0xf0) == 0x40;
      String source = address(packet, v4 ? 12 : 8, v4 ? 4 : 16);
      String destination = address(packet, v4 ? 16 : 24, v4 ? 4 : 16);
      boolean lower = source.compareTo(destination) <= 0;
      String pair = lower ? source + destination : destination + source;
      if (lowerIsA.size() >= MOST_CONVERSATIONS) {
        lowerIsA.clear();
      }
      @Nullable Boolean known = lowerIsA.putIfAbsent(pair, lower);
      return known == null || known == lower;
    }

    private static String address(byte[] packet, int offset, int length) {
      return new String(packet, offset, length, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
  }

  /** Lines that name why frames have no valid IP packet. */
  static List<String> apart(CaptureCensus census) {
    List<String> lines = new ArrayList<>();
    census.byReason().forEach((reason, count) -> lines.add(count + " " + reason));
    return lines;
  }
}
