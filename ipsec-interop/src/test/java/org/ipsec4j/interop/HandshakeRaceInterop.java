package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ipsec4j.interop.HandshakeRace.Responder;
import org.ipsec4j.interop.HandshakeRace.Result;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How much CPU time does a responder spend on an IKE SA with a Child SA: charon, our node with
 * native cryptography, our node with the JDK's? One load drives them in turn.
 *
 * <p>In the suite it shows that the race can be run: a short one, that judges nothing but that no
 * handshake failed. {@code -Drace.rounds=5 -Drace.millis=5000} makes a measurement of it, and
 * {@code -Drace.out=FILE} keeps its table.
 */
@DisplayName("handshakes: CPU time of responders")
final class HandshakeRaceInterop {
  private static final int ROUNDS = Integer.getInteger("race.rounds", 1);
  private static final int MILLIS = Integer.getInteger("race.millis", 500);

  @BeforeAll
  static void machine() {
    Lab.require();
  }

  /* --> IKE_SA_INIT { SA, KE, Ni }   <-- { SA, KE, Nr }   --> IKE_AUTH { SK { IDi, AUTH, SA, TSi, TSr } }   <-- { ... }   --> { SK { D(IKE) } } */
  @ParameterizedTest(name = "{0}")
  @EnumSource(HandshakeRace.Kind.class)
  @DisplayName("the same load for each")
  void race(HandshakeRace.Kind kind) throws IOException {
    try (HandshakeRace race = new HandshakeRace(Site.folder("race-" + kind), kind)) {
      Map<Responder, List<Result>> results = race.run(ROUNDS, MILLIS);
      String table = table(kind, results, race.cryptoMicros(MILLIS));
      System.out.println(table);
      String out = System.getProperty("race.out", "");
      if (!out.isEmpty()) {
        Files.writeString(Path.of(out + "-" + kind + ".txt"), table, StandardCharsets.UTF_8);
      }
      results.forEach(
          (who, rounds) ->
              rounds.forEach(
                  round -> {
                    assertTrue(round.handshakes() > 0, () -> who + ": " + race.story(who));
                    assertEquals(0, round.failed(), () -> who + ": " + race.story(who));
                  }));
    }
  }

  private static String table(
      HandshakeRace.Kind kind,
      Map<Responder, List<Result>> results,
      Map<Responder, Double> cryptoMicros) {
    Map<Responder, Double> cost = new LinkedHashMap<>();
    results.forEach((who, rounds) -> cost.put(who, median(rounds)));
    StringBuilder text = new StringBuilder();
    text.append("race: ").append(kind.title()).append('\n');
    text.append(
        "responder        CPU us/handshake  of it outside crypto   handshakes/CPU s  x charon\n");
    double charon = cost.getOrDefault(Responder.CHARON, Double.NaN);
    cost.forEach(
        (who, micros) -> {
          Double crypto = cryptoMicros.get(who);
          String outside =
              crypto == null ? "-" : String.format(Locale.ROOT, "%.0f", micros - crypto);
          text.append(
              String.format(
                  Locale.ROOT,
                  "%-16s %16.0f %22s %18.0f %9.2f%n",
                  who.title(),
                  micros,
                  outside,
                  1e6 / micros,
                  charon / micros));
        });
    return text.toString();
  }

  private static double median(List<Result> rounds) {
    List<Double> micros = new ArrayList<>();
    rounds.forEach(round -> micros.add(round.cpuMicros()));
    micros.sort(null);
    return micros.get(micros.size() / 2);
  }
}
