package org.ipsec4j.policy.formats;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.ipsec4j.api.policy.document.PolicyError;
import org.ipsec4j.api.policy.document.PolicyResult;
import org.junit.jupiter.api.Test;

/** Damaged files: nothing is thrown, every error has a place, no secret is repeated. */
class PolicyFuzz {
  private static final String SECRET = "hunter2";
  private static final String ALPHABET = "abz019 :-{}[],#&*!|>'\"%@`?\\\n\t~<=./\u0000\u00e9\u2028";
  private static final String SLIPS = "a:{'";

  @Test
  void damagedFilesAreRefusedOrRead() {
    List<String> files =
        PolicyFiles.GOOD.stream()
            .map(PolicyFiles::good)
            .map(text -> text.replace("only for tests", SECRET))
            .toList();
    Random random = new Random(20260118);
    int refused = 0;
    for (int i = 0; i < 8_000; i++) {
      String text = files.get(i % files.size());
      int damages = 1 + random.nextInt(4);
      for (int n = 0; n < damages; n++) {
        text = damage(text, random);
      }
      refused += check(text) ? 1 : 0;
    }
    assertTrue(refused > 4_000, "refused: " + refused);
  }

  @Test
  void noiseIsRefused() {
    Random random = new Random(20260119);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(200);
      for (int n = 0; n < length; n++) {
        text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      }
      assertTrue(check(text.toString()));
    }
  }

  /** Whether the text is refused. */
  private static boolean check(String text) {
    switch (PolicyFormats.readYaml("x.yaml", text)) {
      case PolicyResult.Loaded loaded -> {
        assertFalse(loaded.warnings().toString().contains(SECRET), text);
        return false;
      }
      case PolicyResult.Refused refused -> {
        assertFalse(refused.errors().isEmpty(), text);
        for (PolicyError error : refused.errors()) {
          assertTrue(error.line() > 0 && error.column() > 0, () -> error + "\n" + text);
          assertFalse(error.expected().isBlank() || error.found().isBlank(), text);
          assertFalse(error.toString().contains("\n"), text);
        }
        return true;
      }
    }
  }

  private static String damage(String text, Random random) {
    int at = random.nextInt(text.length() + 1);
    int end = Math.min(text.length(), at + 1 + random.nextInt(12));
    char c = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
    return switch (random.nextInt(5)) {
      case 0 -> text.substring(0, at) + c + text.substring(at);
      case 1 -> text.substring(0, at) + text.substring(end);
      case 2 -> text.substring(0, at) + c + text.substring(Math.min(text.length(), at + 1));
      case 3 -> text.substring(0, at) + text.substring(at, end) + text.substring(at);
      default -> text.substring(0, at);
    };
  }

  /** One slip of the key anywhere in the file: the secret stays where it is. */
  @Test
  void noMessageRepeatsASecret() {
    String text = PolicyFiles.good("roadwarrior.yaml").replace("only for tests", SECRET);
    for (int at = 0; at < text.length(); at++) {
      for (int i = 0; i < SLIPS.length(); i++) {
        char c = SLIPS.charAt(i);
        for (String changed :
            List.of(
                text.substring(0, at) + c + text.substring(at),
                text.substring(0, at) + c + text.substring(at + 1),
                text.substring(0, at) + text.substring(at + 1))) {
          String said =
              switch (PolicyFormats.readYaml("x.yaml", changed)) {
                case PolicyResult.Loaded loaded -> loaded.toString();
                case PolicyResult.Refused refused -> refused.toString();
              };
          assertFalse(said.contains(SECRET), () -> said + "\n" + changed);
        }
      }
    }
  }
}
