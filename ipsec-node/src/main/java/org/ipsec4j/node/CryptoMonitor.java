package org.ipsec4j.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.SecurityAssociation;
import org.ipsec4j.node.crypto.CryptoWatch;
import org.ipsec4j.node.crypto.PolicyTransforms;
import org.ipsec4j.node.crypto.ProviderChain;
import org.ipsec4j.node.crypto.ProviderWatch;
import org.jspecify.annotations.Nullable;

/** What the crypto providers of a node do, for monitors. Guarded by the node's lock. */
final class CryptoMonitor {
  private final ProviderChain chain;
  private final CryptoWatch watch;
  private final SaLedger ledger;
  private final Set<PacketTransform> transforms;

  CryptoMonitor(NodeSettings settings, CryptoWatch watch, SaLedger ledger) {
    this.chain = settings.crypto();
    this.watch = watch;
    this.ledger = ledger;
    this.transforms = PolicyTransforms.of(settings.policy());
  }

  /** The provider of a name; null when there is none. */
  @Nullable ProviderWatch named(String name) {
    for (ProviderWatch each : watch.watches()) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }

  NodeCounters.Offload offload() {
    long sas = 0;
    long out = 0;
    long in = 0;
    Map<ProviderWatch, Long> counts = sas();
    for (ProviderWatch each : watch.watches()) {
      if (each.isOffload()) {
        sas += counts.getOrDefault(each, 0L);
        out += each.octetsOut();
        in += each.octetsIn();
      }
    }
    return new NodeCounters.Offload(sas, out, in);
  }

  List<NodeStatus.Crypto> status() {
    Map<ProviderWatch, Map<String, Double>> chosen = new LinkedHashMap<>();
    for (PacketTransform transform : transforms) {
      ProviderWatch best = watch.best(transform);
      if (best != null) {
        double nanos = chain.ranking().nanosPerPacket(transform, best.name());
        chosen
            .computeIfAbsent(best, any -> new LinkedHashMap<>())
            .put(transform.toString(), Double.isFinite(nanos) ? nanos : 0);
      }
    }
    List<NodeStatus.Crypto> all = new ArrayList<>();
    Map<ProviderWatch, Long> counts = sas();
    for (ProviderWatch each : watch.watches()) {
      String refusal = each.refusal();
      all.add(
          new NodeStatus.Crypto(
              each.name(),
              each.version(),
              refusal == null ? "" : refusal,
              counts.getOrDefault(each, 0L),
              each.packets(),
              each.octetsOut(),
              each.octetsIn(),
              each.failures(),
              chosen.getOrDefault(each, Map.of())));
    }
    return all;
  }

  /** SAs by the provider that they are with. */
  private Map<ProviderWatch, Long> sas() {
    Map<ProviderWatch, Long> counts = new LinkedHashMap<>();
    for (Association association : ledger.all()) {
      for (InboundSa sa : association.inbounds()) {
        count(sa, counts);
      }
      for (int i = 0; i < association.bundle().size(); i++) {
        count(association.bundle().sa(i), counts);
      }
    }
    return counts;
  }

  private void count(SecurityAssociation sa, Map<ProviderWatch, Long> counts) {
    ProviderWatch owner = watch.ownerOf(sa.key());
    if (owner != null) {
      counts.merge(owner, 1L, Long::sum);
    }
  }
}
