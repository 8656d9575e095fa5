package org.ipsec4j.sim;

import java.util.HashMap;
import java.util.Map;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;

/**
 * A router that hides an inner address behind an outer one and forgets on request (RFC 3022 2.2:
 * address and port translation, endpoint-independent mapping).
 */
public final class SimNat implements Fault {
  private final IpAddress inner;
  private final IpAddress outer;
  private final Map<Endpoint, Endpoint> outward = new HashMap<>();
  private final Map<Endpoint, Endpoint> inward = new HashMap<>();
  private int nextPort;

  /**
   * @param inner the hidden address
   * @param outer the address that the world sees
   * @param firstPort ports are given out from here
   */
  public SimNat(IpAddress inner, IpAddress outer, int firstPort) {
    this.inner = inner;
    this.outer = outer;
    this.nextPort = firstPort;
  }

  /** Forgets all mappings: the next datagram from inside gets a new port. */
  public void forget() {
    outward.clear();
    inward.clear();
  }

  @Override
  public void apply(long now, Datagram datagram, SimRandom random, Next next) {
    if (datagram.from().address().equals(inner)) {
      Endpoint mapped =
          outward.computeIfAbsent(
              datagram.from(),
              from -> {
                Endpoint fresh = new Endpoint(outer, nextPort++);
                inward.put(fresh, from);
                return fresh;
              });
      next.pass(datagram.from(mapped), 0);
    } else if (datagram.to().address().equals(outer)) {
      Endpoint behind = inward.get(datagram.to());
      if (behind != null) {
        next.pass(datagram.to(behind), 0);
      }
    } else {
      next.pass(datagram, 0);
    }
  }
}
