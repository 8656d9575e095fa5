package org.ipsec4j.crypto.mb;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.ffm.NativeMemory;

/**
 * Keys of one direction of one SA, expanded in native memory that all workers read. The memory is
 * freed when the last worker has left the burst in which it may have seen the key alive.
 */
final class MbPacketKey implements PacketKey {
  private final PacketTransform transform;
  private final byte[] salt;
  private final long octets;
  private final AtomicBoolean ended = new AtomicBoolean();

  /** Address of the keys; what lies there {@link KeyMemory} says. */
  final long address;

  /** What its packets are worked off with. */
  final Group group;

  private volatile boolean alive = true;

  MbPacketKey(PacketTransform transform, Group group, byte[] salt, long address, long octets) {
    this.transform = transform;
    this.group = group;
    this.salt = salt;
    this.address = address;
    this.octets = octets;
  }

  @Override
  public PacketTransform transform() {
    return transform;
  }

  @Override
  public String provider() {
    return MbCryptoProvider.NAME;
  }

  @Override
  public byte[] salt() {
    return salt;
  }

  /** Whether its memory may be read until the worker leaves the burst that it is in. */
  boolean isAlive() {
    return alive;
  }

  @Override
  public void destroy() {
    if (ended.compareAndSet(false, true)) {
      alive = false;
      Arrays.fill(salt, (byte) 0);
      MbCalls.LIBRARY.keys().retire(() -> NativeMemory.free(address, octets));
    }
  }

  @Override
  public String toString() {
    return MbCryptoProvider.NAME + " " + transform;
  }
}
