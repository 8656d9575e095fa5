package org.ipsec4j.policy.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.ipsec4j.api.policy.document.PolicyError;
import org.ipsec4j.api.policy.document.PolicyResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WrongPoliciesTest {
  static Stream<WrongPolicies.Wrong> wrong() {
    return WrongPolicies.ALL.stream();
  }

  @Test
  void theBaseIsRight() {
    PolicyResult result = PolicyFormats.readYaml("base.yaml", WrongPolicies.BASE);
    assertEquals(
        List.of(),
        assertInstanceOf(PolicyResult.Loaded.class, result, result::toString).warnings());
    assertTrue(WrongPolicies.ALL.size() >= 100, () -> WrongPolicies.ALL.size() + " wrong files");
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void oneMistakeIsOneErrorAtItsPlace(WrongPolicies.Wrong wrong) {
    PolicyResult result = PolicyFormats.readYaml("x.yaml", wrong.text());
    PolicyResult.Refused refused =
        assertInstanceOf(PolicyResult.Refused.class, result, result::toString);
    PolicyError error = refused.errors().getFirst();
    assertTrue(error.toString().contains(wrong.fragment()), refused::toString);
    assertEquals(
        "x.yaml:" + wrong.line() + ":" + wrong.column(),
        "x.yaml:" + error.line() + ":" + error.column(),
        refused::toString);
    assertEquals(1, refused.errors().size(), refused::toString);
    assertFalse(refused.toString().contains("hunter"), refused::toString);
    assertFalse(refused.toString().contains("\n"), refused::toString);
  }

  @Test
  void allErrorsOfAFileComeAtOnce() {
    String text =
        WrongPolicies.BASE
            .replace("192.0.2.1", "192.0.2")
            .replace("x25519", "x25518")
            .replace("10.2.0.0/24", "10.2.0.0/240")
            .replace("local-port: 22", "local-port: ssh")
            .replace("default", "defautl");
    PolicyResult.Refused refused =
        assertInstanceOf(PolicyResult.Refused.class, PolicyFormats.readYaml("x.yaml", text));
    assertEquals(
        List.of(8, 11, 13, 15, 16), refused.errors().stream().map(PolicyError::line).toList());
    assertEquals(
        "x.yaml:11:46: expected a proposal: `x25518` is not an algorithm; found `x25518`;"
            + " example: x25519",
        refused.errors().get(1).toString());
  }

  @Test
  void aWrongPeerDoesNotMakeRulesWrong() {
    String text =
        WrongPolicies.BASE
            .replace("192.0.2.1", "192.0.2")
            .replace("default", "  - { protect: b/net }\ndefault");
    PolicyResult.Refused refused =
        assertInstanceOf(PolicyResult.Refused.class, PolicyFormats.readYaml("x.yaml", text));
    assertEquals(1, refused.errors().size(), refused::toString);
  }

  @Test
  void manyErrorsAreCutOff() {
    String text = "version: 1\n" + "key: 1\n".repeat(10_000);
    PolicyResult.Refused refused =
        assertInstanceOf(PolicyResult.Refused.class, PolicyFormats.readYaml("x.yaml", text));
    assertEquals(100, refused.errors().size());
  }

  @Test
  void hostileTextsEndSoon() {
    String laughs =
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + Stream.of("b", "c", "d", "e", "f", "g", "h", "i")
                .map(
                    name -> {
                      char before = (char) (name.charAt(0) - 1);
                      return name + ": &" + name + " [" + ("*" + before + ",").repeat(8) + "]\n";
                    })
                .reduce("", String::concat);
    List<String> texts =
        List.of(
            laughs,
            "[".repeat(1_000_000),
            "{".repeat(1_000_000),
            "- ".repeat(500_000),
            "? ".repeat(500_000),
            "a: ".repeat(300_000),
            "x".repeat(2_000_000),
            "&a ".repeat(300_000),
            "\"" + "\\x41".repeat(200_000),
            "!!".repeat(300_000),
            "%YAML 1.2\n".repeat(50_000));
    for (String text : texts) {
      PolicyResult result = PolicyFormats.readYaml("x.yaml", text);
      assertInstanceOf(PolicyResult.Refused.class, result);
      assertTrue(result.toString().length() < 100_000);
    }
  }
}
