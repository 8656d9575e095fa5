package org.ipsec4j.api.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A protected flow whose SAs have keys that people agreed on, without IKE (RFC 4301 4.5.1). It is
 * up as long as the node runs, and is never renewed.
 *
 * @param name unique among the manual children
 * @param localAddress our outer address
 * @param remoteAddress the peer's outer address, of the same family
 * @param localPort UDP port of ours for encapsulation; 0 for native protocol 50 or 51
 * @param remotePort the peer's; 0 likewise
 * @param mode any; BEET needs one address on each side as selectors, which are its inner addresses
 * @param localSelectors our side of the traffic
 * @param remoteSelectors the peer's side
 * @param layers what wraps a packet, the innermost first: ESP, AH, or ESP and then AH around it
 * @param replayWindow packets, 64 to 4096; 0 for no replay protection, which is what RFC 4303 3.3.3
 *     recommends for manual keys
 * @param softLifetime age that is reported once; zero for none
 * @param hardLifetime age at which nothing passes any more; zero for none
 * @param lifetime volume limits
 * @param sequenceStore where the numbers used are kept across restarts, so that none comes twice;
 *     null when they begin at 1 each time
 * @param origin where it was written
 */
public record ManualChild(
    String name,
    IpAddress localAddress,
    IpAddress remoteAddress,
    int localPort,
    int remotePort,
    SaMode mode,
    List<TrafficSelector> localSelectors,
    List<TrafficSelector> remoteSelectors,
    List<ManualKeys> layers,
    int replayWindow,
    Duration softLifetime,
    Duration hardLifetime,
    Lifetime lifetime,
    @Nullable String sequenceStore,
    Origin origin) {
  /** Stands for the peer in rules, states and events; no real peer may have this name. */
  public static final String PEER = "manual";

  /**
   * @throws IllegalArgumentException when something is missing, out of range or contradictory; the
   *     message says what to do
   */
  public ManualChild {
    localSelectors = List.copyOf(localSelectors);
    remoteSelectors = List.copyOf(remoteSelectors);
    layers = List.copyOf(layers);
    if (localSelectors.isEmpty() || remoteSelectors.isEmpty()) {
      throw new IllegalArgumentException("manual child `" + name + "` needs selectors");
    }
    if (localAddress.isV4() != remoteAddress.isV4()) {
      throw new IllegalArgumentException(
          localAddress + " and " + remoteAddress + " are of different families");
    }
    if ((localPort == 0) != (remotePort == 0)
        || localPort < 0
        || localPort > 65535
        || remotePort < 0
        || remotePort > 65535) {
      throw new IllegalArgumentException("UDP encapsulation needs two ports in 1..65535");
    }
    if (replayWindow != 0 && (replayWindow < 64 || replayWindow > 4096)) {
      throw new IllegalArgumentException(
          "replay window " + replayWindow + " is not in 64..4096, nor 0 for none");
    }
    if (softLifetime.isNegative() || hardLifetime.isNegative()) {
      throw new IllegalArgumentException("a lifetime is negative");
    }
    if (mode == SaMode.BEET && !(isOne(localSelectors) && isOne(remoteSelectors))) {
      throw new IllegalArgumentException(
          "BEET mode binds one inner address on each side: `local` and `remote` are one address");
    }
    checkLayers(layers, localPort, sequenceStore);
  }

  private static boolean isOne(List<TrafficSelector> selectors) {
    return selectors.stream()
            .map(TrafficSelector::addresses)
            .allMatch(selectors.getFirst().addresses()::equals)
        && selectors.getFirst().addresses().prefixLength()
            == selectors.getFirst().addresses().first().bits();
  }

  private static void checkLayers(
      List<ManualKeys> layers, int localPort, @Nullable String sequenceStore) {
    boolean single = layers.size() == 1;
    boolean pair =
        layers.size() == 2
            && layers.getFirst().transform().protocol() == SecurityProtocol.ESP
            && layers.getLast().transform().protocol() == SecurityProtocol.AH;
    if (!single && !pair) {
      throw new IllegalArgumentException("one layer of ESP or AH, or ESP with AH around it");
    }
    for (ManualKeys layer : layers) {
      if (localPort != 0 && layer.transform().protocol() == SecurityProtocol.AH) {
        throw new IllegalArgumentException(
            "AH covers the IP header and cannot travel in UDP (RFC 3948 1)");
      }
      if (layer.needsFreshNumbers() && sequenceStore == null) {
        throw new IllegalArgumentException(
            layer.transform()
                + " breaks when a number comes twice under one key, as it would after a restart:"
                + " use AES-CBC with HMAC, or keep the numbers in a sequence store");
      }
    }
  }

  /** Whether its packets travel in UDP. */
  public boolean isUdp() {
    return localPort != 0;
  }

  /** The layer of a protocol. */
  public Optional<ManualKeys> layer(SecurityProtocol protocol) {
    return layers.stream().filter(one -> one.transform().protocol() == protocol).findFirst();
  }
}
