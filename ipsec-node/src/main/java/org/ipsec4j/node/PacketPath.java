package org.ipsec4j.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.IpHeaders;
import org.ipsec4j.esp.IpsecInbound;
import org.ipsec4j.esp.IpsecOutbound;
import org.ipsec4j.esp.OutboundBundle;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;
import org.ipsec4j.policy.CompiledSpd;
import org.jspecify.annotations.Nullable;

/**
 * The way of packets through a node (RFC 4301 5): policy, association, protection, and back. Every
 * packet leaves under exactly one counter. Guarded by the node's lock; allocates only when a packet
 * has to wait for an association.
 */
final class PacketPath {
  /** Asks for an association. */
  interface Acquire {
    void asked(long now, Flow flow, TrafficPair packet);
  }

  /** Cryptography for packets, and what is to be done after each burst before the next. */
  record Crypto(List<CryptoProvider> providers, Runnable afterBurst) {}

  private final PolicySet policy;
  private final CompiledSpd spd;
  private final Flows flows;
  private final NodeCounters counters;
  private final NodeIo io;
  private final Acquire acquire;
  private final Crypto crypto;
  private final Sad sad = new Sad();
  private final IpsecOutbound out;
  private final IpsecInbound in;
  private final IpHeaderView view = new IpHeaderView();
  private final PacketBurst waitingBurst;
  private final @Nullable OutboundBundle[] chosen;
  private final @Nullable UdpEncapsulation[] ways;
  private final @Nullable Endpoint[] froms;
  private final @Nullable Endpoint[] tos;
  private final boolean[] inUdp;
  private final boolean[] natively;
  private final int[] innerLength;
  private final boolean[] notEsp;
  private final List<InboundSa> heard = new ArrayList<>();

  PacketPath(
      NodeSettings settings,
      Crypto crypto,
      Flows flows,
      NodeCounters counters,
      NodeIo io,
      Acquire acquire) {
    this.policy = settings.policy();
    this.spd = new CompiledSpd(policy);
    this.flows = flows;
    this.counters = counters;
    this.io = io;
    this.acquire = acquire;
    this.crypto = crypto;
    this.out = new IpsecOutbound(crypto.providers(), settings.burst());
    this.in = new IpsecInbound(sad, crypto.providers(), settings.burst());
    this.waitingBurst = settings.newBurst();
    this.chosen = new OutboundBundle[settings.burst()];
    this.ways = new UdpEncapsulation[settings.burst()];
    this.froms = new Endpoint[settings.burst()];
    this.tos = new Endpoint[settings.burst()];
    this.inUdp = new boolean[settings.burst()];
    this.natively = new boolean[settings.burst()];
    this.innerLength = new int[settings.burst()];
    this.notEsp = new boolean[settings.burst()];
  }

  Sad sad() {
    return sad;
  }

