package org.ipsec4j.node;

import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.sa.ChildSa;

/**
 * Receives keys in clear, so that a capture can be decrypted. Set only when the operator asked for
 * it by name ({@code --wireshark}); whoever sets one must guard what it writes.
 */
public interface KeySink {
  /** Keys of an IKE SA; the secrets belong to the receiver. */
  void ikeSa(IkeEvent.KeysExported keys);

  /** Keys of a Child SA, before they are installed; borrowed for the call. */
  void childSa(ChildSa sa);
}
