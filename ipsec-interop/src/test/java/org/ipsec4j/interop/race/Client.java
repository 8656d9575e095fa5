package org.ipsec4j.interop.race;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.cli.policy.LoadedPolicy;
import org.ipsec4j.ike.engine.IkeEngineSettings;
import org.ipsec4j.ike.engine.IkeEngines;
import org.ipsec4j.policy.Policies;
import org.jspecify.annotations.Nullable;

/** One initiator: an engine, its two ports, and what it waits for. */
final class Client {
  /** Sends from one port. */
  interface Way {
    void send(Endpoint to, Bytes message, boolean plain) throws IOException;
  }

  /** Opens ports. */
  interface Ports {
    Way open(Client client, Endpoint local, boolean marked) throws IOException;
  }

  private final PadEntry peer;
  private final IkeEngine engine;
  private final Map<Endpoint, Way> ways = new HashMap<>();
  private final long epoch = System.nanoTime();
  private boolean busy;
  private boolean childUp;
  private @Nullable IkeSaId up;
  private long done;
  private long failed;

  Client(LoadedPolicy policy, CryptoProvider crypto, Ports ports) throws IOException {
    peer = policy.policy().peers().getFirst();
    engine =
        IkeEngines.v2(
            IkeEngineSettings.of(
                Policies.view(policy.policy(), 1),
                crypto,
                crypto.random(),
                policy.credentials().using(crypto),
                Instant::now,
                remote -> remote));
    IpAddress local = Objects.requireNonNull(peer.localAddress(), "a client has an address");
    Endpoint ike = new Endpoint(local, peer.localIkePort());
    Endpoint nat = new Endpoint(local, peer.localNatPort());
    ways.put(ike, ports.open(this, ike, false));
    ways.put(nat, ports.open(this, nat, true));
  }

  /** Begins a new count. */
  void count() {
    done = 0;
    failed = 0;
  }

  long done() {
    return done;
  }

  long failed() {
    return failed;
  }

  /** Whether a handshake or its deletion is under way. */
  boolean isBusy() {
    return busy;
  }

  void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer message) throws IOException {
    engine.onDatagram(now - epoch, from, to, message);
    drain(now);
  }

  /** Begins the next handshake if there is none, and lets time pass. */
  void drive(long now, boolean goOn) throws IOException {
    if (!busy && goOn) {
      busy = true;
      childUp = false;
      engine.onCommand(
          now - epoch,
          new IkeCommand.Initiate(peer.name(), peer.children().getFirst().name(), null, null));
      drain(now);
    }
    if (engine.nextTimeout() <= now - epoch) {
      engine.onTimeout(now - epoch);
      drain(now);
    }
  }

  private void drain(long now) throws IOException {
    for (IkeOutput output = engine.poll(); output != null; output = engine.poll()) {
      switch (output) {
        case IkeOutput.Transmit sent ->
            Objects.requireNonNull(ways.get(sent.from()), () -> "no port " + sent.from())
                .send(sent.to(), sent.datagram(), sent.keepalive());
        case IkeOutput.Offload offload -> {
          offload.work().run();
          engine.onCompletion(now - epoch, offload.work());
        }
        case IkeOutput.InstallChildSa install -> {
          install.sa().inboundKeys().destroy();
          install.sa().outboundKeys().destroy();
        }
        case IkeOutput.Event event -> on(now, event.event());
        default -> {
          // nothing that a load generator has to do
        }
      }
    }
  }

  private void on(long now, IkeEvent event) {
    switch (event) {
      case IkeEvent.IkeUp ike -> up = ike.ikeSa();
      case IkeEvent.ChildUp _ -> childUp = true;
      case IkeEvent.IkeDown _ -> {
        busy = false;
        up = null;
      }
      case IkeEvent.NegotiationFailed _ -> {
        failed++;
        busy = false;
      }
      default -> {
        // not counted
      }
    }
    IkeSaId ike = up;
    if (childUp && ike != null) {
      done++;
      childUp = false;
      up = null;
      engine.onCommand(now - epoch, new IkeCommand.DeleteIke(ike));
    }
  }
}
