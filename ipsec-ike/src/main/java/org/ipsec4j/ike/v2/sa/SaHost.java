package org.ipsec4j.ike.v2.sa;

import java.util.Collection;
import java.util.function.Predicate;
import org.ipsec4j.api.policy.Identity;
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

  /** An IKE SA is up: its peer is known. */
  void up(IkeSa sa);

  /** An IKE SA that was up is so no more. */
  void down(IkeSa sa);

  /** The IKE SAs that are up with whoever proved that identity; asked at each new contact. */
  Collection<IkeSa> upWith(Identity identity);

  /** Whether there is such an IKE SA; looks at all. */
  boolean any(Predicate<IkeSa> wanted);

  /** Hands work of an IKE SA out. */
  void offload(IkeSa sa, Work<?> work);
}
