package org.ipsec4j.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.WeakChoice;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.framing.EncapsulatedKind;
import org.ipsec4j.node.crypto.CryptoLimits;
import org.ipsec4j.node.crypto.CryptoWatch;
import org.ipsec4j.node.crypto.ProviderWatch;
import org.ipsec4j.policy.Policies;
import org.jspecify.annotations.Nullable;

/**
 * A whole IPsec node without sockets, threads and clocks: the IKE engine, the packet path and the
 * policy, wired. {@link IpsecNode} gives it sockets and threads, a simulation gives it virtual
 * ones.
 *
 * <p>One thread at a time; time is {@code now} in nanoseconds and never goes back. After every call
 * the outputs have been handed to the {@link NodeIo}.
 */
public final class NodeCore {
  private static final long REPORT_NANOS = 1_000_000_000L;
  private static final int MARKER_LENGTH = EncapsulatedKind.MARKER_LENGTH;

  private final NodeSettings settings;
  private final IkeEngine ike;
  private final NodeIo io;
  private final NodeCounters counters = new NodeCounters();
  private final CryptoWatch crypto;
  private final SaFailover failover;
  private final CryptoMonitor cryptoMonitor;
  private final SaLedger ledger;
  private final Flows flows;
  private final PacketPath path;
  private final ManualChildren manual;
  private final List<WeakChoice> weakChoices;
  private long tellUnsentAfter = Long.MIN_VALUE;
  private boolean closed;

  /**
   * @param settings policy, crypto and what else the node is made of
   * @param ike the engine; driven by this core from now on
   * @param io the world
   */
  public NodeCore(NodeSettings settings, IkeEngine ike, NodeIo io) {
    this.settings = settings;
    this.ike = ike;
    this.io = io;
    this.weakChoices = Policies.weakChoices(settings.policy());
    this.flows = new Flows(settings.policy());
    this.crypto = new CryptoWatch(settings.crypto(), io.cryptoClock(), CryptoLimits.DEFAULT);
    PacketPath.Crypto guarded = new PacketPath.Crypto(crypto.providers(), this::afterBurst);
    this.path = new PacketPath(settings, guarded, flows, counters, io, this::asked);
    this.ledger = new SaLedger(crypto, path.sad());
    this.failover = new SaFailover(crypto, ledger, io);
    this.cryptoMonitor = new CryptoMonitor(settings, crypto, ledger);
    this.manual = new ManualChildren(settings, flows, ledger, io);
  }

  /**
   * Warns of weak algorithms, installs manual keys, and brings up the children that the policy
   * wants up.
   */
  public void start(long now) {
    weakChoices.forEach(choice -> io.event(new NodeEvent.WeakAlgorithms(choice)));
    manual.start(now);
    for (Flow flow : flows.startAtOnce()) {
      initiate(now, flow, null);
    }
    settle(now);
  }

  /**
   * Packets from the inner side.
   *
   * @param burst borrowed; windows and drop reasons change
   */
  public void onInner(long now, PacketBurst burst) {
    path.outbound(now, burst);
    afterPackets(now);
  }

  /**
   * UDP payloads from a port where ESP and IKE are mixed (RFC 3948 2): the NAT-traversal port.
   *
   * @param burst one payload each; borrowed; windows and drop reasons change
   * @param from source of each payload
   * @param to our address
   */
  public void onOuter(long now, PacketBurst burst, Endpoint[] from, Endpoint to) {
    ByteBuffer slab = burst.slab();
    for (int i = 0; i < burst.size(); i++) {
      int offset = burst.offset(i);
      int length = burst.length(i);
      switch (EncapsulatedKind.of(slab, offset, length)) {
        case KEEPALIVE -> {
          counters.keepaliveIn();
          path.notEsp(i);
        }
        case IKE -> {
          path.notEsp(i);
          ByteBuffer message = slab.slice(offset + MARKER_LENGTH, length - MARKER_LENGTH);
          if (admits(message)) {
            ike.onDatagram(now, from[i], to, message);
          }
        }
        case ESP, WESP, TOO_SHORT -> {
          // the packet path says what is wrong with it
        }
      }
    }
    path.inbound(now, burst, PacketForm.PAYLOAD);
    afterPackets(now);
  }

