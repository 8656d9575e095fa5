package org.ipsec4j.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.RawPort;
import org.ipsec4j.api.packet.RawProvider;
import org.ipsec4j.api.packet.RawSettings;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.jspecify.annotations.Nullable;

/** Decides whether a node has native ESP and AH, and what follows when it has not. */
final class NativePath {
  private NativePath() {}

  /**
   * What came of opening raw sockets.
   *
   * @param port null when there is none
   * @param reason why there is none, for people; empty when there is one or none was wanted
   */
  record Opened(@Nullable RawPort port, String reason) {}

  /**
   * Opens raw sockets where a provider can. Without them a policy that can do without runs over
   * UDP.
   *
   * @throws NodeStartException when the policy cannot do without; names each child that cannot
   */
  static Opened open(
      PolicySet policy, @Nullable RawProvider provider, Collection<IpAddress> addresses)
      throws NodeStartException {
    String reason = "this node was given no raw sockets (`IpsecNode.builder().nativePath(...)`)";
    Set<IpAddress> all = new java.util.LinkedHashSet<>(addresses);
    policy.manual().forEach(child -> all.add(child.localAddress()));
    if (provider != null && !all.isEmpty()) {
      try {
        if (provider.isSupported()) {
          return new Opened(
              provider.open(new RawSettings(List.copyOf(all), protocols(policy))), "");
        }
        reason = "raw sockets are not supported on this system";
      } catch (IOException e) {
        reason = String.valueOf(e.getMessage());
      }
    }
    List<String> needs = needs(policy);
    if (!needs.isEmpty()) {
      throw new NodeStartException(String.join("\n", needs) + "\n" + reason, null);
    }
    return new Opened(null, provider == null ? "" : reason);
  }

  /** AH sockets only where AH is wanted: what a socket receives, other programs receive as well. */
  private static Set<SecurityProtocol> protocols(PolicySet policy) {
    EnumSet<SecurityProtocol> protocols = EnumSet.of(SecurityProtocol.ESP);
    boolean ah =
        policy.manual().stream().anyMatch(child -> child.layer(SecurityProtocol.AH).isPresent())
            || policy.peers().stream()
                .flatMap(peer -> peer.children().stream())
                .anyMatch(NativePath::wantsAh);
    if (ah) {
      protocols.add(SecurityProtocol.AH);
    }
    return protocols;
  }

  private static boolean wantsAh(ChildProfile child) {
    return child.proposals().stream().anyMatch(p -> p.protocol() == SecurityProtocol.AH);
  }

  /** What of a policy does not work over UDP, a line each. */
  private static List<String> needs(PolicySet policy) {
    List<String> needs = new ArrayList<>();
    for (PadEntry peer : policy.peers()) {
      if (peer.ike().encapsulation() == IkeProfile.Encapsulation.NEVER) {
        needs.add(
            peer.origin()
                + ": peer `"
                + peer.name()
                + "` says `encapsulation: never`, which needs raw sockets: say `auto`");
      }
      for (ChildProfile child : peer.children()) {
        if (wantsAh(child)) {
          needs.add(
              child.origin()
                  + ": child `"
                  + child.name()
                  + "` wants AH, which cannot travel in UDP and needs raw sockets: use `esp`");
        }
      }
    }
    for (ManualChild child : policy.manual()) {
      if (!child.isUdp()) {
        needs.add(
            child.origin()
                + ": manual child `"
                + child.name()
                + "` is native, which needs raw sockets: give it `udp: { local: 4500, remote: 4500"
                + " }` on both sides");
      }
    }
    return needs;
  }
}
