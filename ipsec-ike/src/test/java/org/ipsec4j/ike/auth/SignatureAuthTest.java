package org.ipsec4j.ike.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.HashAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.ike.wire.AuthPayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 7427: framing, announced hashes, and the choice among them. */
final class SignatureAuthTest {
  private static final Bytes SIGNATURE = Bytes.ofHex("0102030405");

  @ParameterizedTest
  @EnumSource
  void readsTheFrameThatItWrote(SignatureAlgorithm algorithm) {
    AuthPayload auth = SignatureAuth.emit(algorithm, SIGNATURE);
    assertEquals(14, auth.method());
    assertEquals(algorithm.algorithmIdentifier().length(), auth.data().at(0));
    assertEquals(
        Optional.of(new SignatureAuth.Signed(algorithm, SIGNATURE)), SignatureAuth.parse(auth));
  }

  /** The identifiers of RFC 7427 Appendix A and RFC 8420 Appendix A, octet by octet. */
  @ParameterizedTest
  @CsvSource({
    "RSA_PKCS1_SHA256, 300d06092a864886f70d01010b0500",
    "RSA_PKCS1_SHA256, 300b06092a864886f70d01010b",
    "RSA_PKCS1_SHA384, 300d06092a864886f70d01010c0500",
    "ECDSA_SHA256, 300a06082a8648ce3d040302",
    "ECDSA_SHA384, 300a06082a8648ce3d040303",
    "ECDSA_SHA512, 300a06082a8648ce3d040304",
    "ED25519, 300506032b6570",
    "ED448, 300506032b6571",
    // RFC 7427 A.4.3 in its own spelling: hash parameters NULL
    "RSA_PSS_SHA256, 304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
        + "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120",
    // hash parameters absent
    "RSA_PSS_SHA256, 303d06092a864886f70d01010a3030a00d300b0609608648016503040201"
        + "a11a301806092a864886f70d010108300b0609608648016503040201a203020120",
    // the default trailer field written out
    "RSA_PSS_SHA256, 304606092a864886f70d01010a3039a00f300d06096086480165030402010500"
        + "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120a303020101"
  })
  void knowsTheSpellingsOfAnAlgorithm(SignatureAlgorithm algorithm, String der) {
    Bytes identifier = Bytes.ofHex(der);
    byte[] length = {(byte) identifier.length()};
    Bytes data = Bytes.concat(Bytes.copyOf(length), identifier, SIGNATURE);
    assertEquals(
        Optional.of(new SignatureAuth.Signed(algorithm, SIGNATURE)),
        SignatureAuth.parse(new AuthPayload(14, data)));
  }

  /** PSS with a shorter salt, or with another hash in MGF1, is no algorithm of ours. */
  @Test
  void refusesOtherParametersOfPss() {
    String right = SignatureAlgorithm.RSA_PSS_SHA256.algorithmIdentifier().toHex();
    String shortSalt = right.substring(0, right.length() - 2) + "14";
    int last = right.lastIndexOf("0402010500");
    String otherMask = right.substring(0, last) + "0402020500" + right.substring(last + 10);
    for (String der : List.of(shortSalt, otherMask)) {
      Bytes data = Bytes.concat(Bytes.ofHex("43"), Bytes.ofHex(der), SIGNATURE);
      assertEquals(Optional.empty(), SignatureAuth.parse(new AuthPayload(14, data)));
    }
  }

  @Test
  void writesEcdsaAsDerWithPositiveMinimalIntegers() {
    String r = "00".repeat(31) + "01";
    String s = "80" + "00".repeat(31);
    AuthPayload auth = new AuthPayload(9, Bytes.ofHex(r + s));
    assertEquals(
        Optional.of(
            new SignatureAuth.Signed(
                SignatureAlgorithm.ECDSA_SHA256,
                Bytes.ofHex("3026 0201 01 0221 0080" + "00".repeat(31)))),
        SignatureAuth.parse(auth));
  }

  @Test
  void announcesHashesAndReadsThem() {
    NotifyPayload notify =
        HashAlgorithms.emit(List.of(HashAlgorithm.SHA2_256, HashAlgorithm.SHA2_512));
    assertEquals(Bytes.ofHex("00020004"), notify.data());
    assertEquals(16431, notify.notifyType());
    assertEquals(
        EnumSet.of(HashAlgorithm.SHA2_256, HashAlgorithm.SHA2_512),
        HashAlgorithms.parse(notify.data()));
  }

  @Test
  void passesOverHashesThatItDoesNotKnow() {
    assertEquals(
        EnumSet.of(HashAlgorithm.IDENTITY), HashAlgorithms.parse(Bytes.ofHex("ffff 0005 00")));
    assertEquals(Set.of(), HashAlgorithms.parse(Bytes.EMPTY));
  }

  @Test
  void choosesTheFirstOfOursThatThePeerCanVerify() {
    List<SignatureAlgorithm> ours =
        List.of(SignatureAlgorithm.RSA_PSS_SHA512, SignatureAlgorithm.RSA_PSS_SHA256);
    assertEquals(
        SignatureAlgorithm.RSA_PSS_SHA512,
        SignatureAuth.choose(ours, EnumSet.of(HashAlgorithm.SHA2_256, HashAlgorithm.SHA2_512)));
    assertEquals(
        SignatureAlgorithm.RSA_PSS_SHA256,
        SignatureAuth.choose(ours, EnumSet.of(HashAlgorithm.SHA2_256)));
    assertNull(SignatureAuth.choose(ours, EnumSet.of(HashAlgorithm.SHA2_384)));
    assertNull(SignatureAuth.choose(ours, Set.of()));
  }
}
