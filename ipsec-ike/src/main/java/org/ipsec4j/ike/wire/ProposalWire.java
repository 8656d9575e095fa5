package org.ipsec4j.ike.wire;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.Transform;

/** Proposal and transform substructures (RFC 7296 3.3.1, 3.3.2, 3.3.5). */
final class ProposalWire {
  private static final int PROPOSAL_HEADER = 8;
  private static final int TRANSFORM_HEADER = 8;
  private static final int MORE_PROPOSALS = 2;
  private static final int MORE_TRANSFORMS = 3;
  private static final int LAST = 0;

  /** Attribute Key Length in the short form: type 14 with the format bit. */
  private static final int KEY_LENGTH = 0x8000 | 14;

  private static final int ATTRIBUTE = 4;

  private ProposalWire() {}

  static List<Proposal> parse(WireReader in) {
    List<Proposal> proposals = new ArrayList<>();
    int transforms = 0;
    boolean more = true;
    while (more && !in.failed()) {
      int start = in.position();
      int last = in.u8();
      in.skip(1);
      int length = in.u16();
      if (length < PROPOSAL_HEADER) {
        in.fail(MalformedReason.BAD_SUBSTRUCTURE_LENGTH, start);
      }
      WireReader body = in.window(length - 4);
      more = isMore(in, last, MORE_PROPOSALS, start);
      Proposal proposal = parseProposal(body);
      in.join(body);
      transforms += proposal.transforms().size();
      proposals.add(proposal);
      if (proposals.size() > SaPayload.MAX_PROPOSALS || transforms > SaPayload.MAX_TRANSFORMS) {
        in.fail(MalformedReason.TOO_MANY_PROPOSALS, start);
      }
    }
    in.expectEnd();
    return proposals;
  }

  private static Proposal parseProposal(WireReader in) {
    int number = in.u8();
    int protocol = in.u8();
    int spiSize = in.u8();
    int count = in.u8();
    int at = in.position();
    if (!fits(protocol, spiSize)) {
      in.fail(MalformedReason.BAD_SPI_SIZE, at);
    }
    Bytes spi = in.bytes(spiSize);
    List<Transform> transforms = new ArrayList<>();
    // None at all is well-formed; whether it is acceptable is not decided here (3.3.6).
    boolean more = count > 0;
    while (more && !in.failed()) {
      int start = in.position();
      int last = in.u8();
      in.skip(1);
      int length = in.u16();
      if (length < TRANSFORM_HEADER) {
        in.fail(MalformedReason.BAD_SUBSTRUCTURE_LENGTH, start);
      }
      WireReader body = in.window(length - 4);
      more = isMore(in, last, MORE_TRANSFORMS, start);
      transforms.add(parseTransform(body));
      in.join(body);
    }
    in.expectEnd();
    if (transforms.size() != count) {
      in.fail(MalformedReason.BAD_TRANSFORM_COUNT, at);
    }
    return new Proposal(number, protocol, spi, transforms);
  }

  private static Transform parseTransform(WireReader in) {
    int type = in.u8();
    in.skip(1);
    int id = in.u16();
    int keyBits = 0;
    boolean unknown = false;
    while (in.remaining() > 0) {
      int attribute = in.u16();
      int value = in.u16();
      if (attribute == KEY_LENGTH) {
        // Twice, or an empty key: such a transform cannot be meant and is never chosen.
        unknown |= keyBits != 0 || value == 0;
        keyBits = value;
      } else {
        unknown = true;
        if ((attribute & 0x8000) == 0) {
          in.skip(value);
        }
      }
    }
    return new Transform(type, id, keyBits, unknown);
  }

  /** SPI sizes of the known protocols; 0 for IKE is the first exchange, 8 a rekey (3.3.1). */
  private static boolean fits(int protocol, int spiSize) {
    return switch (protocol) {
      case Proposal.IKE -> spiSize == 0 || spiSize == 8;
      case Proposal.AH, Proposal.ESP -> spiSize == 4;
      default -> true;
    };
  }

  private static boolean isMore(WireReader in, int value, int more, int start) {
    if (value != LAST && value != more) {
      in.fail(MalformedReason.BAD_SUBSTRUCTURE_CHAIN, start);
    } else if ((value == LAST) != (in.remaining() == 0)) {
      in.fail(MalformedReason.BAD_SUBSTRUCTURE_CHAIN, start);
    }
    return value == more;
  }

  static int length(List<Proposal> proposals) {
    int length = 0;
    for (Proposal proposal : proposals) {
      length += length(proposal);
    }
    return length;
  }

  private static int length(Proposal proposal) {
    int length = PROPOSAL_HEADER + proposal.spi().length();
    for (Transform transform : proposal.transforms()) {
      length += length(transform);
    }
    return length;
  }

  private static int length(Transform transform) {
    return TRANSFORM_HEADER + (transform.keyBits() == 0 ? 0 : ATTRIBUTE);
  }

  static void emit(List<Proposal> proposals, WireWriter out) {
    for (int i = 0; i < proposals.size(); i++) {
      Proposal proposal = proposals.get(i);
      List<Transform> transforms = proposal.transforms();
      out.u8(i == proposals.size() - 1 ? LAST : MORE_PROPOSALS).zero(1).u16(length(proposal));
      out.u8(proposal.number()).u8(proposal.protocolId());
      out.u8(proposal.spi().length()).u8(transforms.size()).bytes(proposal.spi());
      for (int j = 0; j < transforms.size(); j++) {
        emit(transforms.get(j), j == transforms.size() - 1, out);
      }
    }
  }

  private static void emit(Transform transform, boolean last, WireWriter out) {
    if (transform.unknownAttribute()) {
      throw new IllegalArgumentException("a transform with unknown attributes is never sent");
    }
    out.u8(last ? LAST : MORE_TRANSFORMS).zero(1).u16(length(transform));
    out.u8(transform.type()).zero(1).u16(transform.id());
    if (transform.keyBits() != 0) {
      out.u16(KEY_LENGTH).u16(transform.keyBits());
    }
  }
}
