package org.ipsec4j.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestWordTest {
  private static final List<String> KNOWN = List.of("local", "remote", "rekey", "mode");

  @Test
  void smallSlipsAreForgiven() {
    assertEquals(Optional.of("remote"), NearestWord.of("remtoe", KNOWN));
    assertEquals(Optional.of("local"), NearestWord.of("lokal", KNOWN));
    assertEquals(Optional.of("mode"), NearestWord.of("mod", KNOWN));
    assertEquals(Optional.of("rekey"), NearestWord.of("re-key", KNOWN));
  }

  @Test
  void farWordsAreNotGuessed() {
    assertEquals(Optional.empty(), NearestWord.of("children", KNOWN));
    assertEquals(Optional.empty(), NearestWord.of("", KNOWN));
    assertEquals(Optional.empty(), NearestWord.of("l".repeat(10_000), KNOWN));
  }
}
