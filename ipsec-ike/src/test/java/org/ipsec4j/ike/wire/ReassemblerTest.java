package org.ipsec4j.ike.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.ike.vectors.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 7383, both ways. */
final class ReassemblerTest {
  private static final IkeHeader HEADER = Samples.header(ExchangeType.IKE_AUTH, false);
  private static final TestKeys GCM =
      TestKeys.of(EncryptionAlgorithm.AES_GCM_16, 256, IntegrityAlgorithm.NONE);
  private static final int ROOM = FragmentCodec.room(576, true, false);

  private final SealKey key = GCM.sealKey(9);
  private final IkeCipher cipher = GCM.cipher(9);
  private final Reassembler reassembler = new Reassembler();

  static List<TestKeys> shapes() {
    return TestKeys.SHAPES;
  }

  /* IKE_AUTH { SKF(1/n), SKF(2/n) ... } --> in every order */
  @ParameterizedTest
  @MethodSource("shapes")
  void putsFragmentsTogetherInAnyOrder(TestKeys keys) throws CryptoException {
    SealKey sealKey = keys.sealKey(9);
    IkeCipher opening = keys.cipher(9);
    for (int order = 0; order < 20; order++) {
      List<byte[]> fragments =
          new ArrayList<>(FragmentCodec.seal(HEADER, Samples.everything(), sealKey, ROOM));
      assertTrue(fragments.size() > 2);
      Collections.shuffle(fragments, new Random(order));
      for (int i = 0; i < fragments.size() - 1; i++) {
        byte[] fragment = fragments.get(i);
        assertTrue(fragment.length <= ROOM);
        assertEquals(new OpenResult.Incomplete(i + 1, fragments.size()), open(fragment, opening));
      }
      OpenResult.Opened opened =
          assertInstanceOf(OpenResult.Opened.class, open(fragments.getLast(), opening));
      assertEquals(Samples.everything(), opened.message().payloads());
      assertFalse(reassembler.isPartial());
    }
  }

  @Test
  void fillsDatagramsExactly() throws CryptoException {
    for (TestKeys keys : TestKeys.SHAPES) {
      for (int room = 200; room < 260; room++) {
        List<byte[]> fragments =
            FragmentCodec.seal(HEADER, Samples.everything(), keys.sealKey(9), room);
        int longest = fragments.stream().mapToInt(fragment -> fragment.length).max().orElseThrow();
        assertTrue(longest <= room, keys + " " + room + " " + longest);
        assertTrue(room - longest < Math.max(1, keys.cipher(9).blockLength()), keys + " " + room);
      }
    }
  }

  /* RFC 7383 2.5.1: a message that fits is not fragmented. */
  @Test
  void leavesAMessageThatFitsWhole() throws CryptoException {
    byte[] whole = SkCodec.seal(HEADER, Samples.everything(), key);
    List<byte[]> atLimit = FragmentCodec.seal(HEADER, Samples.everything(), key, whole.length);
    List<byte[]> below = FragmentCodec.seal(HEADER, Samples.everything(), key, whole.length - 1);

    assertEquals(1, atLimit.size());
    assertEquals(2, below.size());
    assertInstanceOf(OpenResult.Opened.class, open(atLimit.getFirst(), cipher));
  }

  @Test
  void saysWhatIsInsideInTheFirstFragmentOnly() throws CryptoException {
    List<byte[]> fragments = FragmentCodec.seal(HEADER, Samples.everything(), key, ROOM);
    for (int i = 0; i < fragments.size(); i++) {
      SkfPayload skf = skf(fragments.get(i));
      assertEquals(i == 0 ? PayloadType.IDI : PayloadType.NONE, skf.innerType());
      assertEquals(i + 1, skf.number());
      assertEquals(fragments.size(), skf.total());
    }
  }

  @Test
  void dropsDuplicatesAndForgeriesWithoutForgetting() throws CryptoException {
    List<byte[]> fragments = FragmentCodec.seal(HEADER, Samples.everything(), key, ROOM);
    open(fragments.get(0), cipher);

    assertEquals(
        new OpenResult.Dropped(OpenResult.Reason.DUPLICATE_FRAGMENT),
        open(fragments.get(0), cipher));
    byte[] forged = fragments.get(1).clone();
    forged[forged.length - 1] ^= 1;
    assertEquals(new OpenResult.Dropped(OpenResult.Reason.ICV_MISMATCH), open(forged, cipher));
    // A forged split into more parts must not throw away what is authentic.
    byte[] moreParts = fragments.get(1).clone();
    moreParts[35] = (byte) (fragments.size() + 1);
    assertEquals(new OpenResult.Dropped(OpenResult.Reason.ICV_MISMATCH), open(moreParts, cipher));

    for (byte[] fragment : fragments.subList(1, fragments.size() - 1)) {
      assertInstanceOf(OpenResult.Incomplete.class, open(fragment, cipher));
    }
    assertInstanceOf(OpenResult.Opened.class, open(fragments.getLast(), cipher));
  }

