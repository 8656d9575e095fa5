package org.ipsec4j.ike.wire;

import java.util.List;
import org.ipsec4j.api.policy.Proposal;
import org.jspecify.annotations.Nullable;

/**
 * Security Association payload (RFC 7296 3.3).
 *
 * @param proposals in the order of the message, at least one
 */
public record SaPayload(List<Proposal> proposals) implements Payload {
  /** Most proposals that are taken from a peer. */
  public static final int MAX_PROPOSALS = 64;

  /** Most transforms of all proposals together that are taken from a peer. */
  public static final int MAX_TRANSFORMS = 1024;

  /** Copies the list. */
  public SaPayload {
    proposals = List.copyOf(proposals);
  }

  static @Nullable SaPayload parse(WireReader in) {
    List<Proposal> proposals = ProposalWire.parse(in);
    return in.failed() ? null : new SaPayload(proposals);
  }

  @Override
  public int type() {
    return PayloadType.SA;
  }

  @Override
  public int length() {
    return ProposalWire.length(proposals);
  }

  @Override
  public void emit(byte[] target, int offset) {
    ProposalWire.emit(proposals, new WireWriter(target, offset));
  }
}
