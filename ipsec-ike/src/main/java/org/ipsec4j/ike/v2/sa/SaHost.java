package org.ipsec4j.ike.v2.sa;

import java.util.Collection;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.ike.v2.exchange.Work;

/** What an IKE SA needs of the engine that holds it. */
public interface SaHost {
  /** Another IKE SA came to be. */
  void added(IkeSa sa);

  /** An IKE SA is gone. */
  void removed(IkeSa sa);

  /** A Child SA is in the hands of that IKE SA. */
  void holds(IkeSa sa, ChildSaId child);

  /** A Child SA is gone. */
  void released(ChildSaId child);

  /** Something changed from which a time-out may follow. */
  void touched(IkeSa sa);

  /** All IKE SAs. */
  Collection<IkeSa> all();

  /** Hands work of an IKE SA out. */
  void offload(IkeSa sa, Work<?> work);
}
