package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;

/**
 * A vector of a combined mode, run as a packet.
 *
 * @param transform of ESP
 * @param keyingMaterial key and salt
 * @param iv of the packet
 * @param header additional data; SPI and sequence number alone for ESP
 * @param text clear
 * @param sealed text and ICV
 */
public record AeadVector(
    PacketTransform transform,
    Bytes keyingMaterial,
    Bytes iv,
    Bytes header,
    Bytes text,
    Bytes sealed) {
  /** Seals and opens and compares both. */
  public void check(CryptoProvider provider, String what) throws CryptoException {
    Bytes front = Bytes.concat(header, iv);
    byte[] clear = Bytes.concat(front, text).toArray();
    byte[] packet = java.util.Arrays.copyOf(clear, front.length() + sealed.length());
    PacketKey key = key(provider);
    try (PacketBench bench = new PacketBench(provider, packet.length)) {
      assertEquals(Status.OK, run(bench, key, packet, true), what);
      assertEquals(Bytes.concat(front, sealed), Bytes.copyOf(bench.packet()), what);
      assertEquals(Status.OK, run(bench, key, bench.packet(), false), what);
      assertEquals(Bytes.copyOf(clear), Bytes.copyOf(bench.packet(), 0, clear.length), what);
    }
  }

  /** What opening comes to. */
  public Status openOnly(CryptoProvider provider) throws CryptoException {
    byte[] packet = Bytes.concat(header, iv, sealed).toArray();
    try (PacketBench bench = new PacketBench(provider, packet.length)) {
      return run(bench, key(provider), packet, false);
    }
  }

  private PacketKey key(CryptoProvider provider) throws CryptoException {
    return provider.packetKey(
        transform, Secret.ofPublic(keyingMaterial), Secret.ofPublic(Bytes.EMPTY));
  }

  private Status run(PacketBench bench, PacketKey key, byte[] packet, boolean seal) {
    bench.put(packet);
    CryptoOp op = bench.describe(key, seal, header.length(), text.length());
    op.highSequencePresent = false;
    return bench.run();
  }
}