  /* RFC 7383 2.6: a retransmission in more parts replaces, one in fewer parts is stale. */
  @Test
  void beginsAnewWithALargerTotalAndIgnoresASmaller() throws CryptoException {
    List<byte[]> few = FragmentCodec.seal(HEADER, Samples.everything(), key, 900);
    List<byte[]> many = FragmentCodec.seal(HEADER, Samples.everything(), key, 400);
    assertTrue(few.size() > 1 && few.size() < many.size());
    open(few.get(0), cipher);

    assertEquals(new OpenResult.Incomplete(1, many.size()), open(many.get(1), cipher));
    assertEquals(
        new OpenResult.Dropped(OpenResult.Reason.STALE_FRAGMENT), open(few.get(1), cipher));
    open(many.get(0), cipher);
    for (byte[] fragment : many.subList(2, many.size() - 1)) {
      open(fragment, cipher);
    }
    assertInstanceOf(OpenResult.Opened.class, open(many.getLast(), cipher));
  }

  @Test
  void beginsAnewWithAnotherMessageId() throws CryptoException {
    IkeHeader next = IkeHeader.of(1, 2, ExchangeType.IKE_AUTH, true, false, 2);
    open(FragmentCodec.seal(HEADER, Samples.everything(), key, ROOM).getFirst(), cipher);

    List<byte[]> fragments = FragmentCodec.seal(next, Samples.everything(), key, ROOM);
    assertEquals(
        new OpenResult.Incomplete(1, fragments.size()), open(fragments.getFirst(), cipher));
  }

  @Test
  void opensWholeMessagesBetweenFragments() throws CryptoException {
    assertInstanceOf(OpenResult.Opened.class, open(SkCodec.seal(HEADER, List.of(), key), cipher));
  }

  @Test
  void boundsTheNumberOfFragments() throws CryptoException {
    byte[] fragment =
        Envelope.skf(HEADER, PayloadType.NOTIFY, 1, FragmentCodec.MAX_FRAGMENTS + 1)
            .seal(new byte[10], 0, 10, key);
    assertEquals(
        new OpenResult.Dropped(OpenResult.Reason.TOO_MANY_FRAGMENTS), open(fragment, cipher));
    assertFalse(reassembler.isPartial());
    List<Payload> large = List.of(new CertPayload(4, new SeededRandom(3).bytes(40000)));
    assertThrows(IllegalArgumentException.class, () -> FragmentCodec.seal(HEADER, large, key, 200));
  }

  @Test
  void boundsTheOctetsOfAMessage() throws CryptoException {
    byte[] part = new byte[20000];
    for (int number = 1; number <= 3; number++) {
      byte[] fragment = Envelope.skf(HEADER, 0, number, 5).seal(part, 0, part.length, key);
      assertEquals(new OpenResult.Incomplete(number, 5), open(fragment, cipher));
    }
    byte[] fourth = Envelope.skf(HEADER, 0, 4, 5).seal(part, 0, part.length, key);
    assertEquals(
        new OpenResult.Dropped(OpenResult.Reason.REASSEMBLY_TOO_LARGE), open(fourth, cipher));
    assertEquals(0, reassembler.octets());
  }

  /** A length field of 16 bits must not wrap: what is too long is refused, never cut. */
  @Test
  void sealsNothingLongerThanAMessage() {
    List<Payload> large = List.of(new CertPayload(4, new SeededRandom(3).bytes(66000)));
    assertThrows(
        IllegalArgumentException.class, () -> FragmentCodec.seal(HEADER, large, key, 1400));
    assertThrows(IllegalArgumentException.class, () -> SkCodec.seal(HEADER, large, key));
  }

  @Test
  void forgetsOnDemand() throws CryptoException {
    open(FragmentCodec.seal(HEADER, Samples.everything(), key, ROOM).getFirst(), cipher);
    assertTrue(reassembler.isPartial() && reassembler.octets() > 0);
    reassembler.clear();
    assertFalse(reassembler.isPartial());
    assertEquals(0, reassembler.octets());
  }

  @Test
  void refusesFragmentsWhoseWholeIsMalformed() throws CryptoException {
    byte[] text = Bytes.ofHex("00 00 00 09 01 02 00").toArray();
    open(Envelope.skf(HEADER, PayloadType.NOTIFY, 1, 2).seal(text, 0, 4, key), cipher);
    assertInstanceOf(
        OpenResult.Refused.class,
        open(Envelope.skf(HEADER, 0, 2, 2).seal(text, 4, 3, key), cipher));
  }

  @Test
  void leavesRoomForTheHeadersOutside() {
    assertEquals(1280 - 20 - 8, FragmentCodec.room(1280, true, false));
    assertEquals(1280 - 40 - 8 - 4, FragmentCodec.room(1280, false, true));
  }

  private OpenResult open(byte[] datagram, IkeCipher with) {
    return reassembler.open(datagram, decoded(datagram), with);
  }

  private static SkfPayload skf(byte[] datagram) {
    return assertInstanceOf(SkfPayload.class, decoded(datagram).payloads().getLast());
  }

  private static IkeMessage decoded(byte[] datagram) {
    return assertInstanceOf(DecodeResult.Ok.class, MessageDecoder.decode(datagram)).message();
  }
}
