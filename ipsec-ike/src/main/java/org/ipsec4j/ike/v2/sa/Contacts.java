package org.ipsec4j.ike.v2.sa;

import java.util.List;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.policy.Identity;

/** INITIAL_CONTACT: which IKE SAs with a peer are left over from its former life (RFC 7296 2.4). */
final class Contacts {
  private Contacts() {}

  /** Whether no other IKE SA with this peer exists. */
  static boolean only(IkeSa sa) {
    return !sa.host().any(other -> other != sa && other.isPresent() && other.isWith(sa.peer()));
  }

  /**
   * The peer says that it has only this one. What came up while this one was being negotiated is no
   * left-over: both sides may have begun at once.
   */
  static void initial(IkeSa sa) {
    Identity identity = sa.remoteIdentity();
    if (identity == null) {
      return;
    }
    for (IkeSa other : List.copyOf(sa.host().upWith(identity))) {
      if (other != sa && other.isWith(sa.peer()) && other.establishedBefore(sa)) {
        other.ending().down(DownReason.REPLACED_BY_NEW_CONTACT);
        other.ending().vanish();
      }
    }
  }
}
