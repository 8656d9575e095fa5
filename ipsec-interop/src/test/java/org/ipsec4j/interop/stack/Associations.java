package org.ipsec4j.interop.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.SaCounters;
import org.ipsec4j.esp.SaOptions;
import org.ipsec4j.esp.Sad;

/** The security associations that the orders have set up, by the names that the orders gave. */
final class Associations {
  private static final List<TrafficSelector> ANY =
      List.of(TrafficSelector.of("0.0.0.0/0"), TrafficSelector.of("::/0"));

  private final List<CryptoProvider> providers =
      ServiceLoader.load(CryptoProvider.class).stream().map(ServiceLoader.Provider::get).toList();
  private final Sad sad = new Sad();
  private final Options options = new Options();
  private final Compression compression = new Compression();
  private final Map<String, Pair> pairs = new LinkedHashMap<>();
  private long made;

  /** Both directions of one association. */
  record Pair(InboundSa in, OutboundSa out) {}

  List<CryptoProvider> providers() {
    return providers;
  }

  Sad sad() {
    return sad;
  }

  Compression compression() {
    return compression;
  }

  /** The pair of a name. */
  Pair pair(String name) {
    Pair pair = pairs.get(name);
    if (pair == null) {
      throw new IllegalArgumentException("no association " + name);
    }
    return pair;
  }

  /** Takes everything out and wipes the keys. */
  void clear() {
    for (Pair pair : pairs.values()) {
      remove(pair);
    }
    pairs.clear();
    options.clear();
    compression.clear();
  }

  private void remove(Pair pair) {
    sad.remove(pair.in.protocol(), pair.in.spi());
    pair.in.destroy();
    pair.out.destroy();
  }

  /** Makes a pair as the order says; one of the same name is replaced. */
  void add(Order order) throws CryptoException {
    Pair former = pairs.remove(order.text("name"));
    if (former != null) {
      remove(former);
    }
    PacketTransform transform = transform(order);
    SaKeys in = new SaKeys(Secret.adopt(order.hex("encin")), Secret.adopt(order.hex("authin")));
    SaKeys out = new SaKeys(Secret.adopt(order.hex("encout")), Secret.adopt(order.hex("authout")));
    ChildSa child = child(order, transform, in, out);
    SaOptions chosen = options.of(order);
    CryptoProvider provider = provider(transform);
    PacketKey inKey = provider.packetKey(transform, in.encryption(), in.integrity());
    PacketKey outKey = provider.packetKey(transform, out.encryption(), out.integrity());
    in.destroy();
    out.destroy();
    OutboundSa outbound = Options.outbound(child, outKey, chosen, order.number("first", 1));
    Pair pair = new Pair(InboundSa.of(child, inKey, chosen), outbound);
    sad.install(pair.in);
    pairs.put(order.text("name"), pair);
  }

  private CryptoProvider provider(PacketTransform transform) {
    return providers.stream()
        .filter(provider -> provider.supports(transform))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no provider for " + transform));
  }

  private static PacketTransform transform(Order order) {
    return new PacketTransform(
        SecurityProtocol.valueOf(order.text("proto", "ESP")),
        new EncryptionTransform(
            EncryptionAlgorithm.valueOf(order.text("enc", "NULL")), order.whole("bits", 0)),
        IntegrityAlgorithm.valueOf(order.text("integ", "NONE")),
        order.has("esn"));
  }

  private ChildSa child(Order order, PacketTransform transform, SaKeys in, SaKeys out) {
    IpAddress local = IpAddress.parse(order.text("local"));
    IpAddress remote = IpAddress.parse(order.text("remote"));
    int port = order.whole("port", 0);
    SaMode mode = SaMode.valueOf(order.text("mode"));
    Lifetime lifetime =
        new Lifetime(0, order.number("hardbytes", 0), 0, order.number("hardpackets", 0));
    return new ChildSa(
        new ChildSaId(++made),
        new IkeSaId(1, 2),
        "kernel",
        profile(transform, mode, lifetime),
        mode,
        transform,
        (int) order.number("spiin", 0),
        (int) order.number("spiout", 0),
        in,
        out,
        selectors(order.text("ours", "")),
        selectors(order.text("theirs", "")),
        local,
        remote,
        port == 0
            ? null
            : new UdpEncapsulation(new Endpoint(local, port), new Endpoint(remote, port)),
        order.whole("window", 128),
        lifetime,
        true);
  }

  /** Ranges with commas between them; nothing is everything. */
  private static List<TrafficSelector> selectors(String text) {
    if (text.isEmpty()) {
      return ANY;
    }
    List<TrafficSelector> selectors = new ArrayList<>();
    for (String range : text.split(",", -1)) {
      selectors.add(TrafficSelector.of(range));
    }
    return selectors;
  }

  private static ChildProfile profile(PacketTransform transform, SaMode mode, Lifetime lifetime) {
    ChildProposal proposal =
        new ChildProposal(
            transform.protocol(),
            transform.protocol() == SecurityProtocol.AH
                ? List.of()
                : List.of(transform.encryption()),
            transform.integrity() == IntegrityAlgorithm.NONE
                ? List.of()
                : List.of(transform.integrity()),
            List.of(),
            List.of(transform.extendedSequenceNumbers()));
    return new ChildProfile(
        "manual",
        ANY,
        ANY,
        List.of(proposal),
        mode,
        Duration.ZERO,
        0,
        Duration.ZERO,
        lifetime,
        128,
        ChildProfile.StartAction.NONE,
        Origin.PROGRAM);
  }

  /** What each association carried and dropped; zeroes are left out. */
  void report(Map<String, Long> into) {
    pairs.forEach(
        (name, pair) -> {
          report("in." + name, pair.in.counters(), into);
          report("out." + name, pair.out.counters(), into);
        });
    compression.report(into);
  }

  static void report(String name, SaCounters counters, Map<String, Long> into) {
    put(name + ".packets", counters.packets(), into);
    put(name + ".bytes", counters.bytes(), into);
    for (DropReason reason : DropReason.values()) {
      put(name + ".drop." + reason, counters.drops(reason), into);
    }
  }

  private static void put(String name, long value, Map<String, Long> into) {
    if (value != 0) {
      into.merge(name, value, Long::sum);
    }
  }
}
