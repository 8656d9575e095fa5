package org.ipsec4j.ike.wire;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.policy.Proposal;
import org.jspecify.annotations.Nullable;

/**
 * Delete payload (RFC 7296 3.11).
 *
 * @param protocolId 1 for the IKE SA itself, 2 AH, 3 ESP
 * @param spiSize octets of each SPI: 0 for IKE, 4 for AH and ESP
 * @param spis the sender's inbound SPIs, each of {@code spiSize} octets
 */
public record DeletePayload(int protocolId, int spiSize, List<Bytes> spis) implements Payload {
  /** Most SPIs that are taken from a peer in one payload. */
  public static final int MAX_SPIS = 1024;

  /**
   * @throws IllegalArgumentException when an SPI has another size
   */
  public DeletePayload {
    spis = List.copyOf(spis);
    for (Bytes spi : spis) {
      if (spi.length() != spiSize || spiSize == 0) {
        throw new IllegalArgumentException("an SPI of " + spi.length() + " octets");
      }
    }
  }

  /** Deletes the IKE SA that carries it. */
  public static DeletePayload ikeSa() {
    return new DeletePayload(Proposal.IKE, 0, List.of());
  }

  /** Deletes Child SAs of one protocol. */
  public static DeletePayload childSas(int protocolId, List<Bytes> spis) {
    return new DeletePayload(protocolId, 4, spis);
  }

  static @Nullable DeletePayload parse(WireReader in) {
    int protocol = in.u8();
    int size = in.u8();
    int count = in.u16();
    if (count > MAX_SPIS) {
      in.fail(MalformedReason.TOO_MANY_SPIS);
    }
    if (!fits(protocol, size, count)) {
      in.fail(MalformedReason.BAD_SPI_SIZE);
    }
    List<Bytes> spis = new ArrayList<>();
    for (int i = 0; i < count && !in.failed(); i++) {
      spis.add(in.bytes(size));
    }
    in.expectEnd();
    return in.failed() ? null : new DeletePayload(protocol, size, spis);
  }

  private static boolean fits(int protocol, int size, int count) {
    return switch (protocol) {
      case Proposal.IKE -> size == 0 && count == 0;
      case Proposal.AH, Proposal.ESP -> size == 4;
      default -> size > 0 || count == 0;
    };
  }

  @Override
  public int type() {
    return PayloadType.DELETE;
  }

  @Override
  public int length() {
    return 4 + spiSize * spis.size();
  }

  @Override
  public void emit(byte[] target, int offset) {
    WireWriter out = new WireWriter(target, offset);
    out.u8(protocolId).u8(spiSize).u16(spis.size());
    spis.forEach(out::bytes);
  }
}
