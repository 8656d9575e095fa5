package org.ipsec4j.testkit.crypto;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;

/** Everything that may be negotiated, and what of it a provider claims. */
public final class Transforms {
  private Transforms() {}

  /** All encryption transforms with all key lengths. */
  public static List<EncryptionTransform> encryption() {
    List<EncryptionTransform> all = new ArrayList<>();
    for (EncryptionAlgorithm algorithm : EncryptionAlgorithm.values()) {
      for (int bits : algorithm.keyBits()) {
        all.add(new EncryptionTransform(algorithm, bits));
      }
    }
    return all;
  }

  /** All packet transforms that make sense. */
  public static List<PacketTransform> packets() {
    List<PacketTransform> all = new ArrayList<>();
    for (EncryptionTransform encryption : encryption()) {
      for (IntegrityAlgorithm integrity : IntegrityAlgorithm.values()) {
        boolean separate = integrity != IntegrityAlgorithm.NONE;
        if (separate != encryption.algorithm().isAead()) {
          for (boolean esn : new boolean[] {false, true}) {
            all.add(new PacketTransform(SecurityProtocol.ESP, encryption, integrity, esn));
            if (encryption.algorithm() == EncryptionAlgorithm.NULL) {
              all.add(new PacketTransform(SecurityProtocol.AH, encryption, integrity, esn));
            }
          }
        }
      }
    }
    return all;
  }

  /** The packet transforms that the provider claims. */
  public static List<PacketTransform> claimed(CryptoProvider provider) {
    return packets().stream().filter(provider::supports).toList();
  }
}
