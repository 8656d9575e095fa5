package org.ipsec4j.ike.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.ike.vectors.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SkCodecTest {
  private static final IkeHeader HEADER = Samples.header(ExchangeType.IKE_AUTH, false);
  private static final TestKeys GCM =
      TestKeys.of(EncryptionAlgorithm.AES_GCM_16, 256, IntegrityAlgorithm.NONE);
  private static final TestKeys CBC =
      TestKeys.of(EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128);

  static List<TestKeys> shapes() {
    return TestKeys.SHAPES;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void opensWhatItSealed(TestKeys keys) throws CryptoException {
    byte[] datagram = SkCodec.seal(HEADER, Samples.everything(), keys.sealKey(5));
    byte[] before = datagram.clone();

    OpenResult.Opened opened =
        assertInstanceOf(OpenResult.Opened.class, open(datagram, keys.cipher(5)));

    assertEquals(Samples.everything(), opened.message().payloads());
    assertEquals(HEADER.messageId(), opened.message().header().messageId());
    assertArrayEquals(before, datagram, "the datagram is only borrowed");
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void sealsAnEmptyMessage(TestKeys keys) throws CryptoException {
    byte[] datagram = SkCodec.seal(HEADER, List.of(), keys.sealKey(5));

    OpenResult.Opened opened =
        assertInstanceOf(OpenResult.Opened.class, open(datagram, keys.cipher(5)));

    assertEquals(List.of(), opened.message().payloads());
  }

  /** Header and SK header are authenticated too (RFC 7296 3.14), so every octet counts. */
  @ParameterizedTest
  @MethodSource("shapes")
  void dropsAMessageWithAnyOctetChanged(TestKeys keys) throws CryptoException {
    byte[] right = SkCodec.seal(HEADER, shortPayloads(), keys.sealKey(5));
    IkeCipher cipher = keys.cipher(5);
    IkeMessage outer = decoded(right);
    for (int i = 0; i < right.length; i++) {
      byte[] wrong = right.clone();
      wrong[i] ^= 0x10;
      assertEquals(
          new OpenResult.Dropped(OpenResult.Reason.ICV_MISMATCH),
          SkCodec.open(wrong, outer, cipher),
          "octet " + i);
    }
    assertInstanceOf(OpenResult.Opened.class, SkCodec.open(right, outer, cipher));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void dropsWhatIsSealedWithAnotherKey(TestKeys keys) throws CryptoException {
    byte[] datagram = SkCodec.seal(HEADER, shortPayloads(), keys.sealKey(5));
    assertEquals(
        new OpenResult.Dropped(OpenResult.Reason.ICV_MISMATCH), open(datagram, keys.cipher(6)));
  }

  /* RFC 5282 3: the IV of a combined mode must never repeat under a key. */
  @Test
  void neverRepeatsAnIvOfACombinedMode() throws CryptoException {
    SealKey key = GCM.sealKey(5);
    Set<Bytes> ivs = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      byte[] datagram = SkCodec.seal(HEADER, List.of(), key);
      ivs.add(Bytes.copyOf(datagram, 32, 8));
    }
    assertEquals(1000, ivs.size());
  }

  /* RFC 7296 3.14: the IV of a CBC mode is unpredictable. */
  @Test
  void drawsTheIvOfACbcModeFromTheRandomSource() throws CryptoException {
    SealKey key = CBC.sealKey(5);
    Bytes first = Bytes.copyOf(SkCodec.seal(HEADER, List.of(), key), 32, 16);
    Bytes second = Bytes.copyOf(SkCodec.seal(HEADER, List.of(), key), 32, 16);

    assertFalse(first.equals(second));
    assertEquals(first, new SeededRandom(6).bytes(16));
  }

  /* RFC 7296 3.14: the recipient must accept any length of padding that aligns. */
  @Test
  void takesMorePaddingThanNeeded() throws CryptoException {
    byte[] datagram = sealedText(GCM, new byte[] {1, 2, 3, 4, 5, 6, 7, 7}, PayloadType.NONE);
    OpenResult.Opened opened =
        assertInstanceOf(OpenResult.Opened.class, open(datagram, GCM.cipher(5)));
    assertEquals(List.of(), opened.message().payloads());
  }

  @Test
  void dropsPaddingLongerThanTheText() throws CryptoException {
    byte[] datagram = sealedText(GCM, new byte[] {0, 0, 0, 4}, PayloadType.NONE);
    assertEquals(
        new OpenResult.Dropped(OpenResult.Reason.BAD_PADDING), open(datagram, GCM.cipher(5)));
  }

  @Test
  void dropsLengthsThatCannotBe() throws CryptoException {
    byte[] datagram = SkCodec.seal(HEADER, shortPayloads(), CBC.sealKey(5));
    for (int length = 32; length < datagram.length; length++) {
      byte[] cut = Arrays.copyOf(datagram, length);
      setLengths(cut);
      OpenResult.Dropped dropped =
          assertInstanceOf(OpenResult.Dropped.class, open(cut, CBC.cipher(5)));
      boolean whole = length - 32 - 16 - 16 >= 16 && (length - 32 - 16 - 16) % 16 == 0;
      assertEquals(
          whole ? OpenResult.Reason.ICV_MISMATCH : OpenResult.Reason.BAD_LENGTH, dropped.reason());
    }
  }

  @Test
  void refusesAuthenticContentThatIsMalformed() throws CryptoException {
    byte[] text = {0, 0, 0, 9, 1, 2, 0, 0}; // a Notify of 9 octets in 7, no padding
    OpenResult.Refused refused =
        assertInstanceOf(
            OpenResult.Refused.class,
            open(sealedText(GCM, text, PayloadType.NOTIFY), GCM.cipher(5)));
    assertEquals(
        MalformedReason.BAD_PAYLOAD_LENGTH,
        assertInstanceOf(DecodeResult.Malformed.class, refused.failure()).reason());
  }

  @Test
  void refusesAuthenticCriticalPayloadsThatAreUnknown() throws CryptoException {
    List<Payload> payloads = List.of(new UnknownPayload(199, true, Bytes.EMPTY));
    OpenResult.Refused refused =
        assertInstanceOf(
            OpenResult.Refused.class,
            open(SkCodec.seal(HEADER, payloads, GCM.sealKey(5)), GCM.cipher(5)));
    assertEquals(
        199, assertInstanceOf(DecodeResult.UnsupportedCritical.class, refused.failure()).type());
  }

  @Test
  void refusesAnEncryptedPayloadInside() throws CryptoException {
    byte[] text = {0, 0, 0, 8, 1, 2, 3, 4, 0};
    OpenResult.Refused refused =
        assertInstanceOf(
            OpenResult.Refused.class, open(sealedText(GCM, text, PayloadType.SK), GCM.cipher(5)));
    assertEquals(
        MalformedReason.ENCRYPTED_NESTED,
        assertInstanceOf(DecodeResult.Malformed.class, refused.failure()).reason());
  }

  @Test
  void dropsMessagesInClear() {
    byte[] clear = MessageEncoder.encode(HEADER, shortPayloads());
    assertEquals(
        new OpenResult.Dropped(OpenResult.Reason.NOT_ENCRYPTED), open(clear, GCM.cipher(5)));
  }

  /** A known payload in front of SK is no secret and must not pass for one. */
  @Test
  void dropsMessagesWithKnownPayloadsInFront() throws CryptoException {
    byte[] sealed = SkCodec.seal(HEADER, List.of(), GCM.sealKey(5));
    byte[] front = new byte[8 + sealed.length];
    System.arraycopy(sealed, 0, front, 0, 28);
    new WireWriter(front, 28).u8(PayloadType.SK).u8(0).u16(8).zero(4);
    System.arraycopy(sealed, 28, front, 36, sealed.length - 28);
    HEADER.with(PayloadType.NOTIFY, front.length).emit(front, 0);
    assertEquals(
        new OpenResult.Dropped(OpenResult.Reason.PAYLOAD_OUTSIDE), open(front, GCM.cipher(5)));
  }

  static List<Payload> shortPayloads() {
    return List.of(NotifyPayload.of(NotifyType.INITIAL_CONTACT), DeletePayload.ikeSa());
  }

  /** Seals a text as it is, its last octet being the pad length. */
  private static byte[] sealedText(TestKeys keys, byte[] text, int innerType)
      throws CryptoException {
    IkeCipher cipher = keys.cipher(5);
    int length = 32 + cipher.ivLength() + text.length + cipher.icvLength();
    byte[] message = new byte[length];
    HEADER.with(PayloadType.SK, length).emit(message, 0);
    new WireWriter(message, 28).u8(innerType).u8(0).u16(length - 28);
    System.arraycopy(text, 0, message, 32 + cipher.ivLength(), text.length);
    cipher.seal(message, 32);
    return message;
  }

  private static void setLengths(byte[] message) {
    new WireWriter(message, 24).u16(0).u16(message.length);
    new WireWriter(message, 30).u16(message.length - 28);
  }

  private static IkeMessage decoded(byte[] datagram) {
    return assertInstanceOf(DecodeResult.Ok.class, MessageDecoder.decode(datagram)).message();
  }

  private static OpenResult open(byte[] datagram, IkeCipher cipher) {
    return SkCodec.open(datagram, decoded(datagram), cipher);
  }
}
