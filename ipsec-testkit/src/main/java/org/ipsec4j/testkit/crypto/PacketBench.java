package org.ipsec4j.testkit.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketWorker;

/**
 * One packet on a bench: a direct slab with a guarded surrounding, in which header, IV, text and
 * ICV lie one behind the other, and a worker of the provider. Not thread-safe.
 */
public final class PacketBench implements AutoCloseable {
  /** Octets of guard in front of the packet and behind it. */
  public static final int GUARD = 64;

  private static final byte GUARD_OCTET = (byte) 0xa5;

  private final PacketWorker worker;
  private final CryptoBurst burst = new CryptoBurst(1);
  private final ByteBuffer slab;
  private int packetLength;

  /**
   * @param provider whose worker works
   * @param maxPacket longest packet with header and ICV in octets
   */
  public PacketBench(CryptoProvider provider, int maxPacket) {
    worker = provider.packetWorker();
    slab = ByteBuffer.allocateDirect(maxPacket + 2 * GUARD);
  }

  /** Puts a packet on the bench and paints the guards. */
  public void put(byte[] packet) {
    packetLength = packet.length;
    byte[] all = new byte[slab.capacity()];
    Arrays.fill(all, GUARD_OCTET);
    System.arraycopy(packet, 0, all, GUARD, packet.length);
    slab.clear();
    slab.put(0, all);
    // Position and limit are the engine's; a provider must not mind.
    slab.position(3).limit(7);
  }

  /** The packet as it lies there now. */
  public byte[] packet() {
    byte[] packet = new byte[packetLength];
    slab.duplicate().clear().get(GUARD, packet);
    return packet;
  }

  /** Whether nothing but the packet was touched, and position and limit are as they were. */
  public boolean surroundingIsUntouched() {
    ByteBuffer all = slab.duplicate().clear();
    for (int i = 0; i < all.capacity(); i++) {
      boolean inPacket = i >= GUARD && i < GUARD + packetLength;
      if (!inPacket && all.get(i) != GUARD_OCTET) {
        return false;
      }
    }
    return slab.position() == 3 && slab.limit() == 7;
  }

  /** A descriptor of the packet on the bench: header, IV of the transform, text, ICV. */
  public CryptoOp describe(PacketKey key, boolean seal, int headerLength, int textLength) {
    burst.clear();
    CryptoOp op = burst.next();
    fill(op, key, slab, seal, GUARD, headerLength, textLength);
    fillNonce(op, key, packet(), headerLength);
    return op;
  }

  /**
   * Salt and IV of a packet with its IV behind the header; an IV that is implied is what stands in
   * the header in the place of the sequence number (RFC 8750 3).
   */
  static void fillNonce(CryptoOp op, PacketKey key, byte[] packet, int headerLength) {
    EncryptionAlgorithm cipher = key.transform().encryption().algorithm();
    byte[] salt = key.salt();
    System.arraycopy(salt, 0, op.nonce, 0, salt.length);
    int at = salt.length;
    if (cipher.isAead() && cipher.ivLength() == 0) {
      Arrays.fill(op.nonce, at, at + 4, (byte) 0);
      System.arraycopy(packet, 4, op.nonce, at + 4, 4);
      at += 8;
    } else {
      System.arraycopy(packet, headerLength, op.nonce, at, cipher.ivLength());
      at += cipher.ivLength();
    }
    op.nonceLength = at;
  }

  /** Fills a descriptor of a packet at {@code offset}, but for nonce and sequence number. */
  static void fill(
      CryptoOp op,
      PacketKey key,
      ByteBuffer slab,
      boolean seal,
      int offset,
      int headerLength,
      int textLength) {
    op.key = key;
    op.slab = slab;
    op.seal = seal;
    op.aadOffset = offset;
    op.aadLength = headerLength;
    op.textOffset = offset + headerLength + key.transform().encryption().algorithm().ivLength();
    op.textLength = textLength;
    op.icvOffset = op.textOffset + textLength;
  }

  /** Submits the descriptor that {@link #describe} made and waits for it. */
  public CryptoOp.Status run() {
    if (!worker.submit(burst)) {
      while (worker.poll() == null) {
        Thread.onSpinWait();
      }
    }
    return burst.op(0).status;
  }

  /** The slab itself. */
  public ByteBuffer slab() {
    return slab;
  }

  @Override
  public void close() {
    worker.close();
  }
}
