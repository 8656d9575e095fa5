package org.ipsec4j.node;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DatagramProvider;
import org.ipsec4j.api.packet.PacketPort;
import org.ipsec4j.api.packet.RawProvider;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.document.CryptoOrder;
import org.ipsec4j.ike.engine.IkeEngineSettings;
import org.ipsec4j.ike.engine.IkeEngines;
import org.ipsec4j.node.crypto.CryptoLoader;
import org.ipsec4j.node.crypto.PolicyTransforms;
import org.ipsec4j.policy.Policies;
import org.jspecify.annotations.Nullable;

/** Builds an {@link IpsecNode}. Not thread-safe; used once. */
public final class IpsecNodeBuilder {
  private static final int BURST = 128;
  private static final int MAX_PACKET = 65_535;

  private @Nullable PolicySet policy;
  private @Nullable Credentials credentials;
  private @Nullable PacketPort inner;
  private List<CryptoProvider> crypto = List.of();
  private CryptoOrder cryptoOrder = CryptoOrder.byPriority();
  private NodeListener listener = event -> {};
  private @Nullable KeySink keySink;
  private @Nullable OuterTap tap;
  private @Nullable SequenceStore sequences;
  private @Nullable RawProvider raw;
  private @Nullable DatagramProvider datagrams;

  IpsecNodeBuilder() {}

  /** The policy; required. */
  public IpsecNodeBuilder policy(PolicySet newPolicy) {
    policy = newPolicy;
    return this;
  }

  /** What the node proves itself with and judges others by; required. */
  public IpsecNodeBuilder credentials(Credentials newCredentials) {
    credentials = newCredentials;
    return this;
  }

  /** Where inner packets come from and go to; required. A node that has started closes it. */
  public IpsecNodeBuilder inner(PacketPort port) {
    inner = port;
    return this;
  }

  /** Crypto providers to use instead of those that ServiceLoader finds. */
  public IpsecNodeBuilder crypto(List<CryptoProvider> providers) {
    crypto = List.copyOf(providers);
    return this;
  }

  /**
   * Which crypto providers are used and in which order; by their own priority when it is not said.
   * One that is named and is not there, or fails its known answers, is told by {@link
   * NodeEvent.ProviderRefused}, and the next is used.
   */
  public IpsecNodeBuilder cryptoOrder(CryptoOrder order) {
    cryptoOrder = order;
    return this;
  }

  /** Crypto providers by name in the order in which they are asked; no others are used. */
  public IpsecNodeBuilder cryptoOrder(String... providers) {
    return cryptoOrder(new CryptoOrder.Named(List.of(providers)));
  }

  /** Hears events. */
  public IpsecNodeBuilder onEvent(NodeListener newListener) {
    listener = newListener;
    return this;
  }

  /** Exports keys in clear. Only when the operator asked for it by name. */
  public IpsecNodeBuilder exportKeysTo(KeySink sink) {
    keySink = sink;
    return this;
  }

  /** Sees every datagram of the outer side. */
  public IpsecNodeBuilder outerTap(OuterTap newTap) {
    tap = newTap;
    return this;
  }

  /**
   * Gives the node native ESP and AH (protocols 50 and 51). Without it, or where the system refuses
   * it, ESP goes in UDP with every peer, and a policy that cannot do so is refused at the start.
   */
  public IpsecNodeBuilder nativePath(RawProvider provider) {
    raw = provider;
    return this;
  }

  /**
   * Gives the node UDP sockets that move many datagrams with one call. Without it, or where the
   * system refuses it, the node uses the sockets of the JDK, and is slower.
   */
  public IpsecNodeBuilder datagrams(DatagramProvider provider) {
    datagrams = provider;
    return this;
  }

  /**
   * Keeps the sequence numbers of manual keys across restarts; needed when a manual child of the
   * policy names a sequence store. The node closes it.
   */
  public IpsecNodeBuilder sequenceStore(SequenceStore store) {
    sequences = store;
    return this;
  }

  PacketPort requireInner() {
    return required(inner, "inner");
  }

  NodeListener listener() {
    return listener;
  }

