package org.ipsec4j.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;

/**
 * One transform for each shape that the packet path can tell apart: protocol, lengths of IV, block
 * and ICV, implicit or explicit IV, with and without extended sequence numbers.
 */
final class Shapes {
  /** What the packet path sees of a transform. */
  private record Shape(
      SecurityProtocol protocol, int iv, int salt, int block, int icv, boolean extended) {}

  private static final Map<String, PacketTransform> BY_NAME = new LinkedHashMap<>();
  private static final List<String> NAMES;
  private static final List<IntegrityAlgorithm> NONE = List.of();

  static {
    Map<Shape, PacketTransform> distinct = new LinkedHashMap<>();
    for (PacketTransform transform : all()) {
      BY_NAME.put(transform.toString(), transform);
      EncryptionAlgorithm cipher = transform.encryption().algorithm();
      distinct.putIfAbsent(
          new Shape(
              transform.protocol(),
              cipher.ivLength(),
              cipher.saltLength(),
              cipher.blockLength(),
              transform.icvLength(),
              transform.extendedSequenceNumbers()),
          transform);
    }
    NAMES = distinct.values().stream().map(PacketTransform::toString).toList();
  }

  private Shapes() {}

  /** One transform for each shape. */
  static List<String> names() {
    return NAMES;
  }

  /** Every cipher, with one integrity algorithm, and every integrity algorithm, with AH. */
  static List<String> algorithms() {
    List<String> some = new ArrayList<>();
    BY_NAME.forEach(
        (name, transform) -> {
          IntegrityAlgorithm integrity = transform.integrity();
          boolean telling =
              transform.protocol() == SecurityProtocol.AH
                  || integrity == IntegrityAlgorithm.NONE
                  || integrity == IntegrityAlgorithm.HMAC_SHA2_256_128;
          if (telling && !transform.extendedSequenceNumbers()) {
            some.add(name);
          }
        });
    return some;
  }

  static PacketTransform named(String name) {
    PacketTransform transform = BY_NAME.get(name);
    if (transform == null) {
      throw new IllegalArgumentException("no shape " + name + "; there are " + BY_NAME.keySet());
    }
    return transform;
  }

  private static List<PacketTransform> all() {
    List<PacketTransform> all = new ArrayList<>();
    for (boolean extended : new boolean[] {false, true}) {
      for (EncryptionAlgorithm cipher : EncryptionAlgorithm.values()) {
        if (cipher.isAead()) {
          int bits = cipher.keyBits().getLast();
          all.add(PacketTransform.esp(cipher, bits, IntegrityAlgorithm.NONE, extended));
        }
      }
      for (EncryptionAlgorithm cipher : EncryptionAlgorithm.values()) {
        for (IntegrityAlgorithm integrity : cipher.isAead() ? NONE : separate()) {
          int bits = cipher.keyBits().getLast();
          all.add(PacketTransform.esp(cipher, bits, integrity, extended));
        }
      }
      EncryptionTransform none = new EncryptionTransform(EncryptionAlgorithm.NULL, 0);
      for (IntegrityAlgorithm integrity : separate()) {
        all.add(new PacketTransform(SecurityProtocol.AH, none, integrity, extended));
      }
    }
    return all;
  }

  private static List<IntegrityAlgorithm> separate() {
    List<IntegrityAlgorithm> separate = new ArrayList<>();
    for (IntegrityAlgorithm integrity : IntegrityAlgorithm.values()) {
      // GMAC is a separate algorithm of AH, and a combined one of ESP
      if (integrity != IntegrityAlgorithm.NONE && !integrity.name().endsWith("GMAC")) {
        separate.add(integrity);
      }
    }
    return separate;
  }
}
