package org.ipsec4j.ike.keys;

import java.util.Arrays;
import java.util.HexFormat;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.sa.IkeSaId;

/**
 * Keys in clear, for an operator who asked by name to decrypt a capture. Nothing calls this on its
 * own. Each method gives one line of JSON without a line break; the text cannot be wiped.
 */
public final class KeyExport {
  private KeyExport() {}

  /** SPIs, algorithms and the keys of the Encrypted payload of an IKE SA. */
  public static String ikeSa(SecretAccess access, IkeSaId id, ChosenIke chosen, IkeKeys keys) {
    return String.format(
        "{\"ike\":2,\"spi_i\":\"%016x\",\"spi_r\":\"%016x\",\"proposal\":\"IKE:%s/%s\","
            + "\"SK_ei\":\"%s\",\"SK_er\":\"%s\",\"SK_ai\":\"%s\",\"SK_ar\":\"%s\"}",
        id.initiatorSpi(),
        id.responderSpi(),
        name(chosen.encryption()),
        chosen.integrity(),
        hex(access, keys.skEi()),
        hex(access, keys.skEr()),
        hex(access, keys.skAi()),
        hex(access, keys.skAr()));
  }

  /**
   * SPIs, algorithms and keys of a Child SA.
   *
   * @param inboundSpi SPI that we chose
   * @param outboundSpi SPI that the peer chose
   * @param weInitiated whether we began the exchange that made it
   */
  public static String childSa(
      SecretAccess access,
      PacketTransform transform,
      int inboundSpi,
      int outboundSpi,
      boolean weInitiated,
      ChildKeys keys) {
    return String.format(
        "{\"esp\":true,\"spi_in\":\"%08x\",\"spi_out\":\"%08x\",\"initiator\":%s,"
            + "\"proposal\":\"%s\",\"enc_i\":\"%s\",\"enc_r\":\"%s\",\"int_i\":\"%s\","
            + "\"int_r\":\"%s\"}",
        inboundSpi,
        outboundSpi,
        weInitiated,
        transform.toString().replace("TRIPLE_DES", "3DES"),
        hex(access, keys.fromInitiator().encryption()),
        hex(access, keys.fromResponder().encryption()),
        hex(access, keys.fromInitiator().integrity()),
        hex(access, keys.fromResponder().integrity()));
  }

  private static String name(EncryptionTransform encryption) {
    return encryption.toString().replace("TRIPLE_DES", "3DES");
  }

  private static String hex(SecretAccess access, Secret secret) {
    byte[] raw = secret.reveal(access);
    try {
      return HexFormat.of().formatHex(raw);
    } finally {
      Arrays.fill(raw, (byte) 0);
    }
  }
}
