package org.ipsec4j.ike.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers, names, and the flyweight header. */
final class TablesTest {
  @Test
  void everyNotifyNumberIsItsOwn() {
    for (NotifyType type : NotifyType.values()) {
      assertEquals(Optional.of(type), NotifyType.of(type.number()));
      assertEquals(type.name(), NotifyType.name(type.number()));
    }
  }

  /** Spot checks against RFC 7296 3.10.1, RFC 4555 5, RFC 7383 5, RFC 7427 7. */
  @ParameterizedTest
  @CsvSource({
    "INVALID_SYNTAX, 7, true",
    "NO_PROPOSAL_CHOSEN, 14, true",
    "INVALID_KE_PAYLOAD, 17, true",
    "AUTHENTICATION_FAILED, 24, true",
    "TS_UNACCEPTABLE, 38, true",
    "TEMPORARY_FAILURE, 43, true",
    "CHILD_SA_NOT_FOUND, 44, true",
    "INITIAL_CONTACT, 16384, false",
    "COOKIE, 16390, false",
    "REKEY_SA, 16393, false",
    "MOBIKE_SUPPORTED, 16396, false",
    "IKEV2_FRAGMENTATION_SUPPORTED, 16430, false",
    "SIGNATURE_HASH_ALGORITHMS, 16431, false"
  })
  void notifyNumbersAreThoseOfTheRfc(NotifyType type, int number, boolean error) {
    assertEquals(number, type.number());
    assertEquals(error, type.isError());
  }

  /* RFC 7296 3.10.1: unknown error types fail the request, unknown status types are ignored. */
  @Test
  void tellsUnknownErrorsFromUnknownStatus() {
    assertTrue(NotifyType.isError(8191) && NotifyType.isError(16383));
    assertFalse(NotifyType.isError(16384) || NotifyType.isError(40960));
    assertEquals("error-8191", NotifyType.name(8191));
    assertEquals("status-40960", NotifyType.name(40960));
  }

  @Test
  void theViewSeesWhatTheRecordSees() {
    byte[] message = MessageEncoder.encode(Samples.init());
    IkeHeader header = Objects.requireNonNull(IkeHeader.parse(message, 0, message.length));
    ByteBuffer slab = ByteBuffer.allocateDirect(2000).put(40, message);
    HeaderView view = new HeaderView().wrap(slab, 40, message.length);

    assertTrue(view.check());
    assertEquals(header.initiatorSpi(), view.initiatorSpi());
    assertEquals(header.responderSpi(), view.responderSpi());
    assertEquals(header.nextPayload(), view.nextPayload());
    assertEquals(header.major(), view.major());
    assertEquals(header.exchangeType(), view.exchangeType());
    assertEquals(header.initiator(), view.initiator());
    assertEquals(header.response(), view.response());
    assertEquals(header.messageId(), view.messageId());
    assertEquals(message.length, view.length());
  }

  @Test
  void theViewRefusesWindowsThatAreNoMessage() {
    byte[] message = MessageEncoder.encode(Samples.init());
    ByteBuffer slab = ByteBuffer.wrap(message);
    HeaderView view = new HeaderView();

    assertFalse(view.check());
    assertFalse(view.wrap(slab, 0, message.length - 1).check());
    assertFalse(view.wrap(slab, 0, 27).check());
    assertFalse(view.wrap(slab, 1, message.length).check());
    assertFalse(view.wrap(slab, -1, 28).check());
    assertFalse(view.wrap(slab, 0, -28).check());
  }

  @Test
  void headerFlagsAndNumbersKeepTheirPlaces() {
    IkeHeader header =
        new IkeHeader(-1, -2, 255, 15, 7, 240, true, true, true, 0xfffffffeL, 0xffffffffL);
    byte[] octets = new byte[40];
    header.emit(octets, 5);
    assertEquals(0x38, octets[5 + 19]);
    assertEquals(header, IkeHeader.parse(octets, 5, 35));
  }
}
