package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeStatus.Phase;
import org.junit.jupiter.api.Test;

/** IKE_SA_INIT and IKE_AUTH (RFC 7296 1.2). */
class IkeSaUpScenario {
  private final EnginePair pair = new EnginePair();

  @Test
  void fourMessagesBringAnIkeSaAndAChildSaUp() {
    /* HDR, SAi1, KEi, Ni  -->  */
    /*                    <--  HDR, SAr1, KEr, Nr  */
    /* HDR, SK {IDi, IDr, AUTH, SA, TSi, TSr}  -->  */
    /*                    <--  HDR, SK {IDr, AUTH, SA, TSi, TSr}  */
    pair.up();
    assertEquals(4, pair.sent.size());
    assertEquals(Phase.ESTABLISHED, pair.alice.ikeSas().getFirst().phase());
    assertEquals(
        pair.bob.peer.localIdentity, pair.alice.one(IkeEvent.IkeUp.class).remoteIdentity());
    assertNull(pair.alice.child().encapsulation());
  }

  @Test
  void lostMessagesAreSentAgain() {
    int[] count = {0};
    pair.lose(packet -> count[0]++ % 3 == 0);
    pair.alice.initiate();
    pair.run(Duration.ofSeconds(60));
    pair.assertUp();
  }

  @Test
  void alwaysEncapsulatedFloatsToPort4500() {
    pair.alice.peer.always = true;
    pair.bob.peer.always = true;
    pair.up();
    assertNotNull(pair.alice.child().encapsulation());
    assertEquals(4500, pair.alice.child().encapsulation().local().port());
    assertEquals(4500, pair.alice.child().encapsulation().remote().port());
    assertEquals(4500, pair.bob.child().encapsulation().local().port());
    assertFalse(pair.alice.one(IkeEvent.IkeUp.class).natLocal());
  }
}
