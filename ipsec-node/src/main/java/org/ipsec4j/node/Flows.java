package org.ipsec4j.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;
import org.jspecify.annotations.Nullable;

/** The protected flows of a policy, by name and by rule, and when each is brought up again. */
final class Flows {
  private final Map<String, Flow> byName = new LinkedHashMap<>();
  private final @Nullable Flow[] byRule;

  Flows(PolicySet policy) {
    for (PadEntry peer : policy.peers()) {
      for (ChildProfile child : peer.children()) {
        byName.put(key(peer.name(), child.name()), new Flow(peer, child));
      }
    }
    for (ManualChild child : policy.manual()) {
      byName.put(key(ManualChild.PEER, child.name()), Flow.manual(child));
    }
    byRule = new Flow[policy.rules().size()];
    for (int i = 0; i < byRule.length; i++) {
      SpdRule rule = policy.rules().get(i);
      if (rule.action() == SpdRule.Action.PROTECT) {
        Flow flow = byName.get(key(String.valueOf(rule.peer()), String.valueOf(rule.child())));
        if (flow == null) {
          throw new IllegalArgumentException(
              "rule `"
                  + rule.name()
                  + "` protects by "
                  + rule.peer()
                  + "/"
                  + rule.child()
                  + ", which is not in the policy ("
                  + rule.origin()
                  + ")");
        }
        byRule[i] = flow;
      }
    }
  }

  private static String key(String peer, String child) {
    return peer + "/" + child;
  }

  /** The flow of a PROTECT rule; null for others. */
  @Nullable Flow ofRule(int rule) {
    return byRule[rule];
  }

  /** The flow of an agreed child; null when it is not in the policy of the packet path. */
  @Nullable Flow of(String peer, ChildProfile child) {
    return byName.get(key(peer, child.name()));
  }

  /** The flow of a manual child; null when it is not in the policy. */
  @Nullable Flow ofManual(String child) {
    return byName.get(key(ManualChild.PEER, child));
  }

  Iterable<Flow> all() {
    return byName.values();
  }

  List<Flow> startAtOnce() {
    List<Flow> wanted = new ArrayList<>();
    for (Flow flow : byName.values()) {
      if (flow.isKeptUp()) {
        wanted.add(flow);
      }
    }
    return wanted;
  }

  /** A negotiation with a peer failed: who waits is told, who must be up tries again later. */
  void failed(long now, String peer, PacketPath path) {
    for (Flow flow : byName.values()) {
      if (flow.peer.equals(peer) && !flow.isUp() && flow.isAsked()) {
        path.dropWaiting(flow, DropReason.ACQUIRE_TIMEOUT);
        retry(now, flow, flow.isKeptUp());
      }
    }
  }

  /** An IKE SA is gone, and with it what was being negotiated on it without a word of its own. */
  void ikeDown(long now, String peer) {
    for (Flow flow : byName.values()) {
      if (flow.peer.equals(peer) && !flow.isUp() && flow.isAsked()) {
        retry(now, flow, flow.isKeptUp() || flow.hasWaiting());
      }
    }
  }

  /** What was agreed for a flow could not be installed. */
  void refused(long now, Flow flow) {
    if (!flow.isUp()) {
      retry(now, flow, flow.isKeptUp());
    }
  }

  private static void retry(long now, Flow flow, boolean byItself) {
    if (byItself) {
      flow.retryLater(now);
    } else {
      flow.failed(now);
    }
  }

  /** A child was lost: one that must be up is brought up again. */
  void down(long now, IkeEvent.ChildDown event) {
    Flow flow = byName.get(key(event.peer(), event.name()));
    if (flow != null
        && !flow.isUp()
        && flow.isKeptUp()
        && event.reason() != IkeEvent.DownReason.DELETED_BY_COMMAND
        && event.reason() != IkeEvent.DownReason.REDUNDANT) {
      flow.retryLater(now);
    }
  }
}
