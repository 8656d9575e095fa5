package org.ipsec4j.esp.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first octets decide (RFC 3948 2, RFC 5840 2.1). */
@NullUnmarked
class EncapsulatedKindTest {
  @ParameterizedTest
  @CsvSource({
    "'', TOO_SHORT",
    "ff, KEEPALIVE",
    "fe, TOO_SHORT",
    "ffff, TOO_SHORT",
    "000000, TOO_SHORT",
    "00000000, IKE",
    "0000000011223344, IKE",
    "00000001, ESP",
    "00000002, WESP",
    "0000000232140000, WESP",
    "ffffffff, ESP",
    "02000000, ESP"
  })
  void kinds(String octets, EncapsulatedKind expected) {
    byte[] payload = HexFormat.of().parseHex(octets);
    ByteBuffer memory = ByteBuffer.allocate(payload.length + 10);
    memory.put(3, payload);
    assertEquals(expected, EncapsulatedKind.of(memory, 3, payload.length));
  }
}
