package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.esp.Sad;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rekey invariant (RFC 7296 2.8): on which SA a node sends, and which it still hears. */
final class SaLedgerTest {
  private final PolicySet policy = Sas.policy(StartAction.NONE);
  private final Flow flow =
      new Flow(policy.peers().getFirst(), policy.peers().getFirst().children().getFirst());
  private final Sad sad = new Sad();
  private final SaLedger ledger = new SaLedger(Sas.CRYPTO, sad);

  private Association install(int id) throws CryptoException {
    return ledger.install(0, Sas.ours(policy, id), flow);
  }

  private Association replace(int old, int id, boolean atOnce) throws CryptoException {
    return ledger.replace(new ChildSaId(old), Sas.ours(policy, id), flow, atOnce);
  }

  private @Nullable Association remove(long now, int id, boolean replaced) {
    return ledger.remove(now, new ChildSaId(id), replaced);
  }

  /** The number of the SA that a packet would be sent on; 0 for none. */
  private long sends() {
    ByteBuffer packet = Packets.udp("10.1.0.7", "10.2.0.7", 1, 2, new byte[4]);
    IpHeaderView view = new IpHeaderView();
    assertTrue(view.parse(packet, 0, packet.remaining()));
    Association chosen = flow.select(view);
    return chosen == null ? 0 : chosen.sa().id().value();
  }

  private boolean hears(int id) {
    return sad.find(Sas.inboundSpi(id)) != null;
  }

  @Test
  void firstSaIsUsedAtOnceAndItsSecretsAreKeptAsLongAsIt() throws Exception {
    ChildSa sa = Sas.ours(policy, 1);
    ledger.install(0, sa, flow);
    assertEquals(1, sends());
    assertTrue(hears(1));
    assertFalse(sa.inboundKeys().encryption().isDestroyed(), "another provider may need them");
    assertFalse(sa.outboundKeys().encryption().isDestroyed());
    remove(0, 1, false);
    assertTrue(sa.inboundKeys().encryption().isDestroyed());
    assertTrue(sa.outboundKeys().encryption().isDestroyed());
  }

  /** We answered: the initiator may still be at work on our answer. */
  private Association answered(long now, int id) throws CryptoException {
    return ledger.install(now, Sas.answered(Sas.ours(policy, id)), flow);
  }

  @Test
  void responderOfFirstExchangeSendsAfterEvidence() throws Exception {
    Association first = answered(5, 1);
    assertEquals(0, sends());
    assertTrue(flow.isHeld());
    assertTrue(hears(1));
    assertEquals(5 + SaLedger.EVIDENCE_NANOS, ledger.nextTimeout());
    assertTrue(ledger.evidence(first), "what waits may leave");
    assertFalse(ledger.evidence(first));
    assertEquals(1, sends());
    assertFalse(flow.isHeld());
    assertEquals(Long.MAX_VALUE, ledger.nextTimeout());
    assertEquals(List.of(), ledger.releaseWithoutEvidence(Long.MAX_VALUE - 1));
  }

  @Test
  void responderOfFirstExchangeDoesNotWaitForEver() throws Exception {
    Association first = answered(5, 1);
    assertEquals(List.of(), ledger.releaseWithoutEvidence(4 + SaLedger.EVIDENCE_NANOS));
    assertEquals(0, sends());
    assertEquals(List.of(first), ledger.releaseWithoutEvidence(5 + SaLedger.EVIDENCE_NANOS));
    assertEquals(1, sends());
  }

  @Test
  void usableSaIsSentOnWhileAnotherWaitsForEvidence() throws Exception {
    install(1);
    Association second = answered(0, 2);
    assertEquals(1, sends());
    ledger.evidence(second);
    assertEquals(2, sends());
  }

  @Test
  void heldSaThatIsDeletedIsNotWaitedFor() throws Exception {
    answered(0, 1);
    remove(0, 1, false);
    assertFalse(flow.isHeld());
    assertEquals(Long.MAX_VALUE, ledger.nextTimeout());
    assertEquals(0, sends());
  }

  @Test
  void rekeyOfAHeldSaShowsThatThePeerHasIt() throws Exception {
    answered(0, 1);
    replace(1, 2, false);
    assertEquals(1, sends());
    assertFalse(flow.isHeld());
  }

