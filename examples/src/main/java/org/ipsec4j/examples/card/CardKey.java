package org.ipsec4j.examples.card;

import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;

/** Keys of one SA: a handle to what the card has, and the salt, which the engine needs. */
final class CardKey implements PacketKey {
  private final Card card;
  private final PacketTransform transform;
  private final byte[] salt;
  private final int handle;

  CardKey(Card card, PacketTransform transform, byte[] salt, int handle) {
    this.card = card;
    this.transform = transform;
    this.salt = salt;
    this.handle = handle;
  }

  int handle() {
    return handle;
  }

  @Override
  public PacketTransform transform() {
    return transform;
  }

  @Override
  public String provider() {
    return CardCryptoProvider.NAME;
  }

  @Override
  public byte[] salt() {
    return salt;
  }

  /** The card may still have jobs with this key: they fail then, and read nothing. */
  @Override
  public void destroy() {
    card.unloadKey(handle);
  }

  @Override
  public String toString() {
    return "CardKey[" + transform + "]";
  }
}
