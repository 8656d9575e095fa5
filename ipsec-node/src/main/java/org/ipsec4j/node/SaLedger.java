package org.ipsec4j.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.Sad;
import org.ipsec4j.esp.manual.ManualSa;
import org.jspecify.annotations.Nullable;

/**
 * The Child SAs of a node: which are installed, which are sent on, which linger.
 *
 * <p>It keeps the rekey invariant (RFC 7296 2.8): an inbound SA exists before anyone may send on
 * it; the responder of a first exchange sends once a packet with a right ICV came, or after a
 * while; the responder of a rekey goes on sending on the old SA until a packet with a right ICV
 * came on the new one or the old one is removed; a replaced inbound SA lingers for packets on their
 * way. Guarded by the node's lock.
 */
final class SaLedger {
  /** How long a replaced inbound SA goes on receiving. */
  static final long LINGER_NANOS = 5_000_000_000L;

  /**
   * How long the responder of a first exchange waits for evidence that the initiator has the SA:
   * the answer that tells it so travels no slower than our packets, but is worked on for longer.
   */
  static final long EVIDENCE_NANOS = 500_000_000L;

  private final CryptoProvider crypto;
  private final Sad sad;
  private final Map<ChildSaId, Association> byId = new LinkedHashMap<>();
  private final IdentityHashMap<InboundSa, Association> bySa = new IdentityHashMap<>();

  SaLedger(CryptoProvider crypto, Sad sad) {
    this.crypto = crypto;
    this.sad = sad;
  }

  /**
   * Installs a Child SA, inbound first. The initiator sends on it at once, the responder after
   * evidence or {@link #EVIDENCE_NANOS}.
   *
   * @throws CryptoException when keys cannot be set up; nothing is installed then, and the keys are
   *     wiped
   */
  Association install(long now, ChildSa sa, Flow flow) throws CryptoException {
    Association association = prepare(sa, flow);
    if (sa.initiator()) {
      flow.use(association);
    } else {
      association.heldUntil = now + EVIDENCE_NANOS;
      flow.hold(association);
    }
    return association;
  }

  /**
   * Installs the SAs of a child with manual keys, which are sent on at once.
   *
   * @param layers the innermost first
   * @param sas the same as agreed
   * @param flow that they carry
   * @param firstNumbers the first sequence number of each layer
   * @return the association; it has the keys and wipes them
   * @throws CryptoException when keys cannot be set up; nothing is installed then, and the keys are
   *     wiped
   */
  Association installManual(
      long now, List<ManualSa> layers, List<ChildSa> sas, Flow flow, long[] firstNumbers)
      throws CryptoException {
    List<InboundSa> inbounds = new ArrayList<>();
    List<OutboundSa> outbounds = new ArrayList<>();
    try {
      for (int i = 0; i < layers.size(); i++) {
        ChildSa sa = sas.get(i);
        refuseTaken(sa);
        inbounds.add(layers.get(i).inbound(sa, key(sa, sa.inboundKeys())));
        outbounds.add(layers.get(i).outbound(sa, key(sa, sa.outboundKeys()), firstNumbers[i]));
      }
    } catch (CryptoException | RuntimeException e) {
      inbounds.forEach(InboundSa::destroy);
      outbounds.forEach(OutboundSa::destroy);
      sas.forEach(SaLedger::wipe);
      throw e;
    }
    Association association = new Association(sas.getFirst(), inbounds, outbounds, flow);
    inbounds.forEach(inbound -> inbound.begin(now));
    outbounds.forEach(outbound -> outbound.begin(now));
    publish(association);
    flow.use(association);
    return association;
  }

  private void refuseTaken(ChildSa sa) {
    if (sad.find(sa.transform().protocol(), sa.inboundSpi()) != null) {
      throw new IllegalArgumentException(
          String.format("the inbound SPI 0x%x is in use by another SA", sa.inboundSpi()));
    }
  }

  private void publish(Association association) {
    byId.put(association.sa().id(), association);
    for (InboundSa inbound : association.inbounds()) {
      sad.install(inbound);
      bySa.put(inbound, association);
    }
  }

  /** Installs a Child SA in the place of another. */
  Association replace(ChildSaId old, ChildSa sa, Flow flow, boolean sendAtOnce)
      throws CryptoException {
    Association association = prepare(sa, flow);
    Association before = byId.get(old);
    if (before != null && before.heldUntil != Long.MAX_VALUE) {
      // A rekey of it is evidence enough.
      release(before);
    }
    association.sendOnUntilEvidence = before;
    if (sendAtOnce || before == null || before.lingersUntil != Long.MAX_VALUE) {
      useNow(association);
      if (sendAtOnce && before != null) {
        forgetPlans(before);
      }
    }
    return association;
  }