  private static <T> T required(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException("IpsecNode.builder()." + what + "(...) is missing");
    }
    return value;
  }

  /**
   * Binds the sockets and starts.
   *
   * @throws NodeStartException when a socket cannot be bound or no crypto provider is usable; the
   *     message says what to do
   * @throws IllegalStateException when something required is missing
   */
  public IpsecNode start() throws NodeStartException {
    PolicySet wanted = required(policy, "policy");
    Credentials keys = required(credentials, "credentials");
    requireInner();
    CryptoLoader.Loaded loaded;
    try {
      loaded =
          CryptoLoader.load(crypto, cryptoOrder, PolicyTransforms.of(wanted), System::nanoTime);
    } catch (IllegalStateException e) {
      throw new NodeStartException(String.valueOf(e.getMessage()), e);
    }
    if (!canDoIke(loaded.chain())) {
      throw new NodeStartException(
          "none of the crypto providers "
              + loaded.chain().name()
              + " can do IKE: let `jca` stand behind them in the order",
          null);
    }
    NodeSettings.Manual manual =
        new NodeSettings.Manual(ManualLoader.load(wanted, keys), sequences);
    Set<Integer> natPorts = natPorts(wanted);
    List<UdpOuter.Binding> bindings = bindings(wanted, natPorts);
    NativePath.Opened opened = NativePath.open(wanted, raw, addresses(bindings));
    PolicySet set = opened.port() == null ? UdpOnly.of(wanted) : wanted;
    NodeEvents events = new NodeEvents(listener);
    NodeSettings settings =
        new NodeSettings(
            set, loaded.chain(), natPorts, BURST, MAX_PACKET, Guards.sink(keySink, events), manual);
    if (!opened.reason().isEmpty()) {
      events.tell(new NodeEvent.NoNativePath(opened.reason()));
    }
    RawOuter raws = new RawOuter(opened.port(), Guards.tap(tap, events));
    try {
      UdpSide outer = UdpSide.open(bindings, datagrams, Guards.tap(tap, events), BURST);
      return start(settings, new Outside(outer, raws), events, loaded);
    } catch (NodeStartException | RuntimeException e) {
      raws.close();
      throw e;
    }
  }

  /** Both ways of the outer side. */
  record Outside(UdpSide udp, RawOuter raw) {}

  private static Set<IpAddress> addresses(List<UdpOuter.Binding> bindings) {
    Set<IpAddress> addresses = new LinkedHashSet<>();
    bindings.forEach(binding -> addresses.add(binding.local().address()));
    return addresses;
  }

  /** Leaves no socket and no thread behind when the policy turns out to be unusable. */
  private IpsecNode start(
      NodeSettings settings, Outside outer, NodeEvents events, CryptoLoader.Loaded loaded) {
    IpsecNode node = null;
    try {
      tell(events, loaded);
      node = new IpsecNode(this, settings, outer, events);
      node.start();
      return node;
    } catch (RuntimeException e) {
      if (node != null) {
        node.abandon();
      }
      outer.udp().close();
      events.abandon();
      throw e;
    }
  }

  private static boolean canDoIke(CryptoProvider crypto) {
    return Stream.of(PrfAlgorithm.values()).anyMatch(crypto::supports);
  }

  private static void tell(NodeEvents events, CryptoLoader.Loaded loaded) {
    loaded.refused().forEach(reason -> events.tell(new NodeEvent.ProviderRefused(reason)));
    loaded.notes().forEach(note -> events.tell(new NodeEvent.Trouble(note)));
    for (CryptoLoader.Choice choice : loaded.choices()) {
      events.tell(
          new NodeEvent.CryptoChosen(
              choice.transform().toString(),
              choice.provider(),
              choice.nanosPerPacket(),
              choice.cached()));
    }
  }

  IkeEngine newEngine(NodeSettings settings) {
    return IkeEngines.v2(
        IkeEngineSettings.of(
                Policies.view(settings.policy(), 1),
                settings.crypto(),
                settings.crypto().random(),
                required(credentials, "credentials").using(settings.crypto()),
                Instant::now,
                IpsecNodeBuilder::addressOrAny)
            .withExportKeys(keySink != null));
  }

  /** Our ports where IKE, if any, wears the non-ESP marker. */
  private static Set<Integer> natPorts(PolicySet set) {
    return Stream.concat(
            set.peers().stream().map(PadEntry::localNatPort),
            set.manual().stream().filter(ManualChild::isUdp).map(ManualChild::localPort))
        .collect(Collectors.toSet());
  }

  /** A port that any peer uses for encapsulation carries marked IKE for all (RFC 3948 2.2). */
  private static List<UdpOuter.Binding> bindings(PolicySet set, Set<Integer> natPorts)
      throws NodeStartException {
    LinkedHashSet<UdpOuter.Binding> bindings = new LinkedHashSet<>();
    for (PadEntry peer : set.peers()) {
      for (IpAddress address : localAddresses(peer)) {
        for (int port : List.of(peer.localIkePort(), peer.localNatPort())) {
          bindings.add(new UdpOuter.Binding(new Endpoint(address, port), natPorts.contains(port)));
        }
      }
    }
    for (ManualChild child : set.manual()) {
      if (child.isUdp()) {
        bindings.add(
            new UdpOuter.Binding(new Endpoint(child.localAddress(), child.localPort()), true));
      }
    }
    return List.copyOf(bindings);
  }

  private static List<IpAddress> localAddresses(PadEntry peer) throws NodeStartException {
    IpAddress named = peer.localAddress();
    if (named != null) {
      return List.of(named);
    }
    IpAddress remote = peer.remoteEndpoint();
    if (remote != null) {
      IpAddress local = addressTowards(remote);
      if (local == null) {
        throw new NodeStartException(
            "peer `"
                + peer.name()
                + "`: there is no route to "
                + remote
                + "; give the peer a local address, or see `ip route get "
                + remote
                + "`",
            null);
      }
      return List.of(local);
    }
    return allLocalAddresses();
  }

  /** The address that the system would send from; no packet is sent. Null without a route. */
  private static @Nullable IpAddress addressTowards(IpAddress remote) {
    try (DatagramSocket probe = new DatagramSocket()) {
      probe.connect(new InetSocketAddress(UdpOuter.inetAddress(remote), 9));
      byte[] octets = probe.getLocalAddress().getAddress();
      IpAddress local = IpAddress.of(octets);
      return local.isUnspecified() ? null : local;
    } catch (IOException | java.io.UncheckedIOException e) {
      return null;
    }
  }

  private static IpAddress addressOrAny(IpAddress remote) {
    IpAddress local = addressTowards(remote);
    return local != null ? local : remote.isV4() ? IpAddress.v4(0) : IpAddress.v6(0, 0);
  }

  private static List<IpAddress> allLocalAddresses() throws NodeStartException {
    List<IpAddress> addresses = new ArrayList<>();
    try {
      for (NetworkInterface nic : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (nic.isUp()) {
          for (var address : Collections.list(nic.getInetAddresses())) {
            if (!address.isLinkLocalAddress()) {
              addresses.add(IpAddress.of(address.getAddress()));
            }
          }
        }
      }
      return addresses;
    } catch (SocketException e) {
      throw new NodeStartException("the interfaces cannot be listed: " + e.getMessage(), e);
    }
  }
}
