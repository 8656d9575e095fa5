package org.ipsec4j.esp.frag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.ipsec4j.esp.frag.PathMtu.Lesson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ICMP errors may do to the path MTU. */
class PathMtuTest {
  private static final PathMtuPolicy ETHERNET = new PathMtuPolicy(1500, true, 576, 1000);

  private final PathMtu path = new PathMtu(ETHERNET);

  @Test
  void smallerIsLearntAndForgottenWithAge() {
    assertEquals(1500, path.octets(0));
    assertEquals(Lesson.LOWERED, path.learn(true, 1400, 1500, 10));
    assertEquals(1400, path.octets(10));
    assertEquals(Lesson.LOWERED, path.learn(true, 1300, 1400, 20));
    assertEquals(1300, path.octets(1019));
    assertEquals(1500, path.octets(1020), "RFC 1191 6.3: the link's MTU is tried again");
    assertEquals(Lesson.LOWERED, path.learn(true, 1300, 1500, 1030));
    assertEquals(1300, path.octets(2029));
  }

  @Test
  void sameAgainIsYoungAgain() {
    path.learn(true, 1400, 1500, 0);
    assertEquals(Lesson.CONFIRMED, path.learn(true, 1400, 1500, 900));
    assertEquals(1400, path.octets(1800));
  }

  @Test
  void nothingIsRaisedByAnError() {
    path.learn(true, 1300, 1500, 0);
    assertEquals(Lesson.IGNORED, path.learn(true, 1400, 1500, 1));
    assertEquals(Lesson.IGNORED, path.learn(true, 1500, 1600, 1));
    assertEquals(1300, path.octets(1));
  }

  @ParameterizedTest
  @CsvSource({
    // family, reported, quoted length, then
    "true, 1400, 1400, 1500", // it fitted
    "true, 1400, 1401, 1400",
    "true, 60, 1500, 1500", // less than any link
    "true, 68, 1500, 576", // the floor
    "true, 575, 1500, 576",
    "false, 1280, 1500, 1280",
    "false, 1279, 1500, 1500", // RFC 8201 4: discarded
    "false, 0, 1500, 1500",
    "false, 2147483647, 1500, 1500",
    "true, 0, 1500, 1492", // RFC 1191 7.1: the next plateau
    "true, 0, 1492, 1006",
    "true, 0, 1000, 576",
    "true, 0, 68, 1500",
  })
  void onlyWhatCanBeIsBelieved(boolean v4, int reported, int quoted, int then) {
    path.learn(v4, reported, quoted, 0);
    assertEquals(then, path.octets(0));
  }

  @Test
  void policyMayIgnoreErrors() {
    path.configure(ETHERNET.withIcmp(false));
    assertEquals(Lesson.NOT_BELIEVED, path.learn(true, 1400, 1500, 0));
    assertEquals(1500, path.octets(0));
  }

  @Test
  void anotherWayIsAnotherPath() {
    path.learn(true, 1400, 1500, 0);
    PathMtu successor = new PathMtu(PathMtuPolicy.DEFAULT);
    successor.inherit(path);
    path.forget();
    assertEquals(1500, path.octets(0));
    assertEquals(1400, successor.octets(999));
    assertEquals(1500, successor.octets(1000));
    successor.configure(ETHERNET.withLinkMtu(1350));
    assertEquals(1350, successor.octets(0));
  }

  @Test
  void withoutLimitNothingIsTooLongUntilSomebodySaysSo() {
    PathMtu free = new PathMtu(PathMtuPolicy.DEFAULT);
    assertEquals(65575, free.octets(0));
    assertEquals(Lesson.LOWERED, free.learn(true, 1400, 3000, 0));
    assertEquals(1400, free.octets(1));
    assertEquals("path MTU 65575, lowered to 1400 by ICMP", free.toString());
  }

  @Test
  void limitsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new PathMtuPolicy(67, true, 68, 1));
    assertThrows(IllegalArgumentException.class, () -> new PathMtuPolicy(65576, true, 68, 1));
    assertThrows(IllegalArgumentException.class, () -> new PathMtuPolicy(500, true, 576, 1));
    assertThrows(IllegalArgumentException.class, () -> new PathMtuPolicy(1500, true, 67, 1));
    assertThrows(IllegalArgumentException.class, () -> new PathMtuPolicy(1500, true, 68, 0));
    assertEquals(100, PathMtuPolicy.DEFAULT.withLinkMtu(100).floorV4());
  }
}
