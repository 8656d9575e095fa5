package org.ipsec4j.ike.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.ike.rules.MessageRules;
import org.ipsec4j.ike.rules.RuleResult;
import org.ipsec4j.ike.vectors.SeededRandom;
import org.junit.jupiter.api.Test;

/**
 * Valid messages with damage: never an exception, and what is still read is read the same again.
 */
final class MessageCodecFuzz {
  private static final int MUTATIONS = 200_000;
  private static final long SEED = 7296;

  @Test
  void damagedMessagesAreNamedAndNeverThrow() {
    List<byte[]> valid =
        List.of(
            MessageEncoder.encode(Samples.init()),
            MessageEncoder.encode(
                Samples.header(ExchangeType.IKE_AUTH, false), Samples.everything()));
    SeededRandom random = new SeededRandom(SEED);
    Set<MalformedReason> reasons = EnumSet.noneOf(MalformedReason.class);
    int read = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] damaged = damage(valid.get(i % valid.size()), random);
      switch (MessageDecoder.decode(damaged)) {
        case DecodeResult.Ok ok -> {
          read++;
          readsTheSameAgain(ok.message());
        }
        case DecodeResult.Malformed malformed -> {
          reasons.add(malformed.reason());
          assertTrue(malformed.offset() >= 0 && malformed.offset() <= damaged.length);
        }
        case DecodeResult.UnsupportedVersion version ->
            assertTrue(version.header().major() != IkeHeader.MAJOR);
        case DecodeResult.UnsupportedCritical critical ->
            assertTrue(PayloadType.name(critical.type()).startsWith("payload-"));
      }
    }
    // Damage reaches both outcomes, and nearly all reasons.
    assertTrue(read > MUTATIONS / 20, "read " + read);
    assertTrue(reasons.size() >= 15, "reasons " + reasons);
  }

  private static void readsTheSameAgain(IkeMessage message) {
    RuleResult rules = MessageRules.check(message);
    boolean encodable =
        message.payloads().stream()
            .noneMatch(
                payload ->
                    payload instanceof SkPayload
                        || payload instanceof SkfPayload
                        || (payload instanceof TsPayload ts && ts.skipped() > 0)
                        || (payload instanceof SaPayload sa && hasUnknownAttribute(sa)));
    if (encodable) {
      byte[] octets = MessageEncoder.encode(message);
      IkeMessage again =
          assertInstanceOf(DecodeResult.Ok.class, MessageDecoder.decode(octets)).message();
      assertEquals(message.payloads(), again.payloads());
      assertEquals(rules, MessageRules.check(again));
    }
    message.all(IdPayload.class).forEach(IdPayload::identity);
  }

  private static boolean hasUnknownAttribute(SaPayload sa) {
    return sa.proposals().stream()
        .flatMap(proposal -> proposal.transforms().stream())
        .anyMatch(transform -> transform.unknownAttribute());
  }

  /**
   * One to four octets changed, a piece cut out, doubled, or filled; the length is mostly put
   * right.
   */
  private static byte[] damage(byte[] valid, SeededRandom random) {
    byte[] damaged = valid.clone();
    switch (random.below(4)) {
      case 0, 1 -> {
        for (int i = random.below(4); i >= 0; i--) {
          damaged[random.below(damaged.length)] = (byte) random.below(256);
        }
      }
      case 2 -> {
        int from = random.below(damaged.length);
        int to = from + random.below(damaged.length - from);
        damaged = splice(damaged, from, to, new byte[random.below(8)]);
      }
      default -> {
        int at = random.below(damaged.length);
        byte[] piece = random.bytes(random.below(12)).toArray();
        damaged = splice(damaged, at, at, piece);
      }
    }
    if (damaged.length >= IkeHeader.LENGTH && random.below(8) > 0) {
      damaged[24] = 0;
      damaged[25] = 0;
      damaged[26] = (byte) (damaged.length >>> 8);
      damaged[27] = (byte) damaged.length;
    }
    return damaged;
  }

  private static byte[] splice(byte[] octets, int from, int to, byte[] piece) {
    byte[] spliced = new byte[octets.length - (to - from) + piece.length];
    System.arraycopy(octets, 0, spliced, 0, from);
    System.arraycopy(piece, 0, spliced, from, piece.length);
    System.arraycopy(octets, to, spliced, from + piece.length, octets.length - to);
    return spliced;
  }
}
