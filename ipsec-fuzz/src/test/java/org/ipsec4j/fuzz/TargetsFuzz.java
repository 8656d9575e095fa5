package org.ipsec4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every target in the ordinary build: its seeds, all that Jazzer ever found, and some thousands of
 * seeded mutations that know nothing of coverage. The real fuzzing is {@link JazzerStress}.
 */
class TargetsFuzz {
  private static final int MUTATIONS = 4000;

  static List<Named<FuzzTarget>> targets() {
    return Targets.all().stream().map(target -> Named.of(target.name(), target)).toList();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void seeds(FuzzTarget target) {
    List<byte[]> seeds = target.seeds();
    assertFalse(seeds.isEmpty());
    Set<String> distinct = new HashSet<>();
    for (byte[] seed : seeds) {
      run(target, seed);
      distinct.add(HexFormat.of().formatHex(seed));
    }
    assertEquals(seeds.size(), distinct.size(), "seeds differ");
  }

  /** Files that Jazzer left, kept under src/test/resources: none may be a finding again. */
  @ParameterizedTest
  @MethodSource("targets")
  void findings(FuzzTarget target) throws IOException, URISyntaxException {
    URL folder = TargetsFuzz.class.getResource("findings/" + target.name());
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      for (Path file : files.sorted().toList()) {
        run(target, Files.readAllBytes(file));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void mutations(FuzzTarget target) {
    List<byte[]> seeds = target.seeds();
    Random random = new Random(target.name().hashCode());
    run(target, new byte[0]);
    for (int i = 0; i < MUTATIONS; i++) {
      run(target, mutate(seeds.get(random.nextInt(seeds.size())), random));
    }
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] octets = seed.clone();
    for (int n = random.nextInt(4); n >= 0 && octets.length > 0; n--) {
      int at = random.nextInt(octets.length);
      switch (random.nextInt(6)) {
        case 0 -> octets[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> octets[at] = (byte) random.nextInt();
        case 2 -> octets[at] = (byte) (random.nextBoolean() ? 0 : -1);
        case 3 -> octets[random.nextInt(Math.min(octets.length, 60))] += (byte) random.nextInt(9);
        case 4 -> octets = Arrays.copyOf(octets, at);
        default -> octets = Arrays.copyOf(octets, octets.length + random.nextInt(40));
      }
    }
    return octets;
  }

  private static void run(FuzzTarget target, byte[] input) {
    try {
      target.run(input);
    } catch (RuntimeException | AssertionError e) {
      fail(target.name() + ": " + HexFormat.of().formatHex(input), e);
    }
  }
}