  /**
   * Both sides replaced the same SA and our successor stays (RFC 7296 2.8.1): the peer's is left
   * over, the peer may not have it any more, and it is not sent on when the old SA goes.
   */
  private void forgetPlans(Association old) {
    for (Association other : byId.values()) {
      if (other.sendOnUntilEvidence == old) {
        other.sendOnUntilEvidence = null;
      }
    }
  }

  private Association prepare(ChildSa sa, Flow flow) throws CryptoException {
    try {
      if (sa.transform().protocol() == SecurityProtocol.AH && sa.encapsulation() != null) {
        throw new IllegalArgumentException(
            "there is a NAT on the way, and AH covers the addresses that it changes: use ESP");
      }
      PacketKey inKey = key(sa, sa.inboundKeys());
      PacketKey outKey;
      try {
        outKey = key(sa, sa.outboundKeys());
      } catch (CryptoException e) {
        inKey.destroy();
        throw e;
      }
      Association association =
          new Association(sa, InboundSa.of(sa, inKey), OutboundSa.of(sa, outKey), flow);
      publish(association);
      return association;
    } catch (CryptoException | RuntimeException e) {
      wipe(sa);
      throw e;
    }
  }

  private static void wipe(ChildSa sa) {
    sa.inboundKeys().destroy();
    sa.outboundKeys().destroy();
  }

  private PacketKey key(ChildSa sa, SaKeys keys) throws CryptoException {
    return crypto.packetKey(sa.transform(), keys.encryption(), keys.integrity());
  }

  /**
   * Stops sending on a Child SA; its inbound side goes at once, or lingers when it was replaced.
   *
   * @return the association, or null when there is none
   */
  @Nullable Association remove(long now, ChildSaId id, boolean replaced) {
    Association association = byId.get(id);
    if (association == null || association.lingersUntil != Long.MAX_VALUE) {
      return null;
    }
    association.flow().stopUsing(association);
    for (Association other : byId.values()) {
      if (other.sendOnUntilEvidence == association) {
        useNow(other);
      }
    }
    // What still comes in on it says nothing about the SA that it was to replace.
    association.sendOnUntilEvidence = null;
    association.heldUntil = Long.MAX_VALUE;
    if (replaced) {
      association.lingersUntil = now + LINGER_NANOS;
    } else {
      forget(association);
    }
    return association;
  }

  /**
   * A packet with a right ICV came on this SA: the peer has it, so it is sent on.
   *
   * @return whether packets that wait may leave now
   */
  boolean evidence(Association association) {
    if (association.sendOnUntilEvidence != null) {
      useNow(association);
    }
    boolean held = association.heldUntil != Long.MAX_VALUE;
    if (held) {
      release(association);
    }
    return held;
  }

  /** First SAs that have waited for evidence long enough and are sent on now. */
  List<Association> releaseWithoutEvidence(long now) {
    List<Association> over = new ArrayList<>();
    for (Association association : byId.values()) {
      if (association.heldUntil <= now) {
        over.add(association);
      }
    }
    over.forEach(SaLedger::release);
    return over;
  }

  private static void release(Association association) {
    association.heldUntil = Long.MAX_VALUE;
    association.flow().use(association);
  }

  /**
   * Sends on an SA and on none that it replaces, however many rekeys back: an SA that still waited
   * for evidence of its own must never come into use behind its successor.
   */
  private static void useNow(Association association) {
    Association before = association.sendOnUntilEvidence;
    association.sendOnUntilEvidence = null;
    if (association.lingersUntil == Long.MAX_VALUE) {
      association.flow().use(association);
    }
    while (before != null) {
      before.flow().stopUsing(before);
      Association older = before.sendOnUntilEvidence;
      before.sendOnUntilEvidence = null;
      before = older;
    }
  }

  /** Forgets what has lingered long enough. */
  void expire(long now) {
    List<Association> over = new ArrayList<>();
    for (Association association : byId.values()) {
      if (association.lingersUntil <= now) {
        over.add(association);
      }
    }
    over.forEach(this::forget);
  }

  /** Forgets everything and wipes the keys. */
  void close() {
    for (Association association : List.copyOf(byId.values())) {
      association.flow().stopUsing(association);
      forget(association);
    }
  }

  private void forget(Association association) {
    byId.remove(association.sa().id());
    for (InboundSa inbound : association.inbounds()) {
      bySa.remove(inbound);
      sad.remove(inbound.protocol(), inbound.spi());
    }
    association.destroy();
  }

  long nextTimeout() {
    long next = Long.MAX_VALUE;
    for (Association association : byId.values()) {
      next = Math.min(next, Math.min(association.lingersUntil, association.heldUntil));
    }
    return next;
  }

  @Nullable Association byId(ChildSaId id) {
    return byId.get(id);
  }

  @Nullable Association bySa(InboundSa sa) {
    return bySa.get(sa);
  }

  Collection<Association> all() {
    return Collections.unmodifiableCollection(byId.values());
  }
}
