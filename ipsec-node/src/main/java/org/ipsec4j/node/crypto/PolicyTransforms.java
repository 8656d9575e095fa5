package org.ipsec4j.node.crypto;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;

/** Which transforms a policy may need for its packets. */
public final class PolicyTransforms {
  private static final EncryptionTransform NO_CIPHER =
      new EncryptionTransform(EncryptionAlgorithm.NULL, 0);

  private PolicyTransforms() {}

  /** All that its children name, in the order of the policy. */
  public static Set<PacketTransform> of(PolicySet policy) {
    Set<PacketTransform> transforms = new LinkedHashSet<>();
    for (PadEntry peer : policy.peers()) {
      for (ChildProfile child : peer.children()) {
        child.proposals().forEach(proposal -> add(proposal, transforms));
      }
    }
    for (ManualChild child : policy.manual()) {
      for (ManualKeys layer : child.layers()) {
        transforms.add(layer.transform());
      }
    }
    return transforms;
  }

  private static void add(ChildProposal proposal, Set<PacketTransform> transforms) {
    List<EncryptionTransform> ciphers =
        proposal.encryption().isEmpty() ? List.of(NO_CIPHER) : proposal.encryption();
    List<IntegrityAlgorithm> macs =
        proposal.integrity().isEmpty() ? List.of(IntegrityAlgorithm.NONE) : proposal.integrity();
    for (EncryptionTransform cipher : ciphers) {
      for (IntegrityAlgorithm mac : macs) {
        for (boolean esn : proposal.esn()) {
          transforms.add(new PacketTransform(proposal.protocol(), cipher, mac, esn));
        }
      }
    }
  }
}
