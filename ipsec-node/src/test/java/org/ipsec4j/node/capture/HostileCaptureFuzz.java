package org.ipsec4j.node.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * Seeded mutations of real files. Whatever the bytes are, reading ends, gives frames and at most
 * one problem, throws nothing, and every frame has an outcome.
 */
class HostileCaptureFuzz {
  private static final int MUTATIONS = 20_000;
  private static final int LONGEST_SEED = 6_000;
  private static final int[] NASTY = {
    0, 1, 3, 4, 12, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, -1, -4, -12
  };

  @Test
  void mutatedFilesNeverThrow() throws IOException {
    List<byte[]> seeds = seeds();
    Random random = new Random(2_0241);
    Set<CaptureProblem.Kind> kinds = EnumSet.noneOf(CaptureProblem.Kind.class);
    CaptureCensus census = new CaptureCensus();
    int clean = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] file = mutate(seeds.get(random.nextInt(seeds.size())), random);
      try {
        CaptureBytes.Result result = CaptureBytes.read(file, 1 << 20);
        result.packets().forEach(p -> census.add(IpExtractor.extract(p)));
        if (result.problem() == null) {
          clean++;
        } else {
          kinds.add(result.theProblem().kind());
        }
      } catch (RuntimeException e) {
        throw new AssertionError("mutation " + i + " threw", e);
      }
    }
    System.out.println(
        "fuzz: "
            + MUTATIONS
            + " files, "
            + clean
            + " clean, "
            + census.frames()
            + " frames, "
            + kinds);
    assertEquals(census.frames(), census.packets() + census.withoutPacket());
    assertTrue(census.packets() > MUTATIONS, "mutants are still captures");
    assertTrue(clean > MUTATIONS / 100, "some mutants are regular files");
    Set<CaptureProblem.Kind> expected = EnumSet.allOf(CaptureProblem.Kind.class);
    expected.removeAll(
        Set.of(CaptureProblem.Kind.TOO_LARGE, CaptureProblem.Kind.TOO_MANY_INTERFACES));
    assertTrue(kinds.containsAll(expected), kinds.toString());
  }

  /**
   * Files of both formats, plain and gzip: our own, built ones, and the third-party ones that are
   * there.
   */
  private static List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    try (GZIPInputStream demo = new GZIPInputStream(Files.newInputStream(CaptureFiles.demo()))) {
      seeds.add(demo.readNBytes(LONGEST_SEED));
    }
    seeds.add(CaptureBytes.variedPcapng());
    seeds.add(CaptureBytes.gzip(CaptureBytes.variedPcapng()));
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      CaptureBytes pcap = new CaptureBytes(order).pcapHeader(CaptureBytes.NANOS, LinkType.ETHERNET);
      for (int i = 0; i < 10; i++) {
        pcap.pcapRecord(i, i, IpBytes.ethernet(0x0800, IpBytes.v4(i)), 34 + i);
      }
      seeds.add(pcap.toByteArray());
      seeds.add(CaptureBytes.gzip(pcap.toByteArray()));
    }
    if (Files.isDirectory(CaptureFiles.vectors().resolve("traffic"))) {
      try (Stream<Path> files = Files.list(CaptureFiles.vectors().resolve("traffic"))) {
        for (Path file : files.sorted().toList()) {
          byte[] bytes = Files.readAllBytes(file);
          seeds.add(Arrays.copyOf(bytes, Math.min(bytes.length, LONGEST_SEED)));
        }
      }
    }
    return seeds;
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] file = seed.clone();
    for (int n = random.nextInt(8); n >= 0; n--) {
      // half of the hits go where the headers of the file are
      int at = random.nextInt(random.nextBoolean() ? Math.min(100, file.length) : file.length);
      switch (random.nextInt(6)) {
        case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> file[at] = (byte) random.nextInt();
        case 2 -> {
          int number = NASTY[random.nextInt(NASTY.length)];
          ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
          if (at + 4 <= file.length) {
            ByteBuffer.wrap(file).order(order).putInt(at & ~3, number);
          }
        }
        case 3 -> file = Arrays.copyOf(file, Math.max(1, at));
        case 4 -> {
          byte[] doubled = Arrays.copyOf(file, file.length + Math.min(64, file.length - at));
          System.arraycopy(file, at, doubled, file.length, doubled.length - file.length);
          file = doubled;
        }
        default ->
            System.arraycopy(seed, 0, file, 0, Math.min(file.length, Math.min(seed.length, 28)));
      }
    }
    return file;
  }
}