  /**
   * Native ESP and AH from the outer side.
   *
   * @param burst whole IP packets of protocol 50 or 51; borrowed; windows and drop reasons change
   */
  public void onNative(long now, PacketBurst burst) {
    path.inbound(now, burst, PacketForm.FULL_IP);
    afterPackets(now);
  }

  /**
   * An IKE message from a port without ESP.
   *
   * @param message borrowed, from position to limit
   */
  public void onIke(long now, Endpoint from, Endpoint to, ByteBuffer message) {
    if (admits(message)) {
      ike.onDatagram(now, from, to, message);
    }
    settle(now);
  }

  /** No new peer while too much work waits; those that are known go on. */
  private boolean admits(ByteBuffer message) {
    if (!io.isOverloaded() || !FirstRequest.looksLike(message)) {
      return true;
    }
    counters.overloaded();
    return false;
  }

  /**
   * Lets a crypto provider be used again that failed, and gives it back the SAs that it is best
   * for. The caller has seen it pass its known answers.
   *
   * @return false when no provider of that name was given up
   */
  public boolean readmitCrypto(String provider) {
    ProviderWatch found = cryptoMonitor.named(provider);
    if (found == null || found.refusal() == null) {
      return false;
    }
    io.event(new NodeEvent.CryptoReadmitted(provider, failover.readmit(found)));
    return true;
  }

  /** Offloaded work has run. */
  public void onCompletion(long now, OffloadedWork work) {
    ike.onCompletion(now, work);
    settle(now);
  }

  /** The provider that does the work of the name, for its self-test; null when there is none. */
  @Nullable CryptoProvider cryptoProvider(String name) {
    return cryptoMonitor.named(name);
  }

  /** Time passed. */
  public void onTimeout(long now) {
    ike.onTimeout(now);
    ledger.expire(now);
    manual.onTimeout(now);
    for (Association association : ledger.releaseWithoutEvidence(now)) {
      counters.startedWithoutEvidence();
      path.sendWaiting(now, association.flow());
    }
    for (Flow flow : flows.all()) {
      if (flow.waitingUntil() <= now) {
        path.dropWaiting(flow, DropReason.ACQUIRE_TIMEOUT);
        flow.askAgain();
      }
      if (flow.retryAt() <= now) {
        initiate(now, flow, null);
      }
    }
    settle(now);
  }

  /** When {@link #onTimeout} must be called at the latest. */
  public long nextTimeout() {
    long next = Math.min(ike.nextTimeout(), ledger.nextTimeout());
    next = Math.min(next, manual.nextTimeout());
    for (Flow flow : flows.all()) {
      next = Math.min(next, Math.min(flow.waitingUntil(), flow.retryAt()));
    }
    return next;
  }

  /** The operator or the embedding program wants something of the IKE engine. */
  public void command(long now, IkeCommand command) {
    if (command instanceof IkeCommand.Shutdown) {
      dropWaiting();
    }
    if (!manualCommand(now, command)) {
      ike.onCommand(now, command);
    }
    settle(now);
  }

