package org.ipsec4j.ike.auth;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.SignatureAlgorithm;

/**
 * AlgorithmIdentifiers that mean the same as ours. RFC 4055 2.1 has NULL and absent parameters of
 * hash functions accepted alike, and DER writers differ about the default trailer field of PSS, so
 * each algorithm has a few spellings; a table of them needs no DER parser in front of the peer.
 */
final class AlgorithmIdentifiers {
  private static final String RSA_OID = "06092a864886f70d0101";
  private static final String PSS_OID = RSA_OID + "0a";
  private static final String MGF1_OID = RSA_OID + "08";
  private static final String SHA2_OID = "06096086480165030402";
  private static final String NULL = "0500";
  private static final String TRAILER = "a303020101";
  private static final Map<Bytes, SignatureAlgorithm> BY_DER = spellings();

  private AlgorithmIdentifiers() {}

  static Optional<SignatureAlgorithm> find(Bytes der) {
    return Optional.ofNullable(BY_DER.get(der));
  }

  private static Map<Bytes, SignatureAlgorithm> spellings() {
    Map<Bytes, SignatureAlgorithm> map = new HashMap<>();
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      map.put(algorithm.algorithmIdentifier(), algorithm);
    }
    pss(map, SignatureAlgorithm.RSA_PSS_SHA256, "01", "20");
    pss(map, SignatureAlgorithm.RSA_PSS_SHA384, "02", "30");
    pss(map, SignatureAlgorithm.RSA_PSS_SHA512, "03", "40");
    pkcs1(map, SignatureAlgorithm.RSA_PKCS1_SHA1, "05");
    pkcs1(map, SignatureAlgorithm.RSA_PKCS1_SHA256, "0b");
    pkcs1(map, SignatureAlgorithm.RSA_PKCS1_SHA384, "0c");
    pkcs1(map, SignatureAlgorithm.RSA_PKCS1_SHA512, "0d");
    return Map.copyOf(map);
  }

  private static void pkcs1(
      Map<Bytes, SignatureAlgorithm> map, SignatureAlgorithm algorithm, String arc) {
    map.put(Bytes.ofHex(sequence(RSA_OID + arc)), algorithm);
  }

  private static void pss(
      Map<Bytes, SignatureAlgorithm> map, SignatureAlgorithm algorithm, String arc, String salt) {
    for (String hashNull : new String[] {NULL, ""}) {
      for (String maskNull : new String[] {NULL, ""}) {
        for (String trailer : new String[] {"", TRAILER}) {
          String hash = tagged("a0", sequence(SHA2_OID + arc + hashNull));
          String mask = tagged("a1", sequence(MGF1_OID + sequence(SHA2_OID + arc + maskNull)));
          String parameters = sequence(hash + mask + "a2030201" + salt + trailer);
          map.put(Bytes.ofHex(sequence(PSS_OID + parameters)), algorithm);
        }
      }
    }
  }

  private static String sequence(String content) {
    return tagged("30", content);
  }

  private static String tagged(String tag, String content) {
    return tag + String.format("%02x", content.length() / 2) + content;
  }
}
