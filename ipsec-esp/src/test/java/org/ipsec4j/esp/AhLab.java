package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;

/** What tests of AH need beside a {@link Lab}. */
@NullUnmarked
final class AhLab {
  private AhLab() {}

  static PacketTransform ah(IntegrityAlgorithm mac, boolean esn) {
    return new PacketTransform(
        SecurityProtocol.AH, new EncryptionTransform(EncryptionAlgorithm.NULL, 0), mac, esn);
  }

  /** A lab of AH with HMAC-SHA2-256. */
  static Lab lab() {
    return lab(IntegrityAlgorithm.HMAC_SHA2_256_128, false);
  }

  static Lab lab(IntegrityAlgorithm mac, boolean esn) {
    Lab lab = new Lab();
    lab.crypto = new AhCrypto();
    lab.transform = ah(mac, esn);
    return lab;
  }

  static AhOutbound sealer(Lab lab) {
    return new AhOutbound(List.of(lab.crypto), 64);
  }

  static AhInbound opener(Lab lab, Sad sad) {
    return new AhInbound(sad, List.of(lab.crypto), 64);
  }

  /** A burst with exactly the room that AH needs. */
  static PacketBurst burst(byte[]... packets) {
    int longest = 0;
    for (byte[] packet : packets) {
      longest = Math.max(longest, packet.length);
    }
    PacketBurst burst = new PacketBurst(packets.length, AhOutbound.MAX_HEADROOM, longest, 0);
    for (byte[] packet : packets) {
      burst.add(ByteBuffer.wrap(packet));
    }
    return burst;
  }

  /** Protects packets with one SA, in one burst. */
  static PacketBurst protect(Lab lab, OutboundSa sa, byte[]... packets) {
    PacketBurst burst = burst(packets);
    OutboundSa[] sas = new OutboundSa[packets.length];
    Arrays.fill(sas, sa);
    try (AhOutbound sealer = sealer(lab)) {
      sealer.protect(burst, sas, 1);
    }
    return burst;
  }

  /** Protects one packet that must pass. */
  static byte[] seal(Lab lab, OutboundSa sa, byte[] packet) {
    PacketBurst burst = protect(lab, sa, packet);
    if (!burst.isAlive(0)) {
      throw new AssertionError("not sealed: " + burst.dropReason(0));
    }
    return Lab.window(burst, 0);
  }

  /** Opens packets, in one burst. */
  static PacketBurst open(AhInbound opener, byte[]... packets) {
    PacketBurst burst = burst(packets);
    opener.open(burst, 1);
    return burst;
  }
}