  @Test
  void initiatorOfRekeySendsOnNewSaAtOnceAndHearsBoth() throws Exception {
    install(1);
    replace(1, 2, true);
    assertEquals(2, sends());
    assertTrue(hears(1) && hears(2));
  }

  @Test
  void responderOfRekeySendsOnOldSaUntilEvidence() throws Exception {
    install(1);
    Association fresh = replace(1, 2, false);
    assertEquals(1, sends());
    assertTrue(hears(1) && hears(2));
    ledger.evidence(fresh);
    assertEquals(2, sends());
    assertTrue(hears(1), "the old SA goes on receiving until it is removed");
  }

  @Test
  void responderOfRekeySendsOnNewSaOnceOldOneIsRemoved() throws Exception {
    install(1);
    replace(1, 2, false);
    remove(0, 1, true);
    assertEquals(2, sends());
  }

  @Test
  void evidenceOnOldSaChangesNothing() throws Exception {
    Association old = install(1);
    replace(1, 2, false);
    ledger.evidence(old);
    assertEquals(1, sends());
  }

  @Test
  void secondRekeyWithoutEvidenceOfFirstEndsOnNewest() throws Exception {
    install(1);
    replace(1, 2, false);
    Association third = replace(2, 3, false);
    assertEquals(1, sends());
    ledger.evidence(third);
    assertEquals(3, sends());
    remove(0, 1, true);
    assertEquals(3, sends(), "the second SA must not come into use behind the third");
    remove(0, 2, true);
    assertEquals(3, sends());
  }

  @Test
  void ownRekeyOfSaThatWaitsForEvidenceEndsOnNewest() throws Exception {
    install(1);
    replace(1, 2, false);
    replace(2, 3, true);
    assertEquals(3, sends());
    remove(0, 1, true);
    assertEquals(3, sends());
  }

  @Test
  void removedSuccessorLeavesOldSaInUse() throws Exception {
    install(1);
    replace(1, 2, false);
    remove(0, 2, false);
    assertEquals(1, sends());
    assertFalse(hears(2));
  }

  @Test
  void replacedSaLingersAndIsThenForgotten() throws Exception {
    Association old = install(1);
    replace(1, 2, true);
    remove(1_000, 1, true);
    assertEquals(1_000 + SaLedger.LINGER_NANOS, ledger.nextTimeout());
    ledger.expire(1_000 + SaLedger.LINGER_NANOS - 1);
    assertTrue(hears(1), "packets on their way still come in");
    assertEquals(old, ledger.bySa(old.inbound()));
    ledger.expire(1_000 + SaLedger.LINGER_NANOS);
    assertFalse(hears(1));
    assertNull(ledger.byId(new ChildSaId(1)));
    assertEquals(Long.MAX_VALUE, ledger.nextTimeout());
    assertEquals(2, sends());
  }

  @Test
  void evidenceOfLingeringSaDoesNotReviveIt() throws Exception {
    install(1);
    Association second = replace(1, 2, false);
    remove(0, 2, true);
    ledger.evidence(second);
    assertEquals(1, sends());
  }

  @Test
  void deletedSaIsGoneAtOnce() throws Exception {
    install(1);
    assertNotNull(remove(0, 1, false));
    assertEquals(0, sends());
    assertFalse(hears(1));
    assertFalse(flow.isUp());
    assertNull(remove(0, 1, false), "twice is harmless");
  }

  @Test
  void replacingWhatIsGoneIsInstalling() throws Exception {
    replace(7, 8, false);
    assertEquals(8, sends());
  }

  @Test
  void keysThatCannotBeSetUpLeaveNothingBehind() {
    SaLedger without =
        new SaLedger(new org.ipsec4j.node.crypto.FakeProvider("none", transform -> false), sad);
    ChildSa sa = Sas.ours(policy, 1);
    assertThrows(CryptoException.class, () -> without.install(0, sa, flow));
    assertFalse(hears(1));
    assertFalse(flow.isUp());
    assertTrue(without.all().isEmpty());
    assertTrue(sa.inboundKeys().encryption().isDestroyed());
    assertTrue(sa.outboundKeys().encryption().isDestroyed());
  }

  @Test
  void closeForgetsEverything() throws Exception {
    install(1);
    replace(1, 2, false);
    remove(0, 1, true);
    ledger.close();
    assertTrue(ledger.all().isEmpty());
    assertEquals(0, sad.size());
    assertEquals(0, sends());
  }
}
