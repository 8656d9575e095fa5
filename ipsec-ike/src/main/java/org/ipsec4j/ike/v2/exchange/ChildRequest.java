package org.ipsec4j.ike.v2.exchange;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/**
 * A Child SA that we want.
 *
 * @param profile the policy that it is to fulfil
 * @param localSelectors what we ask for on our side, the packet that asked for it first (RFC 7296
 *     2.9)
 * @param remoteSelectors likewise on the peer's side
 */
public record ChildRequest(
    ChildProfile profile,
    List<TrafficSelector> localSelectors,
    List<TrafficSelector> remoteSelectors) {
  /** Copies the lists. */
  public ChildRequest {
    localSelectors = List.copyOf(localSelectors);
    remoteSelectors = List.copyOf(remoteSelectors);
  }

  /** Everything that the profile covers, and in front of it the packet, when there is one. */
  public static ChildRequest of(
      ChildProfile profile, @Nullable TrafficSelector local, @Nullable TrafficSelector remote) {
    boolean packet = local != null && remote != null;
    return new ChildRequest(
        profile,
        behind(packet ? local : null, profile.localSelectors()),
        behind(packet ? remote : null, profile.remoteSelectors()));
  }

  /** The same traffic again; a rekey does not change it (2.8). */
  public static ChildRequest again(Child old) {
    return new ChildRequest(old.profile(), old.localSelectors(), old.remoteSelectors());
  }

  private static List<TrafficSelector> behind(
      @Nullable TrafficSelector first, List<TrafficSelector> rest) {
    List<TrafficSelector> all = new ArrayList<>();
    if (first != null && rest.stream().anyMatch(selector -> selector.contains(first))) {
      all.add(first);
    }
    all.addAll(rest);
    return all;
  }
}
