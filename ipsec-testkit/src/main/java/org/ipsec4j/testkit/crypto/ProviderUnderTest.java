package org.ipsec4j.testkit.crypto;

import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketTransform;

/** Names the provider that the contracts are about. */
@FunctionalInterface
public interface ProviderUnderTest {
  /** The provider; asked by every test, so keep it in a constant. */
  CryptoProvider provider();

  /** Counts the vectors of a file or set; whoever asks several providers tells them apart here. */
  default VectorCount count(String name) {
    return new VectorCount(name);
  }

  /**
   * Whether the provider takes packets of this size, besides claiming the transform: a library may
   * have a limit, which its test states here.
   *
   * @param headerLength octets of header
   */
  default boolean takes(PacketTransform transform, int headerLength) {
    return provider().supports(transform);
  }

  /**
   * Octets that must belong to the slab behind a packet, when the provider documents that it needs
   * some.
   */
  default int octetsBehind(PacketTransform transform) {
    return 0;
  }
}
