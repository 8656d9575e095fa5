package org.ipsec4j.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.packet.DatagramProvider;
import org.ipsec4j.api.packet.PacketPort;
import org.ipsec4j.api.packet.RawProvider;
import org.ipsec4j.api.packet.TunProvider;
import org.ipsec4j.api.packet.TunSettings;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.cli.policy.LoadedPolicy;
import org.ipsec4j.cli.record.KeyCollector;
import org.ipsec4j.cli.record.OuterRecorder;
import org.ipsec4j.node.FileSequenceStore;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.IpsecNodeBuilder;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeEvent;
import org.ipsec4j.node.NodeStartException;
import org.jspecify.annotations.Nullable;

/** A running gateway with what belongs to it: TUN device, recorder, keys. */
final class Gateway implements AutoCloseable {
  /**
   * What the command line says.
   *
   * @param tunName overrides the policy's
   * @param withoutTun no TUN device
   * @param wireshark folder for keys and capture, or null
   * @param policyFolder where names in the policy begin
   */
  record Options(
      @Nullable String tunName, boolean withoutTun, @Nullable Path wireshark, Path policyFolder) {}

  private final IpsecNode node;
  private final Console console;
  private final @Nullable KeyCollector keys;
  private final @Nullable OuterRecorder recorder;
  private final EventPrinter printer;
  private boolean closed;

  private Gateway(
      IpsecNode node,
      Console console,
      @Nullable KeyCollector keys,
      @Nullable OuterRecorder recorder,
      EventPrinter printer) {
    this.node = node;
    this.console = console;
    this.keys = keys;
    this.recorder = recorder;
    this.printer = printer;
  }

  static Gateway start(LoadedPolicy loaded, Options options, EventPrinter printer)
      throws NodeStartException, IOException {
    PolicySet policy = loaded.policy();
    PacketPort inner = options.withoutTun() ? new MemoryPort() : openTun(loaded, options);
    KeyCollector keys = null;
    OuterRecorder recorder = null;
    try {
      IpsecNodeBuilder builder =
          IpsecNode.builder()
              .policy(policy)
              .credentials(loaded.credentials())
              .inner(inner)
              .cryptoOrder(loaded.document().node().crypto().within(options.policyFolder()))
              .sequenceStore(new FileSequenceStore(options.policyFolder()));
      RawProvider raw =
          firstSupported(ServiceLoader.load(RawProvider.class), RawProvider::isSupported);
      if (raw != null) {
        builder.nativePath(raw);
      }
      DatagramProvider datagrams =
          firstSupported(ServiceLoader.load(DatagramProvider.class), DatagramProvider::isSupported);
      if (datagrams != null) {
        builder.datagrams(datagrams);
      }
      Path folder = options.wireshark();
      if (folder != null) {
        Files.createDirectories(folder);
        keys = KeyCollector.live(folder);
        for (PadEntry peer : policy.peers()) {
          keys.ports(peer.localIkePort(), peer.localNatPort());
          keys.ports(peer.remoteIkePort(), peer.remoteNatPort());
        }
        recorder = OuterRecorder.create(folder.resolve("outer.pcapng"));
        builder.exportKeysTo(keys).outerTap(recorder);
      }
      IpsecNode node = builder.onEvent(printer::print).start();
      return new Gateway(node, new Console(policy, node, printer), keys, recorder, printer);
    } catch (NodeStartException | IOException | RuntimeException e) {
      inner.close();
      if (keys != null) {
        keys.close();
      }
      if (recorder != null) {
        recorder.abort();
      }
      throw e;
    }
  }

  /** The provider of a door that supports this system; what the door lacks then, the node says. */
  private static <T> @Nullable T firstSupported(ServiceLoader<T> doors, Predicate<T> supported) {
    var providers = doors.iterator();
    // some failures do not move the search on, so that it must end by itself
    int failures = 0;
    while (failures < 16) {
      try {
        if (!providers.hasNext()) {
          return null;
        }
        T provider = providers.next();
        if (supported.test(provider)) {
          return provider;
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        // a provider for another Java or without native access: the node does without
        failures++;
      }
    }
    return null;
  }

  private static PacketPort openTun(LoadedPolicy loaded, Options options) throws IOException {
    TunSettings wanted = loaded.tun(options.tunName());
    LinkedHashSet<AddressRange> routes = new LinkedHashSet<>();
    for (var peer : loaded.policy().peers()) {
      for (var child : peer.children()) {
        for (TrafficSelector selector : child.remoteSelectors()) {
          routes.add(selector.addresses());
        }
      }
    }
    for (ManualChild child : loaded.policy().manual()) {
      child.remoteSelectors().forEach(selector -> routes.add(selector.addresses()));
    }
    TunSettings settings =
        new TunSettings(wanted.name(), wanted.addresses(), wanted.mtu(), List.copyOf(routes));
    List<String> refused = new ArrayList<>();
    var providers = ServiceLoader.load(TunProvider.class).iterator();
    while (true) {
      try {
        if (!providers.hasNext()) {
          break;
        }
        TunProvider provider = providers.next();
        if (provider.isSupported()) {
          return provider.open(settings);
        }
        refused.add(provider.getClass().getSimpleName() + " does not support this system");
      } catch (ServiceConfigurationError | LinkageError e) {
        refused.add(String.valueOf(e.getMessage()));
      }
    }
    throw new IOException(
        "no TUN device can be made here ("
            + String.join("; ", refused)
            + "): use --no-tun, or embed"
            + " IpsecNode with a PacketPort of your own");
  }

  Console console() {
    return console;
  }

  /** Deletes the associations on the peers, ends, and writes what was asked for; idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    node.close();
    try {
      if (recorder != null) {
        recorder.close();
      }
      if (keys != null) {
        keys.close();
        IOException problem = keys.problem();
        if (problem != null) {
          throw problem;
        }
      }
    } catch (IOException e) {
      printer.print(
          new NodeEvent.Trouble("the capture or the keys could not be written: " + e.getMessage()));
    }
  }
}