  /** What concerns manual keys never reaches the IKE engine. */
  private boolean manualCommand(long now, IkeCommand command) {
    switch (command) {
      case IkeCommand.DeleteChild delete when delete.child().isManual() ->
          manual.remove(delete.child());
      case IkeCommand.RekeyChild rekey when rekey.child().isManual() ->
          io.event(
              new NodeEvent.Trouble(
                  "manual keys are never renewed by the node: agree on new ones, and restart"));
      case IkeCommand.Initiate initiate when initiate.peer().equals(ManualChild.PEER) -> {
        return manual.start(now, initiate.child());
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Whether a shutdown is complete. */
  public boolean isClosed() {
    return closed;
  }

  /** Counters of this moment. */
  public NodeCounters.Snapshot counters() {
    return counters.snapshot(ike.drops(), cryptoMonitor.offload());
  }

  /** What the node holds at this moment. */
  public NodeStatus status() {
    List<NodeStatus.Child> children = new ArrayList<>();
    for (Association association : ledger.all()) {
      children.add(NodeStatus.Child.of(association));
    }
    return new NodeStatus(ike.status(), children, counters(), weakChoices, cryptoMonitor.status());
  }

  /** The installed Child SAs, for judges of the rekey invariant. */
  SaLedger ledger() {
    return ledger;
  }

  /**
   * Wipes all keys and drops what still waits. The last call: nothing works afterwards but {@link
   * #counters} and {@link #status}.
   */
  public void close() {
    closed = true;
    dropWaiting();
    manual.close();
    ledger.close();
    path.close();
  }

  private void dropWaiting() {
    for (Flow flow : flows.all()) {
      path.dropWaiting(flow, DropReason.STOPPING);
    }
  }

  private void asked(long now, Flow flow, TrafficPair packet) {
    initiate(now, flow, packet);
  }

  private void initiate(long now, Flow flow, @Nullable TrafficPair packet) {
    flow.asked();
    if (closed) {
      return;
    }
    ike.onCommand(
        now,
        new IkeCommand.Initiate(
            flow.peer,
            flow.child,
            packet == null ? null : packet.local(),
            packet == null ? null : packet.remote()));
  }

  /** Tells the IKE engine what the packets showed, then does what it wants. */
  private void afterPackets(long now) {
    for (Association association : path.takeHeard(ledger)) {
      if (ledger.evidence(association)) {
        path.sendWaiting(now, association.flow());
      }
      if (association.sa().id().isManual()) {
        continue;
      }
      if (association.reportedAt == Long.MIN_VALUE
          || now - association.reportedAt >= REPORT_NANOS) {
        association.reportedAt = now;
        ike.onCommand(now, new IkeCommand.InboundTraffic(association.sa().id()));
      }
    }
    manual.watch(now);
    for (Association association : ledger.all()) {
      if (association.sa().id().isManual()) {
        continue;
      }
      // Both are asked: each tells once.
      boolean inbound = association.inbound().takeSoftExpired();
      boolean outbound = association.outbound().takeSoftExpired();
      if (inbound || outbound) {
        ike.onCommand(now, new IkeCommand.RekeyChild(association.sa().id()));
      }
    }
    settle(now);
  }

  private void afterBurst() {
    failover.afterBurst();
  }

  /** What no crypto provider can carry any more goes down, and is negotiated anew where wanted. */
  private void removeLost(long now) {
    for (SaFailover.Lost lost = failover.nextLost(); lost != null; lost = failover.nextLost()) {
      ChildSa sa = lost.association().sa();
      if (ledger.byId(sa.id()) != lost.association()
          || lost.association().lingersUntil != Long.MAX_VALUE) {
        continue;
      }
      io.event(
          new NodeEvent.CryptoLost(
              sa.id(),
              sa.peer(),
              sa.profile().name(),
              lost.transform().toString(),
              lost.reason()
                  + ": add a provider that offers it, allow another transform in the policy, or"
                  + " readmit the provider that failed"));
      if (sa.id().isManual()) {
        manual.remove(sa.id());
      } else {
        ledger.remove(now, sa.id(), false);
        flows.refused(now, lost.association().flow());
        ike.onCommand(now, new IkeCommand.DeleteChild(sa.id()));
      }
    }
  }

  private void settle(long now) {
    removeLost(now);
    IkeOutput output = ike.poll();
    while (output != null) {
      handle(now, output);
      removeLost(now);
      output = ike.poll();
    }
  }

  private void handle(long now, IkeOutput output) {
    switch (output) {
      case IkeOutput.Transmit transmit -> transmit(now, transmit);
      case IkeOutput.InstallChildSa install -> install(now, null, install.sa(), true);
      case IkeOutput.ReplaceChildSa replace ->
          install(now, replace.old(), replace.sa(), replace.sendOnNewAtOnce());
      case IkeOutput.RemoveChildSa remove -> ledger.remove(now, remove.child(), remove.replaced());
      case IkeOutput.MoveChildSa move -> {
        Association association = ledger.byId(move.child());
        if (association != null) {
          association.outbound().updateEncapsulation(move.encapsulation());
          association.inbound().updateEncapsulation(move.encapsulation());
          association.way = move.encapsulation();
        }
      }
      case IkeOutput.Offload offload -> io.offload(offload.work());
      case IkeOutput.Event event -> onIkeEvent(now, event.event());
      case IkeOutput.Closed closedOutput -> closed = true;
    }
  }

  private void transmit(long now, IkeOutput.Transmit transmit) {
    Bytes message = transmit.datagram();
    boolean marker = !transmit.keepalive() && settings.isNatPort(transmit.from().port());
    byte[] payload = new byte[message.length() + (marker ? MARKER_LENGTH : 0)];
    message.copyTo(payload, marker ? MARKER_LENGTH : 0);
    // A datagram that could not be sent is a lost one: IKE retransmits.
    boolean sent =
        io.send(transmit.from(), transmit.to(), ByteBuffer.wrap(payload), 0, payload.length);
    // Strangers can cause this by addresses that nobody can send to: told at a bounded rate.
    if (!sent && now >= tellUnsentAfter) {
      tellUnsentAfter = now + REPORT_NANOS;
      io.event(new NodeEvent.Trouble("an IKE message to " + transmit.to() + " could not be sent"));
    }
  }

  private void install(long now, @Nullable ChildSaId old, ChildSa sa, boolean sendAtOnce) {
    KeySink keys = settings.keySink();
    if (keys != null) {
      keys.childSa(sa);
    }
    Flow flow = flows.of(sa.peer(), sa.profile());
    if (flow == null) {
      sa.inboundKeys().destroy();
      sa.outboundKeys().destroy();
      refuse(now, sa, "its child is not in the policy of the packet path");
      return;
    }
    try {
      if (old == null) {
        ledger.install(now, sa, flow);
      } else {
        ledger.replace(old, sa, flow, sendAtOnce);
        counters.rekeyed();
      }
      if (flow.isUp()) {
        path.sendWaiting(now, flow);
      }
    } catch (CryptoException | IllegalArgumentException e) {
      // An SA that no packet path here carries, such as AH, is as good as none.
      flows.refused(now, flow);
      refuse(now, sa, String.valueOf(e.getMessage()));
    }
  }

  private void refuse(long now, ChildSa sa, String reason) {
    io.event(new NodeEvent.InstallFailed(sa.id(), reason));
    ike.onCommand(now, new IkeCommand.DeleteChild(sa.id()));
  }

  private void onIkeEvent(long now, IkeEvent event) {
    switch (event) {
      case IkeEvent.KeysExported exported -> {
        KeySink keys = settings.keySink();
        if (keys != null) {
          keys.ikeSa(exported);
        }
        return;
      }
      case IkeEvent.IkeRekeyed rekeyed -> counters.rekeyed();
      case IkeEvent.NegotiationFailed failed -> flows.failed(now, failed.peer(), path);
      case IkeEvent.ChildDown down -> flows.down(now, down);
      case IkeEvent.IkeDown down -> flows.ikeDown(now, down.peer());
      case IkeEvent.IkeUp up -> {}
      case IkeEvent.ChildUp up -> {}
      case IkeEvent.ChildRekeyed rekeyed -> {}
      case IkeEvent.PeerMoved moved -> {}
    }
    io.event(new NodeEvent.Ike(event));
  }
}
