package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.policy.AuthMethod;
import org.junit.jupiter.api.Test;

/** Messages in fragments (RFC 7383). */
class FragmentationScenario {
  private final EnginePair pair = new EnginePair();

  FragmentationScenario() {
    for (EnginePair.Side side : List.of(pair.alice, pair.bob)) {
      side.keys.signing.put("key", TestKeys.signing(SignatureAlgorithm.ED25519, 3000));
      side.peer.localAuth = new AuthMethod.Certificate("key");
      side.peer.remoteAuth = new AuthMethod.Certificate("anchors");
      side.peer.fragmentSize = 576;
    }
  }

  @Test
  void largeMessagesTravelInFragments() {
    pair.up();
    assertTrue(pair.count(EnginePair.AUTH, false) > 4);
    assertTrue(pair.count(EnginePair.AUTH, true) > 4);
    for (EnginePair.Packet packet : pair.sent) {
      assertTrue(packet.octets().length() + 28 <= 576, "size " + packet.octets().length());
    }
    assertTrue(pair.alice.engine().drops().isEmpty());
  }

  @Test
  void withoutAgreementTheyTravelWhole() {
    pair.bob.peer.fragmentation = false;
    pair.up();
    assertEquals(1, pair.count(EnginePair.AUTH, false));
    assertEquals(1, pair.count(EnginePair.AUTH, true));
  }

  @Test
  void aLostFragmentIsSentAgainWithAllOthers() {
    Set<Integer> lost = new HashSet<>();
    int[] count = {0};
    pair.lose(
        packet -> {
          boolean auth = packet.header().exchangeType() == EnginePair.AUTH;
          int number = auth ? count[0]++ : -1;
          return (number == 2 || number == 16) && lost.add(number);
        });
    pair.alice.initiate();
    pair.run(Duration.ofSeconds(30));
    pair.assertUp();
    assertEquals(2, lost.size());
    assertTrue(pair.bob.drops(IkeDropReason.BAD_FRAGMENT) > 0, "what was there already");
  }

  @Test
  void fragmentsMayComeInAnyOrderAndTwice() {
    Random random = new Random(7);
    List<EnginePair.Packet> waiting = new ArrayList<>();
    pair.network =
        packet -> {
          if (packet != null && packet.header().exchangeType() == EnginePair.AUTH) {
            waiting.add(packet);
            waiting.add(packet);
            return null;
          }
          return packet;
        };
    pair.alice.initiate();
    for (int i = 0; i < 3; i++) {
      pair.settle();
      Collections.shuffle(waiting, random);
      List<EnginePair.Packet> batch = List.copyOf(waiting);
      waiting.clear();
      batch.forEach(packet -> pair.deliver(packet, Duration.ofMillis(1)));
    }
    pair.settle();
    pair.assertUp();
  }

  @Test
  void onlyTheFirstFragmentOfARepetitionIsAnswered() {
    pair.up();
    long answers = pair.count(EnginePair.AUTH, true);
    List<EnginePair.Packet> request =
        pair.sent.stream().filter(packet -> packet.is(EnginePair.AUTH, false)).toList();
    request.forEach(packet -> pair.deliver(packet, Duration.ofMillis(1)));
    pair.settle();
    assertEquals(2 * answers, pair.count(EnginePair.AUTH, true));
    assertEquals(request.size(), pair.bob.drops(IkeDropReason.RETRANSMISSION));
  }
}
