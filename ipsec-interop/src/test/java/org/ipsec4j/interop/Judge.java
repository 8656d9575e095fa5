package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.ipsec4j.interop.Tshark.Icv;
import org.ipsec4j.interop.Tshark.Kind;
import org.ipsec4j.interop.Tshark.Sight;
import org.ipsec4j.interop.Tshark.Verdict;

/** The assertions that several scenarios share. */
final class Judge {
  /** Kernel counters that explain a missing datagram: a queue, a socket or a buffer was full. */
  private static final Pattern FULL =
      Pattern.compile(".*(RcvbufErrors|SndbufErrors|MemErrors|dropped)");

  /** Drop reasons of our own that do the same: the operating system did not take the packet. */
  private static final Set<String> REFUSED = Set.of("left: SEND_FAILED", "left: DELIVERY_FAILED");

  /** Counted among the drop reasons, yet nobody misses these packets. */
  private static final Set<String> HARMLESS =
      Set.of("left: NONE", "left: WAITING", "left: NOT_ESP", "left: DUMMY");

  private Judge() {}

  /**
   * Requires that tshark opens every ESP packet and every encrypted IKE message of a capture with
   * the exported keys, with good ICVs, and that the capture has both.
   */
  static void everythingOpens(Path capture, Path profile, Supplier<String> story) {
    Set<Long> esp = WiresharkProfile.espSpis(profile);
    Set<String> ike = WiresharkProfile.ikeSpis(profile);
    List<String> faults = new ArrayList<>();
    long opened = 0;
    long messages = 0;
    for (Verdict verdict : Tshark.read(capture, profile)) {
      boolean known =
          switch (verdict.kind()) {
            case ESP -> esp.contains(Long.parseLong(verdict.spi(), 16));
            case IKE -> verdict.sight() == Sight.PLAIN || ike.contains(verdict.spi());
            case OTHER -> true;
          };
      boolean closed = verdict.sight() == Sight.ENCRYPTED;
      boolean unproved = verdict.sight() == Sight.DECRYPTED && verdict.icv() != Icv.GOOD;
      if (!known || closed || unproved) {
        faults.add(verdict.toString());
      }
      if (verdict.sight() == Sight.DECRYPTED) {
        opened += verdict.kind() == Kind.ESP ? 1 : 0;
        messages += verdict.kind() == Kind.IKE ? 1 : 0;
      }
    }
    assertEquals(
        List.of(), faults, () -> "tshark with " + profile + " on " + capture + story.get());
    long seen = opened;
    assertTrue(
        opened > 0 && messages > 0,
        () -> "only " + seen + " ESP packets in " + capture + story.get());
  }

  /** No packet of a capture but IKE and ESP may carry IP datagrams of the inner networks. */
  static void nothingInTheClear(Path capture, Path profile) {
    for (Verdict verdict : Tshark.read(capture, profile)) {
      boolean bare = verdict.kind() == Kind.OTHER && verdict.wire().source().startsWith("10.1.");
      assertTrue(
          !bare && !(verdict.kind() == Kind.OTHER && verdict.wire().source().startsWith("10.2.")),
          verdict::toString);
    }
  }

  /** Requires that both senders kept their pace: at least nine tenths of what the time allows. */
  static void paced(List<Traffic.Flow> flows, int rate, Duration atLeast, Supplier<String> story) {
    long wanted = rate * atLeast.toMillis() / 1_000 * 9 / 10;
    for (Traffic.Flow flow : flows) {
      assertTrue(flow.sent() >= wanted, () -> flow + ", wanted " + wanted + story.get());
    }
  }

  /**
   * Requires that nothing was damaged or doubled and that full queues and sockets, by the counters
   * that grew meanwhile, account for all missing numbers.
   */
  static void onlyExplainedLoss(
      List<Traffic.Flow> flows, Map<String, Long> grown, Supplier<String> story) {
    Supplier<String> facts = () -> flows + "\ncounters that grew: " + grown + story.get();
    long missing = 0;
    for (Traffic.Flow flow : flows) {
      assertTrue(flow.received() > 0, facts);
      assertEquals(0, flow.damaged(), () -> "damaged datagrams: " + facts.get());
      assertEquals(0, flow.duplicates(), () -> "datagrams that came twice: " + facts.get());
      missing += flow.missing();
    }
    long explained = 0;
    for (Map.Entry<String, Long> counter : grown.entrySet()) {
      String name = counter.getKey();
      if (REFUSED.contains(name) || FULL.matcher(name).matches()) {
        explained += counter.getValue();
      } else if (name.startsWith("left: ") && !HARMLESS.contains(name)) {
        // no SA, an unknown SPI, a replay, an acquire queue, ...: the rekey itself cost packets
        throw new AssertionError("dropped for " + counter + ": " + facts.get());
      }
    }
    long lost = missing;
    long counted = explained;
    assertTrue(
        lost <= counted,
        () -> lost + " missing, but only " + counted + " explained: " + facts.get());
  }
}
