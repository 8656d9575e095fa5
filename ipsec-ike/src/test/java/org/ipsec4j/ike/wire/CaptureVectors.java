package org.ipsec4j.ike.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.ike.rules.MessageRules;
import org.ipsec4j.ike.rules.RuleResult;
import org.ipsec4j.ike.vectors.Captures;
import org.ipsec4j.ike.vectors.Shared;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that other implementations sent, in captures that others made. */
final class CaptureVectors {
  /** Real IKE_AUTH exchanges, opened with the keys that were published beside the captures. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ikev2-decrypt-3des-sha1_160.pcap",
        "ikev2-decrypt-aes128ccm12.pcap",
        "ikev2-decrypt-aes256cbc.pcapng",
        "ikev2-decrypt-aes256gcm16.pcap"
      })
  void opensCapturedMessagesWithTheirKeys(String name) throws IOException, CryptoException {
    Optional<Path> capture = Shared.file("wireshark/" + name);
    Optional<Path> keyFile =
        Shared.file("wireshark/" + name.substring(0, name.lastIndexOf('.')) + ".keys.json");
    if (capture.isEmpty() || keyFile.isEmpty()) {
      Shared.report(name, 0, 1);
      return;
    }
    Map<String, String> keys = new HashMap<>();
    Shared.objects(keyFile.get()).forEach(keys::putAll);
    boolean expectedSeen = false;
    int opened = 0;
    for (byte[] datagram : Captures.messages(Files.readAllBytes(capture.get()))) {
      IkeMessage outer =
          assertInstanceOf(DecodeResult.Ok.class, MessageDecoder.decode(datagram)).message();
      assertNull(MessageRules.checkOuter(outer));
      if (outer.header().exchangeType() != ExchangeType.IKE_SA_INIT) {
        OpenResult result =
            new Reassembler().open(datagram, outer, cipher(keys, outer.header().initiator()));
        IkeMessage inner = assertInstanceOf(OpenResult.Opened.class, result).message();
        assertInstanceOf(RuleResult.Ok.class, MessageRules.check(inner), inner::toString);
        AuthPayload auth = inner.first(AuthPayload.class);
        String expected = keys.get("one_packet_must_contain_hex");
        expectedSeen |= auth != null && auth.data().toHex().equals(expected);
        opened++;
      } else {
        assertInstanceOf(RuleResult.Ok.class, MessageRules.check(outer), outer::toString);
      }
    }
    assertTrue(opened >= 2 && expectedSeen, name + ": " + opened + " opened");
    Shared.report(name, opened, 0);
  }

  private static IkeCipher cipher(Map<String, String> keys, boolean ofInitiator)
      throws CryptoException {
    Bytes encryption = Bytes.ofHex(present(keys.get(ofInitiator ? "sk_ei" : "sk_er")));
    Bytes integrity = Bytes.ofHex(present(keys.get(ofInitiator ? "sk_ai" : "sk_ar")));
    String name = present(keys.get("encryption"));
    if (name.startsWith("3DES")) {
      // HMAC_SHA1_160 (RFC 4595) is for Fibre Channel and no algorithm of ours.
      return new TestCiphers.Cbc("DESede", encryption, "HmacSHA1", integrity, 8, 20);
    }
    if (name.startsWith("AES-CCM")) {
      return new TestCiphers.Ccm(encryption, 12);
    }
    boolean gcm = name.startsWith("AES-GCM");
    return TestKeys.CRYPTO.ikeCipher(
        new EncryptionTransform(
            gcm ? EncryptionAlgorithm.AES_GCM_16 : EncryptionAlgorithm.AES_CBC, 256),
        gcm ? IntegrityAlgorithm.NONE : IntegrityAlgorithm.HMAC_SHA2_256_128,
        Secret.ofPublic(encryption),
        Secret.ofPublic(integrity));
  }

  /** Hostile and foreign messages end in a named result, each in the one that it deserves. */
  @ParameterizedTest
  @CsvSource({
    "ISAKMP_sa_setup.pcap, 9, UnsupportedVersion",
    "ikev2-id-normal.pcap, 1, Malformed",
    "isakmp-delete-segfault.pcap, 1, UnsupportedVersion",
    "isakmp-pointer-loop.pcap, 1, UnsupportedVersion",
    "isakmp-various-oobr.pcap, 1, UnsupportedVersion",
    "isakmp4500.pcap, 15, UnsupportedVersion",
    "ipsec-ikev1-isakmp-main-mode.pcap, 9, UnsupportedVersion",
    "ipsec-ikev1-zero-length.pcap, 1, UnsupportedVersion"
  })
  void namesWhatForeignMessagesAre(String name, int count, String outcome) throws IOException {
    List<byte[]> messages = Captures.messages(resource(name));
    for (byte[] message : messages) {
      assertEquals(outcome, MessageDecoder.decode(message).getClass().getSimpleName());
    }
    assertEquals(count, messages.size());
    Shared.report(name, count, 0);
  }

  /** The same octets under our version and an SPI reach the payload parsers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ISAKMP_sa_setup.pcap",
        "ikev2-id-normal.pcap",
        "isakmp-delete-segfault.pcap",
        "isakmp-pointer-loop.pcap",
        "isakmp-various-oobr.pcap",
        "isakmp4500.pcap",
        "ipsec-ikev1-isakmp-main-mode.pcap",
        "ipsec-ikev1-zero-length.pcap"
      })
  void survivesForeignMessagesUnderOurVersion(String name) throws IOException {
    for (byte[] message : Captures.messages(resource(name))) {
      DecodeResult result = MessageDecoder.decode(disguised(message));
      assertTrue(
          result instanceof DecodeResult.Malformed || result instanceof DecodeResult.Ok, name);
    }
  }

  /** tcpdump shows an ID_IPV4_ADDR of one octet: an identity that no policy can name. */
  @Test
  void readsAnIdentityThatDoesNotFitItsType() throws IOException {
    byte[] captured = Captures.messages(resource("ikev2-id-normal.pcap")).getFirst();
    assertEquals(
        MalformedReason.OCTETS_BEHIND_PAYLOADS,
        assertInstanceOf(DecodeResult.Malformed.class, MessageDecoder.decode(disguised(captured)))
            .reason());
    byte[] datagram = disguised(Arrays.copyOf(captured, IkeHeader.LENGTH + 9));
    IkeMessage message =
        assertInstanceOf(DecodeResult.Ok.class, MessageDecoder.decode(datagram)).message();
    assertEquals(
        new Identity.Other(1, Bytes.ofHex("de")),
        message.id(Role.INITIATOR).orElseThrow().identity());
  }

  private static byte[] disguised(byte[] message) {
    byte[] changed = message.clone();
    changed[0] = 1;
    changed[17] = 0x20;
    new WireWriter(changed, 24).u16(0).u16(changed.length);
    return changed;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        CaptureVectors.class.getResourceAsStream("/org/ipsec4j/ike/captures/" + name)) {
      return present(in).readAllBytes();
    }
  }

  private static <T> T present(@Nullable T value) {
    assertNotNull(value);
    return value;
  }
}
