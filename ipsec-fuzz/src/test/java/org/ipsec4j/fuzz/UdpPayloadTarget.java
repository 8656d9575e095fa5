package org.ipsec4j.fuzz;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.esp.framing.EncapsulatedKind;

/** The kind of a payload is the same wherever it lies, and is what its first octets say. */
final class UdpPayloadTarget implements FuzzTarget {
  @Override
  public String name() {
    return "udp-payload";
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(
        new byte[0],
        new byte[] {-1},
        new byte[] {0, 0, 0},
        new byte[28],
        new byte[] {0, 0, 0, 2, 17, 16, 12, 0},
        new byte[] {1, 2, 3, 4, 0, 0, 0, 1, 9, 9});
  }

  @Override
  public void run(byte[] input) {
    ByteBuffer memory = ByteBuffer.allocate(input.length + 8);
    memory.put(5, input);
    EncapsulatedKind kind = EncapsulatedKind.of(memory, 5, input.length);
    Slots.check(kind == slowTwin(input), "kind of payload");
    Slots.check(kind == EncapsulatedKind.of(ByteBuffer.wrap(input), 0, input.length), "place");
  }

  private static EncapsulatedKind slowTwin(byte[] input) {
    if (input.length < 4) {
      return input.length == 1 && input[0] == -1
          ? EncapsulatedKind.KEEPALIVE
          : EncapsulatedKind.TOO_SHORT;
    }
    boolean zeros = input[0] == 0 && input[1] == 0 && input[2] == 0;
    if (zeros && input[3] == 0) {
      return EncapsulatedKind.IKE;
    }
    return zeros && input[3] == 2 ? EncapsulatedKind.WESP : EncapsulatedKind.ESP;
  }
}
