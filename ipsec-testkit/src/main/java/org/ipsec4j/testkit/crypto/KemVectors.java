package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.RandomSource;
import org.junit.jupiter.api.Test;

/**
 * ML-KEM of a provider that draws its seeds from the given source, against the vectors of NIST and
 * Wycheproof that lie beside the repository; elsewhere they are counted as skipped.
 */
public interface KemVectors extends ProviderUnderTest {
  private static RandomSource drawing(Bytes... octets) {
    ByteBuffer left = ByteBuffer.wrap(Bytes.concat(octets).toArray());
    return left::get;
  }

  private static KeyExchangeMethod method(String parameterSet) {
    return KeyExchangeMethod.valueOf(parameterSet.replace('-', '_'));
  }

  /** The tests of a group of the prompt with their answers beside them. */
  private static List<Json[]> paired(Json prompts, Json answers) {
    List<Json[]> pairs = new ArrayList<>();
    List<Json> asked = prompts.get("tests").list();
    List<Json> answered = answers.get("tests").list();
    for (int i = 0; i < asked.size(); i++) {
      assertEquals(asked.get(i).number("tcId"), answered.get(i).number("tcId"));
      pairs.add(new Json[] {asked.get(i), answered.get(i)});
    }
    return pairs;
  }

  private void eachGroup(String folder, VectorCount count, int known, GroupCheck check)
      throws CryptoException {
    Optional<Json> prompts = VectorFile.sharedJson("acvp/" + folder + "/prompt.json");
    Optional<Json> answers = VectorFile.sharedJson("acvp/" + folder + "/expectedResults.json");
    if (prompts.isEmpty() || answers.isEmpty()) {
      for (int i = 0; i < known; i++) {
        count.skipped();
      }
      return;
    }
    List<Json> asked = prompts.get().get("testGroups").list();
    List<Json> answered = answers.get().get("testGroups").list();
    for (int i = 0; i < asked.size(); i++) {
      for (Json[] pair : paired(asked.get(i), answered.get(i))) {
        KeyExchangeMethod method = method(asked.get(i).text("parameterSet"));
        if (provider().supports(method) && check.check(asked.get(i), method, pair[0], pair[1])) {
          count.ran();
        } else {
          count.skipped();
        }
      }
    }
  }

  /** Checks one vector; whether the door lets it. */
  @FunctionalInterface
  interface GroupCheck {
    /** Asserts; false when the vector asks what the door does not do. */
    boolean check(Json group, KeyExchangeMethod method, Json asked, Json answered)
        throws CryptoException;
  }

  /** NIST ACVP: the encapsulation key of d and z. */
  @Test
  default void acvpKemKeys() throws CryptoException {
    VectorCount count = count("ACVP ML-KEM keyGen");
    eachGroup(
        "ML-KEM-keyGen-FIPS203",
        count,
        75,
        (group, method, asked, answered) -> {
          RandomSource seed = drawing(asked.hex("d"), asked.hex("z"));
          assertEquals(
              answered.hex("ek"),
              provider().keyExchange(method, seed).initiate().publicValue(),
              method + " tcId " + asked.number("tcId"));
          return true;
        });
    count.report();
  }

  /** NIST ACVP: ciphertexts and secrets of m, and which keys are refused. */
  @Test
  default void acvpEncapsulation() throws CryptoException {
    VectorCount count = count("ACVP ML-KEM encapDecap");
    eachGroup(
        "ML-KEM-encapDecap-FIPS203",
        count,
        165,
        (group, method, asked, answered) -> {
          String what = method + " tcId " + asked.number("tcId");
          return switch (group.text("function")) {
            case "encapsulation" -> {
              KeyExchange.Answer answer =
                  provider().keyExchange(method, drawing(asked.hex("m"))).respond(asked.hex("ek"));
              assertEquals(answered.hex("c"), answer.publicValue(), what);
              assertEquals(Secret.ofPublic(answered.hex("k")), answer.sharedSecret(), what);
              yield true;
            }
            case "encapsulationKeyCheck" -> {
              KeyExchange exchange = provider().keyExchange(method, provider().random());
              if (answered.flag("testPassed")) {
                exchange.respond(asked.hex("ek"));
              } else {
                assertThrows(CryptoException.class, () -> exchange.respond(asked.hex("ek")), what);
              }
              yield true;
            }
            // Private keys in their long form: IKE makes them from seeds.
            default -> false;
          };
        });
    count.report();
  }

  /** Wycheproof: secrets of seeds and ciphertexts, changed ones too. */
  @Test
  default void wycheproofMlKem() throws CryptoException {
    VectorCount count = count("wycheproof mlkem");
    for (int size : new int[] {512, 768, 1024}) {
      Optional<Json> file = VectorFile.sharedJson("wycheproof/mlkem_" + size + "_test.json");
      if (file.isEmpty() || !provider().supports(KeyExchangeMethod.valueOf("ML_KEM_" + size))) {
        count.skipped();
        continue;
      }
      for (Json group : file.get().get("testGroups").list()) {
        for (Json test : group.get("tests").list()) {
          wycheproof(method(group.text("parameterSet")), test, count);
        }
      }
    }
    count.report();
  }

  private void wycheproof(KeyExchangeMethod method, Json test, VectorCount count)
      throws CryptoException {
    if (test.hex("seed").length() != 64) {
      count.skipped();
      return;
    }
    String what = method + " tcId " + test.number("tcId");
    KeyExchange.Initiation initiation =
        provider().keyExchange(method, drawing(test.hex("seed"))).initiate();
    if (test.text("result").equals("valid")) {
      assertEquals(Secret.ofPublic(test.hex("K")), initiation.complete(test.hex("c")), what);
    } else {
      assertThrows(CryptoException.class, () -> initiation.complete(test.hex("c")), what);
    }
    count.ran();
  }
}
