package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.ike.wire.DecodeResult;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.MessageDecoder;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.junit.jupiter.api.Test;

/** What strangers hear, and how often (RFC 7296 2.5, 2.21.4). */
class StrangerScenario {
  private final EnginePair pair = new EnginePair();

  private EnginePair.Packet firstRequest() {
    pair.lose(packet -> true);
    pair.alice.initiate();
    return pair.sent.getFirst();
  }

  private List<NotifyPayload> answers() {
    return pair.sent.stream()
        .filter(packet -> packet.sender() == pair.bob)
        .map(packet -> MessageDecoder.decode(packet.octets().toArray()))
        .filter(DecodeResult.Ok.class::isInstance)
        .map(DecodeResult.Ok.class::cast)
        .map(DecodeResult.Ok::message)
        .map(StrangerScenario::only)
        .toList();
  }

  private static NotifyPayload only(IkeMessage message) {
    assertEquals(1, message.payloads().size());
    if (message.payloads().getFirst() instanceof NotifyPayload notify) {
      return notify;
    }
    throw new AssertionError(message.toString());
  }

  @Test
  void anotherMajorVersionIsAnsweredWithOurs() {
    byte[] octets = firstRequest().octets().toArray();
    octets[17] = 0x30;
    for (int i = 0; i < 10; i++) {
      pair.bob.receive(firstRequest().with(Bytes.copyOf(octets)));
    }
    assertEquals(10, pair.bob.drops(IkeDropReason.UNSUPPORTED_VERSION));
    assertEquals(1, answers().size(), "at a bounded rate");
    assertTrue(answers().getFirst().is(NotifyType.INVALID_MAJOR_VERSION));
  }

  @Test
  void ikev1IsCountedInSilence() {
    byte[] octets = firstRequest().octets().toArray();
    octets[17] = 0x10;
    pair.bob.receive(firstRequest().with(Bytes.copyOf(octets)));
    assertEquals(1, pair.bob.drops(IkeDropReason.UNSUPPORTED_VERSION));
    assertTrue(answers().isEmpty());
  }

  @Test
  void aCriticalPayloadThatNobodyKnowsIsNamed() {
    byte[] octets = firstRequest().octets().toArray();
    byte[] longer = java.util.Arrays.copyOf(octets, octets.length + 4);
    // In front of all: a payload of type 200, critical, empty.
    System.arraycopy(octets, 28, longer, 32, octets.length - 28);
    longer[28] = octets[16];
    longer[29] = (byte) 0x80;
    longer[30] = 0;
    longer[31] = 4;
    longer[16] = (byte) 200;
    longer[26] = (byte) (longer.length >>> 8);
    longer[27] = (byte) longer.length;
    pair.bob.receive(firstRequest().with(Bytes.copyOf(longer)));
    assertEquals(1, pair.bob.drops(IkeDropReason.UNSUPPORTED_CRITICAL));
    assertTrue(answers().getFirst().is(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD));
    assertEquals(Bytes.copyOf(new byte[] {(byte) 200}), answers().getFirst().data());
    assertTrue(pair.bob.ikeSas().isEmpty());
  }

  @Test
  void aLengthThatLiesIsCounted() {
    byte[] octets = firstRequest().octets().toArray();
    octets[27]++;
    pair.bob.receive(firstRequest().with(Bytes.copyOf(octets)));
    pair.bob.receive(firstRequest().with(Bytes.EMPTY));
    assertEquals(2, pair.bob.drops(IkeDropReason.BAD_LENGTH));
    assertTrue(answers().isEmpty());
  }

  @Test
  void anEngineThatClosesTakesNobodyIn() {
    pair.up();
    pair.lose(packet -> packet.sender() == pair.alice);
    pair.bob.command(new IkeCommand.Shutdown());
    EnginePair.Packet first = pair.sent.getFirst();
    pair.bob.receive(first.between(first.from().withPort(1234), first.to()));
    assertEquals(1, pair.bob.drops(IkeDropReason.CLOSING));
  }
}
