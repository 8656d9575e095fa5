package org.ipsec4j.crypto.openssl.bulk;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.ffm.Quiescence;

/** Keys of one direction of one SA. Freed when no worker can still use them. */
final class OpenSslPacketKey extends KeyMemory implements PacketKey {
  /** One for all instances of the provider, so that each may use the keys of the other. */
  static final Quiescence QUIESCENCE = new Quiescence();

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** Scatters consecutive numbers over a table. */
  private static final int SCATTER = 0x9e37_79b1;

  private final PacketTransform transform;
  private final String provider;
  private final byte[] salt;

  /** Where workers look for their session of this key first. */
  final int hash = NUMBERS.getAndIncrement() * SCATTER;

  OpenSslPacketKey(
      PacketTransform transform,
      String provider,
      Suite suite,
      byte[] cipherKey,
      byte[] macKey,
      byte[] salt) {
    super(suite, cipherKey, macKey);
    this.transform = transform;
    this.provider = provider;
    this.salt = salt;
  }

  @Override
  public PacketTransform transform() {
    return transform;
  }

  @Override
  public String provider() {
    return provider;
  }

  @Override
  public byte[] salt() {
    return salt;
  }

  @Override
  public void destroy() {
    if (die()) {
      Arrays.fill(salt, (byte) 0);
      QUIESCENCE.retire(this::release);
    }
  }

  @Override
  public String toString() {
    return provider + " " + transform;
  }
}
