package org.ipsec4j.ike.v2.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.ike.timer.Retransmission;
import org.ipsec4j.ike.timer.RetransmissionSchedule;
import org.ipsec4j.ike.v2.window.InitiatingWindow.Due;
import org.ipsec4j.ike.v2.window.RespondingWindow.Verdict;
import org.junit.jupiter.api.Test;

class WindowTest {
  private static final List<Bytes> ONE = List.of(Bytes.ofHex("01"));
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private static Retransmission tries(int tries) {
    return new Retransmission(
        new RetransmissionSchedule(Duration.ofSeconds(1), 200, tries, 0), null);
  }

  @Test
  void theRespondingWindowTakesOneRequestAfterTheOther() {
    RespondingWindow window = new RespondingWindow(0);
    assertEquals(Verdict.NEW, window.judge(0));
    assertEquals(Verdict.OUTSIDE, window.judge(1));
    window.begin();
    assertEquals(Verdict.BUSY, window.judge(0));
    window.answered(ONE);
    assertEquals(Verdict.REPEATED, window.judge(0));
    assertEquals(ONE, window.stored());
    assertEquals(Verdict.NEW, window.judge(1));
    window.begin();
    assertEquals(Verdict.OUTSIDE, window.judge(0), "its answer is forgotten");
    window.answered(ONE);
    assertEquals(Verdict.OUTSIDE, window.judge(0));
    assertEquals(Verdict.OUTSIDE, window.judge(0xffffffffL));
  }

  @Test
  void beforeTheFirstRequestNothingIsRepeated() {
    RespondingWindow window = new RespondingWindow(1);
    assertEquals(Verdict.OUTSIDE, window.judge(0));
  }

  @Test
  void theInitiatingWindowSendsAgainAndGivesUp() {
    InitiatingWindow window = new InitiatingWindow();
    assertEquals(IkeEngine.NO_TIMEOUT, window.nextTimeout());
    window.sent(0, 37, ONE, tries(3));
    assertEquals(SECOND, window.nextTimeout());
    assertEquals(Due.NOTHING, window.due(SECOND - 1));
    assertEquals(Due.RESEND, window.due(SECOND));
    assertEquals(3 * SECOND, window.nextTimeout());
    assertEquals(Due.RESEND, window.due(3 * SECOND));
    assertEquals(Due.NOTHING, window.due(7 * SECOND - 1));
    assertEquals(Due.GIVE_UP, window.due(7 * SECOND));
  }

  @Test
  void onlyTheAwaitedAnswerFits() {
    InitiatingWindow window = new InitiatingWindow();
    assertFalse(window.awaits(37, 0));
    window.sent(0, 37, ONE, tries(3));
    assertTrue(window.awaits(37, 0));
    assertFalse(window.awaits(36, 0));
    assertFalse(window.awaits(37, 1));
    window.answered();
    assertFalse(window.awaits(37, 0));
    assertEquals(1, window.id());
    assertEquals(Due.NOTHING, window.due(Long.MAX_VALUE - 1));
  }

  @Test
  void aHintShortensTheWait() {
    InitiatingWindow window = new InitiatingWindow();
    window.sent(0, 34, ONE, tries(5));
    window.due(SECOND);
    window.giveUpAt(2 * SECOND);
    assertEquals(Due.GIVE_UP, window.due(2 * SECOND));
  }
}
