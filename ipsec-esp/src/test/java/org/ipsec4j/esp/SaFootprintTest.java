package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/**
 * What an SA costs on the heap, so that a gateway may have a million of them: counted object by
 * object, so that it does not matter when a collector runs.
 */
@NullUnmarked
class SaFootprintTest {
  private static final int PAIRS = 5000;

  /** Both directions together, with all that was agreed and the slots of the database. */
  private static final long BOUND_OF_PAIR = 1024;

  /** With the widest window that is usual. */
  private static final int WIDE = 1024;

  /** A mark for each packet of the window, in words of which one is spare. */
  private static final long BOUND_OF_WIDE_PAIR = BOUND_OF_PAIR + 256;

  private final Lab lab = new Lab();
  private final PacketKey key = lab.key();
  private final ChildSa model = lab.child(false);
  private final List<TrafficSelector> everywhere = List.of(TrafficSelector.of("0.0.0.0/0"));

  /** Keys are the provider's; selectors, ends and identities are each SA's own. */
  private ChildSa child(int i, int window) {
    IpAddress inner = IpAddress.v4(0x0b000000 + i);
    return new ChildSa(
        new ChildSaId(i),
        new IkeSaId(i, ~i),
        model.peer(),
        model.profile(),
        model.mode(),
        model.transform(),
        i + 1,
        i + 1,
        keys(),
        keys(),
        everywhere,
        List.of(TrafficSelector.of(AddressRange.single(inner))),
        model.localAddress(),
        IpAddress.v4(0xc6000000 + i),
        null,
        window,
        model.lifetime(),
        true);
  }

  private static SaKeys keys() {
    SaKeys keys = new SaKeys(Secret.adopt(new byte[20]), Secret.adopt(new byte[0]));
    // as whoever sets an SA up does
    keys.destroy();
    return keys;
  }

  private long octetsOfPair(int window) throws ReflectiveOperationException {
    Footprint footprint = new Footprint();
    // what all SAs of a gateway share, and the provider's
    for (Object shared :
        List.of(model, key, everywhere, SaOptions.DEFAULT, lab.outbound(), lab.inbound())) {
      footprint.count(shared);
    }
    Sad sad = new Sad();
    OutboundSa[] outbound = new OutboundSa[PAIRS];
    InboundSa[] inbound = new InboundSa[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
      ChildSa child = child(i, window);
      inbound[i] = InboundSa.of(child, key);
      outbound[i] = OutboundSa.of(child, key);
      sad.install(inbound[i]);
    }
    long octets = footprint.count(sad);
    assertEquals(PAIRS, sad.size());
    for (int i = 0; i < PAIRS; i++) {
      octets += footprint.count(inbound[i]) + footprint.count(outbound[i]);
    }
    return octets / PAIRS;
  }

  @Test
  void aPairOfSasHoldsNoMoreThanOneKibibyte() throws ReflectiveOperationException {
    long pair = octetsOfPair(ReplayWindow.DEFAULT_WIDTH);
    System.out.println("footprint: octets of heap for each pair of SAs " + pair);
    assertTrue(pair > 500, "something was left out: " + pair);
    assertTrue(pair <= BOUND_OF_PAIR, pair + " octets for each pair of SAs");
  }

  @Test
  void aWideWindowCostsItsMarks() throws ReflectiveOperationException {
    long pair = octetsOfPair(WIDE);
    assertTrue(pair <= BOUND_OF_WIDE_PAIR, pair + " octets for each pair of SAs");
  }

  @Test
  void theWalkCountsArraysAndIsNotFooledBySharing() throws ReflectiveOperationException {
    Footprint footprint = new Footprint();
    long[] longs = new long[3];
    assertEquals(40, footprint.count(longs));
    assertEquals(16 + 8, footprint.count(new Object[] {longs, longs}));
    assertEquals(24 + 8, footprint.count(new SaCounters()));
  }
}