  /** Inner packets on their way out. */
  void outbound(long now, PacketBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      counters.innerIn(burst.length(i));
      choose(i, null);
      if (burst.isAlive(i)) {
        decide(now, burst, i);
      }
    }
    protectAndSend(now, burst);
  }

  private void decide(long now, PacketBurst burst, int i) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      burst.drop(i, DropReason.MALFORMED_INNER);
      return;
    }
    int rule = spd.classify(view, true);
    if (rule < 0) {
      burst.drop(i, undecided(rule));
      return;
    }
    switch (policy.rules().get(rule).action()) {
      case DISCARD -> burst.drop(i, DropReason.POLICY_DISCARD);
      case BYPASS -> burst.drop(i, DropReason.NO_CLEAR_PATH);
      case PROTECT -> protect(now, burst, i, flows.ofRule(rule));
    }
  }

  private static DropReason undecided(int rule) {
    return rule == CompiledSpd.UNDECIDED ? DropReason.FRAGMENT_UNDECIDED : DropReason.NO_POLICY;
  }

  private void protect(long now, PacketBurst burst, int i, @Nullable Flow flow) {
    Association association = flow == null ? null : flow.select(view);
    if (association != null) {
      choose(i, association);
    } else if (flow == null || !mayWait(now, flow)) {
      burst.drop(i, DropReason.NO_SA);
    } else if (flow.await(now, burst.slab(), burst.offset(i), burst.length(i))) {
      counters.waiting(1);
      burst.drop(i, DropReason.WAITING);
      if (!flow.isHeld() && flow.isToBeAsked()) {
        acquire.asked(now, flow, TrafficPair.of(view));
      }
    } else {
      burst.drop(i, DropReason.ACQUIRE_QUEUE_FULL);
    }
  }

  private static boolean mayWait(long now, Flow flow) {
    return flow.isHeld() || (flow.acquiresOnTraffic() && !flow.isQuiet(now));
  }

  private void choose(int i, @Nullable Association association) {
    chosen[i] = association == null ? null : association.bundle();
    ways[i] = association == null ? null : association.way;
  }

  /** ESP in UDP leaves from the SPI on, native ESP and AH with the outer IP header. */
  private void protectAndSend(long now, PacketBurst burst) {
    boolean anyNative = false;
    for (int i = 0; i < burst.size(); i++) {
      inUdp[i] = chosen[i] == null || ways[i] != null;
      natively[i] = !inUdp[i];
      anyNative |= natively[i];
    }
    out.protect(burst, chosen, inUdp, PacketForm.PAYLOAD, now);
    crypto.afterBurst().run();
    if (anyNative) {
      protectAndSendNative(now, burst);
    }
    sendUdp(burst);
    for (int i = 0; i < burst.size(); i++) {
      DropReason reason = burst.dropReason(i);
      if (reason == DropReason.NONE) {
        counters.protectedOut(burst.length(i));
      } else if (reason != DropReason.WAITING) {
        counters.outboundDrop(reason);
      }
    }
  }

  private void protectAndSendNative(long now, PacketBurst burst) {
    if (io.hasNativePath()) {
      out.protect(burst, chosen, natively, PacketForm.FULL_IP, now);
      crypto.afterBurst().run();
      io.sendNative(burst, natively);
      return;
    }
    for (int i = 0; i < burst.size(); i++) {
      if (natively[i]) {
        burst.drop(i, DropReason.NO_NATIVE_PATH);
      }
    }
  }

  private void sendUdp(PacketBurst burst) {
    boolean any = false;
    for (int i = 0; i < burst.size(); i++) {
      UdpEncapsulation way = burst.isAlive(i) ? ways[i] : null;
      froms[i] = way == null ? null : way.local();
      tos[i] = way == null ? null : way.remote();
      any |= way != null;
    }
    if (any) {
      io.send(burst, froms, tos);
    }
  }

  /** The association that packets waited for is there. */
  void sendWaiting(long now, Flow flow) {
    byte[] packet = flow.nextWaiting();
    while (packet != null) {
      waitingBurst.clear();
      while (packet != null && waitingBurst.add(ByteBuffer.wrap(packet)) >= 0) {
        counters.waiting(-1);
        packet = waitingBurst.size() < waitingBurst.capacity() ? flow.nextWaiting() : null;
      }
      for (int i = 0; i < waitingBurst.size(); i++) {
        view.parse(waitingBurst.slab(), waitingBurst.offset(i), waitingBurst.length(i));
        choose(i, flow.select(view));
        if (chosen[i] == null) {
          waitingBurst.drop(i, DropReason.NO_SA);
        }
      }
      protectAndSend(now, waitingBurst);
      packet = flow.nextWaiting();
    }
  }

  /** Nothing will come for the packets that wait. */
  void dropWaiting(Flow flow, DropReason reason) {
    while (flow.nextWaiting() != null) {
      counters.waiting(-1);
      counters.outboundDrop(reason);
    }
  }

  /** The payload at {@code index} of the burst to come is not ESP. */
  void notEsp(int index) {
    notEsp[index] = true;
  }

  /** Protected packets on their way in. */
  void inbound(long now, PacketBurst burst, PacketForm form) {
    for (int i = 0; i < burst.size(); i++) {
      if (notEsp[i]) {
        burst.drop(i, DropReason.NOT_ESP);
      } else {
        counters.outerIn(burst.length(i));
      }
    }
    in.open(burst, form, now);
    crypto.afterBurst().run();
    for (int i = 0; i < burst.size(); i++) {
      int layers = in.layers(i);
      if (layers > 0 && in.isAuthentic(i) && !heard.contains(in.sa(i, 0))) {
        heard.add(in.sa(i, 0));
      }
      if (burst.isAlive(i)) {
        checkPolicy(burst, i, layers == 0 ? null : in.sa(i, layers - 1));
        innerLength[i] = burst.length(i);
        if (!burst.isAlive(i)) {
          // it was decrypted, and nobody may have it
          IpHeaders.wipe(burst.slab(), burst.offset(i), burst.length(i));
        }
      }
    }
    io.deliver(burst);
    for (int i = 0; i < burst.size(); i++) {
      if (notEsp[i]) {
        notEsp[i] = false;
      } else if (burst.isAlive(i)) {
        counters.delivered(innerLength[i]);
      } else {
        counters.inboundDrop(burst.dropReason(i));
      }
    }
  }

  /** A packet must have come by the association that the policy names for it (RFC 4301 5.2). */
  private void checkPolicy(PacketBurst burst, int i, @Nullable InboundSa sa) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      burst.drop(i, DropReason.MALFORMED_INNER);
      return;
    }
    int rule = spd.classify(view, false);
    if (rule < 0) {
      burst.drop(i, undecided(rule));
      return;
    }
    SpdRule found = policy.rules().get(rule);
    if (found.action() == SpdRule.Action.DISCARD) {
      burst.drop(i, DropReason.POLICY_DISCARD);
    } else if (sa == null
        || !sa.child().peer().equals(found.peer())
        || !sa.child().profile().name().equals(found.child())) {
      burst.drop(i, DropReason.SELECTOR_MISMATCH);
    }
  }

  /** Wipes what the crypto workers hold. */
  void close() {
    out.close();
    in.close();
  }

  /** The associations on which packets with a right ICV came since the last call. */
  List<Association> takeHeard(SaLedger ledger) {
    if (heard.isEmpty()) {
      return List.of();
    }
    List<Association> associations = new ArrayList<>(heard.size());
    for (InboundSa sa : heard) {
      Association association = ledger.bySa(sa);
      if (association != null) {
        associations.add(association);
      }
    }
    heard.clear();
    return associations;
  }
}
