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

  static {
    Map<Shape, PacketTransform> distinct = new LinkedHashMap<>();
    for (PacketTransform transform : all()) {
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
    distinct.values().forEach(transform -> BY_NAME.put(transform.toString(), transform));
  }

  private Shapes() {}

  /** Names of all shapes. */
  static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  static PacketTransform named(String name) {
    PacketTransform transform = BY_NAME.get(name);
    if (transform == null) {
      throw new IllegalArgumentException("no shape " + name + "; there are " + names());
    }
    return transform;
  }

  private static List<PacketTransform> all() {
    List<PacketTransform> all = new ArrayList<>();
    for (boolean extended : new boolean[] {false, true}) {
      for (EncryptionAlgorithm cipher : EncryptionAlgorithm.values()) {
        int bits = cipher.keyBits().getLast();
        if (cipher.isAead()) {
          all.add(PacketTransform.esp(cipher, bits, IntegrityAlgorithm.NONE, extended));
        } else {
          for (IntegrityAlgorithm integrity : separate()) {
            all.add(PacketTransform.esp(cipher, bits, integrity, extended));
          }
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
