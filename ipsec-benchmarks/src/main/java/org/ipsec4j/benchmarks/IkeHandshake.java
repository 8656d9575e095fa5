package org.ipsec4j.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.ike.engine.IkeEngineSettings;
import org.ipsec4j.ike.engine.IkeEngines;
import org.ipsec4j.node.PskCredentials;
import org.ipsec4j.policy.Policies;
import org.ipsec4j.policy.PolicyBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How many IKE SAs with a Child SA can one core bring up in a second, both sides together? Two
 * engines in a box: IKE_SA_INIT and IKE_AUTH with a pre-shared key, all work done at once, no
 * network. A gateway does half of it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class IkeHandshake {
  /** Key exchange of the IKE SA. */
  @Param({"x25519", "ecp256", "ecp384", "modp2048"})
  public String keyExchange;

  private final CryptoProvider crypto = new JcaCryptoProvider();
  private final PskCredentials credentials =
      PskCredentials.of(
          "key", Secret.copyOf("a benchmark's secret".getBytes(StandardCharsets.UTF_8)));
  private PolicySet left;
  private PolicySet right;

  /** For JMH. */
  public IkeHandshake() {}

  /** Policies of both sides. */
  @Setup
  public void setUp() {
    left = policy("192.0.2.1", "10.1.0.0/24", "192.0.2.2", "10.2.0.0/24");
    right = policy("192.0.2.2", "10.2.0.0/24", "192.0.2.1", "10.1.0.0/24");
  }

  private PolicySet policy(String us, String ourNet, String them, String theirNet) {
    return PolicyBuilder.named("benchmark")
        .peer(
            "peer",
            peer ->
                peer.localAddress(us)
                    .remoteAddress(them)
                    .psk("key")
                    .ikeProposals("aes128gcm16-prfsha256-" + keyExchange)
                    .child("net", child -> child.local(ourNet).remote(theirNet)))
        .build();
  }

  /** Brings one IKE SA with its Child SA up on two fresh engines. */
  @Benchmark
  public int handshake() {
    IkeEngine initiator = engine(left);
    IkeEngine responder = engine(right);
    Deque<IkeOutput.Transmit> toResponder = new ArrayDeque<>();
    Deque<IkeOutput.Transmit> toInitiator = new ArrayDeque<>();
    initiator.onCommand(0, new IkeCommand.Initiate("peer", "net", null, null));
    int installed = drain(initiator, toResponder);
    while (!toResponder.isEmpty() || !toInitiator.isEmpty()) {
      installed += deliver(toResponder, responder, toInitiator);
      installed += deliver(toInitiator, initiator, toResponder);
    }
    if (installed != 2) {
      throw new IllegalStateException(installed + " of 2 Child SAs came up");
    }
    return installed;
  }

  private IkeEngine engine(PolicySet policy) {
    return IkeEngines.v2(
        IkeEngineSettings.of(
            Policies.view(policy, 1),
            crypto,
            crypto.random(),
            credentials,
            () -> Instant.EPOCH,
            remote -> remote));
  }

  private static int deliver(
      Deque<IkeOutput.Transmit> queue, IkeEngine to, Deque<IkeOutput.Transmit> answers) {
    int installed = 0;
    for (IkeOutput.Transmit sent = queue.poll(); sent != null; sent = queue.poll()) {
      to.onDatagram(0, sent.from(), sent.to(), ByteBuffer.wrap(sent.datagram().toArray()));
      installed += drain(to, answers);
    }
    return installed;
  }

  private static int drain(IkeEngine engine, Deque<IkeOutput.Transmit> sent) {
    int installed = 0;
    for (IkeOutput output = engine.poll(); output != null; output = engine.poll()) {
      switch (output) {
        case IkeOutput.Transmit transmit -> sent.add(transmit);
        case IkeOutput.InstallChildSa install -> installed++;
        case IkeOutput.Offload offload -> {
          offload.work().run();
          engine.onCompletion(0, offload.work());
        }
        default -> {}
      }
    }
    return installed;
  }
}
