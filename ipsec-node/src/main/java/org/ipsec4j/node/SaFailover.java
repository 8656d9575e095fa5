package org.ipsec4j.node;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.SecurityAssociation;
import org.ipsec4j.node.crypto.CryptoWatch;
import org.ipsec4j.node.crypto.ProviderWatch;
import org.jspecify.annotations.Nullable;

/**
 * Moves SAs from one crypto provider to another by setting their keys up again. Sequence numbers
 * and replay windows go on. Guarded by the node's lock, and so by itself a quiescent point: no
 * packet is with a provider while SAs are moved, and former keys are wiped at once.
 */
final class SaFailover {
  /**
   * An SA that nobody can carry any more.
   *
   * @param association to be removed
   * @param transform of the layer that nobody offers
   * @param reason why, provider by provider
   */
  record Lost(Association association, PacketTransform transform, String reason) {}

  private final CryptoWatch watch;
  private final SaLedger ledger;
  private final NodeIo io;
  private final List<Lost> lost = new ArrayList<>();

  SaFailover(CryptoWatch watch, SaLedger ledger, NodeIo io) {
    this.watch = watch;
    this.ledger = ledger;
    this.io = io;
  }

  /** What came of moving. */
  private static final class Moves {
    final Set<String> to = new LinkedHashSet<>();
    final List<PacketKey> former = new ArrayList<>();
    int moved;
    int lost;
    int stayed;
  }

  /** Between bursts: moves all SAs away from providers that were condemned in the last one. */
  void afterBurst() {
    if (!watch.isAlarmed()) {
      return;
    }
    for (ProviderWatch from : watch.condemned()) {
      String reason = String.valueOf(from.refusal());
      if (from.isMerelySlow() && isNeeded(from)) {
        from.pardon();
        io.event(new NodeEvent.Trouble(stays(from, reason)));
        continue;
      }
      from.retire();
      Moves moves = new Moves();
      for (Association association : ledger.all()) {
        move(association, from, moves);
      }
      moves.former.forEach(SaFailover::wipe);
      if (moves.stayed > 0 && from.isAnswering()) {
        from.keep();
        io.event(new NodeEvent.Trouble(stays(from, reason)));
      }
      if (moves.moved + moves.lost > 0 || moves.stayed == 0) {
        io.event(
            new NodeEvent.CryptoFailedOver(
                from.name(), String.join(",", moves.to), reason, moves.moved, moves.lost));
      }
    }
  }

  private static String stays(ProviderWatch provider, String reason) {
    return "crypto provider " + provider.name() + " stays, as there is no other: " + reason;
  }

  /** Whether an SA would be lost without it. */
  private boolean isNeeded(ProviderWatch provider) {
    for (Association association : ledger.all()) {
      for (InboundSa sa : association.inbounds()) {
        // what is condemned is not asked any more
        if (watch.ownerOf(sa.key()) == provider && !watch.supports(sa.child().transform())) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Lets a provider be used again, and gives it the SAs that it is best for.
   *
   * @return how many SAs went to it
   */
  int readmit(ProviderWatch provider) {
    provider.readmit();
    Moves moves = new Moves();
    for (Association association : ledger.all()) {
      for (InboundSa sa : association.inbounds()) {
        takeTo(provider, sa, sa.child().inboundKeys(), moves);
      }
      for (int i = 0; i < association.bundle().size(); i++) {
        OutboundSa sa = association.bundle().sa(i);
        takeTo(provider, sa, sa.child().outboundKeys(), moves);
      }
    }
    moves.former.forEach(SaFailover::wipe);
    return moves.moved;
  }

  private void takeTo(ProviderWatch provider, SecurityAssociation sa, SaKeys keys, Moves moves) {
    PacketTransform transform = sa.child().transform();
    if (watch.ownerOf(sa.key()) == provider || watch.best(transform) != provider) {
      return;
    }
    try {
      replace(sa, watch.packetKey(transform, keys.encryption(), keys.integrity()), moves);
    } catch (CryptoException | IllegalStateException e) {
      // it stays where it is
      return;
    }
  }

  private void move(Association association, ProviderWatch from, Moves moves) {
    for (InboundSa sa : association.inbounds()) {
      move(association, sa, sa.child().inboundKeys(), from, moves);
    }
    for (int i = 0; i < association.bundle().size(); i++) {
      OutboundSa sa = association.bundle().sa(i);
      move(association, sa, sa.child().outboundKeys(), from, moves);
    }
  }

  private void move(
      Association association,
      SecurityAssociation sa,
      SaKeys keys,
      ProviderWatch from,
      Moves moves) {
    if (watch.ownerOf(sa.key()) != from) {
      return;
    }
    PacketTransform transform = sa.child().transform();
    try {
      replace(sa, watch.packetKey(transform, keys.encryption(), keys.integrity()), moves);
    } catch (CryptoException | IllegalStateException e) {
      // what answers goes on with what nobody else takes: odd packets alone take no SA down
      if (from.isMerelySlow() || from.isAnswering()) {
        moves.stayed++;
      } else {
        moves.lost++;
        lost.add(new Lost(association, transform, String.valueOf(e.getMessage())));
      }
    }
  }

  private void replace(SecurityAssociation sa, PacketKey key, Moves moves) {
    moves.former.add(sa.replaceKey(key));
    moves.moved++;
    ProviderWatch owner = watch.ownerOf(key);
    moves.to.add(owner == null ? key.provider() : owner.name());
  }

  private static void wipe(PacketKey key) {
    try {
      key.destroy();
    } catch (RuntimeException | LinkageError e) {
      // whoever failed with packets may fail with this too, and must not hold up the others
      return;
    }
  }

  /** The SAs that were lost since the last call, for whoever may remove them. */
  @Nullable Lost nextLost() {
    return lost.isEmpty() ? null : lost.removeFirst();
  }
}
